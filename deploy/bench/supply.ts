import { Pool } from 'undici';
import { quantile } from './figures';
import { openFloor, safetyOf } from './floor';
import type { House } from './house';
import type { BenchOptions } from './options';
import { type Part, startPart } from './part';
import { standStill } from './procs';
import { type Result, resultOf } from './result';
import { type Say, withHouse } from './run';
import type { SupplyAnswer, SupplyTold } from './supply.process';

const KEY = 'bench-operator';
const SKUS = 1_000;
const FEED_CLIENTS = 4;
const STOCK_CLIENTS = 32;

interface Loaded {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly failed: number;
  /** Of the server's process, for each answer, microseconds. */
  readonly cpuUs: number;
}

type Ask = (client: number, n: number) => { readonly path: string; readonly method: 'GET' | 'POST'; readonly body?: string };

/** `bench stock`: answers a second of the open stock query for one SKU, against a bare Fastify route that answers the same bytes. */
export async function stock(options: BenchOptions, say: Say): Promise<Result> {
  const { seconds, rounds, bus, clients = STOCK_CLIENTS } = options;
  return withParts({ ...options, bus: 'embedded' }, say, 1, async ({ house, part, url, memory, safety }) => {
    const bytes = await (await fetch(`${url}/v1/stock?sku=sku-7&region=CN-31`)).text();
    const bare = startPart<SupplyTold, SupplyAnswer>('supply.process.ts', house);
    const ask: Ask = (client, n) => ({ method: 'GET', path: `/v1/stock?sku=sku-${(client * 31 + n) % SKUS}&region=CN-31` });
    const [ours, floors]: [Loaded[], Loaded[]] = [[], []];
    try {
      const at = await bare.do({ bytes });
      for (let round = 0; round <= rounds; round++) {
        const floor = await load({ url: at.url, part: bare, ask, clients, seconds: round === 0 ? 2 : seconds });
        const one = await load({ url, part, ask, clients, seconds: round === 0 ? 2 : seconds });
        if (round === 0) continue;
        ours.push(one);
        floors.push(floor);
        say(
          `  round ${round}: ours ${one.perSecond.toFixed(0)}/s (${one.cpuUs.toFixed(0)} us CPU each), bare ${floor.perSecond.toFixed(0)}/s (${floor.cpuUs.toFixed(0)} us)`,
        );
      }
    } finally {
      await bare.stop();
    }
    return told('stock', 'answers/s', { bus, ours, floor: floors.map((it) => it.perSecond), memory, safety, clients }, floors);
  });
}

/** `bench feed`: changes of stock a second, in calls of 1,000, against the same in one set-based statement a call. */
export async function feed(options: BenchOptions, say: Say): Promise<Result> {
  const { seconds, rounds, bus, clients = FEED_CLIENTS } = options;
  return withParts({ ...options, bus: 'embedded' }, say, clients, async ({ house, part, url, memory, safety }) => {
    const floor = await openFloor(house, { schema: 'feed.schema.sql' });
    let sequence = 0;
    const ask: Ask = (client) => {
      sequence += 1;
      const changes = Array.from({ length: SKUS }, (_, it) => ({ sku: `sku-${it}`, quantity: 1_000 + ((sequence + it) % 900), sequence }));
      return { method: 'POST', path: `/v1/suppliers/s${client}/stock`, body: JSON.stringify({ changes }) };
    };
    const [ours, floors]: [Loaded[], number[]] = [[], []];
    try {
      await load({ url, part, ask, clients, seconds: 2 });
      for (let round = 1; round <= rounds; round++) {
        floors.push((await floor.run('feed.sql', { clients, seconds })) * SKUS);
        await floor.client.query('CHECKPOINT');
        await house.profiler?.begin();
        const one = await load({ url, part, ask, clients, seconds });
        await house.profiler?.end();
        ours.push({ ...one, perSecond: one.perSecond * SKUS, cpuUs: one.cpuUs / SKUS });
        say(
          `  round ${round}: ours ${(one.perSecond * SKUS).toFixed(0)} changes/s (${(one.cpuUs / SKUS).toFixed(0)} us CPU of node each), floor ${floors.at(-1)?.toFixed(0)} changes/s`,
        );
      }
    } finally {
      await floor.close();
    }
    return told('feed', 'changes/s', { bus, ours, floor: floors, memory, safety, clients });
  });
}

