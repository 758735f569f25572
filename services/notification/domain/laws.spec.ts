import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { JITTER, pauseAfter, RETRY_AFTER_MAX_MS, RETRY_SCHEDULE_MS } from './index';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const check = (property: fc.IProperty<[string, number, number]>) => fc.assert(property, { seed, numRuns: 500 });
const anId = fc.string({ minLength: 1, maxLength: 60 });
const tries = fc.integer({ min: 1, max: RETRY_SCHEDULE_MS.length });
const patience = fc.integer({ min: 0, max: RETRY_AFTER_MAX_MS * 2 });

it(`pauses at least as long as the schedule says, and at most a jitter longer, or as long as it is asked to (seed ${seed})`, () =>
  check(
    fc.property(anId, tries, patience, (id, n, retryAfterMs) => {
      const planned = RETRY_SCHEDULE_MS[n - 1] ?? assert.fail();
      const pauseMs = pauseAfter(n, id, retryAfterMs) ?? assert.fail();
      const asked = Math.min(retryAfterMs, RETRY_AFTER_MAX_MS);
      assert.ok(pauseMs >= Math.max(planned, asked) && pauseMs <= Math.max(planned * (1 + JITTER) + 1, asked));
      assert.equal(pauseAfter(n, id, retryAfterMs), pauseMs, 'the same history has the same times');
    }),
  ));

it('pauses no more after the last', () => assert.equal(pauseAfter(RETRY_SCHEDULE_MS.length + 1, 'm'), undefined));

it('spreads the messages of one bad minute', () => {
  const times = new Set(Array.from({ length: 100 }, (_, n) => pauseAfter(2, `e1:o${n}:1`)));
  assert.ok(times.size > 90);
});
