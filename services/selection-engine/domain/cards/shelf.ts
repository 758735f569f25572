import { seenAtOf } from '../age';
import { delivering } from '../beliefs/foreseen';
import { Reading, upOf } from '../beliefs/read';
import { availableAt, type Offer, type OfferBook, type Product } from '../book';
import { answerMs } from '../chain/money';
import { leastTakesMs } from '../pace';
import { maxCostOf } from '../worth';
import { KEPT_MS } from './need';
import { afterSalesMinor } from './value';

/**
 * The goods of a category, and in columns of numbers all of them that does not depend on a request. Goods and offers lie all over the memory,
 * and a walk through thousands of them waits for it; along a column it does not. What there is news of (`OfferBook.stirred`) is written anew
 * before the next look.
 */
export interface Aisle {
  readonly category: string;
  readonly shelves: readonly Shelf[];
  /** By the good's place among the shelves. */
  readonly goods: Columns<GoodColumn>;
  /** Of all offers, good after good: those of a place begin at `starts[place]`, and end where the next one's begin. */
  readonly offers: Columns<OfferColumn>;
  readonly starts: Int32Array;
}

/** A good, as things: for what is shown. */
export interface Shelf {
  readonly sku: string;
  readonly product: Product;
  readonly offers: readonly Offer[];
  /** Equal texts have equal codes: of its kind; and of its attributes, each name followed by its value. */
  readonly kind: number;
  readonly attributes: readonly number[];
}

type Columns<Name extends string> = Readonly<Record<Name, Float64Array>>;

/**
 * Orders in the last hour, and when they were counted; until when demand bursts; price, and the most that a unit may cost; 1 where it is
 * listed, and where merchants of some tier pay another price; codes of currency and regions, and of where a verdict stands in the way.
 */
const GOOD_COLUMNS = ['heat', 'heatAt', 'burstUntil', 'price', 'maxCost', 'listed', 'tiered', 'currency', 'regions', 'barredIn'] as const;
type GoodColumn = (typeof GOOD_COLUMNS)[number];

/** `cost` is that of the first tier; an `odd` offer has others, or is closed, so that it has to be looked at itself. */
const TOLD_COLUMNS = ['cost', 'lead', 'busyUntil', 'least', 'available', 'source', 'seenAt', 'currency', 'regions', 'odd'] as const;
/**
 * What is believed, as lines are ranked by it: that it delivers (its supplier being up), that its supplier is up, complaints, codes that do not
 * work, buyers who come back, what after-sales cost of a delivery at the good's price, the mean answer, and on how many trials the first rests.
 */
const BELIEVED_COLUMNS = ['fill', 'up', 'complaint', 'invalid', 'repurchase', 'afterSales', 'response', 'trials'] as const;
const OFFER_COLUMNS = [...TOLD_COLUMNS, ...BELIEVED_COLUMNS] as const;
type OfferColumn = (typeof OFFER_COLUMNS)[number];

/** Texts and lists that have a code; past it all are forgotten, since most are no longer in the market. */
const CODES_MAX = 500_000;

interface Laid extends Aisle {
  readonly skus: string[];
  readonly shelves: Shelf[];
  /** Places that have to be written. */
  readonly stale: Set<number>;
  /** As of when the oldest of what is believed was written. */
  believedAt: number;
  goods: Columns<GoodColumn>;
  offers: Columns<OfferColumn>;
  starts: Int32Array;
}

export class Shelves {
  private readonly aisles = new Map<string, Laid>();
  private readonly spots = new Map<string, { readonly aisle: Laid; readonly place: number }>();
  private readonly codes = new Map<string, number>();
  private readonly listCodes = new Map<string, number>();
  private readonly lists: (readonly string[])[] = [];

  constructor(private readonly book: OfferBook) {}

  of(category: string, at: number): Aisle {
    let aisle = this.aisles.get(category);
    if (aisle === undefined) {
      this.aisles.set(category, (aisle = emptyAisle(category, at)));
      for (const sku of this.book.skusByCategory.get(category) ?? []) this.give(aisle, sku);
    }
    this.freshen(aisle, at);
    return aisle;
  }

