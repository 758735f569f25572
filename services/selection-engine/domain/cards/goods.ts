import type { GateCounts } from '@midstream/contracts';
import { type Offer, type OfferBook, pricedFor, type Product } from '../book';
import { type Wanted, wantedBy } from '../gates';
import { type CardNeed, GOODS_MAX, requestOf } from './need';
import { packageOf } from './packages';
import { type Passed, passedOf, walked } from './passed';
import { offerAt, screenOf } from './screen';
import { answeredMs, shelvesOf } from './shelf';
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
    best.push(...passedOf(aisle, around, found));
  }
  return { goods: best.sort(byValue).slice(0, GOODS_MAX), gates, considered };
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
    const { fill, up, trials, available: stock } = aisle.offers;
    return {
      offer: offerAt(aisle, place, it),
      costMinor: best.costMinor[n] ?? 0,
      fill: fill[it] ?? 0,
      up: up[it] ?? 0,
      trials: trials[it] ?? 0,
      responseMs: answeredMs(aisle.offers, it, at),
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
