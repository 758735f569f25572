import type { GateCounts } from '@midstream/contracts';
import { type Offer, type OfferBook, pricedFor, type Product } from '../book';
import { type Wanted, wantedBy } from '../gates';
import { type CardNeed, GOODS_MAX, requestOf } from './need';
import { packageOf } from './packages';
import { offerAt, screenOf } from './screen';
import { type Aisle, type Shelf, shelvesOf } from './shelf';
import type { Traits } from './value';
import { type Around, type GateCount, type Influence, weigh } from './weigh';

/** One attempt of a good's chain. The chain's order is what a sale leaves, less what failing costs until it is made. */
export interface Link {
  readonly offer: Offer;
  readonly fill: number;
  /** That its supplier is up, which is a part of `fill`; and on how many trials that rests. */
  readonly up: number;
  readonly trials: number;
  readonly costMinor: number;
  readonly responseMs: number;
  readonly available: number;
}

/** One good, by the chain of offers that would serve it: what becomes one card. */
export interface Good {
  /** At the price that the merchant who asks would pay. */
  readonly product: Product;
  readonly isWanted: boolean;
  readonly chain: readonly Link[];
  readonly offers: number;
  readonly traits: Traits;
  readonly valueMinor: number;
  readonly available: number;
  readonly stockAsOf: string;
  readonly stockOut: number;
  readonly onTime: number;
  readonly perHour: number;
}

export interface Goods {
  readonly goods: readonly Passed[];
  readonly gates: GateCounts;
  /** Goods that passed all gates. */
  readonly considered: number;
}

/** A good that passed, with what the choice of cards asks of it. All that a card shows is made for those that are chosen (`goodOf`). */
export interface Passed {
  readonly aisle: Aisle;
  readonly place: number;
  readonly shelf: Shelf;
  readonly around: Around;
  readonly isWanted: boolean;
  readonly valueMinor: number;
  readonly priceMinor: number;
  readonly fill: number;
  readonly inStock: number;
  /** Of the first offer: its answer, and the code of its source. */
  readonly responseMs: number;
  readonly source: number;
}

/** The GOODS_MAX best goods that pass the gates, best first, each with its chain; and at which gate how many offers were stopped. */
export function goodsFor(need: CardNeed, book: OfferBook, at: number, influence: Influence): Goods {
  const cap = need.priceCapMinor ?? capOf(need, book);
  // A top-up needs an account, which the order will name: here both kinds may be shown
  const wanted = wantedFor(need, cap, book);
  const shelves = shelvesOf(book);
  const base = { need, at, influence, screen: screenOf(need, cap, wanted, book, shelves, at) };
  const set = packageOf(need.scenario);
  const gates: GateCount = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const best: Passed[] = [];
  let considered = 0;
  for (const category of wanted.categories) {
    const around: Around = { ...base, isInPackage: set?.categories.includes(category) === true };
    const aisle = shelves.of(category, at);
    // The one good that is looked at alone is what is asked for: it stands here
    const found = walked(aisle, around, gates, need.only === undefined ? undefined : shelves.placeOf(need.only));
    considered += found.count;
    for (const it of foremost(found)) best.push(passedOf(aisle, around, found, it));
  }
  return { goods: best.sort(byValue).slice(0, GOODS_MAX), gates, considered };
}

/** Of each good of an aisle that passed, FOUND numbers: there is one for every good of a category, and few of them are shown. */
interface Found {
  readonly numbers: Float64Array;
  count: number;
}
const PLACE = 0;
const VALUE = 1;
const PRICE = 2;
const FILLS = 3;
const IN_STOCK = 4;
/** The place of its first offer in the columns. */
const FIRST = 5;
const IS_WANTED = 6;
const FOUND = 7;

/** Used again by each walk, which is read before the next. */
let room = new Float64Array();

/** @param only the one place that is looked at; all where it is left out */
function walked(aisle: Aisle, around: Around, gates: GateCount, only?: number): Found {
  const { shelves } = aisle;
  const { isWhole, skus } = around.screen.wanted;
  const [begin, end] = only === undefined ? [0, shelves.length] : [only, only + 1];
  if (room.length < FOUND * shelves.length) room = new Float64Array(2 * FOUND * shelves.length);
  const found: Found = { numbers: room, count: 0 };
  for (let place = begin; place < end; place++) {
    const it = weigh(aisle, place, around, gates);
    if (it === undefined) continue;
    const from = FOUND * found.count++;
    room[from + PLACE] = place;
    room[from + VALUE] = it.valueMinor;
    room[from + PRICE] = it.priced.priceMinor;
    room[from + FILLS] = it.traits.fill;
    room[from + IN_STOCK] = it.traits.inStock;
    room[from + FIRST] = it.best.at[0] ?? 0;
    room[from + IS_WANTED] = Number(isWhole ?? skus.has(shelves[place]?.sku ?? ''));
  }
  return found;
}

