import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import fc from 'fast-check';
import { chanceOf } from '../chain/explore';
import { createBeliefs } from './beliefs';
import { BadNumber, type MarketObservation } from './observation';
import { observe } from './observe';
import { type Member, WEIGHT_LEAST, WEIGHT_MOST, weightOf } from './spread';
import { WEIGH_EVERY_MS } from './weigh';

const NOON = Date.UTC(2026, 10, 24, 12);
const SECOND = 1_000;

const anyMember = fc
  .record({ trials: fc.double({ min: 0, max: 5_000, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ trials, share }): Member => ({ trials, good: share * trials, mean: 0.01 + 0.98 * share ** 2 }));

/** Members whose own rates are drawn from Beta(weight·mean, weight·(1 − mean)), and their trials from those. */
const drawn = (seed: string, { weight, mean, count, trials }: { weight: number; mean: number; count: number; trials: number }): Member[] =>
  Array.from({ length: count }, (_, n) => {
    const rate = betaQuantile(chanceOf(`${seed} m${n}`), weight * mean, weight * (1 - mean));
    const good = Array.from({ length: trials }, (_one, k) => Number(chanceOf(`${seed} ${n},${k}`) < rate)).reduce((a, b) => a + b, 0);
    return { good, trials, mean };
  });

describe('what a shared mean weighs', () => {
  it('is between its bounds, and as usual where there is nothing to learn it from', () => {
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 30 }), fc.double({ min: 2, max: 2_000, noNaN: true }), (members, usual) => {
        const weight = weightOf(members, usual);
        assert.ok(weight >= WEIGHT_LEAST && weight <= WEIGHT_MOST, `${weight}`);
      }),
    );
    assert.equal(weightOf([], 40), 40);
    assert.equal(weightOf([{ good: 1, trials: 1, mean: 0.5 }], 40), 40);
  });

  it('does not depend on the order in which its members come', () =>
    fc.assert(
      fc.property(fc.array(anyMember, { maxLength: 30 }), (members) => {
        assert.equal(weightOf([...members].reverse(), 40), weightOf(members, 40));
      }),
    ));

  for (const [mean, weight] of [
    [0.85, 6],
    [0.85, 60],
    [0.02, 75],
  ] as const)
    // prettier-ignore
    it(`is found where it is ${weight} trials at a rate of ${mean}, whatever is usual`, () => {
      for (const usual of [weight / 5, weight * 5]) {
        const found = weightOf(drawn('seed 4', { weight, mean, count: 120, trials: 200 }), usual);
        assert.ok(found > weight / 1.5 && found < weight * 1.5, `${found} instead of ${weight}, ${usual} being usual`);
      }
    });

  it('is large where all are alike, and moves little by a few', () => {
    const alike = Array.from({ length: 40 }, () => ({ good: 20, trials: 1_000, mean: 0.02 }));
    assert.ok(weightOf(alike, 40) > 1_000);
    const lucky = weightOf([{ good: 0, trials: 20, mean: 0.02 }, { good: 2, trials: 20, mean: 0.02 }], 40); // prettier-ignore
    assert.ok(lucky > 20 && lucky < 80, `${lucky}`);
  });

  it('refuses what is no number, and says which', () => {
    const good = { good: 1, trials: 10, mean: 0.1 };
    for (const [field, value] of [['good', NaN], ['trials', Infinity], ['trials', -1], ['mean', NaN], ['mean', 0], ['mean', 1]] as const) // prettier-ignore
      assert.throws(() => weightOf([good, { ...good, [field]: value }], 40), (it) => it instanceof BadNumber && it.field === field); // prettier-ignore
    for (const usual of [NaN, 0, -1]) assert.throws(() => weightOf([good], usual), BadNumber);
  });
});

describe('a market whose suppliers are told apart', () => {
  /** Ten suppliers, an attempt each in turn; `fails` says of every how many one fails. */
  const heard = (hours: number, fails: (supplier: number) => number) => {
    const beliefs = createBeliefs();
    for (let n = 0; n < 1_200; n++) {
      const [supplier, at] = [n % 10, NOON + (n / 1_200) * hours * WEIGH_EVERY_MS];
      const outcome = Math.floor(n / 10) % fails(supplier) === 0 ? 'failed' : 'delivered';
      const where = { at, offerId: `s${supplier}~video`, supplierId: `s${supplier}`, category: 'membership', sku: 'video' };
      observe(beliefs, { type: 'attempt', ...where, outcome, responseMs: SECOND } satisfies MarketObservation);
    }
    return beliefs;
  };

  it('lets a supplier speak for itself sooner where suppliers differ, and later where they do not', () => {
    const { weights, settings } = heard(3, (supplier) => (supplier < 5 ? 2 : 1_000));
    assert.ok(weights.fill.supplier < settings.fill.weight.supplier, `${weights.fill.supplier}`);
    const alike = heard(3, () => 10);
    assert.ok(alike.weights.fill.supplier > settings.fill.weight.supplier, `${alike.weights.fill.supplier}`);
  });

  it('looks once an hour: before the first has passed, all is as usual', () => {
    const { weights, settings } = heard(0.9, (supplier) => (supplier < 5 ? 2 : 1_000));
    assert.deepEqual(weights.fill, settings.fill.weight);
  });
});
