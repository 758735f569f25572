import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { holdIdOf } from '@midstream/kernel';
import { inventory } from './index';
import { A, aMarket, candidate, H, holdFirst, NOON, request } from './inventory.fixtures';

const line = { orderId: 'o', merchantId: 'm', lineId: '1' };
const instant = (ms: number) => new Date(ms).toISOString();

describe('inventory hears', () => {
  it('that a line’s offers are cleared, and holds', () =>
    void assert.deepEqual(
      inventory.react({ type: 'OffersCleared', ...line, decisionId: 'd', request: request(2), candidates: [candidate('a')], gates: {} }),
      [{ command: { type: 'HoldFirst', decisionId: 'd', request: request(2), candidates: [candidate('a')], gates: {} } }],
    ));

  it('that a line is assigned, and queues each of its holds', () => {
    const decision = inventory.decide({ at: NOON, ...holdFirst(2, [candidate('a')]) }, aMarket(), {});
    assert.ok(!('rejected' in decision));
    const held = decision[0] as Fact<'OfferHeld'>;
    const { holds } = held;
    assert.deepEqual(inventory.react({ type: 'LineAssigned', ...line, attempt: 1, decisionId: 'd', holds }), [
      { command: { type: 'AssignHold', holdId: H } },
    ]);
    assert.deepEqual(inventory.react({ type: 'LineAssigned', ...line, attempt: 1, decisionId: 'd', holds, recipient: '138' }), [
      { command: { type: 'AssignHold', holdId: H, recipient: '138' } },
    ]);
    const expiresAt = Date.parse(holds[0]?.expiresAt ?? '');
    assert.deepEqual(inventory.react(held), [{ command: { type: 'ExpireHold', holdId: H }, at: expiresAt, caughtUp: 'order.by-order' }]);
  });

  it('that units are asked back, that a buyer is asked, and that units are given up', () => {
    assert.deepEqual(inventory.react({ type: 'ReleaseRequested', ...line, holdIds: [H], reason: 'deadline' }), [
      { command: { type: 'ReleaseHold', holdId: H, reason: 'deadline' } },
    ]);
    const asked: Fact<'ConsentRequested'> = {
      ...{ type: 'ConsentRequested', ...line, consentId: 'c', holdId: H, quantity: 2, sku: 'vip', priceMinor: 1, currency: 'CNY' },
      ...{ deadlineAt: instant(NOON), default: 'refund' },
    };
    assert.deepEqual(inventory.react(asked), [{ command: { type: 'ExtendHold', holdId: H, deadlineAt: NOON } }]);
    assert.deepEqual(inventory.react({ type: 'UnitsGivenUp', ...line, quantity: 3, reason: 'depth-reached', holdId: H }), [
      { command: { type: 'NoteBack', offerId: A, units: 3 } },
    ]);
    assert.deepEqual(inventory.react({ type: 'UnitsGivenUp', ...line, quantity: 3, reason: 'cancelled' }), []);
  });

  it('of a hold that is another line’s, and leaves it alone', () => {
    const decision = inventory.decide({ at: NOON, ...holdFirst(2, [candidate('a')]) }, aMarket(), {});
    assert.ok(!('rejected' in decision));
    const { holds } = decision[0] as Fact<'OfferHeld'>;
    for (const other of [
      { ...line, orderId: 'p' },
      { ...line, lineId: '2' },
    ]) {
      assert.deepEqual(inventory.react({ type: 'LineAssigned', ...other, attempt: 1, decisionId: 'd', holds }), []);
      const own = holdIdOf(other.orderId, other.lineId, 1, A);
      assert.deepEqual(inventory.react({ type: 'ReleaseRequested', ...other, holdIds: [H, own], reason: 'cancelled' }), [
        { command: { type: 'ReleaseHold', holdId: own, reason: 'cancelled' } },
      ]);
      const asked: Fact<'ConsentRequested'> = {
        ...{ type: 'ConsentRequested', ...other, consentId: 'c', holdId: H, quantity: 2, sku: 'vip', priceMinor: 1, currency: 'CNY' },
        ...{ deadlineAt: instant(NOON), default: 'refund' },
      };
      assert.deepEqual(inventory.react(asked), []);
    }
  });

  it('a verdict, and looks at the offers again whenever a ban begins or ends', () => {
    const verdicts = [
      { region: '*', status: 'compliant' as const, ruleVersion: 1, from: instant(NOON) },
      { region: 'CN', status: 'banned' as const, ruleVersion: 2, from: instant(NOON + 10), until: instant(NOON + 20) },
    ];
    const spans = [
      { region: '*', status: 'compliant' as const, fromAt: NOON },
      { region: 'CN', status: 'banned' as const, fromAt: NOON + 10, untilAt: NOON + 20 },
    ];
    assert.deepEqual(inventory.react({ type: 'VerdictState', sku: 'vip', version: 7, verdicts }), [
      { command: { type: 'NoteVerdict', sku: 'vip', version: 7, verdicts: spans } },
    ]);
    const command = { type: 'ApplyVerdict', offerId: A, sku: 'vip' };
    assert.deepEqual(inventory.react({ type: 'VerdictNoted', sku: 'vip', version: 7, verdicts: spans, offerIds: [A] }), [
      { command },
      { command, at: NOON + 10 },
      { command, at: NOON + 20 },
    ]);
  });

  it('nothing that is not for it', () =>
    void assert.deepEqual(
      inventory.react({ type: 'LineClosed', ...line, status: 'delivered', ordered: 1, delivered: 1, capturedMinor: 1 }),
      [],
    ));
});
