import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@midstream/runtime';
import { makePartitions } from '@midstream/runtime/partitions';
import { quantile } from './figures';
import { openFloor, safetyOf } from './floor';
import type { House } from './house';
import type { BenchOptions } from './options';
import { startPart } from './part';
import { standStill } from './procs';
import type { Relayed, RelayTold } from './relay.process';
import { type Result, resultOf } from './result';
import { cpuWords, type Say, watched, withHouse } from './run';

const DATABASE = 'bench_relay';
const PAGE = 500;
const SAMPLE = join(__dirname, '../../libs/contracts/samples/LineSelectionRequested.json');

/** `bench relay`: a log of so many events, from the table to the bus; against reading the same rows, page by page, by SQL. */
export async function relay(options: BenchOptions, say: Say): Promise<Result> {
  const { events, rounds, bus } = options;
  return withHouse(options, say, async (house, memory) => {
    // Only its database, and its broker, are wanted here
    standStill('node');
    const databaseUrl = await fillLog(house, events);
    const floor = await openFloor(house, { database: DATABASE });
    const safety = await safetyOf(floor.client);
    const part = startPart<RelayTold, Relayed>('relay.process.ts', house);
    const [ours, floors, publishes]: [number[], number[], number[]] = [[], [], []];
    try {
      for (let round = 1; round <= rounds; round++) {
        await floor.client.query(`SELECT setval('page', 1, false)`);
        const pages = await floor.run('relay.sql', { clients: 1, transactions: Math.floor(events / PAGE) });
        floors.push(pages * PAGE);
        const told = { databaseUrl, brokers: house.brokers, prefix: `bench${round}.`, events };
        const { value, cpu } = await watched(house, () => part.do(told));
        ours.push(events / value.seconds);
        publishes.push(...value.publishes);
        say(
          `  round ${round}: ours ${ours.at(-1)?.toFixed(0)} events/s, floor ${floors.at(-1)?.toFixed(0)} events/s; cores: ${cpuWords(cpu)}`,
        );
      }
    } finally {
      await part.stop();
      await floor.close();
    }
    return resultOf({
      bench: 'relay',
      bus,
      unit: 'events/s',
      ours,
      floor: floors,
      p50Ms: quantile(publishes, 0.5),
      p99Ms: quantile(publishes, 0.99),
      memory: memory.peak(),
      errors: [],
      safety,
      more: { events, eventsAPage: PAGE },
    });
  });
}

/** The shell's own tables, and events in them as orders write them: half a thousand a transaction. */
async function fillLog(house: House, events: number): Promise<string> {
  const admin = await house.connect('postgres');
  await admin.query(`CREATE DATABASE ${DATABASE}`);
  await admin.end();
  const { user, password, host, port } = house.door;
  const url = `postgres://${user}:${password}@${host}:${port}/${DATABASE}`;
  const database = await openDatabase({ url, entities: [], migrations: [] });
  await makePartitions(database);
  const { type: _type, ...data } = JSON.parse(readFileSync(SAMPLE, 'utf8')) as Record<string, unknown>;
  for (let from = 0; from < events; from += PAGE) {
    await database.pool.query(
      `INSERT INTO event (at, event_id, topic, key, type, actor, data)
       SELECT clock_timestamp(), gen_random_uuid(), 'order.by-order', 'order-' || it, 'LineSelectionRequested', 'merchant:bench', $3::json
         FROM generate_series($1::int, $2::int) AS it`,
      [from + 1, Math.min(events, from + PAGE), JSON.stringify(data)],
    );
  }
  await database.pool.query('CREATE SEQUENCE page');
  await database.pool.query('VACUUM ANALYZE event');
  await database.close();
  return url;
}
