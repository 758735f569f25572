import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import { A, aHold, aMarket, after, candidate, H, holdFirst, NOON, outcome, report, start, type Written } from './inventory.fixtures';
import { COST_TIERS_MAX, inventory, POLL_TELL_MS, roomOf, type Rows, rowOf } from './index';

const offer = (rows: Rows) => rowOf(rows.offers, A);
const seenIn = (rows: Rows) => {
  const { sequence, stockAsOf, accepted } = offer(rows);
  return { sequence, stockAsOf, accepted };
};
const polled = (rows: Rows, quantity: number, change: Partial<Extract<Written, { type: 'NotePolled' }>> = {}): Written => ({
  ...{ type: 'NotePolled', supplierId: 'a', offerId: A, quantity, seen: seenIn(rows) },
  ...change,
});

describe('a supplier that is asked for its stock', () => {
  const market = aMarket();

  it('tells a figure with its source, and leaves the sequence to its feed', () => {
    const rows = after(market, polled(market, 4, { costMinor: 2_100, currency: 'CNY' }));
    const { stockSource, costSource, sequence, costTiers } = offer(rows);
    assert.deepEqual([roomOf(offer(rows)), stockSource, costSource, sequence], [4, 'poll', 'poll', 1]);
    assert.deepEqual(costTiers, [{ from: 1, costMinor: 2_100 }]);
    assert.equal(roomOf(offer(after(rows, report('a', 9, 2)))), 9, 'a push is not stale by it');
  });

  it('is not believed about what has changed since it was asked', () => {
    const asked = polled(market, 4);
    const pushed = after(market, { ...report('a', 9, 2), at: NOON + 1 });
    void start(pushed).when(asked).thenNothing();
  });

  it('has in its figure what it accepted before it was asked, and not what came after', () => {
    const before = aHold('submitting');
    const asked = polled(before, 10);
    const sold = after(before, outcome());
    assert.equal(roomOf(offer(after(sold, asked))), 4);
    assert.equal(roomOf(offer(after(sold, polled(sold, 4)))), 4);
    assert.equal(roomOf(offer(after(sold, polled(sold, 10)))), 10);
  });

  it('says the same again to nobody, until the figure would look old', () => {
    const first = after(market, polled(market, 4));
    const again = (ms: number) => ({ ...polled(first, 4), at: NOON + ms });
    void start(first)
      .when(again(POLL_TELL_MS - 1))
      .thenNothing();
    void start(first).when(again(POLL_TELL_MS)).thenTypes('StockReported', 'OfferState');
  });

  it('opens an offer that went stale, and frees what it has no more', () => {
    const stale: Written = { type: 'PutOffer', supplierId: 'a', sku: 'vip', terms: { costTiers: [{ from: 1, costMinor: 2000 }], currency: 'CNY', regions: ['CN'], minQuantity: 1, maxQuantity: 1000, capacityPerMinute: 600, leadTimeMs: 1000, safetyStock: 0, freshness: 'instant' } }; // prettier-ignore
    const rows = after(market, stale, holdFirst(6, [candidate('a')]), { type: 'CloseStale', offerId: A, at: NOON + 3_600_000 });
    assert.deepEqual(offer(rows).closures, [{ cause: 'stale' }]);
    const fresh = after(rows, { ...polled(rows, 2), at: NOON + 3_600_001 });
    assert.deepEqual([offer(fresh).closures, rowOf(fresh.drains, A).armed], [[], true]);
    assert.equal(rowOf(fresh.holds, H).held, 6, 'the drain takes them');
  });

  it('keeps a cost that it does not tell, or tells in another currency, or as nothing', () => {
    for (const change of [{}, { costMinor: 5, currency: 'USD' }, { costMinor: 0, currency: 'CNY' }])
      assert.deepEqual(offer(after(market, polled(market, 4, change))).costTiers, [{ from: 1, costMinor: 2_000 }]);
  });

  it('tells what larger quantities cost, too; tiers that are none leave what is known of them', () => {
    const told = (rows: Rows, ...costs: readonly (readonly [from: number, costMinor: number])[]) => {
      const costTiers = costs.map(([from, costMinor]) => ({ from, costMinor }));
      return offer(after(rows, polled(rows, 4, { costMinor: costs[0]?.[1] ?? 0, costTiers, currency: 'CNY' })));
    };
    const tiered = told(market, [1, 2_100], [10, 1_900]);
    assert.deepEqual(tiered.costTiers, [{ from: 1, costMinor: 2_100 }, { from: 10, costMinor: 1_900 }]); // prettier-ignore
    const known = { ...market, offers: { ...market.offers, [A]: tiered } };
    for (const more of [
      [10, 0],
      [1, 1_800],
    ] as const) {
      assert.deepEqual(told(known, [1, 2_000], more).costTiers, [{ from: 1, costMinor: 2_000 }, { from: 10, costMinor: 1_900 }]); // prettier-ignore
    }
    const many = Array.from({ length: COST_TIERS_MAX + 1 }, (_, n): [number, number] => [n + 1, 2_000]);
    assert.equal(told(known, ...many).costTiers.length, 2);
    assert.deepEqual(told(known, [1, 2_000]).costTiers, [{ from: 1, costMinor: 2_000 }]);
  });

  it('speaks for its own offers alone', () => {
    const decision = inventory.decide({ at: NOON, ...polled(market, 4, { supplierId: 'b' }) }, market, {});
    assert.ok(isRejection(decision) && decision.rejected === 'foreign-offer');
  });
});
