import { type Offer, type OfferBook, spareAt } from '../book';
import { PLAN_MS } from './storm';

export const NOTHING_LENT: ReadonlyMap<string, number> = new Map();

/** Units that the plans of storms keep at an offer for lines that are still to come, and what one more unit would be worth to these: its bid price, minor units. */
interface Kept {
  readonly units: number;
  readonly bidMinor: number;
}

function keptAt(book: OfferBook, offer: Offer, at: number): Kept {
  let [units, bidMinor] = [0, 0];
  for (const it of book.storms.values()) {
    const kept = at - it.drawnAt < PLAN_MS ? (it.kept.get(offer.offerId) ?? 0) : 0;
    if (kept === 0) continue;
    units += kept;
    bidMinor = Math.max(bidMinor, it.bids.get(offer.offerId) ?? 0);
  }
  return { units: Math.min(units, spareAt(book, offer, at)), bidMinor };
}

/**
 * Between two solves: units that plans keep, by offer, where a line that no plan knows is worth more than they cost the storm. It takes them at
 * their bid price if that leaves it better off than whatever has room for it, and than being given up (`otherwiseMinor`). `passed`: the
 * offers that may serve it, `ranked`: what the best chain is worth that begins at each, minor units.
 */
export function outbid(
  passed: ReadonlyMap<string, { readonly offer: Offer; readonly room: number }>,
  ranked: ReadonlyMap<string, { readonly chainMinor: number }>,
  otherwiseMinor: number,
  book: OfferBook,
  at: number,
): ReadonlyMap<string, number> {
  if (book.storms.size === 0) return NOTHING_LENT;
  const worthAt = (offerId: string): number => ranked.get(offerId)?.chainMinor ?? -Infinity;
  const [roomy, full] = [[] as Offer[], [] as Offer[]];
  for (const { offer, room } of passed.values()) (room >= offer.minQuantity ? roomy : full).push(offer);
  const best = roomy.reduce((most, it) => Math.max(most, worthAt(it.offerId)), otherwiseMinor);
  const lent = new Map<string, number>();
  for (const offer of full) {
    const { units, bidMinor } = keptAt(book, offer, at);
    const room = passed.get(offer.offerId)?.room ?? 0;
    if (room + units >= offer.minQuantity && worthAt(offer.offerId) - bidMinor > best) lent.set(offer.offerId, units);
  }
  return lent;
}
