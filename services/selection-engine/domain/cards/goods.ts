import type { Gate, GateCounts } from '@midstream/contracts';
import type { Offer, OfferBook, Product } from '../book';
import { type Wanted, wantedBy } from '../gates';
import { perHour } from '../market/heat';
import { costAt, FAILURE_SHARE } from '../worth';
import { CHAIN_MAX, type CardNeed, GOODS_MAX, requestOf } from './need';
import { stockOutProbability } from './outlook';
import { BULK_QUANTITY_LEAST, FIT_SHARE, INSTANT_MS, packageOf, SMALL_QUANTITY_MOST } from './packages';
import { AVAILABLE, COST, FILL, HEAT, HEAT_AT, PRICE, RESPONSE, rowOf, SEEN_AT, type Shelf, shelvesOf, SOURCE } from './shelf';
import { commonGate, gateAt, type Look, lookAt, plainGate, type Screen, screenOf } from './screen';
import { type Traits, valueOf } from './value';

/** What is expected where nothing is known (selection.md 1.2): complaints, codes that are not good, buyers who come again. */
export const COMPLAINT_PRIOR = 0.012;
export const INVALID_PRIOR = 0.002;
const REPURCHASE_PRIOR = 0.3;
/** What a buyer who comes again is worth, as a share of the price. */
const LOYALTY_SHARE = 0.01;
/** A failure says something of the next offer where both buy from the same source. */
const SAME_SOURCE = 0.9;

/** One attempt of a good's chain. The chain's order is what a sale leaves, less what failing costs until it is made. */
export interface Link {
  readonly offer: Offer;
  readonly fill: number;
  readonly costMinor: number;
  readonly responseMs: number;
  readonly available: number;
}

