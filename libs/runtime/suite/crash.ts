import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kafkaForTests, postgresForTests } from '@midstream/testing/infrastructure';
import { assertFinished, type Checker, checker, eventually } from './checker';
import { ONCE, STILL_ALIVE } from './child';
import { ended, heardSay, spawnChild } from './spawn';
import { type BusKind, newPrefix } from './world';

const RUNTIME = path.resolve(__dirname, '..');

/** Every fault point of the shell, as its source names them; those that only one bus has are named after it. */
export function faultPoints(kind: BusKind): string[] {
  const files = fs.readdirSync(RUNTIME).filter((it) => it.endsWith('.ts') && !it.endsWith('.spec.ts'));
  const found = files.flatMap((file) =>
    [...fs.readFileSync(path.join(RUNTIME, file), 'utf8').matchAll(/\bpoint\('([^']+)'\)/g)].map(([, name]) => name ?? ''),
  );
  const other: BusKind = kind === 'kafka' ? 'embedded' : 'kafka';
  return [...new Set(found)].filter((it) => !it.startsWith(`${other}:`)).sort();
}

/** The how manieth time it ends there, at most: later ones find more under way. Rare ones are not waited for. */
const TIMES_MAX: Readonly<Record<string, number>> = {
  'relay:after-lock': 1,
  'relay:before-office': 1,
  'relay:after-office': 1,
  'relay:after-cursor': 1,
  'relay:after-mark': 2,
  'relay:after-page': 2,
  'consume:after-watermark': 2,
  'consume:after-project': 2,
  'todo:after-alone': 1,
  'todo:after-lock': 3,
  'todo:after-take': 3,
  'todo:after-claim': 3,
  'todo:after-parked': 3,
  'todo:after-delete': 3,
  'todo:after-postpone': 2,
  'park:after-key': 2,
  'park:after-message': 2,
  'park:after-count': 2,
  'resume:after-read': 1,
  'resume:after-remove': 1,
  'resume:after-free': 1,
};
const TIMES_MAX_ELSE = 15;

/** Ends a process at every fault point, for real, and lets the next go on where it was. `lanes`: how many such rows at once. */
export function crashSentences(kind: BusKind, lanes: number): void {
  const seed = Number(process.env['MIDSTREAM_SEED'] ?? Date.now() % 1_000_000);
  const random = randomOf(seed);
  const points = faultPoints(kind);
  const timesOf = (point: string) => 1 + Math.floor(random() * (TIMES_MAX[point] ?? TIMES_MAX_ELSE));
  const killed = new Map<string, string>();
  console.log(`# ${kind}: ${points.length} fault points, MIDSTREAM_SEED=${seed}`);

  describe('a process that is killed again and again', { concurrency: true }, () => {
    for (let lane = 0; lane < lanes; lane++) {
      describe(`${lane + 1} of ${lanes}`, { concurrency: false }, () => {
        let row: Row;
        before(async () => {
          row = await rowOf(kind);
        });
        after(() => row.close());

        for (const point of points.filter((_, n) => n % lanes === lane)) {
          it(`dies at ${point}`, async () => {
            // Where it is reached less often than hoped for, the first time will do
            const crashedAt = (await row.crash(`${point}#${timesOf(point)}`)) ?? (await row.crash(`${point}#1`));
            assert.ok(crashedAt !== undefined, `${point} was reached`);
            killed.set(point, crashedAt);
          });
        }

        it('goes on: nothing is lost, doubled or out of order, every effect is finished, and every timer has struck once', () =>
          row.assertWhole());
      });
    }
  });

  describe('the fault points', () => {
    it('have all been crashed at', () => assert.deepEqual([...killed.keys()].sort(), points));
  });
}

interface Row {
  /** The point at which the child has killed itself; undefined where it did not come there. */
  crash(at: string): Promise<string | undefined>;
  assertWhole(): Promise<void>;
  close(): Promise<void>;
}

async function rowOf(kind: BusKind): Promise<Row> {
  const postgres = await postgresForTests();
  const [writer, reader] = await Promise.all([postgres.database('crash_writer'), postgres.database('crash_reader')]);
  const brokers = kind === 'kafka' ? ((await kafkaForTests())?.brokers ?? []) : [];
  const check = checker(writer.url, reader.url);
  await check.ofWriter.query('CREATE TABLE outside (what text NOT NULL, id text NOT NULL, count int NOT NULL)');
  const orders = { kind, brokers, prefix: newPrefix(), urls: { writer: writer.url, reader: reader.url } };
  const names: string[] = [];
  return {
    async crash(at) {
      const name = `p${names.length}`;
      const child = spawnChild({ ...orders, task: 'load', name, before: names.slice(-1) }, at);
      names.push(name);
      const [code, signal] = await ended(child);
      if (code === STILL_ALIVE) return undefined;
      assert.deepEqual([code, signal], [null, 'SIGKILL'], `${at} ends it as SIGKILL does: ${child.words()}`);
      return at;
    },
    async assertWhole() {
      const child = spawnChild({ ...orders, task: 'recover', name: 'end', before: names });
      try {
        await heardSay(child, 'recovered');
        await assertDone(check, names);
      } finally {
        child.process.kill('SIGKILL');
        await ended(child);
      }
    },
    async close() {
      await check.end();
      await Promise.all([writer.drop(), reader.drop()]);
    },
  };
}

/** What an auditor asks of both databases when all is quiet. */
async function assertDone(check: Checker, names: readonly string[]): Promise<void> {
  await check.assertAllHeardOnceInOrder(60_000);
  const counters = await check.counters();
  for (const name of names) assert.equal(counters.get(`${name}-once`)?.count ?? 0, ONCE, `what ${name} was asked with a key is done once`);
  await assertFinished(check);
  const twice = await check.ofWriter.query(`SELECT id, count FROM outside WHERE what = 'try' GROUP BY id, count HAVING count(*) > 1`);
  assert.deepEqual(twice.rows, [], 'nothing is tried twice that may be tried only once');
  const uncalled = await check.ofWriter.query(
    `SELECT e.data FROM event e WHERE type = 'CallAsked'
        AND NOT EXISTS (SELECT 1 FROM outside o WHERE o.what = 'call' AND o.id = e.data ->> 'id' AND o.count = (e.data ->> 'count')::int)`,
  );
  assert.deepEqual(uncalled.rows, [], 'every call was made');
  const journal = await check.ofWriter.query(
    `SELECT key FROM journal GROUP BY key HAVING array_agg(count ORDER BY n) <> (SELECT array_agg(g) FROM generate_series(1, max(count)) g)`,
  );
  assert.deepEqual(journal.rows, [], 'the journal has every count once and in order');
  await assertReaderDone(check);
}

async function assertReaderDone({ ofWriter, ofReader }: Checker): Promise<void> {
  const expiries = await ofWriter.query<{ id: string; n: number }>(
    `SELECT key AS id, count(*)::int AS n FROM event WHERE type = 'OrderClosed' AND (data ->> 'releasedMinor')::bigint > 666 GROUP BY key ORDER BY key`,
  );
  const expired = await ofReader.query<{ id: string; n: number }>(
    `SELECT id, jsonb_array_length(state -> 'expiredAfter') AS n FROM heard WHERE state ? 'expiredAfter' ORDER BY id`,
  );
  assert.deepEqual(expired.rows, expiries.rows, 'every timer of the reader has struck once');
  const versions = await ofWriter.query<{ id: string; version: number }>(
    `SELECT id, (state ->> 'version')::int AS version FROM keys ORDER BY id`,
  );
  await eventually(async () => {
    const seen = await ofReader.query<{ id: string; versions: number[] }>(
      `SELECT id, state -> 'versions' AS versions FROM seen ORDER BY id`,
    );
    assert.deepEqual(
      seen.rows.map((it) => ({ id: it.id, version: it.versions.at(-1) })),
      versions.rows,
      'the newest state of every key is known',
    );
    for (const it of seen.rows)
      assert.deepEqual(
        it.versions,
        [...new Set(it.versions)].sort((a, b) => a - b),
      );
  });
  const parked = await ofReader.query('SELECT key FROM parked_message UNION SELECT key FROM parked_key');
  assert.deepEqual(parked.rows, [], 'nothing is parked any more');
}

/** mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
