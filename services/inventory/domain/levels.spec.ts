import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isRejection } from '@midstream/kernel';
import { aMarket, after, NOON, start, vip, type Written } from './inventory.fixtures';
import { DEFAULT_LEVELS, inventory, type Rows, statusAfter, type StockStatus } from './index';

const noted = (available: number): Written => ({ type: 'NoteStock', sku: 'vip', available });
const rule = { lowAt: 10, backAt: 3, okAt: 15 };
const told = (rows: Rows, ...figures: readonly number[]): string[] => {
  const all: string[] = [];
  let now = rows;
  for (const it of figures) {
    const decision = inventory.decide({ at: NOON, ...noted(it) }, now, {});
    assert.ok(!isRejection(decision));
    for (const event of decision)
      all.push(event.type === 'StockLow' || event.type === 'StockBack' ? `${it}: ${event.type} ${event.status}` : `${it}: ${event.type}`);
    now = after(now, noted(it));
  }
  return all;
};

describe('how a good stands', () => {
  it('is told once when it is low, when it is sold out and when it is back, however its figure wavers', () =>
    assert.deepEqual(told(aMarket(), 100, 21, 20, 21, 20, 29, 20, 30, 19, 0, 4, 0, 1, 0, 5, 4, 6, 29, 30), [
      '100: StockSeen',
      '20: StockLow low_stock',
      '30: StockBack in_stock',
      '19: StockLow low_stock',
      '0: StockLow out_of_stock',
      '5: StockBack low_stock',
      '30: StockBack in_stock',
    ]));

  it('is not told of a good that was never in stock, is not known, or is not listed', () => {
    assert.deepEqual(told(aMarket(), 0, 0), []);
    start(aMarket()).when({ type: 'NoteStock', sku: 'none', available: 5 }).thenNothing();
    start(after(aMarket(), noted(50), { type: 'PutProduct', product: { ...vip, listed: false } }))
      .when(noted(0))
      .thenNothing();
  });

  it('says what it was, under a version of its own', () =>
    void start(after(aMarket(), noted(50), noted(0)))
      .when(noted(40))
      .thenExactly({
        ...{ type: 'StockBack', sku: 'vip', version: 3, category: 'video-membership', available: 40, lowAt: 20 },
        ...{ status: 'in_stock', was: 'out_of_stock' },
      }));

  it('goes by the good’s own rule before its category’s, and by that before any', () => {
    const of = (...rules: Extract<Written, { type: 'PutStockAlerts' }>['rules']): string[] =>
      told(after(aMarket(), noted(50), { type: 'PutStockAlerts', rules }), 12, 10);
    const [own, category, any] = [{ ...rule, sku: 'vip' }, { ...rule, lowAt: 12, category: 'video-membership' }, { ...rule, lowAt: 0, category: '*' }]; // prettier-ignore
    assert.deepEqual(of(any, category, own), ['10: StockLow low_stock']);
    assert.deepEqual(of(any, category), ['12: StockLow low_stock']);
    assert.deepEqual(of(any), []);
  });

  const refused: readonly [string, Extract<Written, { type: 'PutStockAlerts' }>['rules'], string][] = [
    ['a rule of nothing', [rule], 'wrong-alert'],
    ['a rule of a good and a category', [{ ...rule, sku: 'vip', category: 'x' }], 'wrong-alert'],
    ['a good that is low and is not at one figure', [{ ...rule, sku: 'vip', okAt: 10 }], 'alert-levels-cross'],
    ['a good that is back and sold out at one figure', [{ ...rule, sku: 'vip', backAt: 16 }], 'alert-levels-cross'],
    ['two rules of one good', [{ ...rule, sku: 'vip' }, { ...rule, sku: 'vip' }], 'double-alert'], // prettier-ignore
  ];
  for (const [what, rules, code] of refused)
    it(`refuses ${what}`, () =>
      void start(aMarket())
        .when({ type: 'PutStockAlerts', rules })
        .thenRejected(code as 'wrong-alert'));

  it('settles: the same figure twice changes nothing, and what is told tells the truth', () => {
    const statuses = fc.constantFrom<StockStatus>('in_stock', 'low_stock', 'out_of_stock');
    fc.assert(
      fc.property(statuses, fc.nat(60), (before, available) => {
        const status = statusAfter(before, available, DEFAULT_LEVELS);
        assert.equal(statusAfter(status, available, DEFAULT_LEVELS), status);
        if (available === 0) assert.equal(status, 'out_of_stock');
        if (available >= DEFAULT_LEVELS.backAt) assert.notEqual(status, 'out_of_stock');
        if (available >= DEFAULT_LEVELS.okAt) assert.equal(status, 'in_stock');
        if (available <= DEFAULT_LEVELS.lowAt) assert.notEqual(status, 'in_stock');
      }),
    );
  });
});
