import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import {
  A,
  aHold,
  aMarket,
  B,
  after,
  candidate,
  holdFirst,
  H,
  NOON,
  ofP,
  putOffer,
  report,
  start,
  vip,
  type Written,
} from './inventory.fixtures';
import { costAt, FRESH_MS, inventory, type Rows, rowOf, stateOf } from './index';

const offerOf = (rows: Rows) => rowOf(rows.offers, A);
const causesOf = (rows: Rows) => stateOf(offerOf(rows)).closures.map((it) => it.cause);
const refusal = (rows: Rows, command: Written): string => {
  const decision = inventory.decide({ at: NOON, ...command }, rows, {});
  return isRejection(decision) ? decision.rejected : 'taken';
};
const drained = (rows: Rows): Rows => after(rows, { type: 'DrainOffer', offerId: A, holdIds: Object.keys(rows.holds) });
const lost = (rows: Rows): number => rowOf(rows.holds, H).lost;

describe('a price that two changes have made', () => {
  const reprice = (ceilingMinor: number, priceVersion: number): Written => ({
    type: 'RepriceOffer',
    offerId: A,
    ceilingMinor,
    priceVersion,
  });
  const priceOf = (rows: Rows) => rowOf(rows.offers, A).ceilingMinor;

  it('is the newer one, whichever comes last', () => {
    assert.equal(priceOf(after(aMarket(), reprice(2700, 2), reprice(2800, 3))), 2800);
    assert.equal(priceOf(after(aMarket(), reprice(2800, 3), reprice(2700, 2))), 2800);
  });

  it('is the newer one, also where it was there and back, and where the offer was put meanwhile', () => {
    assert.equal(priceOf(after(aMarket(), reprice(2600, 3), reprice(2700, 2))), 2600);
    const dearer = after(aMarket(), { type: 'PutProduct', product: { ...vip, priceMinor: 2900 } }, putOffer('a', { leadTimeMs: 2000 }));
    assert.equal(priceOf(after(dearer, reprice(2600, 1))), 2900);
  });

  it('goes to every offer with its version', () => {
    const { rows } = start(aMarket());
    const decided = inventory.decide({ type: 'PutProduct', product: { ...vip, priceMinor: 2900 }, at: NOON }, rows, {});
    assert(!isRejection(decided));
    assert.deepEqual(
      decided.flatMap((it) => inventory.react(it)).map((it) => it.command),
      [A, B].map((offerId) => ({ type: 'RepriceOffer', offerId, ceilingMinor: 2900, priceVersion: 2 })),
    );
  });
});

describe('a supplier that quotes in its own currency', () => {
  const rate = (value: number, seenAt = NOON): Written => ({ type: 'PutRate', base: 'USD', quote: 'CNY', rate: value, seenAt });
  const put = putOffer('a', { costTiers: [{ from: 1, costMinor: 301 }], currency: 'USD' });

  it('costs what the rate makes of it, rounded up, and is told with both', () => {
    const rows = after(aMarket(), rate(7.1234), put);
    assert.equal(costAt(offerOf(rows).costTiers, 1), 2145); // 2144.1434
    const { currency, quoted } = stateOf(offerOf(rows));
    assert.equal(currency, 'CNY');
    assert.deepEqual(quoted, {
      currency: 'USD',
      costTiers: [{ from: 1, costMinor: 301 }],
      rate: 7.1234,
      rateAt: new Date(NOON).toISOString(),
    });
  });

  it('is refused while there is no rate', () => assert.equal(refusal(aMarket(), put), 'unknown-rate'));

  it('knows that a yen has no cents', () => {
    const yen: Written = { type: 'PutRate', base: 'JPY', quote: 'CNY', rate: 0.05, seenAt: NOON };
    const rows = after(aMarket(), yen, putOffer('a', { costTiers: [{ from: 1, costMinor: 400 }], currency: 'JPY' }));
    assert.equal(costAt(offerOf(rows).costTiers, 1), 2000);
  });

  it('becomes too dear with the rate, and what it holds goes elsewhere', () => {
    const held = aHold('held', after(aMarket(), rate(7), put));
    const decision = inventory.decide({ at: NOON, ...rate(9, NOON + 1) }, held, {});
    assert.ok(!isRejection(decision));
    const rows = decision
      .flatMap((it) => inventory.react(it))
      .reduce((now, { command }) => after(now, command), after(held, rate(9, NOON + 1)));
    assert.ok(causesOf(rows).includes('price-risen'));
    assert.equal(lost(drained(rows)), 6);
  });

  it('says of an older rate that it is stale, and of one from tomorrow that it is not yet', () => {
    const rows = after(aMarket(), rate(7));
    assert.equal(refusal(rows, rate(8, NOON - 1)), 'stale-rate');
    assert.equal(refusal(rows, rate(8, NOON + 86_400_000)), 'rate-from-the-future');
    assert.equal(refusal(rows, { type: 'PutRate', base: 'CNY', quote: 'CNY', rate: 1, seenAt: NOON }), 'wrong-rate');
  });

  it('feeds tiers in that currency, and a feed without them leaves the cost alone', () => {
    const rows = after(aMarket(), rate(7), put, { ...report('a', 5, 2), costTiers: [{ from: 1, costMinor: 310 }] } as Written);
    assert.equal(costAt(offerOf(rows).costTiers, 1), 2170);
    assert.deepEqual([offerOf(rows).costSource, offerOf(rows).stockSource], ['push', 'push']);
    const later = after(rows, report('a', 4, 3));
    assert.equal(costAt(offerOf(later).costTiers, 1), 2170);
    assert.deepEqual(offerOf(later).quoted?.costTiers, [{ from: 1, costMinor: 310 }]);
  });
});

