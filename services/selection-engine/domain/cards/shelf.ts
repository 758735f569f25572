import { availableAt, type Offer, type OfferBook, type Product } from '../book';
import { fillOf, maxCostOf, responseOf } from '../worth';

/**
 * A good as a row of numbers: all that does not depend on a request. Thousands of goods and offers lie all over the memory, and a walk through
 * them waits for it. A row is made anew once the book has news of the good (`OfferBook.stirred`).
 */
export interface Shelf {
  readonly product: Product;
  readonly sku: string;
  readonly category: string;
  readonly offers: readonly Offer[];
  /** HEAD numbers of the good, then FIELDS for each offer. */
  readonly numbers: Float64Array;
  /** Each offer has one price, no closure, and regions and currency as the others: then numbers are all that a gate asks. */
  readonly arePlain: boolean;
  /** Of the good and of its first offer. Equal lists are one list, so that it is at hand. */
  readonly regions: readonly string[];
  readonly offerRegions: readonly string[];
  readonly currency: string;
  readonly offerCurrency: string;
  /** Where a verdict stands in the way. */
  readonly barredIn: readonly string[];
}

/** Of the good: orders in the last hour, when they were counted, until when demand bursts, price, 1 where it is listed, and the most that a unit may cost. */
export const HEAT = 0;
export const HEAT_AT = 1;
export const BURST_UNTIL = 2;
export const PRICE = 3;
export const LISTED = 4;
export const MAX_COST = 5;
const HEAD = 6;

/** Of an offer. COST is that of the first tier; SOURCE is equal where two buy from the same source. */
export const COST = 0;
export const FILL = 1;
export const LEAD = 2;
export const LEAST = 3;
export const AVAILABLE = 4;
export const RESPONSE = 5;
export const SOURCE = 6;
export const SEEN_AT = 7;
const FIELDS = 8;

/** Where the numbers of the offer in place `n` begin. */
export const rowOf = (n: number): number => HEAD + n * FIELDS;

interface Place {
  readonly category: string;
  readonly aisle: (Shelf | string)[];
  readonly index: number;
}

export class Shelves {
  private readonly rows = new Map<string, Shelf>();
  private readonly aisles = new Map<string, (Shelf | string)[]>();
  private readonly lists = new Map<string, readonly string[]>();
  private readonly places = new Map<string, Place>();

  constructor(private readonly book: OfferBook) {}

  /** Of a whole category, in the book's order. */
  of(category: string): readonly Shelf[] {
    this.takeNews();
    const aisle = this.aisles.get(category) ?? this.laidOut(category);
    return aisle.flatMap((it, n) => {
      const shelf = typeof it === 'string' ? this.one(it) : it;
      if (shelf !== undefined) aisle[n] = shelf;
      return shelf ?? [];
    });
  }

  one(sku: string): Shelf | undefined {
    this.takeNews();
    const known = this.rows.get(sku);
    if (known !== undefined) return known;
    const product = this.book.products.get(sku);
    if (product === undefined) return undefined;
    const next = this.made(product);
    this.rows.set(sku, next);
    return next;
  }

  private laidOut(category: string): (Shelf | string)[] {
    const skus = [...(this.book.skusByCategory.get(category) ?? [])];
    const aisle: (Shelf | string)[] = [...skus];
    skus.forEach((sku, index) => this.places.set(sku, { category, aisle, index }));
    this.aisles.set(category, aisle);
    return aisle;
  }

  /** What there is news of is a name again, until somebody looks. */
  private takeNews(): void {
    const { stirred, products } = this.book;
    for (const sku of stirred) {
      const place = this.places.get(sku);
      const now = products.get(sku)?.category;
      this.rows.delete(sku);
      if (place !== undefined && place.category === now) place.aisle[place.index] = sku;
      else for (const it of [place?.category, now]) if (it !== undefined) this.aisles.delete(it);
    }
    stirred.clear();
  }

  private made(product: Product): Shelf {
    const { book } = this;
    const { sku } = product;
    const offers = [...(book.offersBySku.get(sku)?.values() ?? [])];
    const [first] = offers;
    const market = book.markets.get(sku);
    const numbers = new Float64Array(rowOf(offers.length));
    if (market !== undefined) numbers.set([market.heat.hour, Date.parse(market.heat.asOf)]);
    numbers[BURST_UNTIL] = market?.burst === undefined ? -Infinity : Date.parse(market.burst.until);
    numbers[PRICE] = product.priceMinor;
    numbers[LISTED] = Number(product.listed);
    numbers[MAX_COST] = maxCostOf(product);
    offers.forEach((it, n) => numbers.set(numbersOf(book, it, offers), rowOf(n)));
    const barred = (book.verdicts.get(sku)?.verdicts ?? []).filter((it) => it.status === 'banned' || it.status === 'high-risk');
    return {
      product,
      sku,
      category: this.text(product.category),
      offers,
      numbers,
      arePlain: first !== undefined && offers.every((it) => isPlain(it, first)),
      regions: this.list(product.regions),
      offerRegions: this.list(first?.regions ?? []),
      currency: this.text(product.currency),
      offerCurrency: this.text(first?.currency ?? ''),
      barredIn: this.list(barred.map((it) => it.region)),
    };
  }

  /** The same letters as one string, so that they are at hand. */
  private text(of: string): string {
    return this.list([of])[0] ?? of;
  }

  private list(of: readonly string[]): readonly string[] {
    const key = of.join();
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    if (this.lists.size >= LISTS_MAX) this.lists.clear();
    this.lists.set(key, of);
    return of;
  }
}

/** Lists of regions that are kept to be shared. */
const LISTS_MAX = 10_000;

const shelves = new WeakMap<OfferBook, Shelves>();

export function shelvesOf(book: OfferBook): Shelves {
  let known = shelves.get(book);
  if (known === undefined) shelves.set(book, (known = new Shelves(book)));
  return known;
}

const isPlain = (it: Offer, first: Offer): boolean =>
  it.costTiers.length === 1 && it.closures.length === 0 && it.currency === first.currency && it.regions.join() === first.regions.join();

/** As precise as a decision's record says the fill rate. */
const fillAt = (offer: Offer): number => Math.round(fillOf(offer) * 1e4) / 1e4;

const numbersOf = (book: OfferBook, offer: Offer, all: readonly Offer[]): number[] => [
  offer.costTiers[0]?.costMinor ?? 0,
  fillAt(offer),
  offer.leadTimeMs,
  offer.minQuantity,
  availableAt(book, offer),
  Math.round(responseOf(offer)),
  all.findIndex((it) => it.upstreamGroup === offer.upstreamGroup),
  Date.parse(offer.stockAsOf),
];
