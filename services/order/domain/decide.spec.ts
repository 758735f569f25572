import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { isRejection } from '@midstream/kernel';
import {
  ATTEMPTS_PER_LINE_MAX,
  DEPTH_MAX,
  LINES_MAX,
  type NewLine,
  noRows,
  order,
  type OrderCommand,
  QUANTITY_MAX,
  RANKING_BACKOFF_MS,
  RANKINGS_MAX,
  type Rows,
  statusOf,
  WAIT_RETRY_MS,
} from './index';
import {
  after,
  aLine,
  aMerchant,
  anOrder,
  answers,
  decided,
  hears,
  held,
  LINE,
  lineIn,
  money,
  NOON,
  OF,
  places,
  products,
  start,
  tried,
  type Written,
} from './order.fixtures';

const status = (rows: Rows) => {
  const line = lineIn(rows);
  return line && statusOf(line);
};
const request = (rows: Rows, attempt: number) => lineIn(rows)?.selecting[attempt];
const HOLD_A = 'o/1/1/A~video';
const HOLD_B = 'o/1/1/B~video';

describe('an order is placed', () => {
  it('holds the money at the price cap and starts every line', () => {
    const outcome = start(aMerchant(100_000)).when(places(aLine(), aLine({ lineId: '2', quantity: 2, maxUnitPriceMinor: 100 })));
    outcome
      .thenTypes('OrderPlaced', 'OrderOpened', 'MoneyMoved', 'LineSelectionRequested', 'LineSelectionRequested')
      .thenState(money, [100_000 - 26_200, 26_200]);
    outcome.thenAmong({
      type: 'LineSelectionRequested',
      ...LINE,
      request: {
        ...LINE,
        ...{ attempt: 1, depth: 1, ranking: 1, quantity: 10, need: { sku: 'video' } },
        ...{ region: 'CN-31', segment: 'retail', tier: 'standard', scenario: 'general', priceCapMinor: 2600, currency: 'CNY' },
        substitution: { upTo: 'other-supplier', consent: 'ask', consentDefault: 'refund', consentMs: 900_000 },
        ...{ deliverBy: '2026-11-25T12:00:00.000Z', excluded: [], tried: [] },
      },
    });
  });

  it('asks at the tier that its merchant has now, and keeps it whatever becomes of the merchant', () => {
    const of = (tier?: string): Written => ({
      type: 'PutMerchant',
      merchant: { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'active', ...(tier && { tier }) },
    });
    const tierIn = (rows: Rows) => rows.orders['o']?.merchantTier;
    const gold = after(aMerchant(), of('gold'), places());
    assert.deepEqual([tierIn(gold), tierIn(after(gold, of())), gold.merchants['m']?.tier], ['gold', 'gold', 'gold']);
    const { events } = decided(after(aMerchant(), of('gold')), places());
    const asked = events.flatMap((it) => (it.type === 'LineSelectionRequested' ? it.request.merchantTier : []));
    assert.deepEqual(asked, ['gold']);
    assert.equal(tierIn(after(aMerchant(), of('gold'), of(), places())), undefined);
  });

  it('does nothing the second time', () => void start(anOrder()).when(places()).thenNothing());
  it('takes a price below any offer', () =>
    void start(aMerchant())
      .when(places(aLine({ maxUnitPriceMinor: 0 })))
      .thenTypes('OrderPlaced', 'OrderOpened', 'LineSelectionRequested'));

  it('does without the margin floor for a line that says so, of a merchant that may, at every question', () => {
    const may = { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'active', mayWaiveMarginFloor: true } as const;
    const merchant = after(aMerchant(), { type: 'PutMerchant', merchant: may });
    const placed = decided(merchant, places(aLine({ waiveMarginFloor: true })));
    const lost = decided(after(placed.rows, answers(1, [held('A', 10)])), hears('A', 'price-risen', { lost: 10 }));
    const asked = [...placed.events, ...lost.events].flatMap((it) => (it.type === 'LineSelectionRequested' ? [it.request] : []));
    assert.deepEqual(
      asked.map((it) => [it.depth, it.marginFloorWaived]),
      [
        [1, true],
        [2, true],
      ],
    );
  });

  const refusals: readonly [string, readonly NewLine[], string, Record<string, unknown>?][] = [
    ['an unknown product', [aLine({ need: { sku: 'nowhere' } })], 'unknown-sku', { lineId: '1', sku: 'nowhere' }],
    ['a product that is off the list', [aLine({ need: { sku: 'gone' } })], 'unknown-sku', { lineId: '1', sku: 'gone' }],
    ['another currency than the account', [aLine({ currency: 'USD' })], 'wrong-currency'],
    ['another currency than the product', [aLine({ need: { sku: 'dollar-card' } })], 'wrong-currency'],
    ['a top-up that names no account', [aLine({ need: { sku: 'credit' } })], 'recipient-missing', { lineId: '1' }],
    ['an account for card codes', [aLine(), aLine({ lineId: '2', recipient: '138' })], 'recipient-not-wanted', { lineId: '2' }],
    ['to waive a floor that stands for the merchant', [aLine({ waiveMarginFloor: true })], 'margin-floor-stands', { lineId: '1' }],
    ['a need of nothing', [aLine({ need: {} })], 'need-incomplete', { lineId: '1' }],
    ['the same line twice', [aLine(), aLine()], 'duplicate-line', { lineId: '1' }],
    ['no units', [aLine({ quantity: 0 })], 'quantity-out-of-range'],
    ['half a unit', [aLine({ quantity: 1.5 })], 'quantity-out-of-range'],
    ['too many units', [aLine({ quantity: QUANTITY_MAX + 1, maxUnitPriceMinor: 1 })], 'quantity-out-of-range'],
    ['a deadline in the past', [aLine({ deliverByAt: NOON })], 'deliver-by-out-of-range'],
    ['less money than the cap needs', [aLine({ quantity: 5, maxUnitPriceMinor: 21 })], 'account-too-low', { available: 100, needed: 105 }],
    ['too many lines', Array.from({ length: LINES_MAX + 1 }, (_, n) => aLine({ lineId: String(n), quantity: 1 })), 'too-many-lines'],
  ];
  for (const [what, lines, code, detail] of refusals)
    it(`refuses ${what}`, () => {
      const command = { at: NOON, ...places(...lines) } as OrderCommand;
      const decision = order.decide(command, aMerchant(100), products);
      assert.ok(isRejection(decision), JSON.stringify(decision));
      assert.equal(decision.rejected, code);
      if (detail !== undefined) assert.deepEqual(decision.detail, detail);
    });

  it(`takes ${LINES_MAX} lines, and ${QUANTITY_MAX} units`, () => {
    const lines = Array.from({ length: LINES_MAX }, (_, n) => aLine({ lineId: String(n), quantity: QUANTITY_MAX, maxUnitPriceMinor: 1 }));
    assert.equal(after(aMerchant(), places(...lines)).orders['o']?.lineIds.length, LINES_MAX);
  });
  it('spends the last of the money, and not a cent more', () =>
    void start(aMerchant(26_000)).when(places()).thenState(money, [0, 26_000]).when({ ...places(), orderId: 'p' }).thenRejected('account-too-low')); // prettier-ignore
  it('knows its merchant', () => void start(aMerchant()).when({ ...places(), merchantId: 'x' }).thenRejected('unknown-merchant')); // prettier-ignore
  it('is refused to a suspended merchant', () =>
    void start(aMerchant())
      .has({ type: 'PutMerchant', merchant: { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'suspended' } })
      .when(places())
      .thenRejected('merchant-suspended'));
});

