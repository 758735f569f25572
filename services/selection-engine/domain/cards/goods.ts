import type { Gate, GateCounts } from '@midstream/contracts';
import { availableAt, type Offer, type OfferBook, type Product } from '../book';
import { type Wanted, wantedBy } from '../gates';
import { perHour } from '../market/heat';
import { costAt, FAILURE_SHARE, responseOf } from '../worth';
import { CHAIN_MAX, type CardNeed, requestOf } from './need';
import { stockOutProbability } from './outlook';
import { BULK_QUANTITY_LEAST, FIT_SHARE, INSTANT_MS, type Package, packageOf, SMALL_QUANTITY_MOST } from './packages';
import { AVAILABLE, COST, FIELDS, FILL, fillAt, type Shelf, shelfOf, shelvesOf } from './shelf';
import { commonGate, gateAt, plainGate, type Look, lookAt, type Screen, screenOf } from './screen';
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
  readonly goods: readonly Good[];
  readonly gates: GateCounts;
}

/** Evidence of the case library for a good, as a share of its price. */
export type Influence = (product: Product) => number;

/** All goods that pass the gates, each with its chain; and at which gate how many offers were stopped. */
export function goodsFor(need: CardNeed, book: OfferBook, at: number, influence: Influence): Goods {
  const cap = need.priceCapMinor ?? capOf(need, book);
  // A top-up needs an account, which the order will name: here both kinds may be shown
  const wanted = wantedFor(need, cap, book);
  const around: Around = {
    need,
    at,
    influence,
    screen: screenOf(need, cap, wanted, book, at),
    set: packageOf(need.scenario),
    shelves: shelvesOf(book),
  };
  const gates: GateCount = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const goods: Good[] = [];
  for (const category of wanted.categories)
    for (const sku of book.skusByCategory.get(category) ?? []) {
      if (need.only !== undefined && sku !== need.only) continue;
      const [product, offers] = [book.products.get(sku), book.offersBySku.get(sku)];
      const good = product && offers && goodOf(product, offers, around, gates);
      if (good !== undefined) goods.push(good);
    }
  return { goods, gates };
}

/** As `wantedBy`; of a whole category, which is what is asked for most, the book's own list is what it would come to. */
function wantedFor(need: CardNeed, cap: number, book: OfferBook): Wanted {
  const { sku, category = '', faceValueMinor, attributes } = need.need;
  const skus = book.skusByCategory.get(category);
  const isWhole = sku === undefined && faceValueMinor === undefined && attributes === undefined && skus !== undefined && skus.size > 0;
  return isWhole ? { skus, categories: new Set([category]) } : wantedBy(requestOf(need, cap, false), book);
}

/** Without a cap, a named good and what is a quarter dearer; of a category, anything. */
function capOf({ need }: CardNeed, book: OfferBook): number {
  const price = need.sku === undefined ? undefined : book.products.get(need.sku)?.priceMinor;
  return price === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(price * 1.25);
}

interface Around {
  readonly need: CardNeed;
  readonly at: number;
  readonly influence: Influence;
  readonly screen: Screen;
  readonly set: Package | undefined;
  readonly shelves: Map<string, Shelf>;
}

type GateCount = Partial<Record<Gate, number>>;

/** The offers of one good that pass, as far as cards need them. */
interface Sources {
  readonly chain: readonly Link[];
  readonly offers: number;
  readonly available: number;
}

function goodOf(product: Product, offers: ReadonlyMap<string, Offer>, around: Around, gates: GateCount): Good | undefined {
  const look = lookAt(around.screen, product);
  if (look.all !== undefined) {
    if (offers.size > 0) gates[look.all] = (gates[look.all] ?? 0) + offers.size;
    return undefined;
  }
  const sources = sourcesOf(product, shelfOf(around.screen.book, around.shelves, product.sku), look, around, gates);
  return sources.offers === 0 ? undefined : weighed(product, sources, around);
}

/** One walk through the offers of a good. Nothing is made for an offer that is not among its best: there are thousands. */
function sourcesOf(product: Product, { offers, numbers }: Shelf, look: Look, { need, screen }: Around, gates: GateCount): Sources {
  const failureMinor = product.priceMinor * FAILURE_SHARE.retail;
  const best: Offer[] = [];
  const ranks = screen.scratch;
  const isPlain = numbers.length > 0;
  const common = isPlain ? commonGate(screen, look, offers[0]) : undefined;
  let [passed, inAll] = [0, 0];
  for (let n = 0; n < offers.length; n++) {
    const offer = offers[n] as Offer;
    const costMinor = isPlain ? (numbers[n * FIELDS + COST] ?? 0) : costAt(offer, need.quantity);
    const available = isPlain ? (numbers[n * FIELDS + AVAILABLE] ?? 0) : availableAt(screen.book, offer);
    const gate = isPlain
      ? (common ?? plainGate(screen, look, product, numbers, n, offer))
      : gateAt(screen, look, product, offer, costMinor, available);
    if (gate !== undefined) {
      gates[gate] = (gates[gate] ?? 0) + 1;
      continue;
    }
    passed += 1;
    inAll += available;
    const fill = isPlain ? (numbers[n * FIELDS + FILL] ?? 0) : fillAt(offer);
    const rank = product.priceMinor - costMinor - (failureMinor * (1 - fill)) / fill;
    placeAt(best, ranks, rank, offer);
  }
  return { chain: best.map((it) => linkOf(it, screen.book, need.quantity)), offers: passed, available: inAll };
}

