import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { doneAt, unitsInTime } from './closing';
import { stateOf } from './told';
import { A, aMarket, after, B, candidate, H, holdFirst, NOON, putOffer, type Written } from './inventory.fixtures';
import { inventory, type Rows, rowOf } from './index';
import { holdIdOf, isRejection } from '@midstream/kernel';

const MINUTE = 60_000;
const by = (ms: number) => ({ deliverBy: new Date(NOON + ms).toISOString() });
const both = [candidate('a'), candidate('b')];
/** How each candidate fared. */
function tried(rows: Rows, command: Written) {
  const decision = inventory.decide({ at: NOON, ...command }, rows, {});
  assert.ok(!isRejection(decision));
  const [answer] = decision;
  assert.ok(answer?.type === 'OfferHeld' || answer?.type === 'NothingHeld');
  return answer.tried.map((it) => [it.outcome, it.available]);
}
const held = (rows: Rows, offerId = A): number => rowOf(rows.offers, offerId).held;

describe('an offer that delivers two units a minute', () => {
  const market = after(aMarket(), putOffer('a', { capacityPerMinute: 2, leadTimeMs: 1_000 }));

  it('takes of a line what it delivers by the deadline, and the rest goes to the next', () => {
    const line = holdFirst(10, both, by(2 * MINUTE + 1_000));
    const rows = after(market, line);
    assert.deepEqual([held(rows), held(rows, B)], [5, 5], 'the first at once, and one each half minute');
    assert.deepEqual(tried(market, line), [
      ['held', 5],
      ['held', 5],
    ]);
  });

  it('reckons with what it holds for others', () => {
    const busy = after(market, holdFirst(4, [candidate('a')], { orderId: 'p' }));
    const rows = after(busy, holdFirst(4, both, by(2 * MINUTE + 1_000)));
    assert.deepEqual([held(rows), held(rows, B)], [4 + 1, 3]);
  });

  it('reckons with what was bought there just now', () => {
    const bought = after(
      market,
      holdFirst(2, [candidate('a')]),
      { type: 'AssignHold', holdId: H },
      { type: 'SubmitPurchase', holdId: H, purchaseId: `${H}/1`, sku: 'vip', quantity: 2 },
    );
    assert.equal(held(bought), 0);
    const rows = after(bought, holdFirst(2, both, { orderId: 'p', ...by(MINUTE + 1_000) }));
    assert.deepEqual([held(rows), held(rows, B)], [1, 1]);
  });

  it('gives the slots of what was struck from its queue to who comes next', () => {
    const assigned = (rows: Rows, orderId: string): Rows => after(rows, { type: 'AssignHold', holdId: holdIdOf(orderId, '1', 1, A) });
    const one = assigned(after(market, holdFirst(4, [candidate('a')])), 'o');
    const two = assigned(after(one, holdFirst(2, [candidate('a')], { orderId: 'p' })), 'p');
    assert.equal(rowOf(two.offers, A).plannedUntil, NOON + 3 * MINUTE);
    const left = after(two, { type: 'ReleaseHold', holdId: holdIdOf('p', '1', 1, A), reason: 'cancelled' });
    assert.equal(rowOf(left.offers, A).plannedUntil, NOON + 2 * MINUTE);
    const told = stateOf(rowOf(left.offers, A));
    assert.equal(told.busyUntil, new Date(NOON + 2 * MINUTE).toISOString());
    assert.equal(stateOf(rowOf(market.offers, A)).busyUntil, undefined);
  });

  it('is left out where nothing would be in time, and says so', () => {
    assert.deepEqual(tried(market, holdFirst(1, [candidate('a')], by(999))), [['no-capacity', 10]]);
  });
});

it('what is in time is exactly what is done by the deadline', () => {
  const offer = rowOf(aMarket().offers, A);
  const units = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(
      units,
      fc.integer({ min: 1, max: 900 }),
      fc.nat(7_200_000),
      fc.nat(120_000),
      (waiting, capacityPerMinute, leftMs, aheadMs) => {
        const it = { ...offer, held: waiting, capacityPerMinute, leadTimeMs: 1_000, spentUntil: NOON + aheadMs };
        const deadline = NOON + leftMs;
        const more = unitsInTime(it, deadline, NOON);
        const isDone = (held: number): boolean => doneAt({ ...it, held }, NOON) <= deadline;
        assert.ok(more === 0 || isDone(waiting + more));
        assert.ok(!isDone(waiting + more + 1));
      },
    ),
  );
});
