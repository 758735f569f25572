import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf, topicOf } from '@midstream/contracts';
import { isRejection } from '@midstream/kernel';
import { A, aMarket, after, candidate, holdFirst, NOON, VAULT, type Written } from './inventory.fixtures';
import { inventory, roomOf, type Rows, rowOf, UNITS_MAX } from './index';

/** The facts of a command, each as its schema has it. */
function told(rows: Rows, command: Written) {
  const decision = inventory.decide({ at: NOON, ...command }, rows, {});
  assert.ok(!isRejection(decision));
  const facts = decision.filter((it) => topicOf(it.type) !== undefined);
  for (const { type, ...data } of facts) assert.equal(faultOf(type, data), undefined);
  return facts;
}

describe('more units than a fact can say', () => {
  const vault: Written = {
    type: 'PutSupplier',
    supplier: { supplierId: 'hub', kind: 'vault', name: { zh: 'h', en: 'h' }, upstreamGroup: 'h' },
  };
  const put: Written = { type: 'PutOffer', supplierId: 'hub', sku: 'vip', terms: { costTiers: [{ from: 1, costMinor: 2000 }], currency: 'CNY', regions: ['CN'], minQuantity: 1, maxQuantity: UNITS_MAX, capacityPerMinute: UNITS_MAX, leadTimeMs: 1000, safetyStock: 0 } }; // prettier-ignore

  it('are as many as it can, where a supplier that is asked has no limit', () => {
    const market = aMarket();
    const { sequence, stockAsOf, accepted } = rowOf(market.offers, A);
    const polled: Written = {
      type: 'NotePolled',
      supplierId: 'a',
      offerId: A,
      quantity: 9_999_999,
      seen: { sequence, stockAsOf, accepted },
    };
    assert.equal(told(market, polled).length, 1);
    const { reported } = rowOf(after(market, polled).offers, A);
    assert.equal(reported, UNITS_MAX);
  });

  it('are as many as it can of a vault, which keeps the rest, and may have them all held', () => {
    const count: Written = { type: 'CountVault', offerId: VAULT, stocked: 1_500_000 };
    const market = after(aMarket(), vault, put);
    assert.equal(told(market, count).length, 1);
    const stocked = after(market, count);
    assert.equal(roomOf(rowOf(stocked.offers, VAULT)), UNITS_MAX);
    const held = after(stocked, holdFirst(UNITS_MAX, [candidate('hub')]));
    assert.equal(roomOf(rowOf(held.offers, VAULT)), 500_000);
    assert.equal(told(held, holdFirst(500_000, [candidate('hub')], { attempt: 2 })).length, 2);
    const lying = { asOf: NOON, units: 1_500_000, ageDays: 1, oldestDays: 1, perDay: 1, capitalMinor: 1, expiringUnits: 1_100_000 };
    assert.equal(told(stocked, { type: 'NoteHolding', offerId: VAULT, holding: lying }).length, 1);
  });

  it('are as many as it can of all suppliers together', () => {
    const gone = after(aMarket(), { type: 'NoteStock', sku: 'vip', available: 50 }, { type: 'NoteStock', sku: 'vip', available: 0 });
    assert.equal(told(gone, { type: 'NoteStock', sku: 'vip', available: 2 * UNITS_MAX }).length, 1);
  });
});
