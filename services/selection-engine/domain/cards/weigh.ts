import type { Gate } from '@midstream/contracts';
import { perLastHour } from '../market/heat';
import { costAt, FAILURE_SHARE } from '../worth';
import { CHAIN_MAX, type CardNeed } from './need';
import { stockOutProbability } from './outlook';
import { BULK_QUANTITY_LEAST, FIT_SHARE, INSTANT_MS, SMALL_QUANTITY_MOST } from './packages';
import { gateOfGood, gateOfOffer, offerAt, price, type Priced, type Screen } from './screen';
import { type Aisle, answeredMs } from './shelf';
import { type Traits, valueOf } from './value';

/** What a buyer who comes again is worth, as a share of the price. */
const LOYALTY_SHARE = 0.01;
/** A failure says something of the next offer where both buy from the same source. */
const SAME_SOURCE = 0.9;

/** Evidence of the case library for a good, as a share of its price. It takes what is at hand of a good: there are thousands. */
export type Influence = (sku: string, category: string, priceMinor: number) => number;

/** What is the same for all goods of a category. */
export interface Around {
  readonly need: CardNeed;
  readonly at: number;
  readonly influence: Influence;
  readonly screen: Screen;
  readonly isInPackage: boolean;
}

export type GateCount = Partial<Record<Gate, number>>;

/** What a good comes to. One record is used again for each good: there are thousands, and few are shown. */
export interface Weighed {
  /** Its best offers by rank, the first `length` of each: their places in the columns, their ranks, and what a unit costs there. */
  readonly best: { length: number; readonly at: Int32Array; readonly rank: Float64Array; readonly costMinor: Float64Array };
  /** Offers that passed, and their stock. */
  offers: number;
  available: number;
  readonly priced: Priced;
  readonly traits: { -readonly [Key in keyof Traits]: Traits[Key] };
  valueMinor: number;
  stockOut: number;
  perHour: number;
  /** That its buyer comes back. */
  repurchase: number;
}

const scratch: Weighed = {
  best: { length: 0, at: new Int32Array(CHAIN_MAX), rank: new Float64Array(CHAIN_MAX), costMinor: new Float64Array(CHAIN_MAX) },
  offers: 0,
  available: 0,
  valueMinor: 0,
  stockOut: 0,
  perHour: 0,
  repurchase: 0,
  priced: { priceMinor: 0, maxCostMinor: 0 },
  traits: { priceMinor: 0, costMinor: 0, fill: 0, invalid: 0, slowness: 0, complaint: 0, inStock: 0, demand: 0 },
};

/** @returns undefined where no offer passes; otherwise a record that is good until the next call */
export function weigh(aisle: Aisle, place: number, around: Around, gates: GateCount): Weighed | undefined {
  const { need, at, influence, screen } = around;
  const { goods, offers, shelves } = aisle;
  const { traits, best, priced } = scratch;
  price(screen, aisle, place, priced);
  const gate = gateOfGood(screen, aisle, place, priced);
  if (gate !== undefined) {
    count(gates, gate, shelves[place]?.offers.length ?? 0);
    return undefined;
  }
  source(aisle, place, around, gates);
  if (best.length === 0) return undefined;
  const first = best.at[0] ?? 0;
  const left = Math.max(1, need.deliverByAt - at);
  const perHour = perLastHour(goods.heat[place] ?? 0, goods.heatAt[place] ?? 0, at);
  const [ageMs, leadMs] = [at - (offers.seenAt[first] ?? 0), answeredMs(offers, first, at)];
  const stockOut = stockOutProbability({ available: scratch.available, quantity: need.quantity, perHour, ageMs, leadMs });
  serve(aisle, traits);
  traits.priceMinor = priced.priceMinor;
  traits.slowness = Math.min(1, leadMs / left);
  traits.inStock = 1 - stockOut;
  const fit = fitOf(aisle, place, leadMs, around);
  traits.demand = scratch.repurchase * LOYALTY_SHARE + fit + influence(shelves[place]?.sku ?? '', aisle.category, priced.priceMinor);
  scratch.valueMinor = valueOf(traits, need.segment);
  scratch.stockOut = stockOut;
  scratch.perHour = perHour;
  return scratch;
}

