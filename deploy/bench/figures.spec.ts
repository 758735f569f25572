import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { median, quantile, rounded, spread } from './figures';

describe('figures', () => {
  const hundred = Array.from({ length: 100 }, (_, it) => 100 - it);

  it('takes the value that a share of all are at or below, whatever their order', () => {
    assert.equal(quantile(hundred, 0.5), 50);
    assert.equal(quantile(hundred, 0.99), 99);
    assert.equal(quantile(hundred, 1), 100);
    assert.equal(quantile([7], 0.5), 7);
  });

  it('takes the largest of a few for their hundredth part', () => {
    assert.equal(quantile([3, 1, 2], 0.99), 3);
  });

  it('takes the one in the middle, or the mean of the two', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([1, 9, 5, 3]), 4);
  });

  it('says how far rounds lie apart, as a share of their median', () => {
    assert.equal(spread([90, 100, 110]), 0.2);
    assert.equal(spread([100]), 0);
  });

  it('makes no figure of nothing', () => {
    assert.deepEqual([quantile([], 0.99), median([]), spread([])], [0, 0, 0]);
  });

  it('rounds to digits that mean something', () => {
    assert.equal(rounded(12.345), 12.3);
    assert.equal(rounded(0.40049, 3), 0.4);
  });
});
