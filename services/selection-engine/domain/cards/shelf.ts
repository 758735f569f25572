import { availableAt, type Offer, type OfferBook } from '../book';
import { coreIndicatorsOf, meetsCore } from '../market/surge';
import { fillOf } from '../worth';

/**
 * The offers of one good as a row of numbers. Thousands of offers lie all over the memory, and a walk through them waits for it; of most goods
 * all that a gate asks are a few numbers. It is kept until the book has news of one of the offers (`OfferBook.revisions`).
 */
export interface Shelf {
  readonly revision: number;
  readonly offers: readonly Offer[];
  /** FIELDS numbers an offer. Empty where an offer is not plain: one price, no closure, regions and currency as of the others. */
  readonly numbers: Float64Array;
}

export const FIELDS = 6;
export const COST = 0;
export const FILL = 1;
export const LEAD = 2;
export const LEAST = 3;
export const AVAILABLE = 4;
export const CORE = 5;

const shelves = new WeakMap<OfferBook, Map<string, Shelf>>();
const NONE = new Float64Array(0);

export function shelvesOf(book: OfferBook): Map<string, Shelf> {
  let known = shelves.get(book);
  if (known === undefined) shelves.set(book, (known = new Map<string, Shelf>()));
  return known;
}

/** As the book is now. */
export function shelfOf(book: OfferBook, known: Map<string, Shelf>, sku: string): Shelf {
  const revision = book.revisions.get(sku) ?? 0;
  const last = known.get(sku);
  if (last !== undefined && last.revision === revision) return last;
  const offers = [...(book.offersBySku.get(sku)?.values() ?? [])];
  const [first] = offers;
  const arePlain = first !== undefined && offers.every((it) => isPlain(it, first));
  const next: Shelf = { revision, offers, numbers: arePlain ? Float64Array.from(offers.flatMap((it) => numbersOf(book, it))) : NONE };
  known.set(sku, next);
  return next;
}

const isPlain = (it: Offer, first: Offer): boolean =>
  it.costTiers.length === 1 && it.closures.length === 0 && it.currency === first.currency && it.regions.join() === first.regions.join();

/** As precise as a decision's record says the fill rate. */
export const fillAt = (offer: Offer): number => Math.round(fillOf(offer) * 1e4) / 1e4;

const numbersOf = (book: OfferBook, offer: Offer): number[] => [
  offer.costTiers[0]?.costMinor ?? 0,
  fillAt(offer),
  offer.leadTimeMs,
  offer.minQuantity,
  availableAt(book, offer),
  Number(meetsCore(coreIndicatorsOf(offer))),
];
