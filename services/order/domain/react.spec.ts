import { it } from 'node:test';
import assert from 'node:assert/strict';
import { react } from './react';
import { aLine, aMerchant, decided, LINE, NOON, OF, places } from './order.fixtures';

it('sets one timer for each deadline of an order', () => {
  const lines = [
    aLine({ quantity: 1 }),
    aLine({ lineId: '2', quantity: 1 }),
    aLine({ lineId: '3', quantity: 1, deliverByAt: NOON + 5_000 }),
  ];
  const [placed] = decided(aMerchant(), places(...lines)).events;
  assert.ok(placed !== undefined);
  assert.deepEqual(react(placed), [
    { command: { type: 'MeetDeadline', ...OF }, at: NOON + 86_400_000 },
    { command: { type: 'MeetDeadline', ...OF }, at: NOON + 5_000 },
  ]);
});

it('hears how a hold stands, and why it was lost', () => {
  const tally = { holdId: 'o/1/1/A~video', version: 2, granted: 1, delivered: 0, lost: 1, released: 0 };
  const of = { ...LINE, offerId: 'A~video', supplierId: 'A', sku: 'video', tally, quantity: 1 };
  assert.deepEqual(react({ type: 'HoldLost', ...of, reason: 'banned' }), [
    { command: { type: 'NoteHold', told: 'HoldLost', ...LINE, tally, reason: 'banned' } },
  ]);
  assert.deepEqual(react({ type: 'HoldLost', ...of, reason: 'capacity', misfit: 'region' }), [
    { command: { type: 'NoteHold', told: 'HoldLost', ...LINE, tally, reason: 'capacity', misfit: 'region' } },
  ]);
  assert.deepEqual(react({ type: 'HoldReleased', ...of, reason: 'cancelled' }), [
    { command: { type: 'NoteHold', told: 'HoldReleased', ...LINE, tally } },
  ]);
});

it('wakes when silence has become an answer', () => {
  const asked = { consentId: 'c', holdId: 'h', quantity: 1, sku: 'music', priceMinor: 1, currency: 'CNY', default: 'refund' } as const;
  assert.deepEqual(react({ type: 'ConsentRequested', ...LINE, ...asked, deadlineAt: new Date(NOON).toISOString() }), [
    { command: { type: 'ExpireConsent', ...LINE, consentId: 'c' }, at: NOON },
  ]);
});