describe('an attempt is answered', () => {
  it('assigns what is held of the same product at once', () =>
    void start(anOrder())
      .when(answers(1, [held('A', 10)]))
      .thenTypes('AnswerNoted', 'LineAssigned')
      .thenAmong({ type: 'LineAssigned', ...LINE, attempt: 1, decisionId: 'o:1:1:1', holds: [held('A', 10)] })
      .thenState(status, 'held'));

  it('assigns several holds in one fact', () =>
    void start(anOrder())
      .when(answers(1, [held('A', 6), held('B', 4)]))
      .thenTypes('AnswerNoted', 'LineAssigned')
      .thenAmong({ type: 'LineAssigned', ...LINE, attempt: 1, decisionId: 'o:1:1:1', holds: [held('A', 6), held('B', 4)] }));

  it('asks again, later and at the same depth, for what could not be held', () =>
    void start(anOrder())
      .when(answers(1, [held('A', 6)], { tried: [...tried('A', 7, 'partly-held'), ...tried('B', 3)] }))
      .thenTypes('AnswerNoted', 'LineAssigned', 'AskPlanned')
      .thenState((rows) => request(rows, 2), {
        ...{ attempt: 2, depth: 1, ranking: 2, quantity: 4, askAt: NOON + RANKING_BACKOFF_MS },
        tried: [
          { offerId: 'A~video', version: 7 },
          { offerId: 'B~video', version: 3 },
        ],
      })
      .thenState(status, 'selecting')
      .when({ type: 'AskAgain', ...LINE, attempt: 2, at: NOON + RANKING_BACKOFF_MS })
      .thenTypes('LineSelectionRequested')
      .when({ type: 'AskAgain', ...LINE, attempt: 2, at: NOON + RANKING_BACKOFF_MS })
      .thenNothing());

  it('gives up without a candidate, and says at which gates', () =>
    void start(anOrder())
      .when(answers(1, [], { gates: { price: 3 } }))
      .thenTypes('AnswerNoted', 'UnitsGivenUp', 'MoneyMoved', 'LineClosed', 'OrderClosed')
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'no-candidate', gates: { price: 3 } })
      .thenAmong({ type: 'OrderClosed', ...OF, status: 'unfillable', capturedMinor: 0, releasedMinor: 26_000 })
      .thenState(money, [1_000_000, 0]));

  it('gives up where a cap has left nothing, and says how much of it is used; a fresh question forgets it', () => {
    const cap = { per: 'merchant', of: 'sku', maxUnits: 5, usedUnits: 5 } as const;
    const asked = start(anOrder()).when(answers(1, [], { tried: tried('A', 7, 'capped').map((it) => ({ ...it, cap })) }));
    asked
      .when({ type: 'AskAgain', ...LINE, attempt: 2, at: NOON + RANKING_BACKOFF_MS })
      .when({ ...answers(2, []), at: NOON + RANKING_BACKOFF_MS })
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'cap-reached', cap, gates: {} });
    const fresh = after(asked.rows, { type: 'AskAgain', ...LINE, attempt: 2, at: NOON + RANKING_BACKOFF_MS });
    assert.deepEqual(lineIn(fresh)?.capped, cap);
  });

  it('waits for a restock where the buyer would, and forgets meanwhile what it has tried', () => {
    const waiting = { substitution: { waitUntilAt: NOON + WAIT_RETRY_MS } };
    start(anOrder({ line: waiting }))
      .when(answers(1, []))
      .thenState((rows) => request(rows, 2), { attempt: 2, depth: 1, ranking: 1, quantity: 10, tried: [], askAt: NOON + WAIT_RETRY_MS })
      .when({ type: 'AskAgain', ...LINE, attempt: 2, at: NOON + WAIT_RETRY_MS })
      .when({ ...answers(2, []), at: NOON + WAIT_RETRY_MS })
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'no-candidate', gates: {} });
  });

  it(`is ranked ${RANKINGS_MAX} times`, () => {
    let rows = anOrder();
    for (let attempt = 1; attempt < RANKINGS_MAX; attempt++) {
      rows = after(rows, answers(attempt, [], { tried: tried('A', attempt) }), { type: 'AskAgain', ...LINE, attempt: attempt + 1, at: NOON + 60_000 }); // prettier-ignore
      assert.equal(request(rows, attempt + 1)?.ranking, attempt + 1);
    }
    const last = answers(RANKINGS_MAX, [], { tried: tried('A', 9), gates: { stock: 1 } });
    start(rows)
      .when(last)
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'no-candidate', gates: { stock: 1 } });
  });

  it('hears the same answer twice, and does nothing', () =>
    void start(anOrder({ held: { A: 10 } }))
      .when(answers(1, [held('A', 10)]))
      .thenNothing());

  it('sends the holds of a closed attempt back, once, and moves no money', () =>
    void start(anOrder())
      .has({ type: 'CancelOrder', ...OF })
      .when(answers(1, [held('A', 10)]))
      .thenExactly({ type: 'ReleaseRequested', ...LINE, holdIds: [HOLD_A], reason: 'attempt-closed' })
      .when(answers(1, [held('A', 10)]))
      .thenNothing()
      .when(hears('A', undefined, { released: 10 }))
      .thenNothing()
      .thenState(money, [1_000_000, 0]));

  it('is nothing for an order that is not known', () =>
    void start(aMerchant())
      .when(answers(1, [held('A', 10)]))
      .thenNothing());
});

