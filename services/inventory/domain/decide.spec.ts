import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import {
  A,
  aHold,
  aMarket,
  after,
  B,
  ban,
  candidate,
  codes,
  H,
  holdFirst,
  NOON,
  ofP,
  outcome,
  P,
  putOffer,
  report,
  start,
  VAULT,
  type Written,
} from './inventory.fixtures';
import {
  HOLD_GRACE_MS,
  HOLD_TTL_MS,
  inventory,
  type InventoryEvent,
  movementsOf,
  PURCHASE_UNITS_MAX,
  roomOf,
  type Rows,
  rowOf,
  SILENT_MAX,
} from './index';

const hold = (rows: Rows, holdId = H) => rowOf(rows.holds, holdId);
const tally = (rows: Rows, holdId = H) => {
  const { held, queued, submitting, unknown, accepted, delivered, lost, released } = hold(rows, holdId);
  return Object.fromEntries(
    Object.entries({ held, queued, submitting, unknown, accepted, delivered, lost, released }).filter(([, units]) => units > 0),
  );
};
const room = (rows: Rows, offerId = A) => roomOf(rowOf(rows.offers, offerId));
const only = (events: readonly InventoryEvent[], type: InventoryEvent['type']) => events.filter((it) => it.type === type);
const decided = (rows: Rows, command: Parameters<typeof after>[1]) => {
  const decision = inventory.decide({ at: NOON, ...command }, rows, {});
  assert.ok(!('rejected' in decision), JSON.stringify(decision));
  return decision;
};

describe('ten units at A and ten at B', () => {
  const market = aMarket();

  it('are held at the first candidate that has room', () =>
    void start(market)
      .when(holdFirst(6, [candidate('a'), candidate('b')]))
      .thenTypes('OfferHeld', 'OfferState')
      .thenState((rows) => [tally(rows), room(rows, A), room(rows, B)] as unknown, [{ held: 6 }, 4, 10]));

  it('are held at both when neither has enough', () =>
    void start(market)
      .when(holdFirst(15, [candidate('a'), candidate('b')]))
      .thenState((rows) => [room(rows, A), room(rows, B)], [0, 5]));

  it('are held as the ranking planned, before the rest goes by rank', () =>
    void start(market)
      .when(holdFirst(8, [candidate('a', { planned: 2 }), candidate('b', { planned: 4 })]))
      .thenState((rows) => [room(rows, A), room(rows, B)], [6 - 2 + 2, 6]));

  it('leave what is missing unheld, and say how each candidate fared', () => {
    const [held] = decided(market, holdFirst(25, [candidate('a'), candidate('b')]));
    assert.ok(held?.type === 'OfferHeld');
    assert.equal(held.unheld, 5);
    assert.deepEqual(
      held.tried.map((it) => [it.offerId, it.outcome, it.available]),
      [
        [A, 'partly-held', 0],
        [B, 'partly-held', 0],
      ],
    );
    assert.equal(held.tried[0]?.version, rowOf(after(market, holdFirst(25, [candidate('a'), candidate('b')])).offers, A).version);
  });

  it('answer an attempt once', () =>
    void start(market)
      .has(holdFirst(6, [candidate('a')]))
      .when(holdFirst(6, [candidate('a')]))
      .thenNothing());

  it('are not held at what is not compliant, dearer than its price, sold elsewhere, or unknown', () => {
    const dear = after(market, putOffer('b', { costTiers: [{ from: 1, costMinor: 2700 }] }));
    const [nothing] = decided(
      dear,
      holdFirst(6, [candidate('a', { verdict: { status: 'high-risk', ruleVersion: 1 } }), candidate('b'), candidate('z')]),
    );
    assert.ok(nothing?.type === 'NothingHeld');
    assert.deepEqual(
      nothing.tried.map((it) => it.outcome),
      ['banned', 'price-risen', 'unknown-offer'],
    );
    const [elsewhere] = decided(market, holdFirst(6, [candidate('a')], { region: 'US' }));
    assert.ok(elsewhere?.type === 'NothingHeld' && elsewhere.tried[0]?.outcome === 'closed');
  });

  it('take the cost tier of their own share', () => {
    const tiers = [
      { from: 1, costMinor: 2700 },
      { from: 5, costMinor: 2500 },
    ];
    const market = after(aMarket(), putOffer('a', { costTiers: tiers }));
    assert.equal(decided(market, holdFirst(4, [candidate('a')]))[0]?.type, 'NothingHeld');
    assert.equal(decided(market, holdFirst(5, [candidate('a')]))[0]?.type, 'OfferHeld');
  });

  it('leave other goods alone as long as pieces of the same brand may stand in for the good', () => {
    const repack = { sku: 'half', pieces: 2, units: 8, priceCapMinor: 1250 };
    const clear = { ...repack, verdict: { status: 'compliant', ruleVersion: 0 } } as const;
    const struck = { ...repack, verdict: { status: 'banned', ruleId: 'r7', ruleVersion: 3 } } as const;
    const first = holdFirst(6, [candidate('a')], { need: { sku: 'whole' } });
    const of = (rows: Rows, it: typeof clear | typeof struck) => {
      const [answer] = decided(rows, { ...first, repack: it } as typeof first);
      assert.ok(answer?.type === 'NothingHeld' || answer?.type === 'OfferHeld');
      return [answer.type, answer.unheld, answer.repack, answer.tried.length];
    };
    assert.deepEqual(of(market, clear), ['NothingHeld', 6, clear, 0]);
    assert.deepEqual(of(market, struck), ['OfferHeld', 0, struck, 1]);
    const banned = after(market, { ...ban(1, 'CN'), sku: 'half' } as Parameters<typeof after>[1]);
    assert.deepEqual(of(banned, clear), ['OfferHeld', 0, undefined, 1]);
  });

  it('answer with nothing where there is no candidate', () => void start(market).when(holdFirst(6, [])).thenTypes('NothingHeld'));
});

