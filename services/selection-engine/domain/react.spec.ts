import assert from 'node:assert/strict';
import { it } from 'node:test';
import { selection } from './index';
import { aProduct, aRequest } from './selection.fixtures';

it('answers a request, notes what was tried, and leaves the rest to the book', () => {
  const { orderId, merchantId, lineId } = aRequest();
  const ofLine = { orderId, merchantId, lineId };
  assert.deepEqual(selection.react({ type: 'LineSelectionRequested', ...ofLine, request: aRequest() }), [
    { command: { type: 'RankOffers', request: aRequest() } },
  ]);
  const tried = [{ offerId: 'a~video', outcome: 'no-stock' as const, available: 0, version: 3 }];
  const answer = { ...ofLine, attempt: 1, decisionId: 'd', request: aRequest(), unheld: 1, candidates: [], gates: {} };
  assert.deepEqual(selection.react({ type: 'NothingHeld', ...answer, tried }), [{ command: { type: 'NoteTried', tried } }]);
  assert.deepEqual(selection.react({ type: 'NothingHeld', ...answer, tried: [] }), []);
  assert.deepEqual(selection.react(aProduct('video')), []);
});
