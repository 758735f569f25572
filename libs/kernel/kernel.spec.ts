import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coversRegion, holdIdOf, isRejection, offerIdOf, partsOfHoldId, reject } from './index';

describe('a hold id', () => {
  it('is made of what the hold belongs to, and can be taken apart again', () => {
    const offerId = offerIdOf('north', 'video-vip-month');
    assert.deepEqual(partsOfHoldId(holdIdOf('o1', '2', 3, offerId)), { orderId: 'o1', lineId: '2', attempt: 3, offerId });
  });
});

describe('a region', () => {
  it('is covered by itself, by its country and by everywhere', () => {
    assert.ok(coversRegion(['CN-31'], 'CN-31'));
    assert.ok(coversRegion(['CN'], 'CN-31'));
    assert.ok(coversRegion(['*'], 'US'));
  });

  it('is not covered by a part of it, nor by a country whose code it merely begins with', () => {
    assert.equal(coversRegion(['CN-31'], 'CN'), false);
    assert.equal(coversRegion(['C'], 'CN-31'), false);
    assert.equal(coversRegion([], 'CN'), false);
  });
});

it('tells a refusal from the facts of a command', () => {
  assert.ok(isRejection(reject('too-late')));
  assert.equal(isRejection([]), false);
});
