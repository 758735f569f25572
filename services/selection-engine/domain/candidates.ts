import type { SelectionRequest } from '@midstream/contracts';
import { seenAtOf } from './age';
import { availableAt, type Offer, type OfferBook, type Product } from './book';
import { stayingWeight } from './buyers/profile';
import type { CandidateOffer, CandidateRequest } from './chain/request';
import type { MoneySettings } from './chain/settings';
import { stepTo, type Wanted } from './gates';
import { likenessOf } from './likeness';
import { waitMs } from './pace';
import { holdingOf } from './worth';

/** What a buyer who is remembered brings by coming back, as a share of the price: such offers as buyers come back to are worth it. */
export const RETURN_SHARE = 0.01;

type Written<T> = { -readonly [Name in keyof T]: T[Name] };

/** An offer that passed the gates, and units that nobody was sent to yet and that it delivers in time. */
export interface Passed {
  readonly offer: Offer;
  readonly product: Product;
  readonly room: number;
}

/** An offer of the book as the science of selection knows one. What the vault has is counted by ourselves, and never out of date. */
export function asCandidate(
  { offer, product, room }: Passed,
  request: SelectionRequest,
  wanted: Wanted,
  book: OfferBook,
  at: number,
): CandidateOffer {
  const step = stepTo({ request, wanted, offer, product });
  const isSubstitute = !wanted.skus.has(product.sku);
  const instead = isSubstitute && request.need.sku !== undefined ? book.products.get(request.need.sku) : undefined;
  const candidate: Written<CandidateOffer> = {
    offerId: offer.offerId,
    supplierId: offer.supplierId,
    upstreamGroup: offer.upstreamGroup,
    sku: offer.sku,
    category: product.category,
    priceMinor: product.priceMinor,
    costTiers: offer.costTiers,
    leadTimeMs: offer.leadTimeMs,
    stock: availableAt(book, offer),
    stockAt: offer.kind === 'vault' ? at : seenAtOf(offer, at),
    minQuantity: offer.minQuantity,
    maxQuantity: offer.maxQuantity,
    step,
  };
  if (instead !== undefined) candidate.similarity = likenessOf(instead, product);
  const waits = waitMs(offer, Math.min(request.quantity, offer.maxQuantity, room), at);
  if (waits > 0) candidate.waitMs = waits;
  // What it saves the hub must not swap the buyer's good
  const holding = isSubstitute ? undefined : holdingOf(offer);
  if (holding !== undefined) candidate.holding = holding;
  return candidate;
}

export interface AskedFor {
  readonly request: SelectionRequest;
  readonly wanted: Wanted;
  readonly offers: readonly CandidateOffer[];
  readonly book: OfferBook;
  readonly at: number;
  readonly settings: MoneySettings;
}

export function requestOf({ request, wanted, offers, book, at, settings }: AskedFor, seed: string | undefined): CandidateRequest {
  const { quantity, priceCapMinor, segment, region, tier, need } = request;
  const referenceMinor = request.replaces?.referencePriceMinor ?? wanted.priceMinor;
  const { upTo, consent } = request.substitution;
  const deliverByAt = Date.parse(request.deliverBy);
  // Written out, field by field: what is spread into a literal costs as much as a search
  const line: Written<CandidateRequest['line']> = {
    quantity,
    priceCapMinor,
    segment,
    region,
    tier,
    deliverByAt,
    substitution: { upTo, consent },
  };
  if (need.sku !== undefined) line.sku = need.sku;
  if (referenceMinor !== undefined) line.referenceMinor = referenceMinor;
  const asked: Written<CandidateRequest> = { at, offers, line, settings };
  if (seed !== undefined) asked.exploration = { seed };
  const buyer = request.buyerKey === undefined ? undefined : book.buyers.get(request.buyerKey);
  if (buyer === undefined) return asked;
  line.buyer = buyer.buyerKey;
  asked.economics = { repurchaseMinor: priceCapMinor * RETURN_SHARE * stayingWeight(buyer) };
  return asked;
}