  /** Where a good stands in its category's aisle, once that has been looked at. */
  placeOf(sku: string): number | undefined {
    return this.spots.get(sku)?.place;
  }

  /** The same number for the same text. */
  codeOf(text: string): number {
    let code = this.codes.get(text);
    if (code === undefined) this.codes.set(text, (code = this.codes.size));
    return code;
  }

  /** The list of that code. */
  listOf(code: number): readonly string[] {
    return this.lists[code] ?? [];
  }

  private listCodeOf(of: readonly string[]): number {
    const text = of.join();
    let code = this.listCodes.get(text);
    if (code === undefined) this.listCodes.set(text, (code = this.lists.push(of) - 1));
    return code;
  }

  private give(aisle: Laid, sku: string): void {
    const place = aisle.skus.push(sku) - 1;
    this.spots.set(sku, { aisle, place });
    aisle.stale.add(place);
  }

  /** What the book has heard since the last time. Codes hold until the next. */
  takeNews(): void {
    const { stirred, products } = this.book;
    if (this.codes.size + this.lists.length > CODES_MAX) this.forget();
    for (const sku of stirred) {
      const category = products.get(sku)?.category;
      const [spot, aisle] = [this.spots.get(sku), category === undefined ? undefined : this.aisles.get(category)];
      if (spot !== undefined && spot.aisle !== aisle) this.aisles.delete(spot.aisle.category); // it stands elsewhere now
      if (aisle === undefined) this.spots.delete(sku);
      else if (spot?.aisle === aisle) aisle.stale.add(spot.place);
      else this.give(aisle, sku);
    }
    stirred.clear();
  }

  private forget(): void {
    for (const it of [this.aisles, this.spots, this.codes, this.listCodes]) it.clear();
    this.lists.length = 0;
  }

  /** Writes anew what there was news of, in its place, if it has as many offers as before; and what is believed, where that is old. */
  private freshen(aisle: Laid, at: number): void {
    const { stale, shelves, skus } = aisle;
    const isOld = Math.abs(at - aisle.believedAt) >= KEPT_MS;
    if (stale.size === 0 && !isOld) return;
    let fits = shelves.length === skus.length;
    for (const place of stale) {
      const next = this.shelfOf(skus[place] ?? '');
      fits &&= next.offers.length === shelves[place]?.offers.length;
      shelves[place] = next;
    }
    if (!fits) makeRoom(aisle);
    const reading = new Reading(this.book.beliefs, at);
    for (const place of stale) this.write(aisle, place, at);
    for (const place of isOld ? shelves.keys() : stale) believe(aisle, place, reading);
    if (isOld) aisle.believedAt = at;
    stale.clear();
  }

  private shelfOf(sku: string): Shelf {
    const product = this.book.products.get(sku) as Product;
    const offers = [...(this.book.offersBySku.get(sku)?.values() ?? [])];
    const attributes = Object.entries(product.attributes).flatMap(([name, value]) => [this.codeOf(name), this.codeOf(value)]);
    return { sku, product, offers, attributes, kind: this.codeOf(product.fulfilmentKind) };
  }

  private write({ shelves, goods, offers: columns, starts }: Laid, place: number, now: number): void {
    const { product, offers } = shelves[place] as Shelf;
    const { book } = this;
    const market = book.markets.get(product.sku);
    const barred = (book.verdicts.get(product.sku)?.verdicts ?? []).filter((it) => it.status === 'banned' || it.status === 'high-risk');
    goods.heat[place] = market?.heat.hour ?? 0;
    goods.heatAt[place] = market === undefined ? 0 : Date.parse(market.heat.asOf);
    goods.burstUntil[place] = market?.burst === undefined ? -Infinity : Date.parse(market.burst.until);
    goods.price[place] = product.priceMinor;
    goods.maxCost[place] = maxCostOf(product);
    goods.listed[place] = Number(product.listed);
    goods.tiered[place] = Number(product.tierPrices !== undefined);
    goods.currency[place] = this.codeOf(product.currency);
    goods.regions[place] = this.listCodeOf(product.regions);
    goods.barredIn[place] = this.listCodeOf(barred.map((it) => it.region));
    let at = starts[place] ?? 0;
    for (const it of offers) {
      columns.cost[at] = it.costTiers[0]?.costMinor ?? 0;
      columns.lead[at] = leastTakesMs(it);
      columns.busyUntil[at] = it.busyUntil === undefined ? 0 : Date.parse(it.busyUntil);
      columns.least[at] = it.minQuantity;
      columns.available[at] = availableAt(book, it);
      columns.source[at] = this.codeOf(it.upstreamGroup);
      columns.seenAt[at] = seenAtOf(it, now);
      columns.currency[at] = this.codeOf(it.currency);
      columns.regions[at] = this.listCodeOf(it.regions);
      columns.odd[at] = Number(it.costTiers.length > 1 || it.closures.length > 0);
      at += 1;
    }
  }
}

