import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import fc from 'fast-check';
import { A, aMarket, B, candidate, holdFirst, NOON, putOffer, report, vip, type Written } from './inventory.fixtures';
import { inventory, type InventoryCommand, type InventoryEvent, type MarkupRule, type Rows, rowOf, TIERS_MAX } from './index';
import { priceOf } from './markup';

const percent = (percentBp: number): MarkupRule => ({ category: '*', kind: 'percent', percentBp });
const rules = (...list: MarkupRule[]): Written => ({ type: 'PutMarkupRules', rules: list });
const ruled: Written = { type: 'PutProduct', product: vip, priceBy: 'rule' };
const priceIn = (rows: Rows): number => rowOf(rows.products, 'vip').priceMinor;

/** Rows after a command and all that it calls for. */
function settled(rows: Rows, ...commands: readonly Written[]): Rows {
  let now = rows;
  const queue: (InventoryCommand | Written)[] = [...commands];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const decision = inventory.decide({ at: NOON, ...next }, now, {});
    assert.ok(!isRejection(decision), JSON.stringify(decision));
    now = decision.reduce<Rows>((state, event: InventoryEvent) => inventory.evolve(state, event), now);
    inventory.uphold(now);
    queue.push(...decision.flatMap((it) => inventory.react(it)).filter((it) => it.at === undefined).map((it) => it.command as Written)); // prettier-ignore
  }
  return now;
}

const cost = (supplierId: string, costMinor: number): Written => putOffer(supplierId, { costTiers: [{ from: 1, costMinor }] });