describe('six of ten units held at A', () => {
  it('are lost when they expire, and not a moment before', () => {
    void start(aHold('held'))
      .when({ type: 'ExpireHold', holdId: H, at: NOON + HOLD_TTL_MS - 1 })
      .thenNothing();
    void start(aHold('held'))
      .when({ type: 'ExpireHold', holdId: H, at: NOON + HOLD_TTL_MS })
      .thenTypes('UnitsMoved', 'HoldLost', 'OfferState')
      .thenState(room, 10);
  });

  it('outlive the question that they wait for', () =>
    void start(aHold('held'))
      .has({ type: 'ExtendHold', holdId: H, deadlineAt: NOON + HOLD_TTL_MS })
      .when({ type: 'ExpireHold', holdId: H, at: NOON + HOLD_TTL_MS + HOLD_GRACE_MS - 1 })
      .thenNothing());

  it('do not expire once they are assigned', () =>
    void start(aHold('queued'))
      .when({ type: 'ExpireHold', holdId: H, at: NOON + HOLD_TTL_MS })
      .thenNothing());

  it('come back when they are asked for', () =>
    void start(aHold('held'))
      .when({ type: 'ReleaseHold', holdId: H, reason: 'cancelled' })
      .thenTypes('ReleaseNoted', 'UnitsMoved', 'HoldReleased', 'OfferState')
      .thenState(room, 10)
      .when({ type: 'AssignHold', holdId: H })
      .thenNothing());
});

describe('a stock-out at A', () => {
  const dry = after(aHold('held'), report('a', 0, 2));

  it('closes the offer and leaves a drain', () =>
    void start(aHold('held'))
      .when(report('a', 0, 2))
      .thenTypes('StockReported', 'DrainDue', 'OfferState'));

  it('takes what is held, and tells it with the whole tally', () =>
    void start(dry)
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenAmong({
        type: 'HoldLost',
        ...{ orderId: 'o', merchantId: 'm', lineId: '1', offerId: A, supplierId: 'a', sku: 'vip' },
        tally: { holdId: H, version: 2, granted: 6, delivered: 0, lost: 6, released: 0 },
        quantity: 6,
        reason: 'out-of-stock',
      })
      .thenState((rows) => rowOf(rows.drains, A).armed, false));

  it('takes no more than the supply falls short', () =>
    void start(after(aHold('held'), report('a', 4, 2)))
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenState(tally, { held: 4, lost: 2 }));

  it('is ended by a restock that comes before the drain', () =>
    void start(after(dry, report('a', 10, 3)))
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenTypes('DrainEnded'));

  it('never takes what is in flight', () =>
    void start(after(aHold('submitting'), report('a', 0, 2)))
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenState(tally, { submitting: 6 }));

  it('can be stopped by an operator, and let run again', () =>
    void start(dry)
      .has({ type: 'StopDrain', offerId: A })
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenNothing()
      .when({ type: 'AllowDrain', offerId: A })
      .thenTypes('DrainStopped', 'DrainDue'));

  it('drains what waits for its purchase, too: the last look sees it', () =>
    void start(after(aHold('queued'), report('a', 0, 2)))
      .when({ type: 'SubmitPurchase', ...ofP, quantity: 6 })
      .thenState(tally, { lost: 6 }));
});