function believe({ shelves, offers: columns, starts, category }: Aisle, place: number, reading: Reading): void {
  const { product, offers } = shelves[place] as Shelf;
  const { beliefs, at: now } = reading;
  const { fill, response } = beliefs.settings;
  let at = starts[place] ?? 0;
  for (const it of offers) {
    const { offerId, supplierId, leadTimeMs } = it;
    const quality = reading.qualityOf({ offerId, supplierId, category, leadTimeMs });
    const up = upOf(beliefs, it, now);
    // As precise as a decision's record says it
    columns.fill[at] = Math.round(delivering(beliefs, quality.fill * up) * 1e4) / 1e4;
    columns.up[at] = up;
    columns.complaint[at] = quality.complaint;
    columns.invalid[at] = quality.invalid;
    columns.repurchase[at] = quality.repurchase;
    columns.afterSales[at] = afterSalesMinor(quality.complaint, quality.invalid, product.priceMinor);
    columns.response[at] = Math.round(answerMs(quality, response.shape));
    columns.trials[at] = quality.evidence + fill.prior.good + fill.prior.bad;
    at += 1;
  }
}

/** From asking an offer to its answer, what waits there before included. @param at the offer's place in the columns */
export const answeredMs = ({ response, busyUntil }: Aisle['offers'], at: number, now: number): number =>
  Math.max(0, (busyUntil[at] ?? 0) - now) + (response[at] ?? 0);

const columnsOf = <Name extends string>(names: readonly Name[], length: number): Columns<Name> =>
  Object.fromEntries(names.map((it) => [it, new Float64Array(length)])) as unknown as Columns<Name>;

const emptyAisle = (category: string, believedAt: number): Laid => ({
  category,
  believedAt,
  skus: [],
  shelves: [],
  stale: new Set(),
  goods: columnsOf(GOOD_COLUMNS, 0),
  offers: columnsOf(OFFER_COLUMNS, 0),
  starts: new Int32Array(1),
});

/** Every shelf gets as many numbers as it needs; those that are not stale keep theirs. */
function makeRoom(aisle: Laid): void {
  const { shelves, stale, goods, offers, starts } = aisle;
  const next = new Int32Array(shelves.length + 1);
  shelves.forEach((it, place) => (next[place + 1] = (next[place] ?? 0) + it.offers.length));
  aisle.starts = next;
  aisle.goods = columnsOf(GOOD_COLUMNS, shelves.length);
  aisle.offers = columnsOf(OFFER_COLUMNS, next[shelves.length] ?? 0);
  for (const it of GOOD_COLUMNS) aisle.goods[it].set(goods[it]);
  for (let place = 0; place < starts.length - 1; place++)
    if (!stale.has(place))
      for (const it of OFFER_COLUMNS) aisle.offers[it].set(offers[it].subarray(starts[place], starts[place + 1]), next[place]);
}

const shelves = new WeakMap<OfferBook, Shelves>();

/** As the book is now. */
export function shelvesOf(book: OfferBook): Shelves {
  let known = shelves.get(book);
  if (known === undefined) shelves.set(book, (known = new Shelves(book)));
  known.takeNews();
  return known;
}
