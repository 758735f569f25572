import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { onTime } from './response';

const DAY = 86_400_000;

it('says how likely an answer is in time by its closed form, to the last bit, near a deadline and far from it', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: DAY }), fc.double({ min: 1, max: 500, noNaN: true }), fc.integer({ min: 1, max: 10 ** 8 }), (ms, a, b) => {
      const x = ms / (b + ms);
      assert.equal(onTime(ms, 2, a, b), 1 - (1 - x) ** a * (1 + a * x));
    }),
    { numRuns: 2_000, examples: [[DAY, 9, 120_000], [DAY, 200, 10 ** 7], [1, 9, 10 ** 8], [60_000, 64, 3_000]] },
  )); // prettier-ignore