interface Figures {
  readonly bus: string;
  readonly ours: readonly Loaded[];
  readonly floor: readonly number[];
  readonly memory: { peak(): Parameters<typeof resultOf>[0]['memory'] };
  readonly safety: Parameters<typeof resultOf>[0]['safety'];
  readonly clients: number;
}

function told(bench: string, unit: string, { bus, ours, floor, memory, safety, clients }: Figures, bare: readonly Loaded[] = []): Result {
  const latencies = ours.flatMap((it) => it.latencies);
  const failed = ours.reduce((sum, it) => sum + it.failed, 0);
  const cpu = (of: readonly Loaded[]): number =>
    quantile(
      of.map((it) => it.cpuUs),
      0.5,
    );
  return resultOf({
    bench,
    bus,
    unit,
    ours: ours.map((it) => it.perSecond),
    floor,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    memory: memory.peak(),
    safety,
    errors: failed === 0 ? [] : [`${failed} calls failed`],
    more: { clients, cpuUsEach: cpu(ours), ...(bare.length > 0 && { bareCpuUsEach: cpu(bare), cpuRatio: cpu(bare) / cpu(ours) }) },
  });
}

interface Parts {
  readonly house: House;
  readonly part: Part<SupplyTold, SupplyAnswer>;
  readonly url: string;
  readonly memory: Figures['memory'];
  readonly safety: Figures['safety'];
}

/** Inventory alone, in a process and a database of its own; of the house only the database server is wanted. */
function withParts<T>(options: BenchOptions, say: Say, suppliers: number, work: (parts: Parts) => Promise<T>): Promise<T> {
  return withHouse(options, say, async (house, memory) => {
    standStill('node');
    const admin = await house.connect('postgres');
    const part = startPart<SupplyTold, SupplyAnswer>('supply.process.ts', house);
    try {
      await admin.query('CREATE DATABASE bench_supply');
      const { user, password, host, port } = house.door;
      const databaseUrl = `postgres://${user}:${password}@${host}:${port}/bench_supply`;
      const { url } = await part.do({ databaseUrl, suppliers, skus: SKUS });
      return await work({ house, part, url, memory, safety: await safetyOf(admin) });
    } finally {
      await part.stop();
      await admin.end();
    }
  });
}

async function load(of: {
  readonly url: string;
  readonly part: Part<SupplyTold, SupplyAnswer>;
  readonly ask: Ask;
  readonly clients: number;
  readonly seconds: number;
}): Promise<Loaded> {
  const { url, part, ask, clients, seconds } = of;
  const pool = new Pool(url, { connections: clients });
  const latencies: number[] = [];
  let failed = 0;
  const before = await part.do({ cpu: true });
  const begin = performance.now();
  const client = async (_: unknown, index: number): Promise<void> => {
    for (let n = 0; performance.now() < begin + seconds * 1_000; n++) {
      const at = performance.now();
      const { path, method, body } = ask(index, n);
      const headers = body === undefined ? {} : { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
      const answer = await pool.request({ path, method, headers, body: body ?? null });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || (body !== undefined && !text.includes(`"taken":${SKUS}`))) failed += 1;
      else latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - begin) / 1_000;
  const after = await part.do({ cpu: true });
  await pool.close();
  return { perSecond: latencies.length / took, latencies, failed, cpuUs: ((after.cpu - before.cpu) * 1e6) / Math.max(1, latencies.length) };
}
