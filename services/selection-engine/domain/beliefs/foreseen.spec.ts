import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Beliefs, createBeliefs } from './beliefs';
import { delivering, noteForeseen, recalibrate } from './foreseen';
import { BadNumber } from './observation';
import { observe } from './observe';
import { WEIGH_EVERY_MS } from './weigh';

const NOON = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const CHANCES = [1e-6, 0.01, 0.2, 0.5, 0.8, 0.95, 0.999];

/** So often it was foreseen with `said`, and so often it delivered. */
const tell = (beliefs: Beliefs, said: number, times: number, came: number, at = NOON): void => {
  for (let n = 0; n < times; n++) noteForeseen(beliefs, at, said, n < came);
};
const corrected = (beliefs: Beliefs, said: number, at = NOON): number => {
  recalibrate(beliefs, at);
  return delivering(beliefs, said);
};

describe('what was foreseen of attempts', () => {
  it('is right as it is where nothing came of any', () => {
    for (const said of CHANCES) assert.ok(Math.abs(delivering(createBeliefs(), said) - said) < 1e-12);
    for (const said of CHANCES) assert.ok(Math.abs(corrected(createBeliefs(), said) - said) < 1e-12);
  });

  it('is hardly corrected by a few, and wholly by many', () => {
    const beliefs = createBeliefs();
    tell(beliefs, 0.9, 4, 2);
    assert.ok(corrected(beliefs, 0.9) > 0.83, `${corrected(beliefs, 0.9)}`);
    tell(beliefs, 0.9, 4_000, 2_800);
    assert.ok(Math.abs(corrected(beliefs, 0.9) - 0.7) < 0.01, `${corrected(beliefs, 0.9)}`);
  });

  it('is drawn apart where chances lay too near to each other', () => {
    const beliefs = createBeliefs();
    tell(beliefs, 0.6, 3_000, 1_500);
    tell(beliefs, 0.9, 3_000, 2_820);
    assert.ok(Math.abs(corrected(beliefs, 0.6) - 0.5) < 0.01);
    assert.ok(Math.abs(corrected(beliefs, 0.9) - 0.94) < 0.01);
  });

  it('counts for less the longer ago it was', () => {
    const beliefs = createBeliefs();
    tell(beliefs, 0.8, 2_000, 1_000);
    const then = corrected(beliefs, 0.8);
    tell(beliefs, 0.8, 2_000, 1_600, NOON + 56 * DAY);
    assert.ok(then < 0.53 && corrected(beliefs, 0.8, NOON + 56 * DAY) > 0.77);
    // Late news of that time weighs as little as what was told then
    const late = createBeliefs();
    tell(late, 0.8, 2_000, 1_600, NOON + 56 * DAY);
    tell(late, 0.8, 2_000, 1_000);
    assert.ok(Math.abs(corrected(late, 0.8, NOON + 56 * DAY) - corrected(beliefs, 0.8, NOON + 56 * DAY)) < 1e-9);
  });

  it('never turns the order of two chances round, and stays a chance, whatever came', () => {
    const told = fc.array(fc.record({ said: fc.double({ min: 0, max: 1, noNaN: true }), came: fc.boolean(), ago: fc.integer({ min: 0, max: 1e10 }) }), { maxLength: 200 }); // prettier-ignore
    fc.assert(
      fc.property(told, fc.double({ min: 0, max: 1, noNaN: true }), (history, said) => {
        const beliefs = createBeliefs();
        for (const it of history) noteForeseen(beliefs, NOON - it.ago, it.said, it.came);
        recalibrate(beliefs, NOON);
        const all = [...CHANCES, said].sort((a, b) => a - b).map((it) => delivering(beliefs, it));
        assert.deepEqual(all, [...all].sort((a, b) => a - b)); // prettier-ignore
        assert.ok(all.every((it) => it > 0 && it < 1));
      }),
      { numRuns: 150 },
    );
  });

  it('is learnt of in an hour of the market, and of the same facts the same', () => {
    const learnt = (): Beliefs => {
      const beliefs = createBeliefs();
      for (let n = 0; n <= 600; n++)
        observe(beliefs, { type: 'attempt', at: NOON + (n * WEIGH_EVERY_MS) / 600, offerId: 'a~v', supplierId: 'a', category: 'c', sku: 'v', outcome: n % 2 === 0 ? 'delivered' : 'failed', foreseen: 0.9 }); // prettier-ignore
      return beliefs;
    };
    assert.ok(delivering(learnt(), 0.9) < 0.6);
    assert.deepEqual(learnt().calibration, learnt().calibration);
  });

  it('is refused where it is no number, and nothing is learnt', () => {
    const beliefs = createBeliefs();
    for (const foreseen of [NaN, Infinity, -0.1])
      assert.throws(() => observe(beliefs, { type: 'attempt', at: NOON, offerId: 'a~v', supplierId: 'a', category: 'c', sku: 'v', outcome: 'failed', foreseen }), BadNumber); // prettier-ignore
    assert.ok(beliefs.foreseen.every((it) => it === 0) && beliefs.offers.size === 0);
  });
});