describe('a price by rule', () => {
  it('is the cheapest open cost and its mark-up, whichever of rule, product and cost came first', () => {
    const first = settled(aMarket(), rules(percent(1_000)), cost('b', 1_900), ruled);
    const last = settled(aMarket(), ruled, cost('b', 1_900), rules(percent(1_000)));
    assert.deepEqual([priceIn(first), priceIn(last)], [2_090, 2_090]);
    for (const id of [A, B]) assert.equal(rowOf(first.offers, id).ceilingMinor, 2_090);
  });

  it('leaves alone a product that states its price', () => {
    const rows = settled(aMarket(), rules(percent(1_000)), cost('a', 100));
    assert.equal(priceIn(rows), 2_600);
    assert.equal(rowOf(rows.offers, A).costTold, undefined);
  });

  it('is never compounded: told again, it stays; the cost back, the price is back', () => {
    const rows = settled(aMarket(), rules(percent(1_000)), ruled);
    assert.equal(priceIn(rows), 2_200);
    const again = settled(rows, ruled, rules(percent(1_000)), cost('a', 2_500), cost('b', 2_500));
    assert.equal(priceIn(again), 2_750);
    assert.equal(priceIn(settled(again, cost('a', 2_000), ruled)), 2_200);
  });

  it('follows a cost that rose above it, which has closed the offer', () => {
    const rows = settled(aMarket({ b: 0 }), rules(percent(1_000)), ruled, cost('a', 4_000));
    assert.equal(priceIn(rows), 4_400);
    const { priceMinor } =
      settled(rows, { ...report('a', 9, 2), costTiers: [{ from: 1, costMinor: 3_000 }] } as Written).products['vip'] ?? {};
    assert.equal(priceMinor, 3_300);
  });

  it('goes to the next cheapest when the cheapest sells out, and stays when none is left', () => {
    const rows = settled(aMarket(), rules(percent(1_000)), ruled, cost('b', 2_100));
    const next = settled(rows, report('a', 0, 2));
    assert.deepEqual([priceIn(rows), priceIn(next)], [2_200, 2_310]);
    const none = settled(next, report('b', 0, 2), ruled);
    assert.equal(priceIn(none), 2_310);
    assert.equal(priceIn(settled(none, report('b', 5, 3), report('a', 5, 3))), 2_200);
  });

  it('stays when its rule goes, and when it states its price again', () => {
    const rows = settled(aMarket(), rules(percent(1_000)), ruled);
    assert.equal(priceIn(settled(rows, rules(), cost('a', 100))), 2_200);
    const stated = settled(rows, { type: 'PutProduct', product: vip }, cost('a', 100), rules(percent(1)));
    assert.equal(priceIn(stated), 2_600);
    assert.equal(priceIn(settled(stated, ruled)), 101);
  });

  it('takes the rule of the category before any, in the currency before any', () => {
    const fixed = (amountMinor: number, category: string, currency?: string): MarkupRule => ({ category, kind: 'fixed', amountMinor, ...(currency && { currency }) }); // prettier-ignore
    const all = [fixed(1, '*'), fixed(2, '*', 'CNY'), fixed(3, vip.category), fixed(4, vip.category, 'CNY'), fixed(5, vip.category, 'USD')];
    const prices = [4, 3, 2, 1].map((n) => priceIn(settled(aMarket(), rules(...all.slice(0, n)), ruled)));
    assert.deepEqual(prices, [2_004, 2_003, 2_002, 2_001]);
  });

  describe('for merchants of a tier', () => {
    const of = (tier: string, percentBp: number, category = '*'): MarkupRule => ({ category, tier, kind: 'percent', percentBp });
    const pricesIn = (rows: Rows) => [priceIn(rows), rowOf(rows.products, 'vip').tierPrices];

    it('is made by the rule of the tier, before one of the category and before one for everybody', () => {
      const all = [percent(1_000), of('gold', 400), { ...percent(2_000), category: vip.category }, of('gold', 300, vip.category)];
      const prices = [1, 2, 3, 4].map((n) => pricesIn(settled(aMarket(), rules(...all.slice(0, n)), ruled)));
      assert.deepEqual(prices, [
        [2_200, undefined],
        [2_200, { gold: 2_080 }],
        [2_400, { gold: 2_080 }],
        [2_400, { gold: 2_060 }],
      ]);
    });

    it('is what everybody pays where no rule names the tier or none of its category, and where both come to the same', () => {
      const other = settled(aMarket(), rules(percent(1_000), of('gold', 400, 'esim'), of('silver', 1_000)), ruled);
      assert.deepEqual(pricesIn(other), [2_200, undefined]);
    });

    it('follows the cost, and is gone with its rule, also while no cost is known', () => {
      const rows = settled(aMarket({ b: 0 }), rules(percent(1_000), of('gold', 400)), ruled);
      assert.deepEqual(pricesIn(settled(rows, cost('a', 2_500))), [2_750, { gold: 2_600 }]);
      const dry = settled(rows, report('a', 0, 2));
      assert.deepEqual(pricesIn(dry), [2_200, { gold: 2_080 }]);
      assert.deepEqual(pricesIn(settled(dry, rules(percent(2_000)))), [2_200, undefined]);
      assert.deepEqual(pricesIn(settled(rows, { type: 'PutProduct', product: vip })), [2_600, undefined]);
    });

    it('leaves an offer open that the dearest of them carries, and measures each hold by its own', () => {
      const rows = settled(aMarket({ b: 5 }), rules(percent(0), of('walk-in', 2_000)), cost('b', 2_300), ruled);
      assert.deepEqual(pricesIn(rows), [2_000, { 'walk-in': 2_400 }]);
      assert.equal(rowOf(rows.offers, B).ceilingMinor, 2_400);
      const tried = (priceMinor: number) => {
        const decision = inventory.decide({ at: NOON, ...holdFirst(1, [candidate('b', { priceMinor })]) }, rows, {});
        const [answer] = isRejection(decision) ? [] : decision;
        return answer?.type === 'OfferHeld' || answer?.type === 'NothingHeld' ? answer.tried[0]?.outcome : undefined;
      };
      assert.deepEqual([tried(2_400), tried(2_000)], ['held', 'price-risen']);
    });

    it(`goes for ${TIERS_MAX} tiers`, () => {
      const put = (count: number) =>
        inventory.decide(
          { at: NOON, type: 'PutMarkupRules', rules: Array.from({ length: count }, (_, n) => of(`t${n}`, n)) },
          aMarket(),
          {},
        );
      assert.ok(!isRejection(put(TIERS_MAX)));
      const refused = put(TIERS_MAX + 1);
      assert.ok(isRejection(refused) && refused.rejected === 'too-many-tiers');
    });

    it('may be named in a rule of its own beside the one for everybody, and only once', () => {
      const decide = (...list: MarkupRule[]) => inventory.decide({ at: NOON, type: 'PutMarkupRules', rules: list }, aMarket(), {});
      assert.ok(!isRejection(decide(percent(1), of('gold', 1))));
      const twice = decide(of('gold', 1), of('gold', 2));
      assert.ok(isRejection(twice) && twice.rejected === 'double-rule');
    });
  });

  it('does not go back to what an offer cost before', () => {
    const rows = settled(aMarket(), rules(percent(0)), ruled);
    const old: Written = { type: 'PriceProduct', sku: 'vip', seen: { offerId: A, version: 1, costMinor: 5 } };
    assert.equal(settled(rows, old), rows);
  });

  it('refuses two rules for the same', () => {
    const decision = inventory.decide({ at: NOON, type: 'PutMarkupRules', rules: [percent(1), percent(2)] }, aMarket(), {});
    assert.ok(isRejection(decision) && decision.rejected === 'double-rule');
  });
});

describe('rounding', () => {
  it('goes up, or to the nearest, by the step', () => {
    const at = (rounding: 'up' | 'nearest') => priceOf({ kind: 'percent', percentBp: 333, stepMinor: 50, rounding }, 2_000);
    assert.deepEqual([at('up'), at('nearest')], [2_100, 2_050]);
    assert.equal(priceOf({ kind: 'fixed', amountMinor: 0 }, 0), 1);
    assert.equal(priceOf({ kind: 'fixed', amountMinor: 1 }, Number.MAX_SAFE_INTEGER), undefined);
  });

  it('is a multiple of the step, and never below the cost', () => {
    fc.assert(
      fc.property(
        fc.nat(10 ** 9),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 1_000 }),
        fc.constantFrom('up', 'nearest'),
        (costMinor, percentBp, stepMinor, rounding) => {
          // prettier-ignore
          const price = priceOf({ kind: 'percent', percentBp, stepMinor, rounding: rounding }, costMinor);
          assert.ok(price !== undefined && price >= costMinor && (price === 1 || price % stepMinor === 0));
          assert.ok(price <= costMinor + (costMinor * percentBp) / 10_000 + stepMinor);
        },
      ),
    );
  });
});
