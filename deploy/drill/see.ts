import type { Api } from '../sample-market/api';
import type { Market, TraceOrder } from '../sample-market/words';
import { RELAY_LAG_MAX_S } from './check';
import type { DrillOptions } from './options';
import type { Plan } from './plan';
import { categoriesOf, faceValuesOf, readDeliveries, readGauges, readLines, readMoney, readOffers, readPurchases } from './read';
import type { Seen, SeenMoney } from './seen';

const CALM_MS = 10_000;

/** What is known from before the first order. */
export interface Start {
  readonly at: number;
  readonly since: number;
  readonly money: SeenMoney;
  readonly entry: string;
}

/** What a drill has done: all that is needed to read what became of it, once or again. */
export interface Done {
  readonly market: Market;
  readonly plan: Plan;
  readonly placed: ReadonlyMap<string, TraceOrder>;
  readonly start: Start;
  readonly ban?: { readonly sku: string; readonly inForceAt: number };
}

/** Reads all that the API and the metrics tell of a drill. */
export async function see(operator: Api, { url, merchantId }: DrillOptions, done: Done): Promise<Seen> {
  const { market, plan, placed, start, ban } = done;
  const isCalm = (gauges: Seen['gauges']): boolean =>
    gauges.every((it) => it.name !== 'midstream_relay_lag_seconds' || it.value <= RELAY_LAG_MAX_S);
  const gauges = await readGauges(url, isCalm, CALM_MS);
  const dry = new Set(plan.waves.flat().flatMap(({ supplierId, skus }) => skus.map((sku) => `${supplierId}~${sku}`)));
  const lines = await readLines(operator, placed);
  const { money, entries } = await readMoney(operator, merchantId, start.entry);
  const deliveries = await readDeliveries(operator, [...placed.keys()]);
  const purchases = await readPurchases(operator, new Set(placed.keys()), start.since);
  const offers = await readOffers(operator, [...new Set(plan.waves.flat().map((it) => it.supplierId))]);
  return {
    lines,
    categoryOf: categoriesOf(market),
    faceValueOf: faceValuesOf(market),
    before: start.money,
    after: money,
    entries,
    deliveries,
    purchases,
    gauges,
    dry: offers.filter((it) => dry.has(it.offerId)),
    ...(ban && { ban }),
  };
}