describe('a report', () => {
  const market = aMarket();
  it('is refused when it is stale, foreign, for a vault or for nothing', () => {
    void start(market)
      .when(report('a', 5, 0))
      .thenRejected('stale-report');
    void start(market)
      .when(report('a', 5, 1))
      .thenRejected('stale-report');
    void start(market)
      .when(report('a', 10, 1))
      .thenNothing();
    const told = (costMinor: number): Written => ({ ...report('a', 10, 1), costTiers: [{ from: 1, costMinor }] }) as Written;
    void start(market).when(told(2_000)).thenNothing();
    void start(market).when(told(1_900)).thenRejected('stale-report');
    void start(market).when({ type: 'ReportStock', supplierId: 'b', offerId: A, quantity: 1, sequence: 2 }).thenRejected('foreign-offer');
    void start(market)
      .when({ type: 'ReportStock', supplierId: 'a', offerId: 'a~z', quantity: 1, sequence: 2 })
      .thenRejected('unknown-offer');
  });

  it('counts what was accepted in doubt, and the next one heals it', () => {
    const bought = after(aHold('submitting'), outcome());
    assert.equal(room(bought), 4);
    const second = after(bought, report('a', 4, 2));
    assert.equal(room(second), 0, 'the six may or may not be in this report');
    assert.equal(room(after(second, report('a', 4, 3))), 4, 'they are in this one');
  });

  it('of a poll has in it what was accepted before it began', () => {
    const bought = after(aHold('submitting'), outcome());
    const poll = { ...report('a', 4, 2), settled: 6 };
    assert.equal(room(after(bought, poll)), 4);
  });

  it('with a price above what its holds are sold for takes them away', () =>
    void start(aHold('held'))
      .has({ ...report('a', 10, 2), costTiers: [{ from: 1, costMinor: 2601 }] } as Parameters<typeof after>[1])
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenState((rows) => tally(rows), { lost: 6 }));
});

describe('units in the queue', () => {
  it('are bought at the pace of the offer, in purchases of a bounded size', () => {
    const market = aMarket({ a: 1000, change: { capacityPerMinute: 300 } });
    const held = after(market, holdFirst(250, [candidate('a')]));
    const plans = only(decided(held, { type: 'AssignHold', holdId: H }), 'PurchasePlanned');
    assert.deepEqual(
      plans.map((it) => it.type === 'PurchasePlanned' && [it.quantity, it.startAt - NOON]),
      [
        [PURCHASE_UNITS_MAX, 0],
        [PURCHASE_UNITS_MAX, 20_000],
        [50, 40_000],
      ],
    );
  });

  it('are submitted with an intent, once', () =>
    void start(aHold('queued'))
      .when({ type: 'SubmitPurchase', ...ofP, quantity: 6 })
      .thenTypes('UnitsMoved', 'PurchaseOpened', 'PurchaseSubmitted')
      .when({ type: 'SubmitPurchase', ...ofP, quantity: 6 })
      .thenNothing());

  it('are not bought after a ban', () =>
    void start(aHold('queued'))
      .has(ban(1, 'CN'))
      .when({ type: 'SubmitPurchase', ...ofP, quantity: 6 })
      .thenState(tally, { lost: 6 }));
});

