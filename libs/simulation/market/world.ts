import { chanceOf, normalOf, poissonOf } from './chance';
import { type Regime } from './regimes';

export const STEP_MS = 1_800_000;
const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const [SUPPLIERS, GROUPS, SKUS, CATEGORIES] = [24, 6, 200, 12];
/** Of all SKUs, how many a supplier lists: about 1,500 offers. */
const LISTED = 1_500 / (SUPPLIERS * SKUS);
const ENTRANTS_PER_WEEK = 2;
/** Of what we take of an offer, so much more is taken by others. */
const DRAIN_SHARE = 0.35;
const RESTOCK_MS = 14 * 3_600_000;

/** Latent: no policy sees any of it, but for the oracles. */
export interface Supplier {
  readonly name: string;
  readonly group: number;
  /** Log odds of serving, by step. */
  readonly logit: Float32Array;
  /** 1 while it, or its group, is down, by minute. */
  readonly down: Uint8Array;
  readonly medianMs: number;
  readonly complaint: number;
  readonly invalid: number;
  readonly lies: boolean;
  readonly from: number;
  readonly until: number;
}

export interface Sku {
  readonly name: string;
  readonly category: string;
  readonly priceMinor: number;
  readonly popularity: number;
}

export interface MarketOffer {
  readonly index: number;
  readonly name: string;
  readonly supplier: number;
  readonly sku: number;
  readonly costMinor: number;
  readonly logit: number;
  readonly leadTimeMs: number;
  readonly firstStock: number;
  /** What restocks bring, and what others take, by step. */
  readonly restocks: Uint16Array;
  readonly drains: Uint16Array;
  readonly phaseMs: number;
  readonly lagMs: number;
}

export interface MarketOrder {
  readonly index: number;
  readonly at: number;
  readonly sku: number;
  readonly quantity: number;
}

export interface HiddenWorld {
  readonly seed: number;
  readonly regime: Regime;
  readonly days: number;
  readonly suppliers: readonly Supplier[];
  readonly skus: readonly Sku[];
  readonly offers: readonly MarketOffer[];
  readonly offersOf: readonly (readonly MarketOffer[])[];
  readonly orders: readonly MarketOrder[];
}

/** A market that belongs to its seed: suppliers that drift, jump and fail, stock that comes and goes, orders that burst. */
export function worldOf(seed: number, regime: Regime, days: number): HiddenWorld {
  const steps = Math.ceil((days * DAY_MS) / STEP_MS) + 2;
  const groupDown = Array.from({ length: GROUPS }, (_, n) => outages(seed, 900 + n, days, { everyDays: 6, least: 20, most: 200 }));
  const suppliers = Array.from({ length: SUPPLIERS + Math.floor((days / 7) * ENTRANTS_PER_WEEK) }, (_, n) =>
    supplierOf(seed, n, days, steps, groupDown),
  );
  const skus = Array.from({ length: SKUS }, (_, n) => skuOf(seed, n));
  const offers: MarketOffer[] = [];
  const perSku = skus.map((it) => (regime.ordersPerDay * it.popularity * regime.quantity.median * 1.5) / SKUS);
  for (const [s, supplier] of suppliers.entries())
    for (const [k, sku] of skus.entries())
      if (chanceOf(seed, s, k, 0, 20) < LISTED)
        offers.push(offerOf(seed, { index: offers.length, s, k, supplier, sku, regime, steps, perDay: perSku[k] ?? 0 }));
  const offersOf = skus.map((_, k) => offers.filter((it) => it.sku === k));
  return { seed, regime, days, suppliers, skus, offers, offersOf, orders: ordersOf(seed, regime, days, skus) };
}

const between = (u: number, least: number, most: number): number => least * (most / least) ** u;

