import type { CodesDone, CodesTold } from './codes.process';
import { quantile } from './figures';
import { openFloor, safetyOf } from './floor';
import type { BenchOptions } from './options';
import { startPart } from './part';
import { standStill } from './procs';
import { type Result, resultOf } from './result';
import { cpuWords, type Say, watched, withHouse } from './run';

const DATABASE = 'bench_codes';
const CODES_A_BATCH = 500;
const CLIENTS = 4;

/** `bench codes`: card codes encrypted in and assigned a second, against the same two set-based statements without any encryption. */
export async function codes(options: BenchOptions, say: Say): Promise<Result> {
  const { seconds, rounds, bus, clients = CLIENTS } = options;
  return withHouse({ ...options, bus: 'embedded' }, say, async (house, memory) => {
    // Only its database server is wanted here
    standStill('node');
    const floor = await openFloor(house, { schema: 'codes.schema.sql' });
    const safety = await safetyOf(floor.client);
    await floor.client.query(`CREATE DATABASE ${DATABASE}`);
    const { user, password, host, port } = house.door;
    const databaseUrl = `postgres://${user}:${password}@${host}:${port}/${DATABASE}`;
    const part = startPart<CodesTold, CodesDone>('codes.process.ts', house);
    const [ours, floors]: [CodesDone[], number[]] = [[], []];
    try {
      // once for nothing: the tables are made with it
      await part.do({ databaseUrl, clients, seconds: 1 });
      for (let round = 1; round <= rounds; round++) {
        floors.push((await floor.run('codes.sql', { clients: CLIENTS, seconds })) * CODES_A_BATCH);
        await floor.client.query('CHECKPOINT');
        const { value, cpu } = await watched(house, () => part.do({ databaseUrl, clients, seconds }));
        ours.push(value);
        say(
          `  round ${round}: ours ${value.codesPerSecond.toFixed(0)} codes/s, floor ${floors.at(-1)?.toFixed(0)} codes/s; cores: ${cpuWords(cpu)}`,
        );
      }
    } finally {
      await part.stop();
      await floor.close();
    }
    const latencies = ours.flatMap((it) => it.latencies);
    const failed = ours.reduce((sum, it) => sum + it.failed, 0);
    return resultOf({
      bench: 'codes',
      bus,
      unit: 'codes/s',
      ours: ours.map((it) => it.codesPerSecond),
      floor: floors,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      memory: memory.peak(),
      safety,
      errors: failed === 0 ? [] : [`${failed} units got no code`],
      more: { clients, codesABatch: CODES_A_BATCH },
    });
  });
}
