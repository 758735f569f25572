import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { USUAL } from '../chain/settings';
import { aRequest } from '../selection.fixtures';
import { givingUpMinor } from '../worth';
import { certificateOf, type Option, planOf, planStorm, type StormPlanned } from './storm';

const UNITS_MAX = 4;
const [EARLY, LATE] = ['early', 'late'] as const;
type Deadline = typeof EARLY | typeof LATE;

interface Asked {
  readonly units: readonly [early: number, late: number];
  /** Of each offer: what it delivers by the early deadline, and by the late one; what a unit is worth there to each class. */
  readonly offers: readonly { readonly early: number; readonly more: number; readonly worth: readonly [number, number] }[];
}

const asked = fc.record({
  units: fc.tuple(fc.nat(UNITS_MAX), fc.nat(UNITS_MAX)),
  offers: fc.array(
    fc.record({
      early: fc.nat(3),
      more: fc.nat(3),
      worth: fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const REFUND = Math.round(givingUpMinor(aRequest(), USUAL) * 10);

function planFor({ units, offers }: Asked): StormPlanned {
  const optionsOf = (key: string): Option[] =>
    offers.map(({ early, more, worth }, n) => {
      const valueMinor = worth[key === EARLY ? 0 : 1];
      return { offerId: `o${n}`, valueMinor, chainMinor: valueMinor, room: key === EARLY ? early : early + more };
    });
  const classes = [EARLY, LATE].map((key, n) => ({ key, units: units[n] ?? 0, request: aRequest({ orderId: key }) }));
  return planStorm('dry', classes, (it) => optionsOf(it.orderId), { planId: 'p', share: 1, at: 0, settings: USUAL, versionOf: () => 1 });
}

/** All ways to serve both classes, and what the best of them is worth; 厘. */
function bestOf({ units, offers }: Asked): number {
  const ways = (left: readonly [number, number], n: number): number => {
    const offer = offers[n];
    if (offer === undefined) return 0 - REFUND * (left[0] + left[1]);
    let best = -Infinity;
    for (let a = 0; a <= Math.min(left[0], offer.early); a++)
      for (let b = 0; b <= Math.min(left[1], offer.early + offer.more - a); b++)
        best = Math.max(best, (a * offer.worth[0] + b * offer.worth[1]) * 10 + ways([left[0] - a, left[1] - b], n + 1));
    return best;
  };
  return ways(units, 0);
}

describe('offers that deliver less by an early deadline than by a late one', () => {
  it('serve a storm as well as any way could, with a proof', () => {
    fc.assert(
      fc.property(asked, (it) => {
        const plan = planFor(it);
        const again = certificateOf(plan);
        assert.ok(again.feasible && again.gap < 1 && plan.gap < 1);
        assert.equal(plan.objective, bestOf(it));
      }),
      { numRuns: 500 },
    );
  });

  it('keep for the early lines no more than comes in time, and what one more unit is worth', () => {
    const plan = planFor({ units: [4, 4], offers: [{ early: 2, more: 3, worth: [900, 100] }] });
    const { quotas, kept, bids } = planOf(plan);
    const of = (key: Deadline): number => quotas.get(key)?.get('o0') ?? 0;
    assert.deepEqual([of(EARLY), of(LATE), kept.get('o0')], [2, 3, 5]);
    assert.equal(bids.get('o0'), 900 + REFUND / 10, 'one more that comes early serves an early line');
    assert.deepEqual(
      plan.offers.map(({ room, under, bounds }) => [room, under, bounds]),
      [
        [2, 2, undefined],
        [5, 2, undefined],
        [5, undefined, true],
      ],
    );
  });

  it('are one entry where no deadline binds', () =>
    assert.equal(planFor({ units: [1, 1], offers: [{ early: 3, more: 0, worth: [1, 1] }] }).offers.length, 1));
});
