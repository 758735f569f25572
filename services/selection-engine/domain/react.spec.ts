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

it('watches an order to which more may be proposed, without its buyer', () => {
  const request = aRequest({ additions: { maxUnitPriceMinor: 2600, maxQuantity: 2 } });
  const { orderId, merchantId, lineId } = request;
  const told = { ...request, buyerKey: 'b'.repeat(32) };
  assert.deepEqual(selection.react({ type: 'LineSelectionRequested', orderId, merchantId, lineId, request: told }), [
    { command: { type: 'RankOffers', request: told } },
    { command: { type: 'WatchLine', request } },
  ]);
});
