import { quantile } from './figures';
import { openFloor, safetyOf } from './floor';
import type { Faults, Held, HoldsTold } from './holds.process';
import type { BenchOptions } from './options';
import { startPart } from './part';
import { standStill } from './procs';
import { type Result, resultOf } from './result';
import { cpuWords, type Say, watched, withHouse } from './run';

const DATABASE = 'bench_holds';
const LINES_A_BATCH = 500;
const CLIENTS = 64;
/** 64 clients with 16 lines each are two full batches on their way, as many as the shell gathers at once. */
const LINES_AT_ONCE = 16;
/** More of them wait for the same five counters. */
const FLOOR_CLIENTS = 4;

/** `bench holds`: units held a second at five hot offers, against the same in one set-based statement a batch. */
export async function holds(options: BenchOptions, say: Say): Promise<Result> {
  const { seconds, rounds, bus, clients = CLIENTS } = options;
  return withHouse({ ...options, bus: 'embedded' }, say, async (house, memory) => {
    // Only its database server is wanted here
    standStill('node');
    const floor = await openFloor(house, { schema: 'holds.schema.sql' });
    const safety = await safetyOf(floor.client);
    await floor.client.query(`CREATE DATABASE ${DATABASE}`);
    const { user, password, host, port } = house.door;
    const databaseUrl = `postgres://${user}:${password}@${host}:${port}/${DATABASE}`;
    const part = startPart<HoldsTold, Held>('holds.process.ts', house);
    const [ours, floors]: [Held[], number[]] = [[], []];
    try {
      // once for nothing: the service starts with it
      await part.do({ databaseUrl, clients, linesAtOnce: LINES_AT_ONCE, seconds: 2 });
      for (let round = 1; round <= rounds; round++) {
        floors.push((await floor.run('holds.sql', { clients: FLOOR_CLIENTS, seconds })) * LINES_A_BATCH);
        await floor.client.query('CHECKPOINT');
        const { value, cpu } = await watched(house, () => part.do({ databaseUrl, clients, linesAtOnce: LINES_AT_ONCE, seconds }));
        ours.push(value);
        say(
          `  round ${round}: ours ${value.unitsPerSecond.toFixed(0)} units/s, floor ${floors.at(-1)?.toFixed(0)} units/s; cores: ${cpuWords(cpu)}; ${wordsOf(value.faults)}`,
        );
      }
    } finally {
      await part.stop();
      await floor.close();
    }
    const latencies = ours.flatMap((it) => it.latencies);
    const failed = ours.reduce((sum, it) => sum + it.failed, 0);
    const faults = ours.at(-1)?.faults;
    return resultOf({
      bench: 'holds',
      bus,
      unit: 'units/s',
      ours: ours.map((it) => it.unitsPerSecond),
      floor: floors,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      memory: memory.peak(),
      safety,
      errors: [
        ...(failed === 0 ? [] : [`${failed} lines found nothing`]),
        ...(faults !== undefined && Object.values(faults).some((it) => it !== 0) ? [wordsOf(faults)] : []),
      ],
      more: { clients, linesAtOnce: LINES_AT_ONCE, ...faults },
    });
  });
}

const wordsOf = ({ oversold, miscounted, deadlocks }: Faults): string =>
  `${oversold} units oversold, ${miscounted} miscounted, ${deadlocks} deadlocks`;