describe('a line holds 6 units at A and 4 at B', () => {
  const rows = anOrder({ held: { A: 6, B: 4 } });

  it('tries again one deeper for what A lost, without A, and leaves B alone', () =>
    void start(rows)
      .when(hears('A', 'out-of-stock', { granted: 6, lost: 6 }))
      .thenTypes('HoldNoted', 'LineSelectionRequested')
      .thenState((it) => request(it, 2), {
        ...{ attempt: 2, depth: 2, ranking: 1, quantity: 6, tried: [] },
        replaces: { holdId: HOLD_A, offerId: 'A~video', sku: 'video', reason: 'out-of-stock', referencePriceMinor: 2500 },
      })
      .thenState(status, 'selecting'));

  it('tries again only for what was not known to be lost', () =>
    void start(rows)
      .has(hears('A', 'out-of-stock', { version: 2, granted: 6, lost: 2 }))
      .when(hears('A', 'out-of-stock', { version: 3, granted: 6, lost: 6 }))
      .thenState((it) => request(it, 3)?.quantity, 4));

  it('hears the same twice, or the older after the newer, and does nothing', () =>
    void start(rows)
      .has(hears('A', 'out-of-stock', { version: 3, granted: 6, lost: 6 }))
      .when(hears('A', 'out-of-stock', { version: 3, granted: 6, lost: 6 }))
      .thenNothing()
      .when(hears('A', 'out-of-stock', { version: 2, granted: 6, lost: 2 }))
      .thenNothing());

  it('sends neither loss to the other dead offer when both are lost at once', () =>
    void start(rows)
      .has(hears('A', 'out-of-stock', { granted: 6, lost: 6 }))
      .when(hears('B', 'banned', { granted: 4, lost: 4 }))
      .thenState(
        (it) => lineIn(it)?.excluded,
        [
          { offerId: 'A~video', reason: 'out-of-stock' },
          { offerId: 'B~video', reason: 'banned' },
        ],
      ));

  it('may come back to an offer whose hold merely expired, at the same depth', () =>
    void start(rows)
      .when(hears('B', 'expired', { granted: 4, lost: 4 }))
      .thenState((it) => [request(it, 2)?.depth, lineIn(it)?.excluded], [1, []]));

  it('gives up what an operator wrote off, with its money', () =>
    void start(rows)
      .when(hears('B', undefined, { granted: 4, released: 4 }))
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 4, reason: 'written-off' })
      .thenState(money, [1_000_000 - 6 * 2600, 6 * 2600]));

  it('captures each delivered unit at its price, and gives the rest of the cap back', () =>
    void start(rows)
      .when(hears('A', undefined, { granted: 6, delivered: 2 }))
      .thenTypes('HoldNoted', 'MoneyMoved')
      .thenState(money, [1_000_000 - 26_000 + 200, 8 * 2600])
      .thenState(status, 'delivering')
      .when(hears('A', undefined, { version: 3, granted: 6, delivered: 6 }))
      .when(hears('B', undefined, { granted: 4, delivered: 4 }))
      .thenTypes('HoldNoted', 'MoneyMoved', 'LineClosed', 'OrderClosed')
      .thenAmong({
        ...{ type: 'LineClosed', ...LINE, status: 'delivered', ordered: 10, delivered: 10, capturedMinor: 25_000 },
        served: [
          { offerId: 'A~video', sku: 'video', units: 6 },
          { offerId: 'B~video', sku: 'video', units: 4 },
        ],
      })
      .thenAmong({ type: 'OrderClosed', ...OF, status: 'completed', capturedMinor: 25_000, releasedMinor: 1_000 })
      .thenState(money, [975_000, 0]));

  it('says at its end what came from where, and whose codes were no good', () =>
    void start(after(rows, hears('A', undefined, { granted: 6, delivered: 6 })))
      .has(hears('B', 'invalid-code', { granted: 4, lost: 4 }))
      .when({ type: 'CancelOrder', ...OF, at: NOON })
      .thenAmong({
        ...{ type: 'LineClosed', ...LINE, status: 'partially-delivered', ordered: 10, delivered: 6, capturedMinor: 15_000 },
        ...{ served: [{ offerId: 'A~video', sku: 'video', units: 6 }], faulty: ['B~video'] },
      }));

  it('shows that units are bought', () =>
    void start(rows)
      .when(hears('A', undefined, { granted: 6 }))
      .thenTypes('HoldNoted')
      .thenState(status, 'delivering'));
});

