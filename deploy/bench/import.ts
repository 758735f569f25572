import { Readable } from 'node:stream';
import { quantile, rounded } from './figures';
import { openFloor, safetyOf } from './floor';
import type { ImportHouse, ImportTold } from './import.process';
import type { BenchOptions } from './options';
import { startPart } from './part';
import { standStill } from './procs';
import { type Result, resultOf } from './result';
import { cpuWords, type Say, watched, withHouse } from './run';

const DATABASE = 'bench_import';
const KEY = 'bench-import-operator-key';
const LINES = 100_000;
const CODES_A_STATEMENT = 500;
const LINES_A_CHUNK = 1_000;
const SKU = 'hot';

/** `bench import`: a stream of codes over HTTP until its answer, and the memory of the service meanwhile; against the bare set-based INSERT. */
export async function importCodes(options: BenchOptions, say: Say): Promise<Result> {
  const { rounds, bus, lines = LINES } = options;
  return withHouse({ ...options, bus: 'embedded' }, say, async (house, memory) => {
    // Only its database server is wanted here
    standStill('node');
    const floor = await openFloor(house, { schema: 'codes.schema.sql' });
    const safety = await safetyOf(floor.client);
    await floor.client.query(`CREATE DATABASE ${DATABASE}`);
    const { user, password, host, port } = house.door;
    const told = { databaseUrl: `postgres://${user}:${password}@${host}:${port}/${DATABASE}`, operatorKey: KEY };
    const part = startPart<ImportTold, ImportHouse>('import.process.ts', house);
    const [seconds, floors, errors]: [number[], number[], string[]] = [[], [], []];
    let idleMb: number;
    let peakMb = 0;
    try {
      const { url } = await part.do(told);
      await prepare(url);
      // once for nothing
      await send(url, 'warm', 2_000);
      idleMb = (await part.do(told)).residentMb;
      for (let round = 1; round <= rounds; round++) {
        floors.push(
          (await floor.run('import.sql', { clients: 1, transactions: Math.ceil(lines / CODES_A_STATEMENT) })) * CODES_A_STATEMENT,
        );
        await floor.client.query('CHECKPOINT');
        const at = performance.now();
        const { value: stored, cpu } = await watched(house, () => send(url, `r${round}`, lines));
        seconds.push((performance.now() - at) / 1_000);
        if (stored !== lines) errors.push(`${stored} codes of ${lines} were stored`);
        peakMb = (await part.do(told)).peakMb;
        const rate = lines / (seconds.at(-1) ?? 1);
        say(
          `  round ${round}: ${seconds.at(-1)?.toFixed(1)} s, ours ${rate.toFixed(0)} codes/s, floor ${floors.at(-1)?.toFixed(0)} codes/s; ${peakMb.toFixed(0)} MB; cores: ${cpuWords(cpu)}`,
        );
      }
    } finally {
      await part.stop();
      await floor.close();
    }
    return resultOf({
      bench: 'import',
      bus,
      unit: 'codes/s',
      ours: seconds.map((it) => lines / it),
      floor: floors,
      p50Ms: quantile(seconds, 0.5) * 1_000,
      p99Ms: quantile(seconds, 0.99) * 1_000,
      memory: memory.peak(),
      safety,
      errors,
      more: { lines, secondsRounds: seconds.map((it) => rounded(it)), peakMb: rounded(peakMb, 0), idleMb: rounded(idleMb, 0) },
    });
  });
}

async function call(
  url: string,
  method: string,
  path: string,
  body: string | ReadableStream,
  type: string,
): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': type };
  // Half duplex: a stream of ours is sent to its end before there is an answer
  const answer = await fetch(`${url}/v1${path}`, { method, headers, body, duplex: 'half' });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function prepare(url: string): Promise<void> {
  const put = (path: string, body: object) => call(url, 'PUT', path, JSON.stringify(body), 'application/json');
  await put(`/products/${SKU}`, {
    name: { zh: '点卡', en: 'Card' },
    category: 'game-card',
    fulfilmentKind: 'PIN_PURCHASE',
    faceValueMinor: 1_000,
    priceMinor: 1_000,
    currency: 'CNY',
    regions: ['CN'],
  });
  await put('/suppliers/house', { name: { zh: '自营', en: 'House' }, kind: 'vault', upstreamGroup: 'house' });
  await put(`/suppliers/house/offers/${SKU}`, { costTiers: [{ from: 1, costMinor: 900 }], currency: 'CNY', regions: ['CN'] });
}

/** Codes that nobody has seen before, some thousand bytes at a time. Returns how many were stored. */
async function send(url: string, name: string, lines: number): Promise<number> {
  function* chunks(): Generator<Buffer> {
    for (let from = 0; from < lines; from += LINES_A_CHUNK) {
      const many = Array.from({ length: Math.min(LINES_A_CHUNK, lines - from) }, (_, n) => `{"code":"7KQ2-XM1D-${name}-${from + n}"}\n`);
      yield Buffer.from(many.join(''));
    }
  }
  const body = Readable.toWeb(Readable.from(chunks())) as ReadableStream;
  const view = await call(url, 'POST', `/suppliers/house/offers/${SKU}/codes?batchId=${name}`, body, 'application/x-ndjson');
  return Number(view['stored']);
}
