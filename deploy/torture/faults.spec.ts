import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Can, type Fault, faultsOf, wordsOf } from './faults';
import { chanceOf } from './schedule';

const ALL: Can = { forMs: 180_000, servers: ['postgres', 'kafka', 'redis'] };
const SEEDS = Array.from({ length: 50 }, (_, n) => String(n + 1));
const kindOf = (it: Fault): string => (it.what === 'restart' ? it.who : it.what === 'cut' ? it.cut.kind : it.what);
const endOf = (it: Fault): number => it.atMs + ('forMs' in it ? it.forMs : 0);

describe('the schedule of faults', () => {
  it('is the same of the same seed, and another of another', () => {
    assert.deepEqual(faultsOf(chanceOf('7'), ALL), faultsOf(chanceOf('7'), ALL));
    assert.notDeepEqual(faultsOf(chanceOf('7'), ALL), faultsOf(chanceOf('8'), ALL));
  });

  it('has every kind in three minutes, and far more kills than anything else', () => {
    for (const seed of SEEDS) {
      const kinds = faultsOf(chanceOf(seed), ALL).map(kindOf);
      assert.deepEqual(
        [...new Set(kinds)].sort(),
        ['double', 'half-open', 'kafka', 'kill', 'latency', 'pause', 'postgres', 'redis', 'reset'],
        `seed ${seed}`,
      );
      assert.ok(kinds.filter((it) => it === 'kill').length >= 9, `seed ${seed}`);
    }
  });

  it('begins and ends within its time, in order', () => {
    for (const seed of SEEDS) {
      const faults = faultsOf(chanceOf(seed), ALL);
      assert.ok(
        faults.every((it, index) => it.atMs < ALL.forMs && it.atMs > (faults[index - 1]?.atMs ?? 0)),
        `seed ${seed}`,
      );
      assert.ok(
        faults.every((it) => endOf(it) <= ALL.forMs),
        `seed ${seed}`,
      );
    }
  });

  it('kills nobody who is paused, and cuts no way twice at once', () => {
    for (const seed of SEEDS) {
      const faults = faultsOf(chanceOf(seed), { ...ALL, forMs: 1_800_000 });
      for (const pause of faults.filter((it) => it.what === 'pause'))
        assert.deepEqual(
          faults.filter((it) => it.what === 'kill' && it.who === pause.who && it.atMs > pause.atMs && it.atMs < endOf(pause)),
          [],
          `seed ${seed}`,
        );
      for (const what of ['pause', 'double', 'cut'] as const) {
        const ends = new Map<string, number>();
        for (const it of faults.filter((other) => other.what === what)) {
          assert.ok((ends.get(it.who) ?? 0) <= it.atMs, `seed ${seed}: ${wordsOf(it)}`);
          ends.set(it.who, endOf(it));
        }
      }
    }
  });

  it('leaves out what is not ours to stop, and nothing else', () => {
    const all = faultsOf(chanceOf('7'), ALL);
    const some = faultsOf(chanceOf('7'), { ...ALL, servers: ['postgres'] });
    assert.deepEqual(
      some,
      all.filter((it) => it.who !== 'kafka' && it.who !== 'redis'),
    );
    assert.ok(some.length < all.length);
  });

  it('is told in words', () => {
    const words = faultsOf(chanceOf('7'), { ...ALL, forMs: 600_000 }).map(wordsOf);
    for (const it of [
      /^kill order, back after [12]\.\d s$/,
      /killed again/,
      /^pause \S+ for 3\d\.\d s$|^pause/,
      /stop postgres \(immediate\)/,
      /^latency of \d+ ms between/,
    ])
      assert.ok(
        words.some((word) => it.test(word)),
        String(it),
      );
  });
});