describe('a substitute', () => {
  const policy = { substitution: { upTo: 'same-category', consent: 'pre-approved' } } as const;
  const lost = after(anOrder({ line: policy, held: { A: 10 } }), hears('A', 'out-of-stock', { lost: 10 }));
  const music = (priceMinor: number) => held('C', 10, { sku: 'music', attempt: 2, priceMinor });

  it('is assigned with what it replaces where that was agreed before', () =>
    void start(lost)
      .when(answers(2, [music(2400)]))
      .thenAmong({
        ...{ type: 'LineAssigned', ...LINE, attempt: 2, decisionId: 'o:1:2:1', holds: [music(2400)] },
        replaces: { holdId: HOLD_A, offerId: 'A~video', sku: 'video', reason: 'out-of-stock' },
      }));

  for (const [what, price, charged] of [
    ['cheaper', 2400, 2400],
    ['dearer', 2550, 2500],
  ] as const)
    // prettier-ignore
    it(`that is ${what} is charged at the lower of both prices`, () =>
      void start(lost)
        .has(answers(2, [music(price)]))
        .when(hears('C', undefined, { attempt: 2, sku: 'music', delivered: 10 }))
        .thenState((rows) => lineIn(rows)?.capturedMinor, 10 * charged));

  it('of a substitute is still charged at no more than the first', () => {
    const twice = after(lost, answers(2, [music(2550)]), hears('C', 'banned', { attempt: 2, sku: 'music', lost: 10 }));
    assert.equal(request(twice, 3)?.replaces?.referencePriceMinor, 2500);
  });
});

