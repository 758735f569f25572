import assert from 'node:assert/strict';
import { it } from 'node:test';
import { selection } from './index';
import { aProduct, aRequest } from './selection.fixtures';

it('answers a request, and leaves the rest to the book', () => {
  const { orderId, merchantId, lineId } = aRequest();
  assert.deepEqual(selection.react({ type: 'LineSelectionRequested', orderId, merchantId, lineId, request: aRequest() }), [
    { command: { type: 'RankOffers', request: aRequest() } },
  ]);
  assert.deepEqual(selection.react(aProduct('video')), []);
});
