import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { A, aHold, aMarket, after, candidate, H, holdFirst, NOON, ofP, report, start } from './inventory.fixtures';
import { awayOf, DRAIN_BATCH, DRAIN_RETRY_MS, inventory, type Rows, rowOf, STORM_PATIENCE_MS, STORM_WINDOW } from './index';

const idOf = (attempt: number) => `o/1/${attempt}/${A}`;

/** So many holds of so many units, all at A, which then runs dry. */
function aStorm(holds: number, units: number): Rows {
  const market = aMarket({ a: holds * units, change: { maxQuantity: 100_000 } });
  const attempts = Array.from({ length: holds }, (_, n) => n + 1);
  return after(market, ...attempts.map((attempt) => holdFirst(units, [candidate('a')], { attempt })), report('a', 0, 2));
}

describe(`a storm of ${STORM_WINDOW + 100} units`, () => {
  const storm = aStorm(7, (STORM_WINDOW + 100) / 7);
  const drain = { type: 'DrainOffer' as const, offerId: A, holdIds: [1, 2, 3, 4, 5, 6, 7].map(idOf) };

  it('loses as many as may be on their way at once, and waits', () => {
    const { rows } = start(storm)
      .when(drain)
      .thenAmong({ type: 'DrainPaused', offerId: A, resumeAt: NOON + DRAIN_RETRY_MS });
    assert.equal(awayOf(rowOf(rows.drains, A), NOON), STORM_WINDOW);
    assert.equal(rowOf(rows.offers, A).held, 100);
  });

  it('goes on as lost units come back: answered elsewhere, or given up', () => {
    const replaces = { holdId: idOf(1), offerId: A, sku: 'vip', reason: 'out-of-stock' as const, referencePriceMinor: 2600 };
    const rows = after(storm, drain, holdFirst(10, [candidate('b')], { attempt: 9, replaces }), {
      type: 'NoteBack',
      offerId: A,
      units: 30,
    });
    assert.equal(awayOf(rowOf(rows.drains, A), NOON), STORM_WINDOW - 40);
    assert.equal(rowOf(after(rows, drain).offers, A).held, 50);
  });

  it('no longer waits for those that have not come back in time', () =>
    void start(after(storm, drain))
      .when({ ...drain, at: NOON + STORM_PATIENCE_MS })
      .thenState((rows) => rowOf(rows.offers, A).held, 0));

  it('takes a hold whole, however large, and the next only where there is room for a unit of it', () => {
    const heldAfter = (...units: readonly number[]) => {
      const sum = units.reduce((all, it) => all + it, 0);
      const holds = units.map((it, n) => holdFirst(it, [candidate('a')], { attempt: n + 1 }));
      const dry = after(aMarket({ a: sum, change: { maxQuantity: 100_000 } }), ...holds, report('a', 0, 2));
      return rowOf(after(dry, drain).offers, A).held;
    };
    assert.equal(heldAfter(12 * STORM_WINDOW, 1), 1);
    assert.equal(heldAfter(STORM_WINDOW, 1), 1);
    assert.equal(heldAfter(STORM_WINDOW - 1, 12 * STORM_WINDOW, 1), 1);
  });
});

describe('a drain', () => {
  it(`of more than ${DRAIN_BATCH} holds goes on at once; anything less was the rest`, () => {
    const storm = aStorm(DRAIN_BATCH + 1, 1);
    const holdIds = Array.from({ length: DRAIN_BATCH }, (_, n) => idOf(n + 1));
    start(storm)
      .when({ type: 'DrainOffer', offerId: A, holdIds })
      .thenAmong({ type: 'DrainDue', offerId: A })
      .when({ type: 'DrainOffer', offerId: A, holdIds: [idOf(DRAIN_BATCH + 1)] })
      .thenAmong({ type: 'DrainEnded', offerId: A });
  });

  it('takes in several commands of one step what it takes in one, and only the last says how it goes on', () => {
    const half = Array.from({ length: DRAIN_BATCH }, (_, n) => idOf(n + 1));
    const rest = Array.from({ length: 3 }, (_, n) => idOf(DRAIN_BATCH + n + 1));
    start(aStorm(DRAIN_BATCH + 3, 1))
      .when({ type: 'DrainOffer', offerId: A, holdIds: half, more: true })
      .thenState((rows) => [rowOf(rows.offers, A).held, rowOf(rows.drains, A).armed], [3, true])
      .when({ type: 'DrainOffer', offerId: A, holdIds: rest })
      .thenAmong({ type: 'DrainEnded', offerId: A })
      .thenState((rows) => rowOf(rows.offers, A).held, 0);
  });

  it('takes what is held beyond the supply, whatever is in flight', () => {
    const bought = after(
      aMarket({ a: 20 }),
      holdFirst(6, [candidate('a')]),
      { type: 'AssignHold', holdId: H },
      { type: 'SubmitPurchase', ...ofP, quantity: 6 },
    );
    const short = after(bought, holdFirst(6, [candidate('a')], { attempt: 2 }), report('a', 4, 2));
    start(short)
      .when({ type: 'DrainOffer', offerId: A, holdIds: [idOf(2), H] })
      .thenState((rows) => [rowOf(rows.offers, A).held, rowOf(rows.offers, A).inFlight], [4, 6]);
  });

  it('is not started twice: while it runs it is told once that there is news', () =>
    void start(aStorm(1, 5))
      .when(report('a', 1, 3))
      .thenTypes('StockReported', 'DrainAskedAgain', 'OfferState')
      .when(report('a', 2, 4))
      .thenTypes('StockReported', 'OfferState'));

  it('looks again for what the offer has lost since its list was read', () => {
    const stopped = after(aHold('held', aMarket({ a: 20 })), { type: 'CloseOffer', offerId: A, cause: 'capacity' });
    const opened = after(stopped, { type: 'OpenOffer', offerId: A, cause: 'capacity' });
    // The list is read here: nothing must go. Before it is acted on, more is held, and the offer closes for good.
    const closed = after(opened, holdFirst(3, [candidate('a')], { attempt: 2 }), { type: 'CloseOffer', offerId: A, cause: 'suspended' });
    start(closed)
      .when({ type: 'DrainOffer', offerId: A, holdIds: [] })
      .thenTypes('DrainDue')
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H, idOf(2)] })
      .thenAmong({ type: 'DrainEnded', offerId: A })
      .thenState((rows) => rowOf(rows.offers, A).held, 0);
  });

  it('is resumed only while it is armed', () => {
    start(aStorm(1, 5)).when({ type: 'ResumeDrain', offerId: A }).thenTypes('DrainDue');
    start(aMarket()).when({ type: 'ResumeDrain', offerId: A }).thenNothing();
  });

  it('waits a moment when it is paused', () =>
    void assert.deepEqual(inventory.react({ type: 'DrainPaused', offerId: A, resumeAt: NOON + 1 }), [
      { command: { type: 'ResumeDrain', offerId: A }, at: NOON + 1 },
    ]));
});
