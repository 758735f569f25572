import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decayed, HEAT_HOUR_MS, HEAT_WEEK_MS, noHeat, percentiles, perHour, trendOf, warmed } from './heat';

describe('heat', () => {
  it('loses half of a sign in its half-life', () => {
    const heat = warmed(noHeat(0), 4, 0);
    const later = warmed(heat, 0, HEAT_HOUR_MS);
    assert.equal(later.hour, 2);
    assert.ok(Math.abs(warmed(heat, 0, HEAT_WEEK_MS).week - 2) < 1e-12);
  });

  it('is the same in whatever order the signs are told', () => {
    const sign = fc.record({ weight: fc.integer({ min: 1, max: 50 }), at: fc.integer({ min: 0, max: 10 * HEAT_WEEK_MS }) });
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1, maxLength: 20 }), (signs) => {
        const told = (order: typeof signs) => order.reduce((heat, { weight, at }) => warmed(heat, weight, at), noHeat(0));
        const [there, back] = [told(signs), told([...signs].reverse())];
        assert.ok(Math.abs(there.hour - back.hour) <= 1e-9 * (1 + there.hour));
        assert.ok(Math.abs(there.week - back.week) <= 1e-9 * (1 + there.week));
      }),
    );
  });

  it('is exact: the sum of all signs, each discounted by its age', () => {
    const signs = [0, 1, 2, 3].map((it) => ({ at: it * 600_000, weight: it + 1 }));
    const heat = signs.reduce((sum, it) => warmed(sum, it.weight, it.at), noHeat(0));
    const exact = signs.reduce((sum, it) => sum + decayed(it.weight, heat.at - it.at, HEAT_HOUR_MS), 0);
    assert.ok(Math.abs(heat.hour - exact) < 1e-12);
  });

  it('of a steady demand is its rate, and shows no trend', () => {
    let heat = noHeat(0);
    const [minutes, each] = [60 * 24 * 70, 2];
    for (let minute = 0; minute < minutes; minute++) heat = warmed(heat, each, minute * 60_000);
    const { hour, week } = perHour(heat, heat.at);
    assert.ok(Math.abs(hour - 120) < 1.5, String(hour));
    assert.ok(Math.abs(week - 120) < 1.5, String(week));
    assert.ok(Math.abs(trendOf(heat, heat.at)) < 0.02);
  });

  it('stands among the others by percentile', () => {
    assert.deepEqual(percentiles([3, 1, 2, 2]), [87.5, 12.5, 50, 50]);
    assert.deepEqual(percentiles([]), []);
    assert.deepEqual(percentiles([7]), [50]);
  });
});