it(`gives units up past depth ${DEPTH_MAX}`, () => {
  let rows = anOrder({ held: { A: 10 } });
  for (let attempt = 1; attempt < DEPTH_MAX; attempt++)
    rows = after(rows, hears('A', 'refused', { attempt, lost: 10 }), answers(attempt + 1, [held('A', 10, { attempt: attempt + 1 })]));
  start(rows)
    .when(hears('A', 'refused', { attempt: DEPTH_MAX, lost: 10 }))
    .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'depth-reached', holdId: `o/1/${DEPTH_MAX}/A~video` });
});

it(`ends a line that has expired ${ATTEMPTS_PER_LINE_MAX} times`, () => {
  let rows = anOrder({ held: { A: 10 } });
  for (let attempt = 1; attempt < ATTEMPTS_PER_LINE_MAX; attempt++)
    rows = after(rows, hears('A', 'expired', { attempt, lost: 10 }), answers(attempt + 1, [held('A', 10, { attempt: attempt + 1 })]));
  start(rows)
    .when(hears('A', 'expired', { attempt: ATTEMPTS_PER_LINE_MAX, lost: 10 }))
    .thenTypes('HoldNoted', 'UnitsGivenUp', 'MoneyMoved', 'LineClosed', 'OrderClosed');
});

