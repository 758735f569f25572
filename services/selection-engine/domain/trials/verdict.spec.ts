import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chanceOf } from '../chain/explore';
import { NOON } from '../selection.fixtures';
import { type EndedTrialLine, rewardOf } from './reward';
import { type TrialLine, verdictOf } from './verdict';

const DAY = 86_400_000;
const line = (it: Partial<EndedTrialLine> = {}): EndedTrialLine => ({
  request: { need: { sku: 'video' }, segment: 'retail', priceCapMinor: 2_500, deliverBy: '2026-11-24T12:00:00.000Z' },
  ...{ ordered: 2, delivered: 2, endedAt: NOON - 1_000, attempts: 1, faulty: [], margins: { a: 100, m: 400 } },
  served: [{ offerId: 'a', sku: 'video', units: 2 }],
  ...it,
});

describe('what a line came to', () => {
  it('is its margin, as a share of its value', () =>
    assert.deepEqual(rewardOf(line()), { reward: 0.04, late: false, atStake: { a: (2 * (0.6 * 2_500 + 800)) / 5_000 } }));

  for (const [what, change, reward, late] of [
    ['a sale lost', { delivered: 1, served: [{ offerId: 'a', sku: 'video', units: 1 }] }, 0.02 - 0.015, true],
    ['nothing that came', { delivered: 0, served: [] }, -0.03, true],
    ['a day too late', { endedAt: NOON + DAY }, 0.04 - 0.015, true],
    ['two attempts that failed', { attempts: 3 }, 0.04 - 0.003, false],
    ['a code that did not work', { faulty: ['b'] }, 0.04 - 0.5, false],
    ['a substitute, however fat its margin', { served: [{ offerId: 'm', sku: 'music', units: 2 }] }, 0.16 - 0.3, false],
  ] as const)
    it(`counts ${what}`, () => {
      const came = rewardOf(line(change));
      assert.ok(Math.abs(came.reward - reward) < 1e-12, `${came.reward}`);
      assert.equal(came.late, late);
    });
});

/** Both sides deliver with these chances, where that brings 0.05, and nothing costs 0.03. */
function lines(count: number, delivers: { challenger: number; champion: number }, it: Partial<TrialLine> = {}): TrialLine[] {
  return Array.from({ length: count }, (_, n) => {
    const challenger = chanceOf(`side/${n}`) < 0.5;
    const came = chanceOf(`came/${n}`) < delivers[challenger ? 'challenger' : 'champion'];
    return { challenger, cluster: n % 700, reward: came ? 0.05 : -0.03, late: !came, endedAt: NOON - 3 * DAY, ...it };
  });
}
const verdictAt = (all: readonly TrialLine[]) => verdictOf(all, 'calm', NOON);

describe('the verdict on a trial', () => {
  it('is for a challenger that is surely better, once it has lines enough', () => {
    const better = { challenger: 0.95, champion: 0.85 };
    const { gain, lower, upper, promote, ess, why } = verdictAt(lines(2_400, better));
    assert.ok(promote && why === 'better' && ess > 1_000 && ess < 1_400);
    assert.ok(lower > 0 && lower < gain && gain < upper && Math.abs(gain - 0.008) < 0.003, `${lower} ${gain} ${upper}`);
    assert.equal(verdictAt(lines(1_000, better)).why, 'too-few-decisions');
  });

  it('is neither for nor against one that is as good', () => {
    const { promote, harm, why } = verdictAt(lines(4_000, { challenger: 0.9, champion: 0.9 }));
    assert.deepEqual([promote, harm], [false, undefined]);
    assert.ok(why === 'not-surely-better' || why === 'guard-worsened');
  });

  it('is against one that is surely worse, and says nothing of a few lines', () => {
    const worse = { challenger: 0.7, champion: 0.95 };
    assert.equal(verdictAt(lines(600, worse)).harm, 'surely-worse');
    assert.equal(verdictAt(lines(100, worse)).harm, undefined);
  });

  it('is against one that earns more and is complained of; those that are still to come count', () => {
    const all = lines(4_000, { challenger: 1, champion: 1 }).map((it, n) => ({
      ...it,
      ...(it.challenger && { reward: 0.2 }),
      ...(it.challenger && n % 20 < 2 && { complaint: 0.3 }),
    }));
    const { harm, promote, guards } = verdictAt(all);
    assert.deepEqual([harm, promote], ['complaints-surely-worse', false]);
    const fresh = verdictAt(all.map((it) => ({ ...it, endedAt: NOON - DAY })));
    assert.ok(fresh.guards.complaints > guards.complaints && fresh.gain < verdictAt(all).gain);
  });

  it('of no line at all says so, in numbers', () => {
    const { harm: _, ...none } = verdictAt([]);
    assert.deepEqual([none.lines, none.ess, none.lower, none.why], [0, 0, 0, 'too-few-decisions']);
  });
});
