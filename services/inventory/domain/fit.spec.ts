import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import { A, aHold, aMarket, after, candidate, H, holdFirst, NOON, ofP, putOffer, request, terms, type Written } from './inventory.fixtures';
import { type ChannelPolicy, inventory, type Rows, rowOf, stateOf } from './index';

const offer = (rows: Rows) => rowOf(rows.offers, A);
const by = (change: object): Written => ({ ...putOffer('a'), terms: { ...terms, channel: 'redeem', ...change } }) as Written;
const policy = (of: ChannelPolicy, state: 'up' | 'slow' | 'down' = 'up', channel = 'redeem'): Written => ({
  ...{ type: 'ApplyChannel', offerId: A, channel, state },
  policy: of,
});
const market = after(aMarket(), by({}));
const held = after(market, holdFirst(6, [candidate('a')]));
const drained = (rows: Rows) => {
  const decision = inventory.decide({ type: 'DrainOffer', offerId: A, holdIds: [H], at: NOON }, rows, {});
  assert.ok(!isRejection(decision));
  return decision.flatMap((it) => (it.type === 'HoldLost' ? [[it.reason, it.misfit, it.quantity]] : []));
};

describe('an offer that serves less than it did', () => {
  it('frees what it holds for other regions, and for more or fewer units than it sells now, and says so', () => {
    assert.deepEqual(drained(after(held, by({ regions: ['US'] }))), [['capacity', 'region', 6]]);
    assert.deepEqual(drained(after(held, by({ maxQuantity: 5 }))), [['capacity', 'quantity', 6]]);
    assert.deepEqual(drained(after(held, by({ minQuantity: 7 }))), [['capacity', 'quantity', 6]]);
    for (const it of [{ regions: ['CN-31'] }, { maxQuantity: 6 }, { minQuantity: 6 }])
      assert.deepEqual(drained(after(held, by(it))), [], JSON.stringify(it));
  });

  it('calls for a drain only where it serves less', () => {
    assert.equal(after(held, by({ maxQuantity: 999 })).drains[A]?.armed, true);
    for (const it of [{ regions: ['*'] }, { maxQuantity: 2_000 }, { safetyStock: 1 }])
      assert.equal(after(held, by(it)).drains[A]?.armed ?? false, false, JSON.stringify(it));
  });

  it('buys nothing that does not fit any more', () => {
    const rows = after(aHold('queued', market), by({ regions: ['US'] }), { type: 'SubmitPurchase', ...ofP, quantity: 6 });
    assert.deepEqual([rowOf(rows.holds, H).lost, Object.keys(rows.purchases)], [6, []]);
  });
});

describe('what a way of delivery lets through', () => {
  const told = (rows: Rows) => {
    const { regions, maxQuantity, leadTimeMs, closures } = stateOf(offer(rows));
    return { regions, maxQuantity, leadTimeMs, closed: closures.map((it) => it.cause) };
  };

  it('narrows its offers, and is told as theirs', () => {
    const rows = after(market, policy({ regions: ['CN-31', 'US'], maxQuantity: 4, leadTimeMs: 60_000 }));
    assert.deepEqual(told(rows), { regions: ['CN-31'], maxQuantity: 4, leadTimeMs: 60_000, closed: [] });
    assert.deepEqual(offer(rows).regions, ['CN'], 'its terms stay');
    assert.deepEqual(told(after(rows, policy({}))), { regions: ['CN'], maxQuantity: 1_000, leadTimeMs: 1_000, closed: [] });
    assert.equal(offer(after(rows, policy({}))).policy, undefined);
  });

  it('frees what it lets through no more, and what would come too late', () => {
    assert.deepEqual(drained(after(held, policy({ regions: ['US'] }))), [['capacity', 'region', 6]]);
    assert.deepEqual(drained(after(held, policy({ maxQuantity: 5 }))), [['capacity', 'quantity', 6]]);
    assert.deepEqual(drained(after(held, policy({ leadTimeMs: 2 * 3_600_000 }))), [['too-slow', undefined, 6]]);
    assert.deepEqual(drained(after(held, policy({ regions: ['CN'], maxQuantity: 6, leadTimeMs: 60_000 }))), []);
  });

  it('closes an offer of which it leaves nothing', () => {
    assert.deepEqual(told(after(market, policy({ regions: ['US'] }))).closed, ['channel-down']);
    assert.deepEqual(told(after(market, policy({ regions: ['US'] }), policy({ regions: ['*'] }))).closed, []);
  });

  it('bounds what is held anew', () => {
    const few = after(market, policy({ maxQuantity: 4 }), holdFirst(6, [candidate('a')]));
    assert.equal(rowOf(few.holds, H).granted, 4);
    const nothing = after(market, policy({ regions: ['CN-44'] }), holdFirst(6, [candidate('a')]));
    assert.deepEqual([request(6).region, Object.keys(nothing.holds)], ['CN-31', []]);
  });

  it('stays as it was with a signal of the state alone, and with a new state comes a new policy', () => {
    const narrow = after(market, policy({ maxQuantity: 4 }));
    const down = after(narrow, { type: 'ApplyChannel', offerId: A, channel: 'redeem', state: 'down' });
    assert.deepEqual([offer(down).policy, told(down).closed], [{ maxQuantity: 4 }, ['channel-down']]);
    const slow = after(down, policy({ maxQuantity: 5 }, 'slow'));
    assert.deepEqual([offer(slow).policy, told(slow).closed], [{ maxQuantity: 5 }, ['channel-slow']]);
  });

  it('is that of its own channel, and goes with it', () => {
    assert.equal(offer(after(market, policy({ maxQuantity: 4 }, 'up', 'other'))).policy, undefined);
    const narrow = after(market, policy({ maxQuantity: 4 }));
    assert.deepEqual(offer(after(narrow, by({ safetyStock: 1 }))).policy, { maxQuantity: 4 });
    assert.equal(offer(after(narrow, by({ channel: 'another' }))).policy, undefined);
  });

  it('comes with a signal, and goes to every offer of the good', () => {
    const signal = {
      ...{ type: 'MarketSignalReported' as const, sku: 'vip', signalId: 's', kind: 'delivery-channel' as const },
      channel: { channel: 'redeem', state: 'up' as const, policy: { maxQuantity: 4 }, observedAt: '2026-11-24T12:00:00.000Z' },
    };
    const [called] = inventory.react(signal);
    assert.deepEqual(called?.command, {
      ...{ type: 'NoteChannel', sku: 'vip', channel: 'redeem', state: 'up', policy: { maxQuantity: 4 } },
      observedAt: Date.parse(signal.channel.observedAt),
    });
    const noted = inventory.decide({ ...called.command, at: NOON }, market, {});
    assert.ok(!isRejection(noted));
    const commands = noted.flatMap((it) => inventory.react(it)).map((it) => it.command);
    assert.deepEqual(commands[0], { ...policy({ maxQuantity: 4 }) });
    assert.equal(commands.length, 2);
  });
});
