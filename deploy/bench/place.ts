import { pause } from '../drill/act';
import { median, quantile, rounded } from './figures';
import { OrderFailed } from './assignments';
import { addHistory } from './history';
import { openOrders, type Orders } from './load';
import { load, marketOf, openMerchants } from './market';
import type { BenchOptions } from './options';
import { type Result, resultOf } from './result';
import { countIn, cpuWords, type Rig, type Say, watched, withRig } from './run';

const FLOOR_CLIENTS = 8;
export const PRODUCTS = 20;
/** Of a measurement: until the road is full. */
const WARM_MS = 2_000;
export const SWEEP = [8, 64, 256, 1_024];
/** Of what is measured, before it is: until the engine has compiled what it does all the time. Five processes see a fifth of it each. */
const HOT_SECONDS = 15;
/** A step of the sweep that brings less than this is the last. */
const PAYS = 1.05;
const REST_MS = 1_500;

export interface Window {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly errors: readonly string[];
}

/** `bench place`: a closed loop of clients, each of which orders again as soon as its last order's LineAssigned is seen committed. */
export async function place(options: BenchOptions, say: Say): Promise<Result> {
  const market = marketOf({
    name: 'place',
    products: PRODUCTS,
    substitutes: options.substitutes,
    capacityPerMinute: options.capacity,
    leadTimeMs: 0,
  });
  return withRig(options, 'place.schema.sql', say, async (rig) => {
    await load(market, rig.house);
    const merchants = await openMerchants(rig.house, options.merchants);
    const orders = await openOrders({ house: rig.house, merchants, connections: options.clients ?? SWEEP.at(-1) ?? 1 });
    const skus = market.products.map((it) => it.sku);
    try {
      await warmUp(orders, skus);
      await addHistory(rig.house, options.history, say);
      const clients = options.clients ?? (await saturate(rig, orders, skus, { seconds: options.seconds, until: 'assigned' })).clients;
      await windowOf(orders, skus, { clients, seconds: HOT_SECONDS, until: 'assigned' });
      return await compare(rig, orders, skus, { ...options, clients });
    } finally {
      await orders.close();
    }
  });
}

/** One order of each product, until all of them may be sold: compliance has to see a product first. */
export async function warmUp(orders: Orders, skus: readonly string[], { window = true } = {}): Promise<void> {
  for (const sku of skus) {
    for (let tries = 1; ; tries++) {
      try {
        await orders.place([sku]);
        break;
      } catch (error) {
        if (!(error instanceof OrderFailed) || tries === 20) throw error;
        await pause(500);
      }
    }
  }
  if (window) await windowOf(orders, skus, { clients: 16, seconds: 3, until: 'assigned' });
}

/** More clients until it does not pay any more. @throws Error where an order fails: there is no saturation without errors */
export async function saturate(
  rig: Rig,
  orders: Orders,
  skus: readonly string[],
  { seconds, until }: Omit<Loop, 'clients'>,
): Promise<Step> {
  let best: Step = { clients: 0, perSecond: 0 };
  for (const clients of SWEEP) {
    const window = await windowOf(orders, skus, { clients, seconds, until });
    const { perSecond, errors } = window;
    rig.say(`  ${clients} clients: ${words(window)}`);
    if (errors.length > 0) throw new Error(`${errors.length} orders failed, the first: ${errors[0]}`);
    const pays = perSecond > best.perSecond * PAYS;
    if (perSecond > best.perSecond) best = { clients, perSecond };
    if (!pays) break;
  }
  return best;
}

export interface Step {
  readonly clients: number;
  readonly perSecond: number;
}

async function compare(rig: Rig, orders: Orders, skus: readonly string[], options: BenchOptions & { clients: number }): Promise<Result> {
  const { clients, seconds, rounds, bus } = options;
  const ours: Window[] = [];
  const floor: number[] = [];
  const deliveries: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await pause(REST_MS);
    floor.push(await rig.floor.run('place.sql', { clients: FLOOR_CLIENTS, seconds }));
    await pause(REST_MS);
    await rig.floor.client.query('CHECKPOINT');
    const [before, at] = [await countIn(rig.house, 'inventory', DELIVERED), performance.now()];
    const { value, cpu } = await watched(rig.house, () => windowOf(orders, skus, { clients, seconds, until: 'assigned' }));
    deliveries.push(((await countIn(rig.house, 'inventory', DELIVERED)) - before) / ((performance.now() - at) / 1_000));
    ours.push(value);
    rig.say(`  round ${round}: ours ${words(value)}, floor ${floor.at(-1)?.toFixed(0)} orders/s; cores: ${cpuWords(cpu)}`);
  }
  const latencies = ours.flatMap((it) => it.latencies);
  return resultOf({
    bench: 'place',
    bus,
    unit: 'orders/s',
    floor,
    ours: ours.map((it) => it.perSecond),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    memory: rig.memory.peak(),
    errors: ours.flatMap((it) => it.errors),
    safety: rig.safety,
    more: {
      clients,
      merchants: options.merchants,
      history: options.history,
      orders: latencies.length,
      deliveredPerSecond: rounded(median(deliveries)),
    },
  });
}

const DELIVERED = 'SELECT count(*) AS n FROM delivery';

const words = ({ perSecond, latencies }: Window): string =>
  `${perSecond.toFixed(0)} orders/s (p50 ${quantile(latencies, 0.5).toFixed(0)} ms, p99 ${quantile(latencies, 0.99).toFixed(0)} ms)`;

export interface Loop {
  /** So many at once, each of whom orders again when the last order has come so far. */
  readonly clients: number;
  readonly seconds: number;
  readonly until: 'assigned' | 'delivered';
}

/** What comes so far within the window, whenever it was sent; latencies of those. */
export async function windowOf(orders: Orders, skus: readonly string[], { clients, seconds, until }: Loop): Promise<Window> {
  const begin = performance.now() + WARM_MS;
  const end = begin + seconds * 1_000;
  const latencies: number[] = [];
  const errors: string[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const sku = skus[(next += 1) % skus.length] ?? '';
      try {
        const { sentAt, assignedAt, deliveredAt } = await orders.place([sku]);
        const at = until === 'assigned' ? assignedAt : await deliveredAt();
        if (at >= begin && at < end) latencies.push(at - sentAt);
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { perSecond: latencies.length / seconds, latencies, errors };
}
