import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coversRegion, Draft, evolved, holdIdOf, isRejection, offerIdOf, partsOfHoldId, reject } from './index';

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

describe('rows after a decision', () => {
  const add = (sum: number, it: number): number => sum + it;

  it('are what its draft has made of them, and nobody evolves them again', () => {
    let evolving = 0;
    const draft = new Draft(1, (sum: number, it: number) => ((evolving += 1), add(sum, it)));
    draft.emit(2);
    draft.emit(3);
    assert.equal(
      evolved(() => assert.fail('evolved again'), 1, draft.events),
      6,
    );
    assert.equal(evolving, 2);
  });

  it('are made of its events where it had no draft, or is not the whole of it', () => {
    const draft = new Draft(1, add);
    draft.emit(2);
    draft.emit(3);
    assert.equal(evolved(add, 1, [2, 3]), 6);
    assert.equal(evolved(add, 1, draft.events.slice(0, 1)), 3);
  });
});
