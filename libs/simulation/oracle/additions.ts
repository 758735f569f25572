import type { Fact } from '@midstream/contracts';
import type { LineWish } from '../scenario';
import type { AdditionsWish } from '../scenario.additions';
import type { Market } from './market';
import { type AdditionBook, check, lineBook, nameOf, type OrderBook } from './book';

/** Offered within what the buyer allows, once, and to an order that runs. */
export function additionOffered(order: OrderBook, event: Fact<'AdditionOffered'>, market: Market, at: number): AdditionBook {
  const { additionId, lineId, sku, quantity, priceMinor, expiresAt } = event;
  const { additions: allowed } = order.wish;
  check(allowed !== undefined, 'I7', () => `${additionId} is offered, and its buyer allows none`);
  check(!order.additions.has(additionId), 'I11', () => `${additionId} is offered twice`);
  check(order.end === undefined && !isCancelled(order), '21', () => `${additionId} is offered to an order that has ended`);
  check(priceMinor <= allowed.maxUnitPriceMinor, 'I7', () => `${additionId} costs ${priceMinor}, above ${allowed.maxUnitPriceMinor}`);
  const beside = order.lines.get(lineId);
  const isBeside = beside !== undefined && market.mayStandBeside(beside.wish.need.sku, sku);
  check(isBeside, 'I7', () => `${additionId} is beside ${lineId}, which asks for something else`);
  const addition = { additionId, beside, sku, quantity, priceMinor, expiresAt: Date.parse(expiresAt), said: [] };
  check(addition.expiresAt > at && addition.expiresAt <= beside.wish.deliverByAt, '19', () => `${additionId} lapses at ${expiresAt}`);
  order.additions.set(additionId, addition);
  const units = [...order.additions.values()].reduce((sum, it) => sum + takenBy(it), 0);
  check(units <= allowed.maxQuantity, 'I7', () => `${order.wish.orderId} is offered ${units} units, above ${allowed.maxQuantity}`);
  return addition;
}

export const isSame = (a: AdditionsWish | undefined, b: AdditionsWish | undefined): boolean =>
  a?.maxQuantity === b?.maxQuantity && a?.maxUnitPriceMinor === b?.maxUnitPriceMinor;

const takenBy = ({ answer, quantity, accepted = 0 }: AdditionBook): number =>
  answer === undefined ? quantity : answer === 'accepted' ? accepted : 0;

const isCancelled = ({ lines }: OrderBook): boolean => [...lines.values()].every((it) => it.end !== undefined || it.closing !== undefined);

/** Answered once: as its merchant said and in time, or by silence, or by the end of its order. */
export function additionAnswered(order: OrderBook, { additionId, answer, quantity }: Fact<'AdditionAnswered'>, at: number): void {
  const addition = order.additions.get(additionId);
  check(addition !== undefined, '19', () => `${additionId} was never offered`);
  check(addition.answer === undefined, 'I11', () => `${additionId} was answered ${addition.answer}, and is answered ${answer}`);
  addition.answer = answer;
  if (answer === 'expired') return check(at >= addition.expiresAt, '19', () => `${additionId} lapses ${addition.expiresAt - at} ms early`);
  if (answer === 'withdrawn')
    return check(order.mayCancel || isCancelled(order), '21', () => `${additionId} is withdrawn, and its order runs`);
  check(at < addition.expiresAt, '19', () => `${additionId} is ${answer} after it has lapsed`);
  const isSaid = addition.said.some((it) => it.answer === answer && (answer === 'declined' || it.quantity === quantity));
  check(isSaid, '19', () => `${additionId} is ${answer} (${quantity}), and nobody said so`);
  addition.accepted = quantity;
}

/** A yes, and nothing else, makes a line: one, of the good, at the price and by the time that were offered. */
export function lineAdded(order: OrderBook, { lineId, additionId, line, heldMinor }: Fact<'LineAdded'>): void {
  const addition = order.additions.get(additionId);
  check(addition?.answer === 'accepted' && addition.line === undefined, 'I11', () => `${additionId} becomes ${lineId}, and may not`);
  check(!order.lines.has(lineId), 'I11', () => `${order.wish.orderId} has two lines ${lineId}`);
  const wish = wishOf(addition, lineId);
  const made = lineBook(wish, order);
  const isAsAgreed =
    line.need.sku === wish.need.sku &&
    line.quantity === wish.quantity &&
    line.maxUnitPriceMinor === wish.maxUnitPriceMinor &&
    line.substitution.upTo === wish.substitution.upTo &&
    Date.parse(line.deliverBy) === wish.deliverByAt;
  check(isAsAgreed, 'I10', () => `${nameOf(made)} is ${JSON.stringify(line)} and not ${JSON.stringify(wish)}`);
  check(heldMinor === wish.quantity * wish.maxUnitPriceMinor, '22', () => `${nameOf(made)} holds ${heldMinor}`);
  order.lines.set(lineId, made);
  order.placedMinor += heldMinor;
  addition.line = made;
}

function wishOf({ beside, sku, accepted = 0, priceMinor }: AdditionBook, lineId: string): LineWish {
  const upTo = beside.wish.substitution.upTo === 'none' ? 'none' : 'other-supplier';
  return {
    ...beside.wish,
    lineId,
    need: { sku },
    quantity: accepted,
    maxUnitPriceMinor: priceMinor,
    substitution: { ...beside.wish.substitution, upTo },
  };
}
