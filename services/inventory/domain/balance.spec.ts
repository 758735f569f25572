import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { A, after, aHold, aMarket, H, NOON, ofP, outcome, P, putOffer, start, type Written } from './inventory.fixtures';
import {
  BALANCE_BLIND_MS,
  BALANCE_EVERY_MS,
  BALANCE_PATIENCE_MS,
  inventory,
  RECONCILE_EVERY_MS,
  roomOf,
  type Rows,
  rowOf,
  SETTLED_AFTER_MS,
} from './index';

const watchedSupplier: Written = {
  type: 'PutSupplier',
  supplier: {
    ...{ supplierId: 'a', kind: 'http', name: { zh: 'a', en: 'a' }, upstreamGroup: 'a' },
    ...{ baseUrl: 'http://supplier.test', watchesBalance: true },
  },
};
const refused = outcome({ units: [], rest: 'no-balance', unitCostMinor: 0 });
const hold = (rows: Rows) => rowOf(rows.holds, H);
const account = (rows: Rows) => rowOf(rows.accounts, 'a');
/** Six units that A has refused, and its account is known to be short. */
const short = () => after(aHold('submitting'), refused, { type: 'NoteShort', supplierId: 'a', neededMinor: 12_000, currency: 'CNY' });
const told = (rows: Rows, balanceMinor: number, at = NOON + 1) =>
  after(rows, { type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, balance: { balanceMinor, currency: 'CNY' }, at });

describe('a purchase that our balance does not cover', () => {
  it('was not made: its units wait in the queue, and the offer takes no more', () =>
    void start(aHold('submitting'))
      .when(refused)
      .thenTypes('PurchaseSettled', 'UnitsMoved', 'OfferUnpaid', 'UnitsWaited', 'BalanceRanOut', 'OfferState')
      .thenState(
        (rows) => [hold(rows).queued, hold(rows).waiting, roomOf(rowOf(rows.offers, A)), rowOf(rows.purchases, P).refusal] as unknown,
        [6, 6, 0, 'no-balance'],
      ));

  it('is known to have cost so much, so that we know when the money is enough', () => {
    const decision = inventory.decide({ at: NOON, ...refused }, aHold('submitting'), {});
    assert.ok(!('rejected' in decision));
    assert.deepEqual(
      decision.find((it) => it.type === 'BalanceRanOut'),
      { type: 'BalanceRanOut', supplierId: 'a', neededMinor: 12_000, currency: 'CNY' },
    );
  });

  it('keeps others from being sent for nothing', () => {
    const rows = after(short(), { type: 'SubmitPurchase', ...ofP, purchaseId: `${H}/2`, quantity: 6 });
    assert.deepEqual([hold(rows).queued, hold(rows).waiting, hold(rows).submitting], [6, 6, 0]);
  });

  it('is bought under a new key once the balance pays for it, and not a cent before', () => {
    assert.equal(account(told(short(), 11_999)).short, true);
    const back = told(short(), 12_000);
    assert.equal(account(back).short, false);
    const rows = after(back, { type: 'ResumeOffer', offerId: A }, { type: 'ResumeHold', holdId: H });
    assert.deepEqual([hold(rows).queued, hold(rows).waiting, hold(rows).purchases], [6, undefined, 2]);
    const bought = after(rows, { type: 'SubmitPurchase', ...ofP, purchaseId: `${H}/2`, quantity: 6 });
    assert.equal(rowOf(bought.purchases, `${H}/2`).quantity, 6);
  });

  it('goes elsewhere at once where the offer was closed meanwhile: its drain had nothing to take then', () => {
    const closed = (cause: 'suspended' | 'capacity', forMs?: number) =>
      after(aHold('submitting'), { type: 'CloseOffer', offerId: A, cause, ...(forMs !== undefined && { forMs }) });
    for (const rows of [closed('suspended'), closed('capacity', 60_000)]) {
      assert.equal(rows.drains[A]?.armed ?? false, false);
      const returned = after(rows, refused);
      assert.deepEqual([hold(returned).queued, rowOf(returned.drains, A).armed], [6, true]);
      const drained = after(returned, { type: 'DrainOffer', offerId: A, holdIds: [H] });
      assert.deepEqual([hold(drained).lost, rowOf(drained.offers, A).held, rowOf(drained.drains, A).armed], [6, 0, false]);
    }
  });

  it('is resumed by an operator, too', () =>
    void start(short()).when({ type: 'ResumeAccount', supplierId: 'a' }).thenTypes('AccountNoted', 'BalanceBack'));

  it('goes elsewhere when half of its time is over', () => {
    const untilAt = NOON + Math.min(BALANCE_PATIENCE_MS, 1_800_000);
    assert.equal(hold(short()).waitsUntilAt, untilAt);
    void start(short())
      .when({ type: 'GiveUpWaiting', holdId: H, at: untilAt - 1 })
      .thenNothing();
    void start(short())
      .when({ type: 'GiveUpWaiting', holdId: H, at: untilAt })
      .thenTypes('UnitsMoved', 'HoldLost', 'OfferState')
      .thenState((rows) => [hold(rows).lost, hold(rows).waiting] as unknown, [6, 0]);
  });

  it('whose order asks for it back meanwhile is given back', () =>
    void start(short())
      .when({ type: 'ReleaseHold', holdId: H, reason: 'cancelled' })
      .thenState((rows) => [hold(rows).released, hold(rows).waiting] as unknown, [6, 0]));

  it('that comes after the order has asked for it back is released at once', () =>
    void start(after(aHold('submitting'), { type: 'ReleaseHold', holdId: H, reason: 'cancelled' }))
      .when(refused)
      .thenState((rows) => [hold(rows).released, hold(rows).queued] as unknown, [6, 0]));
});