/** One good, by the chain of offers that would serve it: what becomes one card. */
export interface Good {
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

/** Evidence of the case library for a good, as a share of its price. It takes what is at hand of a good: there are thousands. */
export type Influence = (sku: string, category: string, priceMinor: number) => number;

/** The GOODS_MAX best goods that pass the gates, best first, each with its chain; and at which gate how many offers were stopped. */
export function goodsFor(need: CardNeed, book: OfferBook, at: number, influence: Influence): Goods {
  const cap = need.priceCapMinor ?? capOf(need, book);
  // A top-up needs an account, which the order will name: here both kinds may be shown
  const wanted = wantedFor(need, cap, book);
  const base = { need, at, influence, screen: screenOf(need, cap, wanted, book, at) };
  const set = packageOf(need.scenario);
  const gates: GateCount = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const shelves = shelvesOf(book);
  const only = need.only === undefined ? undefined : shelves.one(need.only);
  const passed: Passed[] = [];
  for (const category of wanted.categories) {
    const around: Around = { ...base, isInPackage: set?.categories.includes(category) === true };
    const aisle = need.only === undefined ? shelves.of(category) : only?.product.category === category ? [only] : [];
    for (const shelf of aisle) {
      const found = weighed(shelf, around, gates);
      if (found !== undefined) passed.push(passedOf(shelf, around, found));
    }
  }
  return { goods: passed.sort(byValue).slice(0, GOODS_MAX), gates, considered: passed.length };
}

/** A good that passed, with what the choice of cards asks of it. All that a card shows is made for those that are chosen (`goodOf`). */
export interface Passed {
  readonly shelf: Shelf;
  readonly around: Around;
  readonly isWanted: boolean;
  readonly valueMinor: number;
  readonly priceMinor: number;
  readonly fill: number;
  readonly inStock: number;
  /** Of the first offer, which stands in this place on the shelf. */
  readonly responseMs: number;
  readonly place: number;
}

// Written out: there is one for every good of a category
function passedOf(shelf: Shelf, around: Around, { valueMinor, traits, best }: Weighed): Passed {
  const { wanted } = around.screen;
  const place = best[0]?.place ?? 0;
  return {
    shelf,
    around,
    isWanted: wanted.isWhole ?? wanted.skus.has(shelf.sku),
    valueMinor,
    priceMinor: traits.priceMinor,
    fill: traits.fill,
    inStock: traits.inStock,
    responseMs: shelf.numbers[rowOf(place) + RESPONSE] ?? 0,
    place,
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
function capOf({ need }: CardNeed, book: OfferBook): number {
  const price = need.sku === undefined ? undefined : book.products.get(need.sku)?.priceMinor;
  return price === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(price * 1.25);
}

export interface Around {
  readonly need: CardNeed;
  readonly at: number;
  readonly influence: Influence;
  readonly screen: Screen;
  readonly isInPackage: boolean;
}

type GateCount = Partial<Record<Gate, number>>;

/** All of a good that passed. */
export function goodOf({ shelf, around, isWanted }: Passed): Good | undefined {
  const found = weighed(shelf, around, {});
  if (found === undefined) return undefined;
  const { traits, valueMinor, available, stockOut, onTime, perHour, offers, best } = found;
  const chain = best.map(({ place, costMinor }) => linkOf(shelf, place, costMinor));
  const stockAsOf = chain[0]?.offer.stockAsOf ?? new Date(around.at).toISOString();
  return {
    product: shelf.product,
    isWanted,
    chain,
    offers,
    valueMinor,
    available,
    stockAsOf,
    stockOut,
    onTime,
    perHour,
    traits: { ...traits },
  };
}

function linkOf({ offers, numbers }: Shelf, place: number, costMinor: number): Link {
  const from = rowOf(place);
  return {
    offer: offers[place] as Offer,
    costMinor,
    fill: numbers[from + FILL] ?? 0,
    responseMs: numbers[from + RESPONSE] ?? 0,
    available: numbers[from + AVAILABLE] ?? 0,
  };
}

/** What a good comes to. One record is used again for each good: there are thousands, and few are shown. */
interface Weighed {
  readonly best: Best[];
  /** Offers that passed, and their stock. */
  offers: number;
  available: number;
  readonly traits: { -readonly [Key in keyof Traits]: Traits[Key] };
  valueMinor: number;
  stockOut: number;
  onTime: number;
  perHour: number;
}

/** One of a good's best offers, by its place on the shelf. */
interface Best {
  readonly place: number;
  readonly rank: number;
  readonly costMinor: number;
}

const scratch: Weighed = {
  best: [],
  offers: 0,
  available: 0,
  valueMinor: 0,
  stockOut: 0,
  onTime: 0,
  perHour: 0,
  traits: { priceMinor: 0, costMinor: 0, fill: 0, invalid: INVALID_PRIOR, slowness: 0, complaint: COMPLAINT_PRIOR, inStock: 0, demand: 0 },
};

/** @returns undefined where no offer passes; otherwise a record that is good until the next call */
function weighed(shelf: Shelf, around: Around, gates: GateCount): Weighed | undefined {
  const { need, at, influence, screen } = around;
  const { numbers } = shelf;
  const look = lookAt(screen, shelf);
  if (look.all !== undefined) {
    if (shelf.offers.length > 0) gates[look.all] = (gates[look.all] ?? 0) + shelf.offers.length;
    return undefined;
  }
  source(shelf, look, around, gates);
  if (scratch.offers === 0) return undefined;
  const { traits, best, available } = scratch;
  const first = rowOf(best[0]?.place ?? 0);
  const left = Math.max(1, need.deliverByAt - at);
  const perHourNow = perHour({ hour: numbers[HEAT] ?? 0, week: 0, at: numbers[HEAT_AT] ?? 0 }, at).hour;
  const [ageMs, leadMs] = [at - (numbers[first + SEEN_AT] ?? 0), numbers[first + RESPONSE] ?? 0];
  const stockOut = stockOutProbability({ available, quantity: need.quantity, perHour: perHourNow, ageMs, leadMs });
  serve(shelf, traits);
  traits.priceMinor = numbers[PRICE] ?? 0;
  traits.slowness = Math.min(1, leadMs / left);
  traits.inStock = 1 - stockOut;
  traits.demand = REPURCHASE_PRIOR * LOYALTY_SHARE + fitOf(shelf, leadMs, around) + influence(shelf.sku, shelf.category, traits.priceMinor);
  scratch.valueMinor = valueOf(traits, need.segment);
  scratch.stockOut = stockOut;
  scratch.onTime = traits.fill * (1 - stockOut) * (1 - Math.exp(-left / Math.max(1, leadMs)));
  scratch.perHour = perHourNow;
  return scratch;
}

/** One walk through the offers of a good: which pass, and the best of them. */
function source(shelf: Shelf, look: Look, { need, screen }: Around, gates: GateCount): void {
  const { product, offers, numbers, arePlain } = shelf;
  const priceMinor = numbers[PRICE] ?? 0;
  const failureMinor = priceMinor * FAILURE_SHARE.retail;
  const common = arePlain ? commonGate(screen, look, shelf) : undefined;
  scratch.best.length = 0;
  scratch.offers = 0;
  scratch.available = 0;
  for (let n = 0; n < offers.length; n++) {
    const from = rowOf(n);
    const offer = offers[n] as Offer;
    const costMinor = arePlain ? (numbers[from + COST] ?? 0) : costAt(offer, need.quantity);
    const available = numbers[from + AVAILABLE] ?? 0;
    const gate = arePlain ? (common ?? plainGate(screen, look, shelf, n)) : gateAt(screen, look, product, offer, costMinor, available);
    if (gate !== undefined) {
      gates[gate] = (gates[gate] ?? 0) + 1;
      continue;
    }
    scratch.offers += 1;
    scratch.available += available;
    const fill = numbers[from + FILL] ?? 0;
    placeAt({ place: n, costMinor, rank: priceMinor - costMinor - (failureMinor * (1 - fill)) / fill }, offers);
  }
}

/** Into the list of the best, if it is one of them; of equal ones the offer with the lesser id first. */
function placeAt(it: Best, offers: readonly Offer[]): void {
  const { best } = scratch;
  let place = best.length;
  for (; place > 0; place--) {
    const ahead = best[place - 1] as Best;
    if (it.rank < ahead.rank) break;
    if (it.rank === ahead.rank && (offers[it.place]?.offerId ?? '') > (offers[ahead.place]?.offerId ?? '')) break;
    if (place < CHAIN_MAX) best[place] = ahead;
  }
  if (place < CHAIN_MAX) best[place] = it;
}

/** Of a chain tried in order: that one delivers, and what a unit then costs on average. */
function serve({ numbers }: Shelf, traits: Weighed['traits']): void {
  const { best } = scratch;
  let [open, cost] = [1, 0];
  for (let n = 0; n < best.length; n++) {
    const { place, costMinor } = best[n] as Best;
    const from = rowOf(place);
    let isTried = false;
    for (let it = 0; it < n; it++) isTried ||= numbers[rowOf(best[it]?.place ?? 0) + SOURCE] === numbers[from + SOURCE];
    const chance = open * (numbers[from + FILL] ?? 0) * (isTried ? SAME_SOURCE : 1);
    cost += chance * costMinor;
    open -= chance;
  }
  traits.fill = 1 - open;
  traits.costMinor = open < 1 ? cost / (1 - open) : 0;
}

/** Goods that suit the scenario, small orders that are served at once, large ones that are cheaper by the lot. */
function fitOf({ offers, arePlain }: Shelf, responseMs: number, { need, isInPackage }: Around): number {
  const { segment, quantity } = need;
  const instant = segment === 'retail' && quantity <= SMALL_QUANTITY_MOST && responseMs <= INSTANT_MS;
  const isLot = ({ place }: Best) => (offers[place]?.costTiers.length ?? 0) > 1 && (offers[place]?.maxQuantity ?? 0) >= quantity;
  const bulk = !arePlain && segment === 'enterprise' && quantity >= BULK_QUANTITY_LEAST && scratch.best.some(isLot);
  return (isInPackage ? FIT_SHARE : 0) + (instant ? FIT_SHARE / 2 : 0) + (bulk ? FIT_SHARE : 0);
}