function placeAt(best: Offer[], ranks: Float64Array, rank: number, offer: Offer): void {
  let place = best.length;
  for (; place > 0; place--) {
    const ahead = ranks[place - 1] ?? 0;
    if (rank < ahead || (rank === ahead && offer.offerId > (best[place - 1]?.offerId ?? ''))) break;
    const moved = best[place - 1];
    if (place === CHAIN_MAX || moved === undefined) continue;
    ranks[place] = ahead;
    best[place] = moved;
  }
  if (place === CHAIN_MAX) return;
  ranks[place] = rank;
  best[place] = offer;
}

const linkOf = (offer: Offer, book: OfferBook, quantity: number): Link => ({
  offer,
  fill: fillAt(offer),
  responseMs: Math.round(responseOf(offer)),
  costMinor: costAt(offer, quantity),
  available: availableAt(book, offer),
});

function weighed(product: Product, { chain, offers, available }: Sources, { need, at, influence, screen, set }: Around): Good {
  const served = servedBy(chain);
  const [first] = chain;
  const left = Math.max(1, need.deliverByAt - at);
  const demandPerHour = demandOf(screen.book, product.sku, at);
  const stockAsOf = first?.offer.stockAsOf ?? new Date(at).toISOString();
  const [ageMs, leadMs] = [at - Date.parse(stockAsOf), first?.responseMs ?? 0];
  const stockOut = stockOutProbability({ available, quantity: need.quantity, perHour: demandPerHour, ageMs, leadMs });
  const traits: Traits = {
    priceMinor: product.priceMinor,
    costMinor: served.costMinor,
    fill: served.fill,
    invalid: INVALID_PRIOR,
    slowness: Math.min(1, leadMs / left),
    complaint: COMPLAINT_PRIOR,
    inStock: 1 - stockOut,
    demand: REPURCHASE_PRIOR * LOYALTY_SHARE + fitOf(product, chain, need, set) + influence(product),
  };
  return {
    product,
    isWanted: screen.wanted.skus.has(product.sku),
    chain,
    offers,
    traits,
    valueMinor: valueOf(traits, need.segment),
    available,
    stockAsOf,
    stockOut,
    onTime: served.fill * (1 - stockOut) * (1 - Math.exp(-left / Math.max(1, leadMs))),
    perHour: demandPerHour,
  };
}

/** Orders an hour, as they were last counted. The instant of a count is read once, and forgotten with the count. */
function demandOf(book: OfferBook, sku: string, at: number): number {
  const heat = book.markets.get(sku)?.heat;
  if (heat === undefined) return 0;
  let counted = countedAt.get(heat);
  if (counted === undefined) countedAt.set(heat, (counted = Date.parse(heat.asOf)));
  return perHour({ hour: heat.hour, week: heat.week, at: counted }, at).hour;
}
const countedAt = new WeakMap<object, number>();

/** Of a chain tried in order: that one delivers, and what a unit then costs on average. */
function servedBy(chain: readonly Link[]): { readonly fill: number; readonly costMinor: number } {
  let [open, cost] = [1, 0];
  for (let place = 0; place < chain.length; place++) {
    const { offer, fill, costMinor } = chain[place] as Link;
    let isTried = false;
    for (let it = 0; it < place; it++) isTried ||= chain[it]?.offer.upstreamGroup === offer.upstreamGroup;
    const chance = open * fill * (isTried ? SAME_SOURCE : 1);
    cost += chance * costMinor;
    open -= chance;
  }
  return { fill: 1 - open, costMinor: open < 1 ? cost / (1 - open) : 0 };
}

/** Goods that suit the scenario, small orders that are served at once, large ones that are cheaper by the lot. */
function fitOf(product: Product, chain: readonly Link[], { segment, quantity }: CardNeed, set: Package | undefined): number {
  const inPackage = set?.categories.includes(product.category) === true;
  const instant = segment === 'retail' && quantity <= SMALL_QUANTITY_MOST && (chain[0]?.responseMs ?? Infinity) <= INSTANT_MS;
  const lot = chain.some(({ offer }) => offer.costTiers.length > 1 && offer.maxQuantity >= quantity);
  const bulk = segment === 'enterprise' && quantity >= BULK_QUANTITY_LEAST && lot;
  return (inPackage ? FIT_SHARE : 0) + (instant ? FIT_SHARE / 2 : 0) + (bulk ? FIT_SHARE : 0);
}
