import type { Asked } from '../gates';
import type { Offer, OfferBook } from '../book';
import { complaintOf, repurchaseOf } from '../buyers/after-sales';
import { responseOf } from '../worth';

/**
 * While demand bursts, new lines go only to offers that meet all three core indicators: an answer in time, buyers who come again, few
 * complaints. A line that lost a hold is no new line, and may go wherever there is stock.
 */
export const SURGE_RESPONSE_MS_MAX = 120_000;
export const SURGE_REPURCHASE_LEAST = 0.2;
export const SURGE_COMPLAINT_MOST = 0.02;

/** Where buyers seldom come back anywhere (their merchants name each but once), half of what is usual there does. */
const USUAL_REPURCHASE_SHARE = 0.5;

/** Expected values, as they are known of an offer; of one without a history, what is usual: it is held against nobody. */
export interface CoreIndicators {
  readonly responseMs: number;
  readonly repurchase: number;
  readonly usualRepurchase: number;
  readonly complaint: number;
}

export const meetsCore = ({ responseMs, repurchase, usualRepurchase, complaint }: CoreIndicators): boolean =>
  responseMs <= SURGE_RESPONSE_MS_MAX &&
  repurchase >= Math.min(SURGE_REPURCHASE_LEAST, USUAL_REPURCHASE_SHARE * usualRepurchase) &&
  complaint <= SURGE_COMPLAINT_MOST;

export function isBursting(book: OfferBook, sku: string, at: number): boolean {
  const burst = book.markets.get(sku)?.burst;
  return burst !== undefined && Date.parse(burst.until) > at;
}

export const coreIndicatorsOf = (offer: Offer, book: OfferBook): CoreIndicators => ({
  responseMs: responseOf(offer),
  repurchase: repurchaseOf(book, offer.offerId),
  usualRepurchase: repurchaseOf(book),
  complaint: complaintOf(book, offer.offerId),
});

export const isTooWeakForBurst = ({ request, offer, product, book, at }: Asked): boolean =>
  request.depth === 1 && isBursting(book, product.sku, at) && !meetsCore(coreIndicatorsOf(offer, book));
