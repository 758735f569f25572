import { pause } from '../drill/act';
import { rounded } from './figures';
import { openOrders } from './load';
import { load, marketOf, openMerchants } from './market';
import type { BenchOptions } from './options';
import { warmUp, windowOf } from './place';
import { memoryOfOurs } from './procs';
import { type Result, resultOf } from './result';
import { countIn, type Say, withRig } from './run';
import { placeLines } from './storm';

const LINES = 100_000;
const LINES_PER_ORDER = 50;
/** As a hub has it: so many suppliers sell each product. */
const OFFERS_PER_PRODUCT = 10;
const SKUS_HELD = 50;
const CLIENTS = 64;

/** `bench memory`: a market of so many offers, so many lines that are held and wait for their suppliers, and orders that go on meanwhile. */
export async function memory(options: BenchOptions, say: Say): Promise<Result> {
  const { offers, lines = LINES, linesPerOrder = LINES_PER_ORDER, seconds, bus } = options;
  const market = marketOf({
    name: 'memory',
    products: Math.ceil(offers / OFFERS_PER_PRODUCT),
    substitutes: OFFERS_PER_PRODUCT - 1,
    // what waits goes on waiting
    capacityPerMinute: 1,
    leadTimeMs: 0,
  });
  return withRig(options, 'place.schema.sql', say, async (rig) => {
    await load(market, rig.house);
    say(`  ${market.offers.length} offers are in the market`);
    const merchants = await openMerchants(rig.house, options.merchants);
    const orders = await openOrders({ house: rig.house, merchants, connections: CLIENTS });
    try {
      const skus = market.products.slice(0, SKUS_HELD).map((it) => it.sku);
      await warmUp(orders, skus, { window: false });
      const size = Math.ceil(lines / skus.length);
      for (const sku of skus) await placeLines(orders, sku, { lines: size, linesPerOrder, atOnce: CLIENTS }, () => undefined);
      const inFlight = await countIn(rig.house, 'inventory', 'SELECT count(*) AS n FROM hold WHERE strikable > 0');
      say(`  ${inFlight} lines are in flight`);
      const window = await windowOf(orders, skus, { clients: CLIENTS, seconds, until: 'assigned' });
      await pause(2_000);
      const atRest = memoryOfOurs();
      const peak = rig.memory.peak();
      return resultOf({
        bench: 'memory',
        bus,
        unit: 'MB',
        ours: [peak.totalMb],
        floor: [],
        p50Ms: 0,
        p99Ms: 0,
        memory: peak,
        errors: window.errors,
        safety: rig.safety,
        more: {
          offers: market.offers.length,
          inFlight,
          ordersPerSecondMeanwhile: rounded(window.perSecond),
          atRestMb: rounded(atRest.totalMb, 0),
        },
      });
    } finally {
      await orders.close();
    }
  });
}
