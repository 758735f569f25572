import type { SelectionRequest } from '@midstream/contracts';
import type { OrderEvent } from '@midstream/order-domain';
import { isSame } from './additions';
import { type AskedBook, check, LIMITS, type LineBook, nameOf } from './book';

/** A lap begins: self-contained, within its limits, and without the offers that the line has lost (protocol 4, 5). */
export function selectionRequested(line: LineBook, request: SelectionRequest): void {
  const { attempt, depth, ranking, quantity, replaces } = request;
  const planned = line.asked.get(attempt);
  if (planned === undefined) checkFresh(line, request);
  else {
    const isSame =
      planned.planned &&
      planned.depth === depth &&
      planned.ranking === ranking &&
      planned.quantity === quantity &&
      planned.replaces === replaces?.holdId;
    check(isSame, '15', () => `${nameOf(line)} asks attempt ${attempt} in another way than it was planned`);
  }
  checkWords(line, request);
  const asked: AskedBook = { attempt, depth, ranking, quantity, planned: false, request, ...(replaces && { replaces: replaces.holdId }) };
  open(line, asked);
}

function open(line: LineBook, asked: AskedBook): void {
  const { attempt, depth, ranking } = asked;
  check(line.closing === undefined, '8', () => `${nameOf(line)} is closing, and looks for more`);
  check(depth <= LIMITS.depth && ranking <= LIMITS.rankings, '4', () => `${nameOf(line)} asks at depth ${depth}, ranking ${ranking}`);
  line.asked.set(attempt, asked);
  line.attempts = Math.max(line.attempts, attempt);
  check(line.attempts - line.waits <= LIMITS.attempts, '4', () => `${nameOf(line)} has made ${line.attempts} attempts`);
}

/** The first question, or one for what a hold has lost: one deeper, and as deep where it only expired. */
function checkFresh(line: LineBook, { attempt, depth, ranking, quantity, replaces }: SelectionRequest): void {
  check(attempt === line.attempts + 1, '15', () => `${nameOf(line)} asks attempt ${attempt} after ${line.attempts}`);
  check(ranking === 1, '15', () => `${nameOf(line)} begins with ranking ${ranking}`);
  if (replaces === undefined) {
    check(attempt === 1 && depth === 1 && quantity === line.wish.quantity, '4', () => `${nameOf(line)} asks for nothing that it has lost`);
    return;
  }
  const hold = line.holds.get(replaces.holdId);
  check(hold !== undefined, '5', () => `${nameOf(line)} replaces ${replaces.holdId}, which it never had`);
  const due = replaces.reason === 'expired' ? hold.depth : hold.depth + 1;
  check(depth === due, '4', () => `${nameOf(line)} asks at depth ${depth} for what was lost at depth ${hold.depth}: ${replaces.reason}`);
  const isRight =
    replaces.offerId === hold.offerId && replaces.sku === hold.sku && replaces.referencePriceMinor === hold.referencePriceMinor;
  check(isRight, '22', () => `${nameOf(line)} replaces ${JSON.stringify(replaces)} and not ${hold.holdId} at ${hold.referencePriceMinor}`);
}

function checkWords(line: LineBook, request: SelectionRequest): void {
  const { wish, order } = line;
  const { replaces, depth, priceCapMinor, excluded, region, hasRecipient, marginFloorWaived, deliverBy, substitution, need } = request;
  const cap = depth > 1 && replaces !== undefined ? replaces.referencePriceMinor : wish.maxUnitPriceMinor;
  check(priceCapMinor === cap, 'I7', () => `${nameOf(line)} asks up to ${priceCapMinor} and not ${cap}`);
  const isItsOwn =
    region === order.wish.region &&
    (hasRecipient === true) === (wish.recipient !== undefined) &&
    (marginFloorWaived === true) === (wish.waiveMarginFloor === true) &&
    Date.parse(deliverBy) === wish.deliverByAt &&
    substitution.upTo === wish.substitution.upTo &&
    need.sku === wish.need.sku &&
    need.category === wish.need.category;
  const isAdded = [...order.additions.values()].some((it) => it.line === line);
  const allowed = request.attempt === 1 && !isAdded && line.piecesOf === undefined ? order.wish.additions : undefined;
  check(isSame(request.additions, allowed), '5', () => `${nameOf(line)} lets other additions be proposed`);
  check(isItsOwn, '5', () => `${nameOf(line)} asks for something else than was ordered`);
  const left = new Set(excluded.map((it) => it.offerId));
  const isWhole = left.size === line.excluded.size && [...line.excluded.keys()].every((it) => left.has(it));
  check(isWhole, '4', () => `${nameOf(line)} leaves out ${[...left].join()} and not ${[...line.excluded.keys()].join()}`);
}

type AskPlanned = Extract<OrderEvent, { readonly type: 'AskPlanned' }>;

/** Units that could not be held are asked for again: as deep, ranking + 1, with back-off; or at the next restock (protocol 15, 17). */
export function askPlanned(line: LineBook, { asked, askAt, waits }: AskPlanned, at: number): void {
  const { attempt, depth, ranking, quantity, replaces } = asked;
  check(attempt === line.attempts + 1, '15', () => `${nameOf(line)} plans attempt ${attempt} after ${line.attempts}`);
  if (waits) {
    line.waits += 1;
    const { waitUntilAt } = line.wish.substitution;
    const isWaiting = waitUntilAt !== undefined && askAt <= Math.min(waitUntilAt, line.wish.deliverByAt) && askAt - at === LIMITS.waitMs;
    check(isWaiting && ranking === 1, '17', () => `${nameOf(line)} waits for a restock until ${askAt}, and may not`);
  } else {
    const pause = LIMITS.backoffMs * 2 ** (ranking - 2);
    check(ranking > 1 && askAt - at === pause, '15', () => `${nameOf(line)} asks again after ${askAt - at} ms, ranking ${ranking}`);
  }
  open(line, { attempt, depth, ranking, quantity, planned: true, askAt, ...(replaces && { replaces: replaces.holdId }) });
}