describe('a purchase of six units', () => {
  it('is delivered', () =>
    void start(aHold('submitting'))
      .when(outcome())
      .thenState((rows) => tally(rows), { delivered: 6 })
      .thenState((rows) => rowOf(rows.purchases, P).status as string, 'fulfilled')
      .when(outcome())
      .thenNothing());

  it('is delivered in part, and the rest is lost', () =>
    void start(aHold('submitting'))
      .when(outcome({ units: codes(1, 2), rest: 'out-of-stock' }))
      .thenState(tally, { delivered: 2, lost: 4 })
      .thenState(room, 0));

  it('loses what comes with an invalid code', () =>
    void start(aHold('submitting'))
      .when(outcome({ units: [...codes(1, 2, 3, 4, 5), { unit: 6, kind: 'invalid' }] }))
      .thenState(tally, { delivered: 5, lost: 1 }));

  it('is asked for where no answer comes, with ever longer pauses', () => {
    const events = decided(aHold('submitting'), { type: 'MarkUnknown', ...ofP });
    assert.deepEqual(
      events.map((it) => it.type),
      ['AskPlanned', 'UnitsMoved', 'PurchaseUnknown'],
    );
    void start(aHold('unknown'))
      .when({ type: 'AskPurchase', ...ofP, ask: 1 })
      .thenTypes('PurchaseAsked');
    void start(aHold('unknown'))
      .when({ type: 'AskPurchase', ...ofP, ask: 0 })
      .thenNothing();
    void start(aHold('unknown'))
      .when({ type: 'NoteSilence', ...ofP })
      .thenExactly({ type: 'AskPlanned', ...ofP, ask: 2, askAt: NOON + 2_000 });
  });

  it('of unknown outcome is delivered once, whoever says so first', () =>
    void start(aHold('unknown'))
      .when(outcome())
      .thenState((rows) => tally(rows), { delivered: 6 })
      .when(outcome())
      .thenNothing());

  it('that the supplier has accepted comes in as it comes', () =>
    void start(aHold('submitting'))
      .when(outcome({ units: codes(1), rest: 'pending' }))
      .thenState(tally, { accepted: 5, delivered: 1 })
      .when(outcome({ units: codes(1, 2, 3), rest: 'pending' }))
      .thenState(tally, { accepted: 3, delivered: 3 })
      .when(outcome())
      .thenState(tally, { delivered: 6 }));

  it('counts as one trial when it has ended, with the time it took, and not where the supplier had none left', () => {
    const answered = (answer: Parameters<typeof outcome>[0]) => ({ ...outcome(answer), at: NOON + 60_000 });
    const counted = (...answers: Parameters<typeof outcome>[0][]): unknown =>
      rowOf(after(aHold('submitting'), ...answers.map(answered)).offers, A).outcomes;
    assert.deepEqual(counted({}), { fulfilled: 1, failed: 0, responseMsSum: 60_000 });
    assert.deepEqual(counted({ units: codes(1), rest: 'pending' }), { fulfilled: 0, failed: 0, responseMsSum: 0 });
    assert.deepEqual(counted({ units: codes(1), rest: 'pending' }, {}), { fulfilled: 1, failed: 0, responseMsSum: 60_000 });
    assert.deepEqual(counted({ units: codes(1, 2) }), { fulfilled: 0, failed: 1, responseMsSum: 60_000 });
    for (const rest of ['out-of-stock', 'no-balance'] as const)
      assert.deepEqual(counted({ units: [], rest }), { fulfilled: 0, failed: 0, responseMsSum: 0 });
  });

  it('learns the price at which it was refused, and takes away what waits there', () =>
    void start(aHold('submitting'))
      .when(outcome({ units: [], rest: 'price-risen', unitCostMinor: 2700 }))
      .thenState(tally, { lost: 6 })
      .thenState((rows) => rowOf(rows.offers, A).costTiers as unknown, [{ from: 1, costMinor: 2700 }]));

  it('puts the supplier to rest when answers stay away', () => {
    const market = aMarket({ a: 100 });
    let rows = market;
    for (let attempt = 1; attempt <= SILENT_MAX; attempt++) {
      const holdId = `o/1/${attempt}/${A}`;
      const of = { holdId, purchaseId: `${holdId}/1`, sku: 'vip' };
      rows = after(
        rows,
        holdFirst(1, [candidate('a')], { attempt }),
        { type: 'AssignHold', holdId },
        { type: 'SubmitPurchase', ...of, quantity: 1 },
      );
      assert.deepEqual(rowOf(rows.offers, A).closures, []);
      rows = after(rows, { type: 'MarkUnknown', ...of });
    }
    assert.deepEqual(rowOf(rows.offers, A).closures, [{ cause: 'too-slow' }]);
  });

  it('is not to blame where our own process died in the call', () => {
    const submitting = aHold('submitting');
    const before = rowOf(submitting.offers, A).silent;
    const of = { holdId: H, purchaseId: P, sku: 'vip' };
    assert.equal(rowOf(after(submitting, { type: 'MarkUnknown', ...of, ours: true }).offers, A).silent, before);
    assert.equal(rowOf(after(submitting, { type: 'MarkUnknown', ...of }).offers, A).silent, before + 1);
  });
});

