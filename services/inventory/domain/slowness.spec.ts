import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { A, aMarket, after, candidate, codes, holdFirst, NOON, VAULT, type Written } from './inventory.fixtures';
import { holdIdOf } from '@midstream/kernel';
import { inventory, type InventoryEvent, leadOf, p90Of, type Rows, rowOf, SLOW, stateOf } from './index';
import { timed } from './slowness';

const offer = (rows: Rows) => rowOf(rows.offers, A);

/** A line of one unit, bought and delivered; `answerMs`: how long the supplier took. */
function delivery(rows: Rows, n: number, answerMs: number): Rows {
  const orderId = `o${n}`;
  const holdId = holdIdOf(orderId, '1', 1, A);
  const of = { holdId, purchaseId: `${holdId}/1`, sku: 'vip' };
  return after(
    rows,
    holdFirst(1, [candidate('a')], { orderId }),
    { type: 'AssignHold', holdId },
    { type: 'SubmitPurchase', ...of, quantity: 1 },
    { type: 'RecordOutcome', ...of, units: codes(1), rest: 'refused', unitCostMinor: 2_000, answerMs, at: NOON + n },
  );
}
const deliveries = (rows: Rows, from: number, times: readonly number[]): Rows =>
  times.reduce((now, ms, n) => delivery(now, from + n, ms), rows);
const same = (count: number, ms: number) => Array<number>(count).fill(ms);
const market = () => aMarket({ a: 1_000 });

describe('a supplier that takes longer than it promises', () => {
  it(`is as fast as it promises until ${SLOW.least} deliveries say otherwise`, () => {
    const few = deliveries(market(), 1, same(SLOW.least - 1, 9_000));
    assert.deepEqual([leadOf(offer(few)), offer(few).measured], [1_000, undefined]);
    const enough = delivery(few, 99, 9_000);
    assert.deepEqual([leadOf(offer(enough)), stateOf(offer(enough)).leadTimeMs, offer(enough).leadTimeMs], [9_000, 9_000, 1_000]);
  });

  it('is not slow for one answer in ten', () => {
    const rows = deliveries(market(), 1, [60_000, ...same(9, 900), 900, ...same(8, 900), 60_000]);
    assert.equal(offer(rows).measured, undefined);
  });

  it('frees what would come too late there, and keeps what has time', () => {
    const held = after(
      deliveries(market(), 1, same(SLOW.least - 1, 60_000)),
      holdFirst(3, [candidate('a')], { orderId: 'soon', deliverBy: new Date(NOON + 30_000).toISOString() }),
      holdFirst(3, [candidate('a')], { orderId: 'later' }),
    );
    const slow = delivery(held, 50, 60_000);
    assert.equal(rowOf(slow.drains, A).armed, true);
    const drain: Written = {
      type: 'DrainOffer',
      offerId: A,
      holdIds: ['soon', 'later'].map((it) => holdIdOf(it, '1', 1, A)),
      at: NOON + 50,
    };
    const decision = inventory.decide({ at: NOON, ...drain }, slow, {}) as readonly InventoryEvent[];
    const lost = decision.flatMap((it) => (it.type === 'HoldLost' ? [[it.orderId, it.quantity, it.reason]] : []));
    assert.deepEqual(lost, [['soon', 3, 'too-slow']]);
  });

  it('is itself again only well below the bound at which it was slow', () => {
    const { at, back } = SLOW;
    const lead = 10_000;
    const promised = aMarket({ a: 1_000, change: { leadTimeMs: lead } });
    const slow = deliveries(promised, 1, same(SLOW.samples, lead * at.times + 1));
    assert.equal(leadOf(offer(slow)), lead * at.times + 1);
    const between = deliveries(slow, 100, same(SLOW.samples, lead * back.times + 1));
    assert.notEqual(offer(between).measured, undefined, 'a little better is not well');
    const well = deliveries(between, 200, same(SLOW.samples, lead * back.times));
    assert.deepEqual([leadOf(offer(well)), offer(well).measured], [lead, undefined]);
  });

  it('is told again only when it is clearly slower, or faster', () => {
    const slow = deliveries(market(), 1, same(SLOW.samples, 8_000));
    const known = offer(slow).measured;
    assert.equal(offer(deliveries(slow, 100, same(SLOW.samples, 9_000))).measured, known);
    assert.equal(offer(deliveries(slow, 100, same(SLOW.samples, 12_000))).measured?.p90Ms, 12_000);
  });

  it('is forgotten after a while in which nobody went there, and measured anew', () => {
    const slow = deliveries(market(), 1, same(SLOW.samples, 8_000));
    const measuredAt = offer(slow).measured?.at ?? 0;
    const forgotten = after(slow, { type: 'ForgetSlowness', offerId: A, measuredAt, at: NOON + SLOW.forMs });
    assert.deepEqual([leadOf(offer(forgotten)), offer(forgotten).times], [1_000, []]);
    assert.equal(after(slow, { type: 'ForgetSlowness', offerId: A, measuredAt: measuredAt - 1 }), slow);
  });

  it('is measured by its own answers, of the last deliveries alone, and a vault not at all', () => {
    const rows = deliveries(
      market(),
      1,
      Array.from({ length: SLOW.samples + 5 }, (_, n) => n),
    );
    assert.deepEqual(
      offer(rows).times,
      Array.from({ length: SLOW.samples }, (_, n) => n + 5),
    );
    const vault = { ...offer(rows), offerId: VAULT, kind: 'vault' as const };
    assert.equal(timed(vault, 5), vault);
  });

  it('is slower than nine of ten of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: SLOW.least, maxLength: SLOW.samples }), (times) => {
        const p90 = p90Of(times) ?? -1;
        assert.ok(times.filter((it) => it <= p90).length >= times.length * 0.9);
        assert.ok(times.filter((it) => it < p90).length < times.length * 0.9);
      }),
    );
  });
});
