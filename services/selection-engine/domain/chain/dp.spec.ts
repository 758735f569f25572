import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type Attempt, bestChain, valueOf } from './dp';

const attempt = fc.record({
  q: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
  m: fc.double({ min: -500, max: 2000, noNaN: true }),
  f: fc.double({ min: 0, max: 200, noNaN: true }),
});

/** Every ordered subset, one by one. */
function bruteForce(all: readonly Attempt[], left: number, lost: number, made: readonly Attempt[] = []): number {
  const here = valueOf(made, lost);
  if (left === 0) return here;
  return Math.max(here, ...all.filter((it) => !made.includes(it)).map((it) => bruteForce(all, left - 1, lost, [...made, it])));
}

it('finds the chain that no order of no subset of the offers beats', () =>
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 6 }), fc.integer({ min: 1, max: 3 }), fc.double({ min: 0, max: 500, noNaN: true }), (attempts, most, lost) => {
      const { order, value } = bestChain(attempts, most, lost);
      const best = bruteForce(attempts, most, lost);
      assert.ok(Math.abs(value - best) <= 1e-9 * Math.max(1, Math.abs(best)), `${value} where ${best} can be had`);
      const taken = order.flatMap((it) => attempts[it] ?? []);
      assert.ok(order.length <= most && Math.abs(valueOf(taken, lost) - value) <= 1e-9 * Math.max(1, Math.abs(value)));
    }),
    { numRuns: 300 },
  )); // prettier-ignore