describe('a hold that order has asked back while it is being bought', () => {
  const asked = after(aHold('submitting'), { type: 'ReleaseHold', holdId: H, reason: 'cancelled' });

  it('keeps its codes as the hub’s stock, and releases the units', () =>
    void start(asked)
      .when(outcome())
      .thenTypes('PurchaseSettled', 'UnitsMoved', 'HoldReleased', 'CodesKept', 'OfferState')
      .thenState((rows) => [tally(rows), rowOf(rows.purchases, P).kept], [{ released: 6 }, 6]));

  it('counts a failure as released, not as lost', () =>
    void start(asked)
      .when(outcome({ units: [] }))
      .thenState(tally, { released: 6 }));

  it('counts a top-up as delivered', () =>
    void start(asked)
      .when(outcome({ units: [{ unit: 1, kind: 'top-up' }] }))
      .thenState(tally, { delivered: 1, released: 5 }));
});

describe('an operator', () => {
  const writtenOff = after(aHold('unknown'), { type: 'WriteOff', ...ofP });
  it('writes off what is unknown, and nothing else', () => {
    assert.deepEqual(tally(writtenOff), { released: 6 });
    void start(aHold('submitting'))
      .when({ type: 'WriteOff', ...ofP })
      .thenRejected('purchase-not-unknown');
    void start(writtenOff)
      .when({ type: 'WriteOff', ...ofP })
      .thenRejected('purchase-is-settled');
  });

  it('sees late codes become the hub’s stock', () =>
    void start(writtenOff)
      .when(outcome())
      .thenState((rows) => [tally(rows), rowOf(rows.purchases, P).kept], [{ released: 6 }, 6]));

  it('sees what is held beyond the rest drained, since the units that were written off count as taken', () =>
    void start(after(aHold('unknown'), holdFirst(4, [candidate('a')], { attempt: 2 }), report('a', 8, 2)))
      .when({ type: 'WriteOff', ...ofP })
      .thenTypes('PurchaseSettled', 'UnitsMoved', 'HoldReleased', 'DrainDue', 'OfferState'));

  it('sees late top-ups booked to the hub’s loss', () =>
    void start(writtenOff)
      .when(outcome({ units: [1, 2, 3, 4, 5, 6].map((unit) => ({ unit, kind: 'top-up' as const })) }))
      .thenState((rows) => [tally(rows), rowOf(rows.purchases, P).writtenOff], [{ released: 6 }, 6]));
});

describe('a ban', () => {
  it('closes the offers of its SKU in its regions, and drains the holds there', () =>
    void start(after(aHold('held'), ban(1, 'CN-31')))
      .when({ type: 'ApplyVerdict', offerId: A, sku: 'vip' })
      .thenTypes('ClosuresSet', 'DrainDue', 'OfferState')
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenState(tally, { lost: 6 }));

  it('leaves other regions alone', () =>
    void start(after(aHold('held'), ban(1, 'CN-11')))
      .has({ type: 'ApplyVerdict', offerId: A, sku: 'vip' })
      .when({ type: 'DrainOffer', offerId: A, holdIds: [H] })
      .thenTypes('DrainEnded'));

  it('is in force for new holds before any offer has heard of it', () =>
    void start(after(aMarket(), ban(1, '*')))
      .when(holdFirst(6, [candidate('a')]))
      .thenTypes('NothingHeld'));

  it('keeps back codes that arrive after it, and an unban makes them the hub’s stock', () =>
    void start(after(aHold('submitting'), ban(1, 'CN')))
      .when(outcome())
      .thenState((rows) => [tally(rows), rowOf(rows.purchases, P).quarantined] as unknown, [{ lost: 6 }, 6])
      .when(ban(2))
      .when({ type: 'FreeQuarantined', ...ofP, units: [1, 2, 3, 4, 5, 6].map((it) => `${P}/${it}`) })
      .thenTypes('QuarantineEnded', 'CodesKept'));

  it('of an older version changes nothing', () =>
    void start(after(aMarket(), ban(2)))
      .when(ban(1, 'CN'))
      .thenNothing());
});

