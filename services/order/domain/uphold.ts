import { assert } from '@midstream/kernel';
import { DEPTH_MAX, LINES_MAX } from './limits';
import {
  type Account,
  additionsOf,
  complainedOf,
  complaintsOf,
  deliveredOf,
  type Hold,
  holdsOf,
  type Line,
  linesOf,
  openConsents,
  openOf,
  type Order,
  type Rows,
  rowOf,
  sum,
} from './state';

/** What is true between any two commands; it stands away from the code that moves units and money. */
export function uphold(rows: Rows): void {
  for (const it of Object.values(rows.orders)) upholdOrder(it);
  for (const it of Object.values(rows.accounts)) upholdAccount(it, rows);
}

function upholdOrder(order: Order): void {
  const lines = linesOf(order);
  assert(lines.length >= 1 && lines.length <= LINES_MAX, 'an order has lines, and not too many');
  for (const it of lines) upholdLine(it);
  const settled = sum(lines, (it) => it.capturedMinor + it.releasedMinor);
  assert(order.heldMinor + settled === order.placedMinor, 'what was held for an order is held, captured or released');
  upholdAdditions(order, lines);
  for (const it of lines) upholdRepack(it, lines);
  assert((order.end === undefined) === lines.some((it) => it.end === undefined), 'an order runs until all its lines are closed');
}

/** A yes makes one line, and no line comes without one; together they stay within what the buyer allows. */
function upholdAdditions(order: Order, lines: readonly Line[]): void {
  if (order.offered === undefined)
    return assert(
      lines.every((it) => it.additionId === undefined),
      'no line comes without a yes',
    );
  const accepted = additionsOf(order).filter((it) => it.answer === 'accepted');
  const added = lines.filter((it) => it.additionId !== undefined);
  assert(added.length === accepted.length, 'an accepted addition is one line');
  assert(sum(added, (it) => it.ordered) <= (order.additions?.maxQuantity ?? 0), 'additions stay within what the buyer allows');
  assert(order.end === undefined || additionsOf(order).every((it) => it.answer !== undefined), 'nothing is offered to a closed order');
}

/** Each unit that was repacked is looked for once, in all of its pieces, for no more than it may cost itself. */
function upholdRepack({ lineId, repacked = 0, givenUp, maxUnitPriceMinor, piecesOf }: Line, lines: readonly Line[]): void {
  if (piecesOf !== undefined) {
    assert(repacked === 0, 'pieces are not repacked');
    assert(
      lines.some((it) => it.lineId === piecesOf.lineId && it.repacked !== undefined),
      'pieces are of units that were ordered',
    );
  }
  if (repacked === 0) return;
  const of = lines.flatMap((it) => (it.piecesOf?.lineId === lineId ? { line: it, pieces: it.piecesOf.pieces } : []));
  assert(repacked <= givenUp, 'what is repacked is looked for on its own line no more');
  assert(sum(of, ({ line, pieces }) => line.ordered / pieces) === repacked, 'each repacked unit is looked for in all of its pieces');
  for (const { line, pieces } of of)
    assert(line.maxUnitPriceMinor * pieces <= maxUnitPriceMinor, 'the pieces of a unit cost no more than it may');
}

function upholdLine(line: Line): void {
  const asked = Object.values(line.selecting);
  const holds = Object.values(line.holds);
  const onHolds = sum(holds, (it) => it.granted - it.lost - it.released);
  assert(line.givenUp + sum(asked, (it) => it.quantity) + onHolds === line.ordered, 'every unit is somewhere, and only there'); // protocol 3
  for (const it of asked)
    assert(it.depth <= DEPTH_MAX && it.attempt <= line.attempts && it.quantity > 0, 'an attempt is within its limits');
  for (const it of holds) upholdHold(it);
  upholdMoney(line);
  upholdComplaints(line);
  for (const { holdId } of openConsents(line)) {
    const hold = line.holds[holdId];
    assert(
      hold !== undefined && openOf(hold) > 0 && !hold.assigned && hold.releasing === undefined,
      'a question is about units that wait for it',
    );
  }
  const isDone = asked.length === 0 && holds.every((it) => openOf(it) === 0);
  assert(isDone === (line.end !== undefined), 'a line is closed when none of its units is under way');
  assert(line.closing === undefined || asked.length === 0, 'a closing line looks for nothing');
}

function upholdHold(hold: Hold): void {
  assert(openOf(hold) >= 0, 'a hold has no more units than it was granted');
  assert(hold.lost >= 0 && hold.released >= 0 && hold.delivered >= 0, 'a tally only grows');
  assert(!hold.assigned || hold.granted > 0, 'what is assigned was held');
}

/** Each delivered unit is captured at no more than its own and its reference price, and all else of its cap is released (protocol 22). */
function upholdMoney(line: Line): void {
  const cap = line.maxUnitPriceMinor;
  const charged = sum(Object.values(line.holds), (it) => it.delivered * Math.min(it.priceMinor, it.referencePriceMinor));
  assert(line.capturedMinor === charged, 'delivered units are captured at the lower price');
  const ended = deliveredOf(line) + line.givenUp;
  assert(line.capturedMinor + line.releasedMinor === cap * ended, 'the money of a unit is settled when the unit is');
}

/** A unit is complained of at most once, and what comes back is what answers say: at most what its units have cost. */
function upholdComplaints(line: Line): void {
  const { refundedMinor: refunded = 0 } = line;
  if (line.complaints === undefined) return assert(refunded === 0, 'money comes back by complaints only');
  const complaints = complaintsOf(line);
  assert(sum(complaints, (it) => it.refundedMinor ?? 0) === refunded, 'what was refunded is what was answered');
  for (const it of holdsOf(line)) assert(complainedOf(line, it.holdId) <= it.delivered, 'what is complained of was delivered');
  for (const { units, from, outcome, refundedMinor = 0 } of complaints) {
    assert(units > 0 && sum(from, (it) => it.units) === units, 'a complaint is about units of holds');
    const charged = sum(from, ({ holdId, units: of }) => {
      const { priceMinor, referencePriceMinor } = rowOf(line.holds, holdId);
      return of * Math.min(priceMinor, referencePriceMinor);
    });
    assert(refundedMinor <= (outcome === 'refunded' ? charged : 0), 'no more comes back than was captured');
  }
}

function upholdAccount(account: Account, rows: Rows): void {
  const { availableMinor, heldMinor, merchantId } = account;
  assert(Number.isSafeInteger(availableMinor) && Number.isSafeInteger(heldMinor), 'money is an exact integer');
  assert(availableMinor >= 0 && heldMinor >= 0, 'no account is overdrawn');
  const known = Object.values(rows.orders).filter((it) => it.merchantId === merchantId);
  assert(sum(known, (it) => it.heldMinor) <= heldMinor, "an order's money is held on its merchant's account");
}
