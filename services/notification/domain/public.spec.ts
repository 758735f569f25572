import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AnyFact, faultOf } from '@midstream/contracts';
import { ACCOUNT, SUPPLIER, TOLD } from './notification.fixtures';
import { PUBLIC_TYPES, publicViewOf, stockViewOf } from './public';

const FORBIDDEN = /cost|score|expected|supplier|offer|margin|hold(?!er)|purchase|decision|gates|candidate|worth|code|secret|tally|buyer/i;
/** `heldMinor` is the merchant's own money; a `client…` is its own word. */
const OWN = new Set(['heldMinor', 'clientReference']);

function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) => [...(Array.isArray(value) ? [] : [key]), ...keysIn(it)]);
}

const grown = (fact: AnyFact): AnyFact => Object.assign({ addedCostMinor: 1 }, fact);

describe('what a merchant is told', () => {
  for (const fact of TOLD) {
    const { type, ...data } = fact;

    it(`${type}: the sample keeps the fact's schema`, () => assert.equal(faultOf(type, data), undefined));

    it(`${type}: has no property and no text of the hub's inside`, () => {
      const view = publicViewOf(fact);
      assert.ok(view);
      assert.deepEqual(
        keysIn(view.data).filter((key) => FORBIDDEN.test(key) && !OWN.has(key)),
        [],
      );
      for (const it of [SUPPLIER, ACCOUNT]) assert.ok(!JSON.stringify(view).includes(it), JSON.stringify(view));
      assert.ok(PUBLIC_TYPES.includes(view.about));
      assert.deepEqual([view.merchantId, view.orderId, view.data['orderId']], ['m1', 'o1', 'o1']);
    });
  }

  it('covers each public type but the test message', () => {
    const plain = TOLD.map((it): AnyFact => (it.type === 'LineAssigned' ? { ...it, replaces: undefined } : it));
    const told = new Set([...TOLD, ...plain].map((it) => publicViewOf(it)?.about));
    assert.deepEqual(
      PUBLIC_TYPES.filter((it) => !told.has(it)),
      ['stock.low', 'stock.back', 'webhook.test'],
    );
  });

  it('does not grow with the fact: what is added later does not leave by itself', () => {
    for (const fact of TOLD) assert.deepEqual(publicViewOf(grown(fact)), publicViewOf(fact));
  });

  it('tells how a good stands, and not how many there are', () => {
    const level = { sku: 'vip', version: 3, category: 'membership', available: 4, lowAt: 20 } as const;
    assert.deepEqual(stockViewOf({ type: 'StockLow', ...level, status: 'low_stock' }), {
      ...{ about: 'stock.low', sku: 'vip', version: 3, data: { sku: 'vip', category: 'membership', status: 'low_stock' } },
    });
    const back = stockViewOf({ type: 'StockBack', ...level, status: 'in_stock', was: 'out_of_stock' });
    assert.deepEqual(back.data, { sku: 'vip', category: 'membership', status: 'in_stock', was: 'out_of_stock' });
  });

  it('tells what a substitution replaces and why, and how many units at which price', () => {
    assert.deepEqual(publicViewOf(TOLD[2] as AnyFact)?.data, {
      orderId: 'o1',
      lineId: '1',
      goods: [{ quantity: 2, sku: 'vip', priceMinor: 2200, currency: 'CNY' }],
      replaces: { sku: 'vip-old', reason: 'out-of-stock' },
    });
  });

  it('tells how many units came, and leaves their ids to REST', () => {
    assert.deepEqual(publicViewOf(TOLD[6] as AnyFact)?.data, { orderId: 'o1', lineId: '1', sku: 'vip', quantity: 2 });
  });
});