describe('the balance with a supplier', () => {
  it('is asked for in growing pauses while it is short', () => {
    const first = told(short(), 0);
    const second = told(first, 0);
    assert.deepEqual([account(first).tries, account(second).tries], [1, 2]);
  });

  it('answers one question once', () => {
    const rows = short();
    const { checks: check } = account(rows);
    const once = after(rows, { type: 'NoteBalance', supplierId: 'a', check, balance: { balanceMinor: 0, currency: 'CNY' } });
    void start(once)
      .when({ type: 'NoteBalance', supplierId: 'a', check, balance: { balanceMinor: 99_000, currency: 'CNY' } })
      .thenNothing();
  });

  it('is compared in the currency that the supplier quotes in, and tried after a while where it is told in another', () => {
    const rate = { type: 'PutRate', base: 'USD', quote: 'CNY', rate: 7, seenAt: NOON } as const;
    const abroad = after(aMarket(), rate, putOffer('a', { costTiers: [{ from: 1, costMinor: 300 }], currency: 'USD' }));
    const decision = inventory.decide({ at: NOON, ...refused }, aHold('submitting', abroad), {});
    assert.ok(!('rejected' in decision));
    const [noted] = decision.flatMap((it) => inventory.react(it)).flatMap(({ command }) => (command.type === 'NoteShort' ? [command] : []));
    assert.deepEqual(noted, { type: 'NoteShort', supplierId: 'a', neededMinor: 1_800, currency: 'USD' });
    const rows = after(abroad, noted);
    const said = (balanceMinor: number, currency: string, at = NOON + 1) =>
      account(after(rows, { type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, balance: { balanceMinor, currency }, at }))
        .short;
    assert.deepEqual([said(1_799, 'USD'), said(1_800, 'USD'), said(99_000, 'CNY')], [true, false, true]);
    assert.equal(said(0, 'CNY', NOON + BALANCE_BLIND_MS), false);
    const elsewhere = after(rows, { type: 'NoteShort', supplierId: 'a', neededMinor: 1_000, currency: 'CNY' });
    assert.deepEqual([account(elsewhere).neededMinor, account(elsewhere).neededIn], [1_800, 'USD']);
  });

  it('that nobody can tell is tried after a while', () => {
    const rows = short();
    const cannot = (at: number) => after(rows, { type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, cannotTell: true, at });
    assert.equal(account(cannot(NOON + BALANCE_BLIND_MS - 1)).short, true);
    assert.equal(account(cannot(NOON + BALANCE_BLIND_MS)).short, false);
  });

  it('is not told by silence', () => {
    const rows = short();
    const silent = after(rows, { type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, at: NOON + 10 * BALANCE_BLIND_MS });
    assert.equal(account(silent).short, true);
  });

  it('that a supplier has never told is asked for at once, and then less and less often', () => {
    const pauses: number[] = [];
    let rows = after(aMarket(), watchedSupplier);
    const take = (command: Written): void => {
      const decision = inventory.decide({ at: NOON, ...command }, rows, {});
      assert.ok(!('rejected' in decision));
      pauses.push(...decision.flatMap((it) => (it.type === 'AccountNoted' ? [(it.nextCheckAt ?? Infinity) - NOON] : [])));
      rows = decision.reduce((now, event) => inventory.evolve(now, event), rows);
    };
    take({ type: 'WatchBalance', supplierId: 'a' });
    for (let n = 0; n < 7; n++) take({ type: 'NoteBalance', supplierId: 'a', check: account(rows).checks });
    assert.deepEqual(pauses, [0, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    const balance = { balanceMinor: 1, currency: 'CNY' };
    take({ type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, balance });
    take({ type: 'NoteBalance', supplierId: 'a', check: account(rows).checks });
    assert.deepEqual(pauses.slice(-2), [BALANCE_EVERY_MS, BALANCE_EVERY_MS]);
  });

  it('has the books compared once a day, each purchase once: what is too young today is tomorrow’s', () => {
    const watched = after(aMarket(), watchedSupplier, { type: 'WatchBalance', supplierId: 'a' });
    const noted = (rows: Rows, at: number): Written => ({ type: 'NoteBalance', supplierId: 'a', check: account(rows).checks, at });
    const due = (rows: Rows, at: number) => {
      const decision = inventory.decide({ ...noted(rows, at), at }, rows, {});
      assert.ok(!('rejected' in decision));
      return decision.flatMap((it) => (it.type === 'ReconciliationDue' ? [[it.fromAt, it.untilAt]] : []));
    };
    const settledAt = NOON - SETTLED_AFTER_MS;
    assert.deepEqual(due(watched, NOON), [[settledAt - RECONCILE_EVERY_MS, settledAt]]);
    const first = after(watched, noted(watched, NOON));
    assert.deepEqual(due(first, NOON + RECONCILE_EVERY_MS - 1), []);
    assert.deepEqual(due(first, NOON + RECONCILE_EVERY_MS), [[settledAt, settledAt + RECONCILE_EVERY_MS]]);
  });
});
