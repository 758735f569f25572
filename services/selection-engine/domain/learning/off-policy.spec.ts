import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BadNumber } from '../beliefs/observation';
import { chanceOf } from '../chain/explore';
import { estimate, judge, type Logged } from './off-policy';

/** Two actions that are worth 0.3 and 0.6 in truth; the log took the first with 0.8. The policy that is judged takes it with `first`. */
function logOf(first: number, count = 20_000, model = 0): Logged[] {
  return Array.from({ length: count }, (_, n) => {
    const action = chanceOf(`action/${n}`) < 0.8 ? 0 : 1;
    const predicted = model * (action === 0 ? 0.35 : 0.5); // a model that is a little wrong
    return {
      propensity: action === 0 ? 0.8 : 0.2,
      target: action === 0 ? first : 1 - first,
      reward: chanceOf(`reward/${n}`) < (action === 0 ? 0.3 : 0.6) ? 1 : 0,
      predicted,
      expected: model * (first * 0.35 + (1 - first) * 0.5),
      cluster: `buyer-${Math.floor(n / 4)}`,
    };
  });
}
const truth = (first: number) => first * 0.3 + (1 - first) * 0.6;

describe('a policy that was not followed', () => {
  for (const [model, first] of [
    [0, 0.1],
    [1, 0.1],
    [1, 0.9],
  ] as const)
    // prettier-ignore
    it(`is valued as it is worth, from a log of another one (model ${model}, first ${first})`, () => {
      const { ips, snips, dr, snDr, switchDr, ess } = estimate(logOf(first, undefined, model));
      for (const value of [ips, snips, dr, snDr, switchDr]) assert.ok(Math.abs(value - truth(first)) < 0.03, `${value}`);
      assert.ok(ess > 1000 && ess <= 20_000);
    });

  it('is valued exactly as it did when it is the policy of the log', () => {
    const log = logOf(0.8);
    const mean = log.reduce((sum, it) => sum + it.reward, 0) / log.length;
    const { ips, snips, dr, ess } = estimate(log);
    for (const value of [ips, snips, dr]) assert.ok(Math.abs(value - mean) < 1e-12);
    assert.equal(Math.round(ess), log.length);
  });

  it('takes over only where it is surely better', () => {
    assert.deepEqual([judge(logOf(0.1), {}, 's').promote, judge(logOf(0.1), {}, 's').why], [true, 'better']);
    assert.equal(judge(logOf(0.95), {}, 's').why, 'not-surely-better');
    assert.equal(judge(logOf(0.1, 500), {}, 's').why, 'too-few-decisions');
    assert.equal(judge(logOf(0.1), { complaints: 0.003 }, 's').why, 'guard-worsened');
    assert.equal(judge([], {}, 's').why, 'too-few-decisions');
  });

  it('is not valued by numbers that are none', () => {
    const [one] = logOf(0.5, 1);
    assert.ok(one);
    for (const bad of [{ propensity: 0 }, { propensity: NaN }, { target: 2 }, { reward: Infinity }, { predicted: NaN }])
      assert.throws(() => estimate([{ ...one, ...bad }]), BadNumber);
  });
});
