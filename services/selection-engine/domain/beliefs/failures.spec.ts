import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBeliefs } from './beliefs';
import { addFailure, type Failures, failuresAt, failuresBelow, type FailureTimes, marketFailures } from './failures';
import type { AttemptObserved } from './observation';
import { observe } from './observe';
import { qualityOf } from './read';

const NOON = Date.UTC(2026, 10, 24, 12);
const [SECOND, HOUR] = [1_000, 3_600_000];
const HALF_LIFE = 6 * HOUR;

type Told = readonly [agoMs: number, ms: number, isSlow: boolean];
const anyTold = fc.array(fc.tuple(fc.nat(48 * HOUR), fc.nat(600 * SECOND), fc.boolean()), { maxLength: 20 });
const heard = (told: readonly Told[]): Failures => {
  const it: Failures = { quick: 0, quickSumMs: 0, slow: 0, slowSumMs: 0, at: NOON - 48 * HOUR };
  for (const [agoMs, ms, isSlow] of told) addFailure(it, HALF_LIFE, NOON - agoMs, ms, isSlow);
  return it;
};
const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a}, not ${b}`);

describe('how long failures take', () => {
  const usual: FailureTimes = { slow: 0.25, quickMs: 4 * SECOND, slowMs: 100 * SECOND };

  it('lies between what holds above and what was heard, in each of the three numbers', () =>
    fc.assert(
      fc.property(anyTold, fc.double({ min: 0.1, max: 100, noNaN: true }), (told, weight) => {
        const it = heard(told);
        const [own, moved] = [marketFailures(it), failuresBelow(usual, weight, it, HALF_LIFE, NOON)];
        for (const name of ['slow', 'quickMs', 'slowMs'] as const) {
          // Of a kind that was not heard of, what holds above stays
          const unheard = (name === 'quickMs' && it.quick === 0) || (name === 'slowMs' && it.slow === 0) || told.length === 0;
          const ends = [usual[name], unheard ? usual[name] : own[name]];
          assert.ok(moved[name] >= Math.min(...ends) - 1e-6 && moved[name] <= Math.max(...ends) + 1e-6, `${name} ${moved[name]}`);
        }
      }),
    ));

  it('keeps the mean of all failures: what is told apart was one time before', () =>
    fc.assert(
      fc.property(anyTold, fc.double({ min: 0.1, max: 100, noNaN: true }), (told, weight) => {
        const mean = ({ slow, quickMs, slowMs }: FailureTimes) => (1 - slow) * quickMs + slow * slowMs;
        const it = heard(told);
        const fade = failuresAt(it, HALF_LIFE, NOON) / Math.max(1e-12, it.quick + it.slow);
        const sum = (it.quickSumMs + it.slowSumMs) * fade;
        near(mean(failuresBelow(usual, weight, it, HALF_LIFE, NOON)), (weight * mean(usual) + sum) / (weight + failuresAt(it, HALF_LIFE, NOON)));
      }),
    )); // prettier-ignore

  it('does not depend on the order in which failures are heard of', () =>
    fc.assert(
      fc.property(anyTold, (told) => {
        const [one, other] = [told, [...told].reverse()].map((it) => failuresBelow(usual, 20, heard(it), HALF_LIFE, NOON));
        for (const name of ['slow', 'quickMs', 'slowMs'] as const) near(one?.[name] ?? NaN, other?.[name] ?? 0);
      }),
    ));

  it('forgets half of what it heard in a half-life', () => {
    const it = heard([[0, 120 * SECOND, true]]);
    near(failuresAt(it, HALF_LIFE, NOON + HALF_LIFE), 0.5);
  });
});

describe('what is believed of failures', () => {
  const failed = (supplierId: string, it: Partial<AttemptObserved>): AttemptObserved => ({
    ...{ type: 'attempt', at: NOON, offerId: `${supplierId}~video`, supplierId, category: 'membership', sku: 'video' },
    ...{ outcome: 'failed', responseMs: 2 * SECOND, ...it },
  });
  const believed = (supplierId: string, sku: string, ...facts: readonly AttemptObserved[]): FailureTimes => {
    const beliefs = createBeliefs();
    for (const it of facts) observe(beliefs, it);
    return qualityOf(beliefs, { offerId: `${supplierId}~${sku}`, supplierId, category: 'membership' }, NOON).failure;
  };
  const times = <T>(count: number, it: T): T[] => Array.from({ length: count }, () => it);
  const silent = { outcome: 'timed-out', responseMs: 120 * SECOND } as const;

  it('tells those that nobody answered from refusals, whatever the mean of both', () => {
    const { slow, quickMs, slowMs } = believed('a', 'video', ...times(40, failed('a', {})), ...times(60, failed('a', silent)));
    for (const [value, wanted] of [[slow, 0.6], [quickMs, 2 * SECOND], [slowMs, 120 * SECOND]] as const) near(value, wanted); // prettier-ignore
    assert.equal(believed('a', 'video', failed('a', { outcome: 'ambiguous', responseMs: 9 * SECOND })).slowMs, 9 * SECOND);
  });

  it('are none but as usual where none was heard of, and never NaN', () =>
    assert.deepEqual(believed('a', 'video'), { slow: 0, quickMs: 0, slowMs: 0 }));

  it('are those of its supplier, whichever offer failed, and of the market where a supplier was not heard of', () => {
    const facts = [...times(100, failed('a', silent)), ...times(100, failed('b', {}))];
    const [own, sibling, other] = [believed('a', 'video', ...facts), believed('a', 'music', ...facts), believed('c', 'video', ...facts)];
    assert.deepEqual(sibling, own);
    assert.ok(own.slow > 0.9 && Math.abs(other.slow - 0.5) < 1e-9, `${own.slow} and ${other.slow}`);
  });

  it('does not take the end of what was ambiguous for another failure', () => {
    const silence = failed('a', { outcome: 'ambiguous', responseMs: 120 * SECOND });
    const end = failed('a', { at: NOON + HOUR, late: true, responseMs: HOUR });
    assert.deepEqual(believed('a', 'video', silence, end), believed('a', 'video', silence));
  });
});
