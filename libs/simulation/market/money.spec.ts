import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chanceOf, normalOf } from './chance';
import { moneyScoresOf } from './money';

const world = (off: readonly number[], variance = 100) => ({
  said: Float64Array.from(off, () => 1_000),
  variance: Float64Array.from(off, () => variance),
  came: Float64Array.from(off, (it) => 1_000 + it),
  orders: off.length,
});
const normals = (seed: number, days: number, scale: number): number[] =>
  Array.from({ length: days }, (_, day) => scale * normalOf(chanceOf(seed, day, 0, 0, 1), chanceOf(seed, day, 0, 0, 2)));

describe('money that was foreseen by days', () => {
  it('is as far off as its days are, and leans as their sum does', () => {
    const scores = moneyScoresOf([world([...Array.from({ length: 10 }, () => 0), 100, -50])]);
    assert.deepEqual([scores?.wape, scores?.bias], [150 / 12_050, -50 / 12_050]);
  });

  it('lies within its bounds on four of five days, however much wider than chance the days lie', () => {
    for (const scale of [1, 10, 60]) {
      const coverage = moneyScoresOf(Array.from({ length: 60 }, (_, n) => world(normals(n, 43, scale))))?.coverage ?? 0;
      assert.ok(Math.abs(coverage - 0.8) < 0.03, `${coverage}`);
    }
  });

  it('has no bounds before nine days have passed, and no score where nothing was foreseen', () => {
    assert.equal(moneyScoresOf([world([1, 2, 3, 4, 5, 6, 7, 8, 9])]), undefined);
    assert.equal(moneyScoresOf([world(Array.from({ length: 40 }, () => 5), 0)]), undefined); // prettier-ignore
  });

  it('is outside of its bounds on a day like none before', () => {
    const calm = [1, -1, 2, -2, 1, -1, 2, -2, 0];
    assert.deepEqual([0, 500].map((it) => moneyScoresOf([world([...calm, it])])?.coverage), [1, 0]); // prettier-ignore
  });

  it('never looks ahead: what comes later changes no earlier day', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 10, maxLength: 40 }), fc.integer({ min: -500, max: 500 }), (off, last) => {
        const inside = (days: readonly number[]): number => (moneyScoresOf([world(days)])?.coverage ?? 0) * (days.length - 9);
        const more = inside([...off, last]) - inside(off);
        assert.ok(Math.abs(more) < 1e-9 || Math.abs(more - 1) < 1e-9);
      }),
    )); // prettier-ignore
});
