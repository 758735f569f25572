import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ChunkTold, joinChunks } from './chunks';
import type { Told } from './heard';
import { BATCH_MAX } from './limits';

const toldOf = (place: string, count: number): ChunkTold => ({
  place,
  told: Array.from({ length: count }, (_, index): Told => {
    const record = { topic: 'order.by-order', partition: 0, offset: String(index), key: place, value: '' } as const;
    return { index, record, key: place, error: 'by a test' };
  }),
});
const transient = Object.assign(new Error('the database is away'), { code: 'ECONNREFUSED' });

/** What was committed together, by place; `fails` says which of these do not. */
function joined(fails: (places: readonly string[]) => Error | undefined = () => undefined, lingerMs = 0) {
  const commits: string[][] = [];
  const failed: string[] = [];
  const join = joinChunks({
    lingerMs,
    async commit(take) {
      await new Promise(setImmediate);
      const places = [...new Set(take().map((it) => it.key))];
      commits.push(places);
      const error = fails(places);
      if (error !== undefined) throw error;
    },
    failed({ place }, error) {
      failed.push(place);
      return error === transient ? Promise.reject(transient) : Promise.resolve();
    },
  });
  return { commits, failed, join };
}

describe('chunks of several partitions', () => {
  it('wait for others where their service lingers, and not where one is full', async () => {
    const { commits, join } = joined(undefined, 300);
    const first = join(toldOf('a', 2));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([first, join(toldOf('b', 2))]);
    assert.deepEqual(commits, [['a', 'b']]);
    const begun = performance.now();
    await join(toldOf('c', BATCH_MAX));
    assert.ok(performance.now() - begun < 300);
  });

  it('that wait for the same turn are one transaction, those that come later the next', async () => {
    const { commits, join } = joined();
    const first = ['a', 'b', 'c'].map((it) => join(toldOf(it, 2)));
    await Promise.all(first);
    await join(toldOf('d', 1));
    assert.deepEqual(commits, [['a', 'b', 'c'], ['d']]);
  });

  it('are together no more than a batch, and one by itself may be', async () => {
    const { commits, join } = joined();
    const sizes = { a: BATCH_MAX - 1, b: 1, c: 1, d: BATCH_MAX + 1, e: 1 };
    await Promise.all(Object.entries(sizes).map(([place, size]) => join(toldOf(place, size))));
    assert.deepEqual(commits, [['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('are each by itself where together they fail: the others are applied', async () => {
    const { commits, failed, join } = joined((places) => (places.includes('b') ? new Error('a constraint') : undefined));
    await Promise.all(['a', 'b', 'c'].map((it) => join(toldOf(it, 1))));
    assert.deepEqual(commits, [['a', 'b', 'c'], ['a'], ['b'], ['c']]);
    assert.deepEqual(failed, ['b']);
  });

  it('all wait where the database is away, and it is not asked for each', async () => {
    const { commits, failed, join } = joined(() => transient);
    const ends = await Promise.allSettled(['a', 'b'].map((it) => join(toldOf(it, 1))));
    assert.deepEqual(
      ends.map((it) => it.status),
      ['rejected', 'rejected'],
    );
    assert.deepEqual([commits, failed], [[['a', 'b']], ['a', 'b']]);
  });
});
