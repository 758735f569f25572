import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Beliefs, createBeliefs } from './beliefs';
import { figureHolds, noteFigure } from './figures';
import { type AttemptObserved, BadNumber } from './observation';
import { observe } from './observe';
import { stockChance } from './stock';

const NOON = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;

/** One attempt for a unit, by a figure that said so many a minute before. */
const tried = (supplierId: string, stock: number, found: boolean, it: Partial<AttemptObserved> = {}): AttemptObserved => ({
  ...{ type: 'attempt', at: NOON, offerId: `${supplierId}~v`, supplierId, category: 'c', sku: 'v', responseMs: 1_000 },
  ...{ outcome: found ? 'delivered' : 'failed', quantity: 1, stock, stockAt: NOON - MINUTE },
  ...(!found && { reason: 'no-stock' as const }),
  ...it,
});
const believing = (...facts: readonly AttemptObserved[]): Beliefs => {
  const beliefs = createBeliefs();
  for (const it of facts) observe(beliefs, it);
  return beliefs;
};
const many = (fact: AttemptObserved, times: number): AttemptObserved[] => Array.from({ length: times }, () => fact);
/** P(one unit is there) by a figure that was just taken, of another offer of the supplier. */
const chanceOf = (beliefs: Beliefs, supplierId: string, stock: number): number =>
  stockChance(beliefs, { offerId: `${supplierId}~w`, supplierId, stock, stockAt: NOON + MINUTE }, 1, NOON + MINUTE);

describe('a supplier’s figures of stock', () => {
  it('hold where nothing was tried by any', () => {
    for (const stock of [1, 2, 50]) assert.equal(chanceOf(createBeliefs(), 'a', stock), 1);
    for (const stock of [1, 2, 50]) assert.equal(chanceOf(believing(tried('a', 3, true, { stock: undefined })), 'a', stock), 1);
  });

  it('are believed less where nothing was there: its own, and no one else’s', () => {
    const beliefs = believing(...many(tried('honest', 2, true), 60), ...many(tried('liar', 2, false), 4));
    assert.ok(chanceOf(beliefs, 'liar', 2) < 0.4, `${chanceOf(beliefs, 'liar', 2)}`);
    assert.ok(chanceOf(beliefs, 'honest', 2) > 0.99);
    assert.ok(chanceOf(beliefs, 'new', 2) > 0.9);
  });

  it('that leave much to spare hold, though small ones do not', () => {
    const beliefs = believing(...many(tried('liar', 2, false), 6), ...many(tried('liar', 40, true), 60));
    assert.ok(chanceOf(beliefs, 'liar', 2) < 0.4 && chanceOf(beliefs, 'liar', 40) > 0.95);
    // What holds for few units to spare holds for many
    assert.ok(chanceOf(believing(...many(tried('b', 2, true), 60), ...many(tried('b', 2, false), 2)), 'b', 40) > 0.95);
  });

  it('are not to blame for what others may have taken since', () => {
    const drained = createBeliefs();
    for (let minute = 0; minute <= 240; minute++)
      observe(drained, { type: 'stock', at: NOON - (240 - minute) * MINUTE, offerId: 'a~v', units: 1_000 - 2 * minute });
    const old = tried('a', 20, false, { stockAt: NOON - 120 * MINUTE });
    for (const it of many(old, 4)) observe(drained, it);
    const blamed = believing(...many(old, 4));
    assert.ok(figureHolds(drained, 'a', 19, NOON) > 0.8, `${figureHolds(drained, 'a', 19, NOON)}`);
    assert.ok(figureHolds(blamed, 'a', 19, NOON) < 0.4);
  });

  it('are no news where they say less than the line needs, or where the supplier did not say', () => {
    const silent = believing(tried('a', 0, false), tried('a', 3, false, { outcome: 'timed-out', reason: undefined }), tried('a', 3, false, { outcome: 'ambiguous', reason: undefined })); // prettier-ignore
    assert.equal(silent.figures.size, 0);
  });

  it('are older than the news that nothing is there, and then tell nothing', () => {
    const beliefs = believing(tried('a', 9, false));
    const at = (stockAt: number): number => stockChance(beliefs, { offerId: 'a~v', stock: 9, stockAt }, 1, NOON + MINUTE);
    assert.equal(at(NOON - MINUTE), 0);
    assert.ok(at(NOON + MINUTE) > 0.9);
  });

  it('never seem surer for fewer units to spare, whatever was found', () => {
    const history = fc.array(fc.record({ supplier: fc.constantFrom('a', 'b'), spare: fc.integer({ min: 0, max: 5_000 }), missing: fc.constantFrom(0, 0.3, 1), ago: fc.integer({ min: 0, max: 1e10 }) }), { maxLength: 100 }); // prettier-ignore
    fc.assert(
      fc.property(history, (told) => {
        const beliefs = createBeliefs();
        for (const { supplier, spare, missing, ago } of told) noteFigure(beliefs, supplier, NOON - ago, spare, missing);
        for (const supplier of ['a', 'new']) {
          const all = [0, 1, 2, 3, 7, 20, 100, 4_000, 1e6].map((spare) => figureHolds(beliefs, supplier, spare, NOON));
          assert.ok(
            all.every((it, n) => it >= 0 && it <= 1 && it >= (all[n - 1] ?? 0) - 1e-12),
            `${supplier}: ${all.join(' ')}`,
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are refused where they are no numbers', () => {
    for (const field of ['stock', 'stockAt', 'quantity'])
      assert.throws(() => observe(createBeliefs(), { ...tried('a', 3, false), [field]: NaN }), BadNumber);
  });
});
