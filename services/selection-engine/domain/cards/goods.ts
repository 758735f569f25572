import type { GateCounts, VerdictStatus } from '@midstream/contracts';
import { availableAt, type Offer, type OfferBook, type Product, verdictIn } from '../book';
import { gateOf, productsInReach, wantedBy } from '../gates';
import { perHour } from '../market/heat';
import { costAt, worthOf } from '../worth';
import { CHAIN_MAX, type CardNeed, requestOf } from './need';
import { stockOutProbability } from './outlook';
import { BULK_QUANTITY_LEAST, FIT_SHARE, INSTANT_MS, packageOf, SMALL_QUANTITY_MOST } from './packages';
import { type Traits, valueOf } from './value';

/** What is expected where nothing is known (selection.md 1.2): complaints, codes that are not good, buyers who come again. */
export const COMPLAINT_PRIOR = 0.012;
export const INVALID_PRIOR = 0.002;
const REPURCHASE_PRIOR = 0.3;
/** What a buyer who comes again is worth, as a share of the price. */
const LOYALTY_SHARE = 0.01;
/** A failure says something of the next offer where both buy from the same source. */
const SAME_SOURCE = 0.9;

/** One attempt of a good's chain. */
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
  readonly verdict: VerdictStatus | undefined;
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
  const [plain, topUp] = [requestOf(need, cap, false), requestOf(need, cap, true)];
  const wanted = wantedBy(plain, book);
  const gates: Partial<Record<string, number>> = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const goods: Good[] = [];
  for (const product of productsInReach(wanted, plain, book)) {
    if (need.only !== undefined && product.sku !== need.only) continue;
    const request = product.fulfilmentKind === 'VALUE_RECHARGE' ? topUp : plain;
    const isWanted = wanted.skus.has(product.sku);
    const links: Link[] = [];
    for (const offer of book.offersBySku.get(product.sku)?.values() ?? []) {
      const gate = gateOf({ request, wanted, offer, product, book, at });
      if (gate !== undefined) gates[gate] = (gates[gate] ?? 0) + 1;
      else links.push(linkOf(offer, product, request, { wanted: isWanted, at, book }));
    }
    if (links.length > 0) goods.push(goodOf(product, links, { need, book, at, isWanted, influence }));
  }
  return { goods, gates };
}

/** Without a cap, a named good and what is a quarter dearer; of a category, anything. */
function capOf({ need }: CardNeed, book: OfferBook): number {
  const price = need.sku === undefined ? undefined : book.products.get(need.sku)?.priceMinor;
  return price === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(price * 1.25);
}

interface LinkAsked {
  readonly wanted: boolean;
  readonly at: number;
  readonly book: OfferBook;
}

function linkOf(offer: Offer, product: Product, request: ReturnType<typeof requestOf>, asked: LinkAsked): Link {
  const { fill, responseMs } = worthOf(offer, product, request, asked);
  return { offer, fill, responseMs, costMinor: costAt(offer, request.quantity), available: availableAt(asked.book, offer) };
}

interface Around {
  readonly need: CardNeed;
  readonly book: OfferBook;
  readonly at: number;
  readonly isWanted: boolean;
  readonly influence: Influence;
}

function goodOf(product: Product, links: Link[], { need, book, at, isWanted, influence }: Around): Good {
  const failure = product.priceMinor * 0.0015;
  const indexOf = ({ fill, costMinor }: Link) => product.priceMinor - costMinor - (failure * (1 - fill)) / fill;
  const chain = links.sort((a, b) => indexOf(b) - indexOf(a) || (a.offer.offerId < b.offer.offerId ? -1 : 1)).slice(0, CHAIN_MAX);
  const served = servedBy(chain);
  const [first] = chain;
  const left = Math.max(1, need.deliverByAt - at);
  const heat = book.markets.get(product.sku)?.heat;
  const demandPerHour = heat === undefined ? 0 : perHour({ hour: heat.hour, week: heat.week, at: Date.parse(heat.asOf) }, at).hour;
  const available = links.reduce((sum, it) => sum + it.available, 0);
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
    demand: REPURCHASE_PRIOR * LOYALTY_SHARE + fitOf(product, chain, need) + influence(product),
  };
  return {
    ...{ product, isWanted, chain, offers: links.length, traits, available, stockAsOf, stockOut, perHour: demandPerHour },
    valueMinor: valueOf(traits, need.segment),
    onTime: served.fill * (1 - stockOut) * (1 - Math.exp(-left / Math.max(1, leadMs))),
    verdict: verdictIn(book, product.sku, need.region),
  };
}

/** Of a chain tried in order: that one delivers, and what a unit then costs on average. */
function servedBy(chain: readonly Link[]): { readonly fill: number; readonly costMinor: number } {
  let [open, cost] = [1, 0];
  const tried = new Set<string>();
  for (const { offer, fill, costMinor } of chain) {
    const chance = open * fill * (tried.has(offer.upstreamGroup) ? SAME_SOURCE : 1);
    tried.add(offer.upstreamGroup);
    cost += chance * costMinor;
    open -= chance;
  }
  return { fill: 1 - open, costMinor: open < 1 ? cost / (1 - open) : 0 };
}

/** Goods that suit the scenario, small orders that are served at once, large ones that are cheaper by the lot. */
function fitOf(product: Product, chain: readonly Link[], { scenario, segment, quantity }: CardNeed): number {
  const inPackage = packageOf(scenario)?.categories.includes(product.category) === true;
  const instant = segment === 'retail' && quantity <= SMALL_QUANTITY_MOST && (chain[0]?.responseMs ?? Infinity) <= INSTANT_MS;
  const lot = chain.some(({ offer }) => offer.costTiers.length > 1 && offer.maxQuantity >= quantity);
  const bulk = segment === 'enterprise' && quantity >= BULK_QUANTITY_LEAST && lot;
  return (inPackage ? FIT_SHARE : 0) + (instant ? FIT_SHARE / 2 : 0) + (bulk ? FIT_SHARE : 0);
}