function supplierOf(seed: number, n: number, days: number, steps: number, groupDown: readonly Uint8Array[]): Supplier {
  const u = (stream: number): number => chanceOf(seed, n, 0, 0, 40 + stream);
  const group = Math.floor(u(0) * GROUPS);
  const cheap = cheapnessOf(seed, n);
  // cheap suppliers fail more, and sell more codes that do not work
  const base = 2 - 0.45 * cheap + 0.75 * normalOf(u(1), u(2));
  const down = outages(seed, n, days, { everyDays: 4, least: 10, most: 130 });
  groupDown[group]?.forEach((it, minute) => (down[minute] = (down[minute] ?? 0) | it));
  const entrant = n - SUPPLIERS;
  return {
    name: `s${n}`,
    group,
    logit: path(seed, n, base, steps),
    down,
    medianMs: between(u(3), 0.05, 0.85) * MINUTE_MS,
    complaint: between(u(4), 0.003, 0.06),
    invalid: Math.min(0.02, 0.002 * Math.exp(0.6 * cheap + 0.5 * normalOf(u(5), u(6)))),
    lies: u(7) < 0.05,
    from: entrant < 0 ? 0 : ((entrant + 0.5 + u(8) * 0.5) / ENTRANTS_PER_WEEK) * 7 * DAY_MS,
    // one leaves a week
    until: n < SUPPLIERS && n % 4 === 0 ? ((n / 4 + 1) * 7 + u(9)) * DAY_MS : Infinity,
  };
}

const cheapnessOf = (seed: number, supplier: number): number =>
  normalOf(chanceOf(seed, supplier, 0, 0, 60), chanceOf(seed, supplier, 0, 0, 61));

/** Ornstein and Uhlenbeck around the base, two days, deviation a half; and jumps that stay. */
function path(seed: number, n: number, base: number, steps: number): Float32Array {
  const kept = Math.exp(-STEP_MS / (2 * DAY_MS));
  const values = new Float32Array(steps);
  let [swing, level] = [0, base];
  for (let step = 0; step < steps; step++) {
    const normal = normalOf(chanceOf(seed, n, step, 0, 62), chanceOf(seed, n, step, 0, 63));
    swing = swing * kept + 0.5 * Math.sqrt(1 - kept * kept) * normal;
    if (chanceOf(seed, n, step, 0, 64) < STEP_MS / (12 * DAY_MS))
      level = Math.max(0.3, Math.min(4.5, level + 1.2 * normalOf(chanceOf(seed, n, step, 0, 65), chanceOf(seed, n, step, 0, 66))));
    values[step] = level + swing;
  }
  return values;
}

interface Outage {
  readonly everyDays: number;
  readonly least: number;
  readonly most: number;
}

function outages(seed: number, n: number, days: number, { everyDays, least, most }: Outage): Uint8Array {
  const minutes = new Uint8Array(days * 1_440 + 1_440);
  let at = 0;
  for (let k = 0; at < minutes.length; k++) {
    at += -Math.log(chanceOf(seed, n, k, 0, 67)) * everyDays * 1_440;
    const until = at + least + chanceOf(seed, n, k, 0, 68) * (most - least);
    minutes.fill(1, Math.floor(at), Math.floor(until));
    at = until;
  }
  return minutes;
}

const skuOf = (seed: number, n: number): Sku => ({
  name: `g${n}`,
  category: `c${n % CATEGORIES}`,
  priceMinor: Math.round(between(chanceOf(seed, n, 0, 0, 70), 1_500, 30_000)),
  // Zipf .7, scaled to a mean of 1
  popularity: ((n + 1) ** -0.7 * SKUS) / ZIPF_SUM,
});
const ZIPF_SUM = Array.from({ length: SKUS }, (_, n) => (n + 1) ** -0.7).reduce((a, b) => a + b, 0);

interface OfferSeed {
  readonly index: number;
  readonly s: number;
  readonly k: number;
  readonly supplier: Supplier;
  readonly sku: Sku;
  readonly regime: Regime;
  readonly steps: number;
  readonly perDay: number;
}

