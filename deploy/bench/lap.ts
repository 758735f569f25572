import { pause } from '../drill/act';
import { quantile, rounded } from './figures';
import { openOrders, type Orders, type Placed } from './load';
import { load, marketOf, openMerchants } from './market';
import type { BenchOptions } from './options';
import { PRODUCTS, saturate, warmUp } from './place';
import { type Result, resultOf } from './result';
import { cpuWords, type Say, watched, withRig } from './run';
import { ticksOf } from './schedule';

const FLOOR_CLIENTS = 8;
/** More than any market of ours sells: an offer's capacity holds nothing back. */
const CAPACITY_PER_MINUTE = 1_000_000;

interface Laps {
  /** From when the order was due to its assignment, and to its delivery, milliseconds. */
  readonly assigned: readonly number[];
  readonly delivered: readonly number[];
  readonly errors: readonly string[];
}

/** `bench lap`: orders at a steady rate, whatever becomes of the ones before; each is timed from when it was due. */
export async function lap(options: BenchOptions, say: Say): Promise<Result> {
  const { substitutes, seconds, rounds, bus } = options;
  const market = marketOf({ name: 'lap', products: PRODUCTS, substitutes, capacityPerMinute: CAPACITY_PER_MINUTE, leadTimeMs: 0 });
  const skus = market.products.map((it) => it.sku);
  return withRig(options, 'place.schema.sql', say, async (rig) => {
    await load(market, rig.house);
    const merchants = await openMerchants(rig.house, options.merchants);
    const orders = await openOrders({ house: rig.house, merchants, connections: 1_024 });
    try {
      await warmUp(orders, skus);
      const found = options.rate === undefined ? await saturate(rig, orders, skus, { seconds, until: 'delivered' }) : undefined;
      const rate = options.rate ?? Math.max(1, Math.floor((found?.perSecond ?? 0) / 2));
      const [laps, floor]: [Laps[], number[]] = [[], []];
      for (let round = 1; round <= rounds; round++) {
        await pause(1_500);
        floor.push(await rig.floor.run('place.sql', { clients: FLOOR_CLIENTS, seconds }));
        await pause(1_500);
        const { value, cpu } = await watched(rig.house, () => lapsOf(orders, skus, { rate, seconds }));
        laps.push(value);
        say(
          `  round ${round}: at ${rate} orders/s delivered after ${words(value.delivered)}, assigned after ${words(value.assigned)}; cores: ${cpuWords(cpu)}`,
        );
      }
      const [delivered, assigned] = [laps.flatMap((it) => it.delivered), laps.flatMap((it) => it.assigned)];
      return resultOf({
        bench: 'lap',
        bus,
        unit: 'orders/s',
        floor,
        ours: found === undefined ? laps.map((it) => it.delivered.length / seconds) : [found.perSecond],
        p50Ms: quantile(delivered, 0.5),
        p99Ms: quantile(delivered, 0.99),
        memory: rig.memory.peak(),
        errors: laps.flatMap((it) => it.errors),
        safety: rig.safety,
        more: {
          rate,
          ...(found && { saturation: rounded(found.perSecond), clients: found.clients }),
          orders: delivered.length,
          assignedP50Ms: rounded(quantile(assigned, 0.5)),
          assignedP99Ms: rounded(quantile(assigned, 0.99)),
          p99MsRounds: laps.map((it) => rounded(quantile(it.delivered, 0.99))),
        },
      });
    } finally {
      await orders.close();
    }
  });
}

const words = (values: readonly number[]): string =>
  `p50 ${quantile(values, 0.5).toFixed(0)} ms, p99 ${quantile(values, 0.99).toFixed(0)} ms`;

async function lapsOf(orders: Orders, skus: readonly string[], { rate, seconds }: { rate: number; seconds: number }): Promise<Laps> {
  const found = { assigned: [] as number[], delivered: [] as number[], errors: [] as string[] };
  const waiting: Promise<void>[] = [];
  const one = async (due: number, sku: string): Promise<void> => {
    const placed: Placed = await orders.place([sku]);
    found.assigned.push(placed.assignedAt - due);
    found.delivered.push((await placed.deliveredAt()) - due);
  };
  await ticksOf({ everyMs: 1_000 / rate, forMs: seconds * 1_000 }, (due, n) => {
    waiting.push(
      one(due, skus[n % skus.length] ?? '').catch((error: unknown) => {
        found.errors.push(error instanceof Error ? error.message : String(error));
      }),
    );
  });
  await Promise.all(waiting);
  return found;
}