describe('a vault', () => {
  const market = after(
    aMarket(),
    { type: 'PutSupplier', supplier: { supplierId: 'hub', kind: 'vault', name: { zh: 'hub', en: 'hub' }, upstreamGroup: 'hub' } },
    putOffer('hub'),
  );

  it('counts its codes by their total, and refuses feeds', () => {
    void start(market)
      .when(report('hub', 5, 1))
      .thenRejected('vault-refuses-feeds');
    void start(market)
      .when({ type: 'CountVault', offerId: VAULT, stocked: 5 })
      .thenTypes('StockReported', 'OfferState')
      .when({ type: 'CountVault', offerId: VAULT, stocked: 5 })
      .thenNothing()
      .when({ type: 'CountVault', offerId: VAULT, stocked: 4 })
      .thenNothing();
    void start(market).when({ type: 'CountVault', offerId: A, stocked: 4 }).thenRejected('not-a-vault');
  });

  it('writes off codes that expired unsold, once, whichever count comes first', () => {
    const [five, four] = [
      { type: 'CountVault', offerId: VAULT, stocked: 5 },
      { type: 'CountVault', offerId: VAULT, stocked: 5, expired: 2, withdrawn: 1 },
    ] as const;
    assert.equal(room(after(market, five, four), VAULT), 3);
    assert.equal(room(after(market, four, five), VAULT), 3);
    void start(after(market, four)).when(four).thenNothing();
  });

  it('says in the ledger how many were written off, and why', () => {
    const count = (stocked: number, expired: number, withdrawn: number) => ({ type: 'CountVault' as const, offerId: VAULT, stocked, expired, withdrawn }); // prettier-ignore
    const told = (rows: Rows, command: Written) =>
      decided(rows, command).flatMap(movementsOf).map(({ kind, units, reason }) => [kind, units, reason]); // prettier-ignore
    const five = after(market, count(5, 0, 0));
    assert.deepEqual(told(five, count(5, 3, 2)), [['IMPORT', 2, undefined], ['ADJUSTMENT', 1, 'expired'], ['ADJUSTMENT', 2, 'near-expiry']]); // prettier-ignore
    const two = after(five, count(5, 3, 2));
    assert.deepEqual(told(two, count(6, 4, 2)), [['IMPORT', 2, undefined], ['ADJUSTMENT', 1, 'expired']]); // prettier-ignore
    assert.deepEqual(told(two, count(7, 3, 2)), [['IMPORT', 4, undefined]]);
    assert.equal(rowOf(after(two, count(7, 3, 2)).offers, VAULT).withdrawn, 2);
    const twins = { ...count(5, 5, 2), twins: 1 };
    assert.deepEqual(told(two, twins), [['IMPORT', 0, undefined], ['ADJUSTMENT', 1, 'expired'], ['ADJUSTMENT', 1, 'duplicate']]); // prettier-ignore
    assert.deepEqual(told(after(two, twins), { ...count(5, 5, 2), twins: 1 }), []);
  });

  it('of the hub is made for the first code that is kept', () => {
    const asked = after(aHold('submitting'), { type: 'ReleaseHold', holdId: H, reason: 'cancelled' });
    const kept = only(decided(asked, outcome()), 'CodesKept')[0];
    assert.ok(kept?.type === 'CodesKept');
    const stocked = after(asked, outcome(), { type: 'CountVault', offerId: VAULT, stocked: 6, terms: kept.terms });
    assert.equal(room(stocked, VAULT), 6);
    assert.deepEqual(rowOf(stocked.offers, VAULT).costTiers, [{ from: 1, costMinor: 2000 }]);
    assert.ok(rowOf(stocked.products, 'vip').offerIds.includes(VAULT));
  });
});

describe('the catalogue', () => {
  it('refuses an offer without its product or supplier, in another currency, or with broken tiers', () => {
    const market = aMarket();
    void start(market).when(putOffer('z')).thenRejected('unknown-supplier');
    void start(market)
      .when({ ...putOffer('a'), sku: 'z' } as Parameters<typeof after>[1])
      .thenRejected('unknown-product');
    void start(market)
      .when(putOffer('a', { currency: 'USD' }))
      .thenRejected('unknown-rate');
    void start(market)
      .when(putOffer('a', { costTiers: [{ from: 2, costMinor: 1 }] }))
      .thenRejected('wrong-tiers');
    void start(market)
      .when(putOffer('a', { minQuantity: 5, maxQuantity: 4 }))
      .thenRejected('wrong-quantities');
  });

  it('says nothing when the same is put again', () => {
    void start(aMarket()).when(putOffer('a')).thenNothing();
  });
});
