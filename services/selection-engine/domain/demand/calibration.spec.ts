import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvalidDemand } from './checks';
import { calibrated, calibrationOf, type Foretold } from './calibration';

const logit = (it: number): number => Math.log(it / (1 - it));
const logistic = (it: number): number => 1 / (1 + Math.exp(-it));

/** Of a forecaster that is wrong in a known way: so many of a hundred come, at each of ninety-nine probabilities. */
const toldBy = (truth: (said: number) => number, times = 100): Foretold[] =>
  Array.from({ length: 99 }, (_, n) => (n + 1) / 100).flatMap((said) =>
    Array.from({ length: times }, (_, n) => ({ said, came: n < Math.round(times * truth(said)) })),
  );

describe('what past probabilities are corrected by', () => {
  it('is found again where a forecaster is wrong in a known way', () => {
    const { slope, shift } = calibrationOf(toldBy((said) => logistic(1.4 * logit(said) - 0.3)));
    assert.ok(Math.abs(slope - 1.4) < 0.08 && Math.abs(shift + 0.3) < 0.05, `${slope}, ${shift}`);
  });

  it('is nothing where it is right, and next to nothing where little was observed', () => {
    const right = calibrationOf(toldBy((said) => said));
    assert.ok(Math.abs(right.slope - 1) < 0.02 && Math.abs(right.shift) < 0.02);
    assert.deepEqual(calibrationOf([]), { slope: 1, shift: 0 });
    const few = calibrationOf([{ said: 0.1, came: true }]);
    assert.ok(calibrated(0.1, few) < 0.13);
  });

  it('never turns the order round, whatever came', () => {
    const drawn = fc.array(fc.record({ said: fc.double({ min: 0, max: 1, noNaN: true }), came: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(drawn, (told) => {
        const by = calibrationOf(told);
        const all = [0, 1e-9, 0.01, 0.2, 0.5, 0.9, 1 - 1e-9, 1].map((it) => calibrated(it, by));
        assert.deepEqual(all, [...all].sort((a, b) => a - b)); // prettier-ignore
        assert.deepEqual([all[0], all.at(-1)], [0, 1]);
      }),
      { numRuns: 150 },
    );
  });

  it('takes one that is told to have come so many times for as many', () => {
    const each = [0.2, 0.8, 0.8, 0.8].map((said, n) => ({ said, came: n < 3 }));
    const together = [{ said: 0.2, came: true }, { said: 0.8, came: true, times: 2 }, { said: 0.8, came: false, times: 1 }, { said: 0.5, came: true, times: 0 }]; // prettier-ignore
    assert.deepEqual(calibrationOf(together), calibrationOf(each));
    for (const times of [-1, NaN]) assert.throws(() => calibrationOf([{ said: 0.5, came: true, times }]), InvalidDemand);
  });

  it('is not made of a probability that is none', () => {
    for (const said of [-0.1, 1.1, NaN, Infinity]) assert.throws(() => calibrationOf([{ said, came: true }]), InvalidDemand);
  });
});
