import type { Asked } from '../gates';
import type { Offer, OfferBook } from '../book';
import { responseOf } from '../worth';

/**
 * While demand bursts, new lines go only to offers that meet all three core indicators: an answer in time, buyers who come again, few
 * complaints. A line that lost a hold is no new line, and may go wherever there is stock.
 */
export const SURGE_RESPONSE_MS_MAX = 120_000;
export const SURGE_REPURCHASE_LEAST = 0.2;
export const SURGE_COMPLAINT_MOST = 0.02;

/** Expected values, as they are known of an offer; `undefined` where nothing is known yet, which is held against nobody. */
export interface CoreIndicators {
  readonly responseMs: number;
  readonly repurchase?: number;
  readonly complaint?: number;
}

export const meetsCore = ({ responseMs, repurchase, complaint }: CoreIndicators): boolean =>
  responseMs <= SURGE_RESPONSE_MS_MAX &&
  (repurchase ?? SURGE_REPURCHASE_LEAST) >= SURGE_REPURCHASE_LEAST &&
  (complaint ?? 0) <= SURGE_COMPLAINT_MOST;

export function isBursting(book: OfferBook, sku: string, at: number): boolean {
  const burst = book.markets.get(sku)?.burst;
  return burst !== undefined && Date.parse(burst.until) > at;
}

export const coreIndicatorsOf = (offer: Offer): CoreIndicators => ({ responseMs: responseOf(offer) });

export const isTooWeakForBurst = ({ request, offer, product, book, at }: Asked): boolean =>
  request.depth === 1 && isBursting(book, product.sku, at) && !meetsCore(coreIndicatorsOf(offer));