/** One walk through the offers of a good: which pass, and the best of them. */
function source(aisle: Aisle, place: number, { need, screen }: Around, gates: GateCount): void {
  const { offers, starts } = aisle;
  const { priced, best } = scratch;
  const failureMinor = priced.priceMinor * FAILURE_SHARE.retail;
  const end = starts[place + 1] ?? 0;
  let [passed, available] = [0, 0];
  best.length = 0;
  for (let at = starts[place] ?? 0; at < end; at++) {
    const costMinor = offers.odd[at] === 0 ? (offers.cost[at] ?? 0) : costAt(offerAt(aisle, place, at), need.quantity);
    const gate = gateOfOffer(screen, aisle, place, at, priced, costMinor);
    if (gate !== undefined) {
      count(gates, gate, 1);
      continue;
    }
    passed += 1;
    available += offers.available[at] ?? 0;
    const fill = offers.fill[at] ?? 0;
    const afterSales = offers.afterSales[at] ?? 0;
    insert(aisle, place, at, priced.priceMinor - costMinor - afterSales - (failureMinor * (1 - fill)) / fill, costMinor);
  }
  scratch.offers = passed;
  scratch.available = available;
}

function count(gates: GateCount, gate: Gate, offers: number): void {
  if (offers > 0) gates[gate] = (gates[gate] ?? 0) + offers;
}

/** Into the list of the best, if it is one of them; of equal ones the offer with the lesser id first. */
function insert(aisle: Aisle, place: number, at: number, rank: number, costMinor: number): void {
  const { best } = scratch;
  let to = best.length;
  for (; to > 0; to--) {
    const ahead = best.rank[to - 1] ?? 0;
    if (rank < ahead) break;
    if (rank === ahead && offerAt(aisle, place, at).offerId > offerAt(aisle, place, best.at[to - 1] ?? 0).offerId) break;
    if (to === CHAIN_MAX) continue;
    best.at[to] = best.at[to - 1] ?? 0;
    best.rank[to] = ahead;
    best.costMinor[to] = best.costMinor[to - 1] ?? 0;
  }
  if (to === CHAIN_MAX) return;
  best.at[to] = at;
  best.rank[to] = rank;
  best.costMinor[to] = costMinor;
  if (best.length < CHAIN_MAX) best.length += 1;
}

/** Of a chain tried in order: that one delivers, and what a unit then costs, and brings after the sale, on average. */
function serve({ offers }: Aisle, traits: Weighed['traits']): void {
  const { length, at, costMinor } = scratch.best;
  let [open, cost, invalid, complaint, repurchase] = [1, 0, 0, 0, 0];
  for (let n = 0; n < length; n++) {
    const one = at[n] ?? 0;
    let isTried = false;
    for (let it = 0; it < n; it++) isTried ||= offers.source[at[it] ?? 0] === offers.source[one];
    const chance = open * (offers.fill[one] ?? 0) * (isTried ? SAME_SOURCE : 1);
    cost += chance * (costMinor[n] ?? 0);
    invalid += chance * (offers.invalid[one] ?? 0);
    complaint += chance * (offers.complaint[one] ?? 0);
    repurchase += chance * (offers.repurchase[one] ?? 0);
    open -= chance;
  }
  const served = Math.max(1e-9, 1 - open);
  traits.fill = 1 - open;
  traits.costMinor = cost / served;
  traits.invalid = invalid / served;
  traits.complaint = complaint / served;
  scratch.repurchase = repurchase / served;
}

/** Goods that suit the scenario, small orders that are served at once, large ones that are cheaper by the lot. */
function fitOf(aisle: Aisle, place: number, responseMs: number, { need: { segment, quantity }, isInPackage }: Around): number {
  const instant = segment === 'retail' && quantity <= SMALL_QUANTITY_MOST && responseMs <= INSTANT_MS;
  const bulk = segment === 'enterprise' && quantity >= BULK_QUANTITY_LEAST && sellsByTheLot(aisle, place, quantity);
  return (isInPackage ? FIT_SHARE : 0) + (instant ? FIT_SHARE / 2 : 0) + (bulk ? FIT_SHARE : 0);
}

/** One of the best offers has tiers, and can sell all of it. */
function sellsByTheLot(aisle: Aisle, place: number, quantity: number): boolean {
  const { length, at } = scratch.best;
  for (let n = 0; n < length; n++) {
    const { costTiers, maxQuantity } = offerAt(aisle, place, at[n] ?? 0);
    if (costTiers.length > 1 && maxQuantity >= quantity) return true;
  }
  return false;
}
