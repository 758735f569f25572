import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Measured, resultOf } from './result';

const measured = (change: Partial<Measured> = {}): Measured => ({
  ...{ bench: 'place', bus: 'embedded', unit: 'orders/s', ours: [410, 400, 390], floor: [1_000, 1_000, 990], p50Ms: 12, p99Ms: 50 },
  memory: { totalMb: 500, byKind: { node: 300, postgres: 200, java: 0 }, largestNodeMb: 300 },
  ...{ errors: [], safety: { fsync: 'on', synchronousCommit: 'on', fullPageWrites: 'on', version: '18' }, ...change },
});

describe('a result', () => {
  it('is the ratio of the medians, beside them', () => {
    const { ratio, ours, floor, errors, noisy } = resultOf(measured());
    assert.deepEqual({ ratio, ours, floor, errors, noisy }, { ratio: 0.4, ours: 400, floor: 1_000, errors: 0, noisy: [] });
  });

  it('has no ratio where there was an error', () => {
    const result = resultOf(measured({ errors: ['an order was refused'] }));
    assert.equal('ratio' in result, false);
    assert.equal(result.errors, 1);
  });

  it('says which side was noisy', () => {
    assert.deepEqual(resultOf(measured({ floor: [1_000, 1_000, 700] })).noisy, ['floor ±15 %']);
  });
});
