import { type Decision, reject } from '@midstream/kernel';
import { arm, draftOf, type Draft, tellState, withClosure, withoutClosure } from './draft';
import { pauseOf } from './evolve.purchase';
import { FRESH_MS } from './limits';
import { leadOf, slowedOf } from './slowness';
import type { InventoryCode, InventoryEvent } from './messages';
import { type Closure, type Hold, type Offer, type Rows, rowOf } from './state';
import type { ApplyValidity, CloseStale, ReportPace } from './supply.messages';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** Until when the stock figure counts as fresh; undefined for an offer whose supplier has promised no reports. */
export const freshUntil = ({ freshness, stockAsOf }: Offer): number | undefined =>
  freshness === undefined ? undefined : stockAsOf + FRESH_MS[freshness];

/** No report for so long: nothing new is held there until the next one. What is held stays: nobody has said that it is gone. */
export function closeStale({ offerId, at }: CloseStale, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  const until = offer && freshUntil(offer);
  if (offer === undefined || until === undefined || at < until || offer.closures.some((it) => it.cause === 'stale')) return [];
  return closed(rows, offerId, { cause: 'stale' });
}

/** A report is fresh, whatever it says. */
export function freshen(draft: Draft, offerId: string): void {
  const { closures } = rowOf(draft.rows.offers, offerId);
  if (closures.some((it) => it.cause === 'stale'))
    draft.emit({ type: 'ClosuresSet', offerId, closures: withoutClosure(closures, 'stale') });
}

/** An offer is open from its first moment to its last. */
export function applyValidity({ offerId, at }: ApplyValidity, rows: Rows): Decided {
  if (rows.offers[offerId] === undefined) return [];
  const draft = draftOf(rows);
  followValidity(draft, offerId, at);
  if (draft.events.length > 0) tellState(draft, offerId);
  return draft.events;
}

/** Also at once where terms are put anew: what has no last moment any more is open again. */
export function followValidity(draft: Draft, offerId: string, at: number): void {
  const { validFromAt = -Infinity, validUntilAt = Infinity, closures } = rowOf(draft.rows.offers, offerId);
  const isValid = validFromAt <= at && at < validUntilAt;
  if (isValid !== closures.some((it) => it.cause === 'not-valid')) return;
  const now = isValid ? withoutClosure(closures, 'not-valid') : withClosure(closures, { cause: 'not-valid' });
  draft.emit({ type: 'ClosuresSet', offerId, closures: now });
  if (!isValid) arm(draft, offerId);
}

/** The supplier has less capacity than it had, or takes longer: what would come too late there is freed while there is time. */
export function reportPace({ supplierId, offerId, capacityPerMinute, leadTimeMs, at }: ReportPace, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (offer.supplierId !== supplierId) return reject('foreign-offer');
  const pace = {
    capacityPerMinute: capacityPerMinute ?? offer.capacityPerMinute,
    leadTimeMs: leadTimeMs ?? offer.leadTimeMs,
  };
  if (pace.capacityPerMinute === offer.capacityPerMinute && pace.leadTimeMs === offer.leadTimeMs) return [];
  const slowed =
    pace.leadTimeMs > offer.leadTimeMs ? 'too-slow' : pace.capacityPerMinute < offer.capacityPerMinute ? 'capacity' : undefined;
  const draft = draftOf(rows);
  draft.emit({ type: 'PaceNoted', offerId, ...pace, ...(slowed && { slowed }), source: 'push', at });
  if (slowed !== undefined) arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

/**
 * Why a hold would come too late at an offer that has slowed down: all that is held there, at its pace, ends after the hold's deadline.
 * The youngest go first, and what is left may be in time.
 */
export function lateOf(offer: Offer, hold: Pick<Hold, 'deliverByAt'>, at: number): 'capacity' | 'too-slow' | undefined {
  const slowed = slowedOf(offer);
  if (slowed === undefined || at >= hold.deliverByAt) return undefined;
  return doneAt(offer, at) > hold.deliverByAt ? slowed : undefined;
}

/** When all that is held now is delivered: one unit after the other, at the offer's pace. */
export const doneAt = (offer: Offer, at: number): number =>
  Math.max(at, offer.spentUntil) + pauseOf(offer, Math.max(0, offer.held - 1)) + leadOf(offer);

/** How many units more it delivers by then, after all that it holds (`doneAt`). */
export function unitsInTime(offer: Offer, deliverByAt: number, at: number): number {
  const leftMs = deliverByAt - leadOf(offer) - Math.max(at, offer.spentUntil);
  return leftMs < 0 ? 0 : Math.max(0, Math.floor((leftMs * offer.capacityPerMinute) / 60_000) + 1 - offer.held);
}

export function closed(rows: Rows, offerId: string, closure: Closure): readonly InventoryEvent[] {
  const draft = draftOf(rows);
  draft.emit({ type: 'ClosuresSet', offerId, closures: withClosure(rowOf(rows.offers, offerId).closures, closure) });
  if (closure.cause !== 'stale') arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}
