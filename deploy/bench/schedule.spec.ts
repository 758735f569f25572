import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ticksOf } from './schedule';

/** A clock that stands still but where the test moves it. */
const clock = (...moments: number[]) => {
  let now = 1_000;
  return () => (now = moments.shift() ?? now + 10);
};

describe('a schedule', () => {
  it('calls each tick with the time at which it was due', async () => {
    const due: number[] = [];
    await ticksOf({ everyMs: 10, forMs: 40, now: clock(1_000) }, (at) => due.push(at));
    assert.deepEqual(due, [1_000, 1_010, 1_020, 1_030]);
  });

  it('leaves none out after a delay, and tells of each when it was due, not when it came', async () => {
    const due: [number, number][] = [];
    await ticksOf({ everyMs: 10, forMs: 50, now: clock(1_000, 1_000, 1_009, 1_500) }, (at, n) => due.push([n, at]));
    assert.deepEqual(
      due,
      [0, 1, 2, 3, 4].map((n) => [n, 1_000 + n * 10]),
    );
  });

  it('ends when it is stopped', async () => {
    let ticks = 0;
    await ticksOf({ everyMs: 10, forMs: Infinity, stopped: () => ticks >= 3, now: clock(1_000) }, () => (ticks += 1));
    assert.equal(ticks, 3);
  });
});