describe('an offer whose feed promises to be fresh', () => {
  const fresh: Written = { ...putOffer('a'), terms: { ...offerTerms(), freshness: 'instant' } } as Written;
  const late = (ms: number): Written => ({ type: 'CloseStale', offerId: A, at: NOON + ms });

  it('closes when it has not reported for so long, keeps what is held, and opens with the next report', () => {
    const held = aHold('held', after(aMarket(), fresh));
    assert.deepEqual(causesOf(after(held, late(FRESH_MS.instant - 1))), []);
    const stale = after(held, late(FRESH_MS.instant));
    assert.deepEqual(causesOf(stale), ['stale']);
    assert.equal(lost(drained(stale)), 0);
    assert.equal(Object.keys(after(stale, holdFirst(1, [candidate('a')], { attempt: 2 })).holds).length, 1, 'nothing new is held');
    assert.deepEqual(causesOf(after(stale, { ...report('a', 10, 2), at: NOON + FRESH_MS.instant })), []);
  });

  it('that has promised nothing is never stale', () => {
    assert.deepEqual(causesOf(after(aMarket(), late(10 * FRESH_MS.bulk))), []);
  });
});

describe('an offer with a first and a last moment', () => {
  const until: Written = { ...putOffer('a'), terms: { ...offerTerms(), validUntilAt: NOON + 1_000 } } as Written;
  it('closes at the last, and frees what is held', () => {
    const held = aHold('held', after(aMarket(), until));
    const ended = after(held, { type: 'ApplyValidity', offerId: A, at: NOON + 1_000 });
    assert.deepEqual(causesOf(ended), ['not-valid']);
    assert.equal(lost(drained(ended)), 6);
  });
  it('closes and opens at once where its moments are put anew, and stays open where they are taken away', () => {
    const ends = (validUntilAt: number): Written => ({ ...putOffer('a'), terms: { ...offerTerms(), validUntilAt } }) as Written;
    const begins = { ...putOffer('a'), terms: { ...offerTerms(), validFromAt: NOON + 1 } } as Written;
    const held = aHold('held');
    assert.deepEqual(causesOf(after(held, ends(NOON))), ['not-valid']);
    assert.equal(lost(drained(after(held, ends(NOON)))), 6);
    assert.deepEqual(causesOf(after(held, begins)), ['not-valid']);
    assert.deepEqual(causesOf(after(held, ends(NOON), ends(NOON + 1))), []);
    assert.deepEqual(causesOf(after(held, ends(NOON), putOffer('a'))), []);
    // As older versions have left it
    const shut = inventory.evolve(held, { type: 'ClosuresSet', offerId: A, closures: [{ cause: 'not-valid' }] });
    assert.deepEqual(causesOf(after(shut, putOffer('a'))), []);
  });
  it('is refused when it ends before it begins, or sells another face value', () => {
    const of = (change: object): Written => ({ ...putOffer('a'), terms: { ...offerTerms(), ...change } }) as Written;
    assert.equal(refusal(aMarket(), of({ validFromAt: 2, validUntilAt: 2 })), 'wrong-validity');
    assert.equal(refusal(aMarket(), of({ denomination: { kind: 'FIXED', valuesMinor: [1000, 5000] } })), 'wrong-denomination');
    assert.equal(
      refusal(aMarket(), of({ denomination: { kind: 'RANGE', minMinor: 1000, maxMinor: 5000, stepMinor: 1500 } })),
      'wrong-denomination',
    );
    assert.equal(refusal(aMarket(), of({ denomination: { kind: 'RANGE', minMinor: 1000, maxMinor: 5000, stepMinor: 1000 } })), 'taken');
    assert.equal(vip.faceValueMinor, 3000);
  });
});