describe('an order is cancelled', () => {
  it('gives up at once what is on no hold, and asks the rest back', () =>
    void start(after(anOrder(), answers(1, [held('A', 6)], { tried: tried('A', 1) })))
      .when({ type: 'CancelOrder', ...OF })
      .thenTypes('LineClosing', 'AttemptClosed', 'UnitsGivenUp', 'MoneyMoved', 'ReleaseRequested')
      .thenState(status, 'releasing')
      .when({ type: 'CancelOrder', ...OF })
      .thenNothing()
      .when(hears('A', undefined, { granted: 6, released: 4, delivered: 2 }))
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 4, reason: 'cancelled' })
      .thenState(status, 'partially-delivered')
      .when({ type: 'CancelOrder', ...OF })
      .thenNothing());

  it('ends cancelled where nothing was delivered', () =>
    void start(anOrder({ held: { A: 10 } }))
      .has({ type: 'CancelOrder', ...OF })
      .when(hears('A', undefined, { released: 10 }))
      .thenAmong({ type: 'OrderClosed', ...OF, status: 'cancelled', capturedMinor: 0, releasedMinor: 26_000 }));

  it('does not look again for what is lost meanwhile', () =>
    void start(anOrder({ held: { A: 10 } }))
      .has({ type: 'CancelOrder', ...OF })
      .when(hears('A', 'out-of-stock', { lost: 10 }))
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'cancelled', holdId: HOLD_A })
      .thenState(status, 'cancelled'));

  it('counts what was delivered before the answer', () =>
    void start(anOrder({ held: { A: 10 } }))
      .has({ type: 'CancelOrder', ...OF })
      .when(hears('A', undefined, { delivered: 10 }))
      .thenState(status, 'delivered'));

  it("is not another merchant's affair", () =>
    void start(anOrder()).when({ type: 'CancelOrder', ...OF, merchantId: 'x' }).thenRejected('order-not-found')); // prettier-ignore
});

describe('the deadline comes', () => {
  const at = NOON + 1_000;
  const rows = after(aMerchant(), places(aLine({ deliverByAt: at }), aLine({ lineId: '2' })));

  it('ends the lines that are due, and no others', () =>
    void start(rows)
      .when({ type: 'MeetDeadline', ...OF, at })
      .thenTypes('LineClosing', 'AttemptClosed', 'UnitsGivenUp', 'MoneyMoved', 'LineClosed')
      .thenAmong({ type: 'LineClosed', ...LINE, status: 'unfillable', ordered: 10, delivered: 0, capturedMinor: 0 }));
  it('too early, or twice, it does nothing', () =>
    void start(rows)
      .when({ type: 'MeetDeadline', ...OF, at: at - 1 })
      .thenNothing()
      .when({ type: 'MeetDeadline', ...OF, at })
      .when({ type: 'MeetDeadline', ...OF, at })
      .thenNothing());
  it('asks held units back', () =>
    void start(after(rows, answers(1, [held('A', 6), held('B', 4)])))
      .when({ type: 'MeetDeadline', ...OF, at })
      .thenExactly(
        { type: 'LineClosing', ...LINE, reason: 'deadline' },
        { type: 'ReleaseRequested', ...LINE, holdIds: [HOLD_A, HOLD_B], reason: 'deadline' },
      ));
});