/** Where the numbers begin of those that may be among the GOODS_MAX best: of those that are wanted, and of the others, no more than that. */
function foremost({ numbers, count }: Found): number[] {
  const [wanted, others]: [number[], number[]] = [[], []];
  for (let from = 0; from < count * FOUND; from += FOUND) (numbers[from + IS_WANTED] === 1 ? wanted : others).push(from);
  return [wanted, others].flatMap((all) => {
    if (all.length <= GOODS_MAX) return all;
    const values = new Float64Array(all.length);
    for (let n = 0; n < all.length; n++) values[n] = numbers[(all[n] ?? 0) + VALUE] ?? 0;
    const least = values.sort()[all.length - GOODS_MAX] ?? 0;
    return all.filter((from) => (numbers[from + VALUE] ?? 0) >= least);
  });
}

function passedOf(aisle: Aisle, around: Around, { numbers: found }: Found, from: number): Passed {
  const first = found[from + FIRST] ?? 0;
  const place = found[from + PLACE] ?? 0;
  return {
    aisle,
    place,
    around,
    shelf: aisle.shelves[place] as Shelf,
    isWanted: found[from + IS_WANTED] === 1,
    valueMinor: found[from + VALUE] ?? 0,
    priceMinor: found[from + PRICE] ?? 0,
    fill: found[from + FILLS] ?? 0,
    inStock: found[from + IN_STOCK] ?? 0,
    responseMs: aisle.offers.response[first] ?? 0,
    source: aisle.offers.source[first] ?? 0,
  };
}

function byValue(a: Passed, b: Passed): number {
  return Number(b.isWanted) - Number(a.isWanted) || b.valueMinor - a.valueMinor || (a.shelf.sku < b.shelf.sku ? -1 : 1);
}

/** As `wantedBy`; of a whole category, which is what is asked for most, the book's own list is what it would come to. */
function wantedFor(need: CardNeed, cap: number, book: OfferBook): Wanted {
  const { sku, category = '', faceValueMinor, attributes } = need.need;
  const skus = book.skusByCategory.get(category);
  const isWhole = sku === undefined && faceValueMinor === undefined && attributes === undefined && skus !== undefined && skus.size > 0;
  return isWhole ? { skus, categories: new Set([category]), isWhole } : wantedBy(requestOf(need, cap, false), book);
}

/** Without a cap, a named good and what is a quarter dearer; of a category, anything. */
function capOf({ need, merchantTier }: CardNeed, book: OfferBook): number {
  const product = need.sku === undefined ? undefined : book.products.get(need.sku);
  return product === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(pricedFor(product, merchantTier).priceMinor * 1.25);
}

/** All of a good that passed. */
export function goodOf({ aisle, place, shelf, around, isWanted }: Passed): Good | undefined {
  const found = weigh(aisle, place, around, {});
  if (found === undefined) return undefined;
  const { need, at } = around;
  const { traits, valueMinor, available, stockOut, perHour, offers, best } = found;
  const chain = Array.from(best.at.subarray(0, best.length), (it, n): Link => {
    const { fill, up, trials, response, available: stock } = aisle.offers;
    return {
      offer: offerAt(aisle, place, it),
      costMinor: best.costMinor[n] ?? 0,
      fill: fill[it] ?? 0,
      up: up[it] ?? 0,
      trials: trials[it] ?? 0,
      responseMs: response[it] ?? 0,
      available: stock[it] ?? 0,
    };
  });
  const [first] = chain;
  const left = Math.max(1, need.deliverByAt - at);
  return {
    product: pricedFor(shelf.product, need.merchantTier),
    isWanted,
    chain,
    offers,
    valueMinor,
    available,
    stockAsOf: first?.offer.stockAsOf ?? new Date(at).toISOString(),
    stockOut,
    onTime: traits.fill * (1 - stockOut) * (1 - Math.exp(-left / Math.max(1, first?.responseMs ?? 0))),
    perHour,
    traits: { ...traits },
  };
}
