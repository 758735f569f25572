import type { Decision } from '@midstream/kernel';
import { arm, draftOf, type Draft, tellState } from './draft';
import { SLOW } from './limits';
import type { ForgetSlowness, InventoryEvent } from './messages';
import { type Offer, type Rows, rowOf } from './state';

type Paced = Pick<Offer, 'leadTimeMs' | 'measured' | 'policy' | 'slowed'>;

/** What is reckoned with from order to delivery: what the supplier promises, or what was measured or its way of delivery needs, where that is longer. */
export const leadOf = ({ leadTimeMs, measured, policy }: Paced): number =>
  Math.max(leadTimeMs, measured?.p90Ms ?? 0, policy?.leadTimeMs ?? 0);

/** Why what is held there may come too late: it was measured, or its supplier or its way of delivery has said so. */
export const slowedOf = ({ slowed, measured, policy, leadTimeMs }: Paced): Offer['slowed'] =>
  measured === undefined && (policy?.leadTimeMs ?? 0) <= leadTimeMs ? slowed : 'too-slow';

/** With the time of one more purchase that was delivered, from its submission to its end; the newest ones only. */
export const timed = (offer: Offer, ms: number): Offer =>
  offer.kind === 'vault' ? offer : { ...offer, times: [...(offer.times ?? []).slice(1 - SLOW.samples), ms] };

/** The time within which nine of ten of the last purchases were delivered; undefined where there are too few to tell. */
export function p90Of(times: readonly number[]): number | undefined {
  if (times.length < SLOW.least) return undefined;
  return [...times].sort((a, b) => a - b)[Math.ceil(times.length * 0.9) - 1];
}

/**
 * After a delivery: is the supplier slower than it promises, or not any more? It becomes slow above one bound and is itself again below a lower
 * one, so that it does not change with every answer. What would come too late there is freed while there is time (`lateOf`).
 */
export function measure(draft: Draft, offerId: string, at: number): void {
  const { times = [], leadTimeMs, measured } = rowOf(draft.rows.offers, offerId);
  const p90Ms = p90Of(times);
  if (p90Ms === undefined) return;
  if (p90Ms > boundOf(leadTimeMs, SLOW.at)) {
    // A little slower again is no news: each telling costs every reader
    if (measured !== undefined && Math.abs(p90Ms - measured.p90Ms) < measured.p90Ms * SLOW.news) return;
    draft.emit({ type: 'SlownessMeasured', offerId, p90Ms, at, until: at + SLOW.forMs });
    if (p90Ms > (measured?.p90Ms ?? 0)) arm(draft, offerId);
  } else if (measured !== undefined && p90Ms <= boundOf(leadTimeMs, SLOW.back)) draft.emit({ type: 'SlownessMeasured', offerId, at });
}

const boundOf = (leadTimeMs: number, { times, moreMs }: { readonly times: number; readonly moreMs: number }): number =>
  Math.max(leadTimeMs * times, leadTimeMs + moreMs);

/** Nobody goes where it is slow, and so nothing is measured there: after a while it counts as what it promises, and is measured anew. */
export function forgetSlowness({ offerId, measuredAt, at }: ForgetSlowness, rows: Rows): Decision<InventoryEvent> {
  if (rows.offers[offerId]?.measured?.at !== measuredAt) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'SlownessMeasured', offerId, at });
  tellState(draft, offerId);
  return draft.events;
}