describe('an offer that loses pace', () => {
  const pace = (change: object): Written => ({ type: 'ReportPace', supplierId: 'a', offerId: A, ...change });
  it('frees what would come too late there, while there is time', () => {
    const held = aHold('held');
    const slow = drained(after(held, pace({ leadTimeMs: 2 * 3_600_000 })));
    assert.equal(lost(slow), 6);
    const few = drained(after(held, pace({ capacityPerMinute: 1 })));
    assert.equal(lost(few), 0, 'five minutes are in time');
    assert.equal(lost(drained(after(held, pace({ capacityPerMinute: 1, leadTimeMs: 56 * 60_000 })))), 6);
  });
  it('and gains it again, frees nothing', () => {
    const rows = after(aHold('held'), pace({ leadTimeMs: 2 * 3_600_000 }), pace({ leadTimeMs: 1_000 }));
    assert.equal(lost(drained(rows)), 0);
  });
  it('is refused from another supplier', () =>
    assert.equal(refusal(aMarket(), { ...pace({ leadTimeMs: 5 }), supplierId: 'b' } as Written), 'foreign-offer'));
});

describe('a way of delivery', () => {
  const by: Written = { ...putOffer('a'), terms: { ...offerTerms(), channel: 'redeem' } } as Written;
  const note = (rows: Rows, state: 'up' | 'slow' | 'down'): Rows =>
    after(rows, { type: 'ApplyChannel', offerId: A, channel: 'redeem', state });

  it('that goes down closes the offers that depend on it, and frees what they hold', () => {
    const held = aHold('held', after(aMarket(), by));
    assert.deepEqual(causesOf(note(held, 'down')), ['channel-down']);
    assert.equal(lost(drained(note(held, 'down'))), 6);
    assert.deepEqual(causesOf(note(note(held, 'down'), 'slow')), ['channel-slow']);
    assert.deepEqual(causesOf(note(note(held, 'slow'), 'up')), []);
  });
  it('is nothing to offers that do not name it', () => assert.deepEqual(causesOf(note(aMarket(), 'down')), []));
  it('is heard of from the market', () => {
    const channel = { channel: 'redeem', state: 'down', observedAt: new Date(NOON).toISOString() } as const;
    const heard = inventory.react({ type: 'MarketSignalReported', sku: 'vip', signalId: 's', kind: 'delivery-channel', channel });
    assert.deepEqual(heard, [{ command: { type: 'NoteChannel', sku: 'vip', channel: 'redeem', state: 'down', observedAt: NOON } }]);
    assert.ok(ofP);
  });
});

function offerTerms() {
  const put = putOffer('a');
  assert.ok(put.type === 'PutOffer');
  return put.terms;
}

describe('a margin that the hub insists on', () => {
  const floored: Written = { type: 'PutProduct', product: { ...vip, marginFloorBp: 2_500 } };
  const withFloor = (rows: Rows): Rows => {
    const decision = inventory.decide({ at: NOON, ...floored }, rows, {});
    assert.ok(!isRejection(decision));
    const commands = decision.flatMap((it) => inventory.react(it)).map((it) => it.command);
    return commands.reduce((now, command) => after(now, command), after(rows, floored));
  };

  it('is kept before anything is held or bought: 2000 of 2600 leave less than a quarter', () => {
    const rows = withFloor(aHold('queued'));
    assert.ok(causesOf(rows).includes('price-risen'));
    const bought = after(rows, { type: 'SubmitPurchase', ...ofP, quantity: 6 });
    assert.equal(lost(bought), 6);
    assert.equal(Object.keys(after(withFloor(aMarket()), holdFirst(1, [candidate('a')])).holds).length, 0);
  });
  it('lowers what a purchase may cost', () => {
    const cheap = putOffer('a', { costTiers: [{ from: 1, costMinor: 1_950 }] });
    const rows = after(aHold('queued', withFloor(after(aMarket(), cheap))), { type: 'SubmitPurchase', ...ofP, quantity: 6 });
    assert.equal(rowOf(rows.purchases, ofP.purchaseId).maxCostMinor, 1_950);
  });
  it('does not count for a line whose merchant has waived it: up to the price, and no dearer', () => {
    const rows = withFloor(aMarket());
    const held = after(rows, holdFirst(6, [candidate('a')], { marginFloorWaived: true }));
    assert.equal(rowOf(held.holds, H).granted, 6);
    assert.equal(lost(drained(after(held, { type: 'AllowDrain', offerId: A }))), 0);
    const bought = after(held, { type: 'AssignHold', holdId: H }, { type: 'SubmitPurchase', ...ofP, quantity: 6 });
    const { maxCostMinor, floorWaived } = rowOf(bought.purchases, ofP.purchaseId);
    assert.deepEqual([maxCostMinor, floorWaived], [2_600, true]);
    const dear = putOffer('a', { costTiers: [{ from: 1, costMinor: 2_601 }] });
    assert.equal(Object.keys(after(rows, dear, holdFirst(1, [candidate('a')], { marginFloorWaived: true })).holds).length, 0);
    assert.equal(lost(drained(after(held, dear))), 6);
  });
  it('is given up by putting the product without it', () => {
    const rows = withFloor(aMarket());
    const decision = inventory.decide({ at: NOON, type: 'PutProduct', product: vip }, rows, {});
    assert.ok(!isRejection(decision));
    const again = decision.flatMap((it) => inventory.react(it)).reduce((now, { command }) => after(now, command), rows);
    assert.deepEqual(causesOf(again), []);
  });
});
