import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { A, aHold, aMarket, after, candidate, H, holdFirst, NOON, ofP, report, type Written } from './inventory.fixtures';
import { FED, overdueAt, POLL_TELL_MS, type Rows, rowOf, stateOf } from './index';

const MINUTE = 60_000;
const LIMITS = { staleAfterMs: 15 * MINUTE, closedAfterMs: 120 * MINUTE };
const offer = (rows: Rows) => rowOf(rows.offers, A);
const age = (at: number): Written => ({ type: 'AgeFigure', offerId: A, ...LIMITS, at });
const causes = (rows: Rows) => offer(rows).closures.map((it) => it.cause);

/** Pushed at these minutes. */
const pushed = (rows: Rows, minutes: readonly number[]): Rows =>
  after(rows, ...minutes.map((it, n): Written => ({ ...report('a', 10, n + 2), at: NOON + it * MINUTE })));
const every = (pause: number, times: number): number[] => Array.from({ length: times }, (_, n) => (n + 1) * pause);
const overdueAfter = (rows: Rows): number | undefined => {
  const at = overdueAt(offer(rows));
  return at === undefined ? undefined : (at - offer(rows).stockAsOf) / MINUTE;
};
const polled = (rows: Rows, at: number, everyMs: number): Rows => {
  const { sequence, stockAsOf, accepted } = offer(rows);
  const seen = { sequence, stockAsOf, accepted };
  return after(rows, { type: 'NotePolled', supplierId: 'a', offerId: A, quantity: 10, seen, everyMs, at });
};

describe('a figure that is overdue, of an offer that has promised nothing', () => {
  const fed = pushed(aMarket(), every(5, FED.least));
  const overdue = overdueAt(offer(fed)) ?? NaN;

  it('is one that came in a rhythm, once some pauses of it have passed', () => {
    assert.equal(overdueAfter(fed), 5 * FED.missed);
    assert.equal(overdueAfter(pushed(aMarket(), every(5, FED.least - 1))), undefined);
  });

  it('is none where it came once, or when something changed, or much at once', () => {
    assert.equal(overdueAfter(aMarket()), undefined);
    assert.equal(overdueAfter(pushed(aMarket(), [5, 60, 61, 200, 202, 600, 601, 900, 1_000, 2_000])), undefined);
    assert.equal(overdueAfter(pushed(aMarket(), every(0.1, 40))), undefined);
  });

  it('of one that is asked is overdue from the first on, by how often it is asked, or by how often that told anything', () => {
    const once = polled(aMarket(), NOON + MINUTE, 10 * MINUTE);
    assert.equal(overdueAfter(once), 10 * FED.missed);
    assert.equal(overdueAfter(polled(aMarket(), NOON + MINUTE, 1_000)), (POLL_TELL_MS / MINUTE) * FED.missed);
    assert.equal(overdueAfter(polled(once, NOON + 241 * MINUTE, 10 * MINUTE)), 240 * FED.missed);
  });

  it('counts as stale first, told once, and closes its offer later; what is held stays, and nothing new is', () => {
    const held = aHold('held', fed);
    const before = after(held, age(overdue + LIMITS.staleAfterMs - 1));
    assert.equal(stateOf(offer(before)).freshUntil, undefined);
    const stale = after(held, age(overdue + LIMITS.staleAfterMs));
    assert.deepEqual([stateOf(offer(stale)).freshUntil, causes(stale)], [new Date(overdue + LIMITS.staleAfterMs).toISOString(), []]);
    const { version } = offer(stale);
    assert.equal(offer(after(stale, age(overdue + LIMITS.closedAfterMs - 1))).version, version);
    const closed = after(stale, age(overdue + LIMITS.closedAfterMs));
    assert.deepEqual([causes(closed), rowOf(closed.holds, H).held, closed.drains[A]?.armed ?? false], [['stale'], 6, false]);
    assert.equal(Object.keys(after(closed, holdFirst(1, [candidate('a')], { attempt: 2 })).holds).length, 1);
    assert.equal(offer(after(closed, age(overdue + 10 * LIMITS.closedAfterMs))).version, offer(closed).version);
    assert.deepEqual(causes(after(fed, age(overdue + LIMITS.closedAfterMs))), ['stale'], 'also where nobody has looked before');
  });

  it('is no reason to lose what was queued before: it is bought', () => {
    const closed = after(aHold('queued', fed), age(overdue + LIMITS.closedAfterMs));
    const bought = after(closed, { type: 'SubmitPurchase', ...ofP, quantity: 6 });
    const { lost, submitting } = rowOf(bought.holds, H);
    assert.deepEqual([causes(bought), lost, submitting], [['stale'], 0, 6]);
  });

  it('is fresh with the next one', () => {
    const at = overdue + LIMITS.closedAfterMs;
    const again = after(fed, age(overdue + LIMITS.staleAfterMs), age(at), { ...report('a', 10, 99), at: at + 1 });
    assert.deepEqual([causes(again), stateOf(offer(again)).freshUntil, offer(again).staleAt], [[], undefined, undefined]);
  });

  it('is none any more of one that promises reports', () => {
    const terms = { costTiers: [{ from: 1, costMinor: 2000 }], currency: 'CNY', regions: ['CN'], minQuantity: 1, maxQuantity: 1000, capacityPerMinute: 600, leadTimeMs: 1000, safetyStock: 0, freshness: 'bulk' as const }; // prettier-ignore
    const promised = after(fed, { type: 'PutOffer', supplierId: 'a', sku: 'vip', terms });
    assert.equal(overdueAfter(promised), undefined);
    assert.deepEqual(causes(after(promised, age(NOON + 99 * 86_400_000))), []);
  });
});