describe('money comes in', () => {
  it('is booked twice', () => {
    const { events } = decided(aMerchant(0), { type: 'DepositMoney', merchantId: 'm', amountMinor: 500, currency: 'CNY', reference: 'r' });
    assert.deepEqual(events.map((it) => it.type === 'MoneyMoved' && it.entries), [
      [{ account: 'deposits', amountMinor: -500 }, { account: 'merchant-available', amountMinor: 500 }],
    ]); // prettier-ignore
  });
  it('is of the account, and a whole, positive amount', () => {
    const deposit = { type: 'DepositMoney', merchantId: 'm', amountMinor: 500, currency: 'CNY', reference: 'r' } as const;
    start(aMerchant()).when({ ...deposit, currency: 'USD' }).thenRejected('wrong-currency'); // prettier-ignore
    start(aMerchant()).when({ ...deposit, amountMinor: 0 }).thenRejected('amount-out-of-range'); // prettier-ignore
    start(aMerchant()).when({ ...deposit, merchantId: 'x' }).thenRejected('unknown-merchant'); // prettier-ignore
  });
  it('has one currency a merchant', () =>
    void start(aMerchant())
      .when({ type: 'PutMerchant', merchant: { merchantId: 'm', name: 'Star Mall', currency: 'USD', status: 'active' } })
      .thenRejected('merchant-currency-is-fixed'));
});

describe('the tier of a merchant', () => {
  const merchant = { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'active' } as const;
  const puts = (tier?: string, name = 'Star Mall'): Written => ({
    type: 'PutMerchant',
    merchant: { ...merchant, name, ...(tier !== undefined && { tier }) },
  });
  const state = (version: number, tier?: string) => ({
    ...({ type: 'MerchantState', merchantId: 'm', version } as const),
    ...(tier !== undefined && { tier }),
  });

  it('is told when it is made and when it changes, and with nothing else of it', () =>
    void start(noRows)
      .when({ ...puts(), at: NOON })
      .thenAmong(state(NOON))
      .when({ ...puts('gold'), at: NOON + 5 })
      .thenAmong(state(NOON + 5, 'gold'))
      .when({ ...puts('gold', 'Moon Mall'), at: NOON + 6 })
      .thenTypes('MerchantPut')
      .when({ ...puts(undefined, 'Moon Mall'), at: NOON + 7 })
      .thenAmong(state(NOON + 7)));

  it('is told with a version that rises, also where the clock goes back', () =>
    void start(after(noRows, { ...puts(), at: NOON }))
      .when({ ...puts('gold'), at: NOON - 60_000 })
      .thenAmong(state(NOON + 1, 'gold')));

  it('is told once of a merchant of whom nobody was', () => {
    const old = { ...noRows, merchants: { m: { ...merchant, tier: 'gold' } } };
    start(old)
      .when({ type: 'TellMerchant', merchantId: 'm', at: NOON })
      .thenExactly(state(NOON, 'gold'))
      .when({ type: 'TellMerchant', merchantId: 'm' })
      .thenNothing();
    start(noRows).when({ type: 'TellMerchant', merchantId: 'm' }).thenNothing();
  });
});

describe('an API key', () => {
  const key = { type: 'CreateKey', keyId: 'k', hash: 'a'.repeat(64), scope: 'merchant', merchantId: 'm' } as const;
  const state = { type: 'ApiKeyState', keyId: 'k', hash: key.hash, scope: 'merchant', merchantId: 'm' } as const;

  it('is told with a version that rises, and once', () =>
    void start(aMerchant())
      .when(key)
      .thenExactly({ ...state, version: 1, revoked: false })
      .when({ type: 'RevokeKey', keyId: 'k' })
      .thenExactly({ ...state, version: 2, revoked: true })
      .when({ type: 'RevokeKey', keyId: 'k' })
      .thenNothing());
  it('has an owner that exists', () => {
    start(aMerchant()).when({ ...key, merchantId: undefined }).thenRejected('key-owner-missing'); // prettier-ignore
    start(aMerchant()).when({ ...key, merchantId: 'x' }).thenRejected('unknown-merchant'); // prettier-ignore
  });
  it('is known before it is revoked', () => void start(aMerchant()).when({ type: 'RevokeKey', keyId: 'x' }).thenRejected('key-not-found'));
});
