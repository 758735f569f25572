import { type Offer, type OfferBook, pricedFor } from '../book';
import { gateOf, productsInReach, wantedBy } from '../gates';
import type { BoundClass } from './bound';

/** A unit of supply that fails by itself; offers of one upstream group fail together. */
const sourceOf = ({ upstreamGroup, supplierId }: Offer): string => (upstreamGroup === '' ? supplierId : upstreamGroup);

/** Whether lines of the class would find another source, if the offer that holds them failed now; the search ends with the first that passes all gates. */
export function hasBackup(book: OfferBook, offerId: string, { request }: BoundClass, at: number): boolean {
  const held = book.offers.get(offerId);
  const source = held && sourceOf(held);
  const wanted = wantedBy(request, book);
  for (const unpriced of productsInReach(wanted, request, book)) {
    const product = pricedFor(unpriced, request.merchantTier);
    for (const offer of book.offersBySku.get(product.sku)?.values() ?? [])
      if (sourceOf(offer) !== source && gateOf({ request, wanted, offer, product, book, at }) === undefined) return true;
  }
  return false;
}

/** Lines in flight that are looked for one by one, the newest first; all lines of a class are alike. */
export const UNBACKED_MAX = 10_000;

export interface UnbackedHold {
  readonly holdId: string;
  readonly offerId: string;
  readonly units: number;
}

/** The holds of these classes, each named by its offer and key (`placeOf`), the newest first. */
export function holdsOf({ bound }: OfferBook, places: ReadonlySet<string>): readonly UnbackedHold[] {
  if (places.size === 0) return [];
  const found: UnbackedHold[] = [];
  for (const [holdId, { offerId, key, units }] of [...bound.holds].reverse()) {
    if (found.length === UNBACKED_MAX) break;
    if (places.has(placeOf(offerId, key))) found.push({ holdId, offerId, units });
  }
  return found;
}

export const placeOf = (offerId: string, key: string): string => `${offerId} ${key}`;
