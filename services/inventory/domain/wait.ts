import type { Draft } from './draft';
import { BALANCE_PATIENCE_MS } from './limits';
import { type Hold, rowOf } from './state';

/** The supplier has no money of ours: the units go back into the queue, and wait there for as long as their line can bear. */
export function waitForBalance(draft: Draft, { holdId, offerId, deliverByAt }: Hold, units: number, at: number): void {
  const offer = rowOf(draft.rows.offers, offerId);
  if (offer.unpaid !== true) draft.emit({ type: 'OfferUnpaid', offerId, unpaid: true });
  draft.emit({ type: 'UnitsWaited', holdId, offerId, units, untilAt: waitsUntil(deliverByAt, at) });
}

/** Half of the time that is left to the line: the other half is for another supplier. */
export const waitsUntil = (deliverByAt: number, at: number): number =>
  at + Math.min(BALANCE_PATIENCE_MS, Math.max(0, Math.floor((deliverByAt - at) / 2)));
