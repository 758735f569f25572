import type { Fact } from '@midstream/contracts';
import { Draft as Drafting } from '@midstream/kernel';
import { evolve } from './evolve';
import { misfitOf } from './fit';
import { openCostOf } from './markup';
import type { InventoryEvent } from './messages';
import { type Closure, type Hold, type Offer, type Rows, rowOf, type Stage, stateOf, tallyOf } from './state';

export type Draft = Drafting<Rows, InventoryEvent>;

export const draftOf = (rows: Rows): Draft => new Drafting(rows, evolve);

export function move(draft: Draft, { holdId, offerId, capped }: Hold, from: Stage, to: Stage, units: number): void {
  if (units <= 0) return;
  const counted = capped !== undefined && ENDS.includes(to) ? { usageIds: capped.by } : {};
  draft.emit({ type: 'UnitsMoved', holdId, offerId, from, to, units, ...counted });
}

const ENDS: readonly Stage[] = ['delivered', 'lost', 'released'];

/** What every fact about a hold says of it: whose it is, and its whole tally under a new version (protocol 1). */
export function ofHold(
  draft: Draft,
  holdId: string,
): Pick<Fact<'HoldLost'>, 'orderId' | 'merchantId' | 'lineId' | 'offerId' | 'supplierId' | 'sku' | 'tally'> {
  const hold = rowOf(draft.rows.holds, holdId);
  const { orderId, merchantId, lineId, offerId, supplierId, sku } = hold;
  return { orderId, merchantId, lineId, offerId, supplierId, sku, tally: tallyOf({ ...hold, version: hold.version + 1 }) };
}

/** Units leave the hold for the reason given; where order has asked for the hold back, they are released (protocol 8). */
export function lose(draft: Draft, hold: Hold, from: readonly (readonly [Stage, number])[], reason: Fact<'HoldLost'>['reason']): void {
  const quantity = from.reduce((sum, [, units]) => sum + units, 0);
  if (quantity === 0) return;
  const to = hold.releaseAsked === undefined ? 'lost' : 'released';
  for (const [stage, units] of from) move(draft, hold, stage, to, units);
  const misfit = reason === 'capacity' ? misfitOf(rowOf(draft.rows.offers, hold.offerId), hold) : undefined;
  if (hold.releaseAsked === undefined)
    draft.emit({ type: 'HoldLost', ...ofHold(draft, hold.holdId), quantity, reason, ...(misfit && { misfit }) });
  else draft.emit({ type: 'HoldReleased', ...ofHold(draft, hold.holdId), quantity, reason: hold.releaseAsked });
}

/** The state of an offer, once a command is done with it: one record a command (protocol 26). */
export function tellState(draft: Draft, offerId: string): void {
  const offer = rowOf(draft.rows.offers, offerId);
  tellCost(draft, offer);
  draft.emit(stateOf({ ...offer, version: offer.version + 1 }));
}

/** A product whose price follows a rule is told what the offer costs, each time that it is something else. */
function tellCost(draft: Draft, offer: Offer): void {
  const { offerId, sku, version, ruled, costTold } = offer;
  if (!ruled) return;
  const costMinor = openCostOf(offer);
  if (costTold !== undefined && costTold.costMinor === costMinor) return;
  draft.emit({ type: 'CostTold', sku, offerId, version: version + 1, ...(costMinor !== undefined && { costMinor }) });
}

/** Leaves word that units must go; one drain an offer, and none that an operator has stopped. One that runs looks again when it is done. */
export function arm(draft: Draft, offerId: string): void {
  const drain = draft.rows.drains[offerId];
  if (rowOf(draft.rows.offers, offerId).held === 0 || drain?.stopped || drain?.again) return;
  draft.emit({ type: drain?.armed ? 'DrainAskedAgain' : 'DrainDue', offerId });
}

/** The closures with one of this cause more, or less. */
export const withClosure = (closures: readonly Closure[], closure: Closure): Closure[] => [
  ...closures.filter((it) => it.cause !== closure.cause),
  closure,
];
export const withoutClosure = (closures: readonly Closure[], cause: Closure['cause']): Closure[] =>
  closures.filter((it) => it.cause !== cause);
