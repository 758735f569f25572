import assert from 'node:assert/strict';
import { Pool } from 'pg';
import type { Counter, Heard } from './toy';

/** Reads both databases from outside, as an auditor would. */
export interface Checker {
  /** All that the writer says it has published, and all that the reader says it has heard, by key. */
  written(): Promise<Map<string, readonly number[]>>;
  heard(): Promise<Map<string, readonly number[]>>;
  counters(): Promise<Map<string, Counter>>;
  /** Waits until the reader has heard all; then checks that it heard each once and in order. */
  assertAllHeardOnceInOrder(timeoutMs?: number): Promise<void>;
  readonly ofWriter: Pool;
  readonly ofReader: Pool;
  end(): Promise<void>;
}

export function checker(writerUrl: string, readerUrl: string): Checker {
  const [ofWriter, ofReader] = [writerUrl, readerUrl].map((url) => {
    const pool = new Pool({ connectionString: url, max: 2 });
    pool.on('error', () => undefined);
    return pool;
  }) as [Pool, Pool];
  const counters = async () => {
    const { rows } = await ofWriter.query<{ id: string; state: Counter }>('SELECT id, state FROM counters ORDER BY id');
    return new Map(rows.map((it) => [it.id, it.state]));
  };
  const written = async () =>
    new Map([...(await counters())].map(([id, { count }]) => [id, Array.from({ length: count }, (_, n) => n + 1)]));
  const heard = async () => {
    const { rows } = await ofReader.query<{ id: string; state: Heard }>(`SELECT id, state FROM heard ORDER BY id`);
    return new Map(rows.map((it) => [it.id, it.state.counts]));
  };
  return {
    written,
    heard,
    counters,
    ofWriter,
    ofReader,
    async assertAllHeardOnceInOrder(timeoutMs = 60_000) {
      const wanted = await written();
      await eventually(
        async () => assert.ok(total(await heard()) >= total(wanted), `heard ${total(await heard())} of ${total(wanted)}`),
        timeoutMs,
      );
      assertSame(await heard(), wanted);
    },
    async end() {
      await Promise.all([ofWriter.end(), ofReader.end()]);
    },
  };
}

/** What the writer asked of the outside, and of itself for later, is finished, each once. */
export async function assertFinished({ ofWriter, counters }: Checker): Promise<void> {
  const asked = await ofWriter.query<{ id: string; type: string; n: number }>(
    `SELECT data ->> 'id' AS id, type, count(*)::int AS n FROM event WHERE type IN ('CallAsked', 'TryAsked', 'LaterAsked') GROUP BY 1, 2`,
  );
  const now = await counters();
  assert.ok(asked.rows.length > 0, 'something was asked');
  for (const { id, type, n } of asked.rows) {
    const it = now.get(id);
    const done = { CallAsked: it?.calls, TryAsked: (it?.tries.done ?? 0) + (it?.tries.lost ?? 0), LaterAsked: it?.later }[type];
    assert.equal(done, n, `${type} of ${id} is finished once`);
  }
}

const total = (of: ReadonlyMap<string, readonly number[]>) => [...of.values()].reduce((sum, it) => sum + it.length, 0);

/** Says where they differ: two maps of thousands of numbers are nothing to look at. */
function assertSame(heard: ReadonlyMap<string, readonly number[]>, written: ReadonlyMap<string, readonly number[]>): void {
  const faults = [...new Set([...heard.keys(), ...written.keys()])].flatMap((key) => {
    const [got, wanted] = [heard.get(key) ?? [], written.get(key) ?? []];
    const at = wanted.findIndex((it, n) => got[n] !== it);
    if (at < 0 && got.length === wanted.length) return [];
    const from = at < 0 ? wanted.length : at;
    return `${key}: ${got.length} of ${wanted.length}, from the ${from}th: ${got.slice(from, from + 8).join(' ')}`;
  });
  assert.deepEqual(faults, [], 'each is heard once and in order');
}

/** Tries until it holds; the last failure is thrown. */
export async function eventually(check: () => Promise<void>, timeoutMs = 30_000, everyMs = 50): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
