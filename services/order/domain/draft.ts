import { type CapReached, type Fact, type GateCounts, type GiveUpReason, SERVED_MAX } from '@midstream/contracts';
import { Draft as Drafting } from '@midstream/kernel';
import { evolve } from './evolve';
import type { Entry, MoneyMoved, OfLine, OfOrder, OrderEvent } from './messages';
import { endOf, orderEndOf } from './status';
import {
  additionsOf,
  chargeOf,
  deliveredOf,
  type Hold,
  holdsOf,
  type Line,
  lineOf,
  linesOf,
  openOf,
  type Order,
  type Rows,
  rowOf,
  sum,
} from './state';

export type Draft = Drafting<Rows, OrderEvent>;

export const draftOf = (rows: Rows): Draft => new Drafting(rows, evolve);

/** Whose line an event is about: what every event of a line begins with. */
export const ofLine = ({ orderId, merchantId, lineId }: OfLine): OfLine => ({ orderId, merchantId, lineId });

/** Money of the merchant's is held for the order. Of no line: a line's money begins when a unit of it ends. */
export function holdMoney(draft: Draft, of: OfOrder, why: 'order-placed' | 'line-added' | 'units-repacked', amountMinor: number): void {
  if (amountMinor <= 0) return;
  const { currency } = rowOf(draft.rows.orders, of.orderId);
  const entries = [
    { account: 'merchant-available', amountMinor: -amountMinor },
    { account: 'order-held', amountMinor },
  ] as const;
  draft.emit({ type: 'MoneyMoved', merchantId: of.merchantId, orderId: of.orderId, why, currency, entries });
}

/** What is still offered to an order that comes to its end is offered no more. */
export function withdrawAdditions(draft: Draft, { orderId, merchantId }: OfOrder): void {
  for (const { additionId, sku, answer } of additionsOf(rowOf(draft.rows.orders, orderId)))
    if (answer === undefined) draft.emit({ type: 'AdditionAnswered', orderId, merchantId, additionId, sku, answer: 'withdrawn' });
}

export interface GivenUp {
  readonly quantity: number;
  readonly reason: GiveUpReason;
  /** The hold whose lost units they are: the storm that took them knows that they have come to an end (protocol 13). */
  readonly holdId?: string;
  readonly gates?: GateCounts;
  /** The cap that left nothing for them. */
  readonly cap?: CapReached;
}

/** Units that nobody will get, with their money. */
export function giveUp(draft: Draft, of: OfLine, { quantity, reason, holdId, gates, cap: reached }: GivenUp): void {
  if (quantity <= 0) return;
  const why = { ...(holdId && { holdId }), ...(gates && { gates }), ...(reached && { cap: reached }) };
  draft.emit({ type: 'UnitsGivenUp', ...ofLine(of), quantity, reason, ...why });
  releaseMoney(draft, of, 'units-given-up', quantity);
}

/** The cap of units that end here without being delivered goes back. */
export function releaseMoney(draft: Draft, of: OfLine, why: 'units-given-up' | 'units-repacked', quantity: number): void {
  const cap = lineOf(draft.rows, of).maxUnitPriceMinor * quantity;
  moveMoney(draft, of, why, [
    { account: 'order-held', amountMinor: -cap },
    { account: 'merchant-available', amountMinor: cap },
  ]);
}

/** Each delivered unit is captured at the lower of its price and its reference price; what is left of its cap goes back (protocol 22). */
export function capture(draft: Draft, of: OfLine, hold: Hold, units: number): void {
  if (units <= 0) return;
  const charge = chargeOf(hold) * units;
  const cap = lineOf(draft.rows, of).maxUnitPriceMinor * units;
  moveMoney(draft, of, 'units-delivered', [
    { account: 'order-held', amountMinor: -cap },
    { account: 'hub-revenue', amountMinor: charge },
    { account: 'merchant-available', amountMinor: cap - charge },
  ]);
}

function moveMoney(draft: Draft, of: OfLine, why: MoneyMoved['why'], entries: readonly Entry[]): void {
  const { currency } = rowOf(draft.rows.orders, of.orderId);
  const moving = entries.filter((it) => it.amountMinor !== 0);
  if (moving.length > 0) draft.emit({ type: 'MoneyMoved', ...ofLine(of), why, currency, entries: moving });
}

/** Asks for the holds back; money follows when inventory has answered (protocol 8). Their open questions are withdrawn. */
export function askBack(draft: Draft, of: OfLine, holds: readonly Hold[], reason: 'cancelled' | 'declined' | 'deadline'): void {
  const open = holds.filter((it) => openOf(it) > 0 && it.releasing === undefined);
  if (open.length === 0) return;
  draft.emit({ type: 'ReleaseRequested', ...ofLine(of), holdIds: open.map((it) => it.holdId), reason });
}

/** A line ends when none of its units is under way; an order, when its last line has (protocol 21). */
export function settle(draft: Draft, of: OfLine): void {
  const line = lineOf(draft.rows, of);
  const isDone = Object.keys(line.selecting).length === 0 && holdsOf(line).every((it) => openOf(it) === 0);
  if (line.end !== undefined || !isDone) return;
  const { orderId, merchantId, lineId } = of;
  const { ordered, capturedMinor, repacked } = line;
  const [status, delivered] = [endOf(line), deliveredOf(line)];
  const learnt = learnable(line, rowOf(draft.rows.orders, orderId));
  if (repacked !== undefined) learnt.repacked = repacked;
  draft.emit({ type: 'LineClosed', orderId, merchantId, lineId, status, ordered, delivered, capturedMinor, ...learnt });
  const order = rowOf(draft.rows.orders, orderId);
  const lines = linesOf(order);
  if (lines.some((it) => it.end === undefined)) return;
  withdrawAdditions(draft, of);
  draft.emit({
    type: 'OrderClosed',
    orderId: of.orderId,
    merchantId: of.merchantId,
    status: orderEndOf(order),
    capturedMinor: sum(lines, (it) => it.capturedMinor),
    releasedMinor: sum(lines, (it) => it.releasedMinor),
    ...(order.additions && { additions: true }),
  });
}

interface Learnt {
  served?: NonNullable<Fact<'LineClosed'>['served']>;
  faulty?: string[];
  buyerKey?: string;
  repacked?: number;
}

/** What came from where, and to whom, and whose codes were no good: others learn from a line's end without having followed it. */
function learnable(line: Line, { buyerKey }: Order): Learnt {
  const learnt: Learnt = {};
  const came = holdsOf(line).filter((it) => it.delivered > 0);
  const faulty = line.excluded.filter((it) => it.reason === 'invalid-code');
  if (came.length > 0) learnt.served = came.slice(0, SERVED_MAX).map(({ offerId, sku, delivered }) => ({ offerId, sku, units: delivered }));
  if (faulty.length > 0) learnt.faulty = faulty.slice(0, SERVED_MAX).map((it) => it.offerId);
  if (buyerKey !== undefined) learnt.buyerKey = buyerKey;
  return learnt;
}