function offerOf(seed: number, { index, s, k, supplier, sku, regime, steps, perDay }: OfferSeed): MarketOffer {
  const u = (stream: number): number => chanceOf(seed, s, k, 1, 80 + stream);
  const cost = 0.935 - 0.008 * cheapnessOf(seed, s) + 0.012 * normalOf(u(0), u(1));
  // what one offer of about eight may be asked for between two restocks, and at least a few orders' worth
  const lot = Math.max(regime.stockOrders * regime.quantity.median * 0.5, (perDay / 2) * (RESTOCK_MS / DAY_MS)) * between(u(2), 0.4, 2);
  const [restocks, drains] = [new Uint16Array(steps), new Uint16Array(steps)];
  const drain = (DRAIN_SHARE * perDay * STEP_MS) / DAY_MS / 4;
  for (let step = 0; step < steps; step++) {
    if (chanceOf(seed, index, step, 0, 90) < STEP_MS / RESTOCK_MS) {
      const size = -Math.log(chanceOf(seed, index, step, 0, 91)) - Math.log(chanceOf(seed, index, step, 0, 93));
      restocks[step] = Math.min(60_000, Math.round((lot * size) / 2));
    }
    drains[step] = Math.min(60_000, poissonOf(drain, chanceOf(seed, index, step, 0, 92)));
  }
  return {
    index,
    name: `o${index}`,
    supplier: s,
    sku: k,
    costMinor: Math.round(sku.priceMinor * Math.min(0.99, cost)),
    logit: 0.3 * normalOf(u(3), u(4)),
    leadTimeMs: Math.round(supplier.medianMs * between(u(5), 0.7, 1.6)),
    firstStock: Math.round(lot),
    restocks,
    drains,
    phaseMs: u(6) * 360_000,
    lagMs: 60_000 + u(7) * 540_000,
  };
}

/** Thinned Poisson: the day's and the week's shape, Zipf over goods, bursts, updates, goods that die. */
function ordersOf(seed: number, regime: Regime, days: number, skus: readonly Sku[]): MarketOrder[] {
  const orders: MarketOrder[] = [];
  const hours = days * 24;
  for (let hour = 0; hour < hours; hour++) {
    const daily = 0.35 + 0.65 * Math.sin((Math.PI * (((hour + 18) % 24) + 0.5)) / 24) ** 2 * 2;
    const weekly = Math.floor(hour / 24) % 7 > 4 ? 1.25 : 0.9;
    const burst = factorOf(seed, hour, 0, 100);
    for (const [k, sku] of skus.entries()) {
      const dead = chanceOf(seed, k, 0, 0, 103) < 0.08 && hour > hours * (0.3 + 0.6 * chanceOf(seed, k, 0, 0, 104));
      const rate =
        (regime.ordersPerDay / 24 / SKUS) * sku.popularity * daily * weekly * burst * factorOf(seed, hour, k + 1, 101) * (dead ? 0.03 : 1);
      const count = poissonOf(rate, chanceOf(seed, hour, k, 0, 105));
      for (let n = 0; n < count; n++) orders.push(orderOf(seed, regime, { hour, k, n }));
    }
  }
  orders.sort((a, b) => a.at - b.at);
  return orders.map((it, index) => ({ ...it, index }));
}

/** Two to five times as much for three to thirteen hours, begun in about one week of three; of everything (0), or of one good. */
function factorOf(seed: number, hour: number, key: number, stream: number): number {
  const week = Math.floor(hour / 168);
  if (chanceOf(seed, key, week, 0, stream) > 0.35) return 1;
  const begin = week * 168 + Math.floor(chanceOf(seed, key, week, 1, stream) * 155);
  const length = 3 + Math.floor(chanceOf(seed, key, week, 2, stream) * 10);
  return hour >= begin && hour < begin + length ? 2 + 3 * chanceOf(seed, key, week, 3, stream) : 1;
}

function orderOf(seed: number, { quantity: { least, median, most } }: Regime, key: { hour: number; k: number; n: number }): MarketOrder {
  const u = (stream: number): number => chanceOf(seed, key.hour * SKUS + key.k, key.n, 0, stream);
  const size = median * Math.exp((median > 1 ? 0.9 : 0.6) * normalOf(u(106), u(107)));
  const quantity = Math.max(least, Math.min(most, Math.round(size)));
  return { index: 0, at: Math.floor((key.hour + u(108)) * 3_600_000), sku: key.k, quantity };
}
