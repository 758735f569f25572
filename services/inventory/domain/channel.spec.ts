import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import { A, aHold, aMarket, after, candidate, H, holdFirst, NOON, putOffer, terms, type Written } from './inventory.fixtures';
import { CHANNELS_MAX, inventory, type InventoryEvent, type Rows, rowOf, termsOf } from './index';

const note = (state: 'up' | 'slow' | 'down', of: object = {}): Written => ({
  type: 'NoteChannel',
  sku: 'vip',
  channel: 'redeem',
  state,
  ...of,
});
const put = (channel?: string): Written => ({ ...putOffer('a'), terms: { ...terms, ...(channel && { channel }) } }) as Written;
const apply = (state: 'up' | 'slow' | 'down', of: object = {}): Written => ({
  type: 'ApplyChannel',
  offerId: A,
  channel: 'redeem',
  state,
  ...of,
});
const stands = (rows: Rows) => {
  const { closures, policy } = rowOf(rows.offers, A);
  return [closures.map((it) => it.cause), policy];
};
const decided = (rows: Rows, command: Written): readonly InventoryEvent[] => {
  const decision = inventory.decide({ at: NOON, ...command }, rows, {});
  assert.ok(!isRejection(decision));
  return decision;
};

describe('a way of delivery', () => {
  const market = after(aMarket(), put('redeem'));

  it('is remembered of its good, and an offer that goes by it from then on starts from it', () => {
    const told = after(aMarket(), note('down', { policy: { maxQuantity: 4 } }), put('redeem'));
    assert.deepEqual(stands(told), [['channel-down'], { maxQuantity: 4 }]);
    assert.deepEqual(Object.keys(after(told, holdFirst(1, [candidate('a')])).holds), []);
    const gone = after(told, put());
    assert.deepEqual(stands(gone), [[], undefined], 'and not from that of another way');
    assert.deepEqual(stands(after(told, put('another'))), [[], undefined]);
  });

  it('is what the hub’s own offer starts from, when codes are kept that were bought to go by it', () => {
    const told = after(market, note('slow', { policy: { maxQuantity: 4 } }));
    const own = { offerId: 'hub~vip', supplierId: 'hub', kind: 'vault' } as const;
    const kept = after(told, {
      type: 'CountVault',
      offerId: own.offerId,
      stocked: 2,
      terms: { ...termsOf(rowOf(told.offers, A)), ...own },
    });
    const { closures, policy } = rowOf(kept.offers, own.offerId);
    assert.deepEqual([closures, policy], [[{ cause: 'channel-slow' }], { maxQuantity: 4 }]);
  });

  it('frees what is held at an offer that goes by it from now on, and is closed', () => {
    const held = after(aHold('held'), note('slow'));
    assert.equal(held.drains[A]?.armed ?? false, false);
    assert.equal(after(held, put('redeem')).drains[A]?.armed, true);
    assert.ok(rowOf(held.holds, H).held > 0);
  });

  it('is as it was seen last, whichever news comes later or again', () => {
    const newer = after(market, note('up', { policy: { maxQuantity: 9 }, observedAt: NOON - 1_000 }));
    const older = note('down', { policy: { maxQuantity: 4 }, observedAt: NOON - 2_000 });
    assert.deepEqual(decided(newer, older), []);
    const applied = after(newer, apply('down', { policy: { maxQuantity: 4 } }));
    assert.deepEqual(stands(applied), [[], { maxQuantity: 9 }], 'work that was made before and comes after');
    assert.deepEqual(decided(applied, apply('up')), []);
  });

  it('that is seen in the future is seen now', () => {
    const ahead = after(market, note('down', { observedAt: NOON + 60_000, at: NOON }));
    assert.equal(decided(ahead, { ...note('up'), at: NOON + 1 }).length, 1);
  });

  it('lets through what it did where only its state is told', () => {
    const rows = after(market, note('up', { policy: { maxQuantity: 9 } }), note('down'), apply('down'));
    assert.deepEqual(stands(rows), [['channel-down'], { maxQuantity: 9 }]);
  });

  it('is one of a few that are remembered, those that were told of last', () => {
    const all = Array.from({ length: CHANNELS_MAX + 1 }, (_, n) => ({ ...note('slow'), channel: `c${n}`, at: NOON + n }) as Written);
    const { channels = {} } = rowOf(after(market, ...all).products, 'vip');
    assert.deepEqual([Object.keys(channels).length, channels['c0'], channels['c1']?.seenAt], [CHANNELS_MAX, undefined, NOON + 1]);
  });

  it('is in no fact of its good', () => {
    const rows = after(market, note('down'));
    const { channels: _, offerIds: __, ...product } = rowOf(rows.products, 'vip');
    assert.deepEqual(decided(rows, { type: 'PutProduct', product } as never), []);
  });
});
