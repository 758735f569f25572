import { Pool } from 'undici';
import { CATEGORIES } from './cards.market';
import type { CardsAnswer, CardsTold } from './cards.process';
import { median, quantile, rounded } from './figures';
import { safetyOf } from './floor';
import type { BenchOptions } from './options';
import { type Part, startPart } from './part';
import { standStill } from './procs';
import { type Result, resultOf } from './result';
import { type Say, withHouse } from './run';

const KEY = 'bench-operator';
const CALLERS = 8;
/** Until the compiler has seen all of it. */
const WARM_UP_SECONDS = 5;
const REGIONS = ['CN-31', 'CN-11', 'CN-44', 'CN'] as const;

interface Loaded {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  readonly failed: number;
  /** Of the server's process, for each answer, milliseconds. */
  readonly cpuMs: number;
}

/** No two calls in a row ask the same: another category, region, quantity and buyer; each fourth names a good. */
const bodyOf = (n: number): string =>
  JSON.stringify({
    need: n % 4 === 3 ? { sku: `sku-${(n * 37) % 1_000}` } : { category: `category-${n % CATEGORIES}` },
    region: REGIONS[(n >> 2) % REGIONS.length],
    quantity: 1 + (n % 5),
    segment: n % 7 === 0 ? 'enterprise' : 'retail',
  });

/**
 * `bench cards`: recommendations of a market of `--offers`, by 8 callers at once, of selection alone over HTTP, against a bare Fastify route
 * that answers the same bytes.
 */
export function cards(options: BenchOptions, say: Say): Promise<Result> {
  const { clients = CALLERS, offers, rounds, seconds } = options;
  return withHouse({ ...options, bus: 'embedded' }, say, async (house, memory) => {
    standStill('node');
    const admin = await house.connect('postgres');
    const part = startPart<CardsTold, CardsAnswer>('cards.process.ts', house);
    const bare = startPart<CardsTold, CardsAnswer>('cards.process.ts', house);
    const [ours, floors]: [Loaded[], Loaded[]] = [[], []];
    try {
      await admin.query('CREATE DATABASE bench_cards');
      const { user, password, host, port } = house.door;
      const { url } = await part.do({ databaseUrl: `postgres://${user}:${password}@${host}:${port}/bench_cards`, offers });
      const at = await bare.do({ bytes: await oneAnswer(url) });
      await load(url, part, clients, WARM_UP_SECONDS);
      await house.profiler?.begin();
      for (let round = 1; round <= rounds; round++) {
        const floor = await load(at.url, bare, clients, seconds);
        const one = await load(url, part, clients, seconds);
        floors.push(floor);
        ours.push(one);
        say(
          `  round ${round}: ours ${one.perSecond.toFixed(0)}/s (${one.cpuMs.toFixed(2)} ms CPU each), bare ${floor.perSecond.toFixed(0)}/s`,
        );
      }
      await house.profiler?.end();
      const latencies = ours.flatMap((it) => it.latencies);
      const failed = [...ours, ...floors].reduce((sum, it) => sum + it.failed, 0);
      return resultOf({
        bench: 'cards',
        bus: 'embedded',
        unit: 'answers/s',
        ours: ours.map((it) => it.perSecond),
        floor: floors.map((it) => it.perSecond),
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
        memory: memory.peak(),
        safety: await safetyOf(admin),
        errors: failed === 0 ? [] : Array.from({ length: failed }, () => 'a call failed'),
        more: {
          clients,
          offers,
          cpuMsEach: rounded(median(ours.map((it) => it.cpuMs)), 2),
          bareCpuMsEach: rounded(median(floors.map((it) => it.cpuMs)), 2),
          residentMb: rounded((await part.do({ cpu: true })).residentMb, 0),
        },
      });
    } finally {
      await part.stop();
      await bare.stop();
      await admin.end();
    }
  });
}

const HEADERS = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };

async function oneAnswer(url: string): Promise<string> {
  const answer = await fetch(`${url}/v1/recommendations`, { method: 'POST', headers: HEADERS, body: bodyOf(0) });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`recommendations answered ${answer.status}: ${text.slice(0, 200)}`);
  return text;
}

async function load(url: string, part: Part<CardsTold, CardsAnswer>, clients: number, seconds: number): Promise<Loaded> {
  const pool = new Pool(url, { connections: clients });
  const latencies: number[] = [];
  let [failed, asked] = [0, 0];
  const before = await part.do({ cpu: true });
  const begin = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() < begin + seconds * 1_000) {
      const at = performance.now();
      const answer = await pool.request({ path: '/v1/recommendations', method: 'POST', headers: HEADERS, body: bodyOf(asked++) });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !text.includes('"sku":')) failed += 1;
      else latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - begin) / 1_000;
  const after = await part.do({ cpu: true });
  await pool.close();
  return { perSecond: latencies.length / took, latencies, failed, cpuMs: ((after.cpu - before.cpu) * 1e3) / Math.max(1, latencies.length) };
}
