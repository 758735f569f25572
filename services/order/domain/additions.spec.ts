import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Additions, Fact } from '@midstream/contracts';
import { ADDITIONS_MAX, additionsOf, LINES_MAX, type Rows } from './index';
import { after, aLine, aMerchant, answers, hears, held, money, NOON, OF, places, start } from './order.fixtures';

const LIMIT: Additions = { maxUnitPriceMinor: 2600, maxQuantity: 8 };
const EXPIRES = NOON + 900_000;
const ID = 'o:1:video';
const anOrder = (line: Parameters<typeof aLine>[0] = {}, additions: Additions | undefined = LIMIT): Rows =>
  after(aMerchant(), { ...places(aLine(line)), ...(additions && { additions }) });

type Proposal = Omit<Fact<'AdditionProposed'>, 'type' | 'orderId' | 'merchantId'>;
const proposal: Proposal = {
  ...{ additionId: ID, lineId: '1', beside: 'video', sku: 'video', quantity: 4, priceMinor: 2500, currency: 'CNY', because: 'burst' },
  expiresAt: new Date(EXPIRES).toISOString(),
};
const proposes = (change: Partial<Proposal> = {}) => ({ type: 'NoteAddition', ...OF, addition: { ...proposal, ...change } }) as const;
const says = (answer: 'accepted' | 'declined', change: object = {}) =>
  ({ type: 'AnswerAddition', ...OF, additionId: ID, answer, ...change }) as const;
const silence = { type: 'ExpireAddition', ...OF, additionId: ID } as const;
const cancels = { type: 'CancelOrder', ...OF } as const;
const said = (rows: Rows) => additionsOf(rows.orders['o'] ?? assert.fail()).map((it) => it.answer ?? 'offered');

describe('a proposal of more units', () => {
  it('is offered to the merchant, once', () =>
    void start(anOrder())
      .when(proposes())
      .thenExactly({ type: 'AdditionOffered', ...OF, ...proposal })
      .when(proposes())
      .thenNothing());

  it('lapses with the line that it is beside', () => {
    const deliverByAt = NOON + 60_000;
    start(anOrder({ deliverByAt }))
      .when(proposes())
      .thenAmong({ type: 'AdditionOffered', ...OF, ...proposal, expiresAt: new Date(deliverByAt).toISOString() });
  });

  const left: readonly [string, Rows, Partial<Proposal>][] = [
    ['where the buyer allows none', after(aMerchant(), places()), {}],
    ['above the price that the buyer allows', anOrder(), { priceMinor: 2601 }],
    ['of more units than the buyer allows', anOrder(), { quantity: 9 }],
    ['that brings all that is offered above it', after(anOrder(), proposes()), { additionId: 'o:1:other', quantity: 5 }],
    ['in another currency', anOrder(), { currency: 'USD' }],
    ['beside a line that is not there', anOrder(), { lineId: '2' }],
    ['that has lapsed on its way', anOrder(), { expiresAt: new Date(NOON).toISOString() }],
    ['to an order that is cancelled', after(anOrder(), answers(1, [held('A', 10)]), cancels), {}],
    ['to an order that is closed', after(anOrder(), cancels), {}],
    ['of an order that nobody knows', aMerchant(), {}],
  ];
  for (const [what, rows, change] of left) it(`is left ${what}`, () => void start(rows).when(proposes(change)).thenNothing());

  it(`is left beside ${ADDITIONS_MAX} others`, () => {
    const many = Array.from({ length: ADDITIONS_MAX }, (_, n) => proposes({ additionId: `o:1:${n}`, quantity: 1 }));
    start(after(anOrder({}, { ...LIMIT, maxQuantity: 100 }), ...many))
      .when(proposes())
      .thenNothing();
  });
});

describe('units are offered', () => {
  const rows = after(anOrder(), proposes());

  it('a yes makes a line of them, whose money is held', () => {
    const accepted = start(rows)
      .when(says('accepted'))
      .thenTypes('AdditionAnswered', 'LineAdded', 'MoneyMoved', 'LineSelectionRequested')
      .thenAmong({ type: 'AdditionAnswered', ...OF, additionId: ID, sku: 'video', answer: 'accepted', quantity: 4 })
      .thenState(money, [1_000_000 - 26_000 - 10_000, 36_000]);
    const line = accepted.rows.orders['o']?.lines['added-1'];
    assert.deepEqual([line?.need, line?.ordered, line?.maxUnitPriceMinor, line?.additionId], [{ sku: 'video' }, 4, 2500, ID]);
    assert.equal(line?.deliverByAt, rows.orders['o']?.lines['1']?.deliverByAt);
    assert.equal(line?.substitution.upTo, 'other-supplier');
  });

  it('what was added asks for no more additions, and may not become another good', () => {
    const upTo = { substitution: { upTo: 'cross-category' } } as const;
    const { rows: now } = start(after(anOrder(upTo), proposes())).when(says('accepted'));
    assert.equal(now.orders['o']?.lines['added-1']?.substitution.upTo, 'other-supplier');
  });

  it('a yes is taken once, and no no after it', () =>
    void start(rows)
      .has(says('accepted'))
      .when(says('accepted'))
      .thenNothing()
      .when(says('accepted', { quantity: 4 }))
      .thenNothing()
      .when(says('accepted', { quantity: 3 }))
      .thenRejected('addition-answered')
      .when(says('declined'))
      .thenRejected('addition-answered'));

  it('a yes may be to fewer, not to more', () =>
    void start(rows)
      .when(says('accepted', { quantity: 5 }))
      .thenRejected('addition-over-limit')
      .when(says('accepted', { quantity: 0 }))
      .thenRejected('addition-over-limit')
      .when(says('accepted', { quantity: 1.5 }))
      .thenRejected('addition-over-limit')
      .when(says('accepted', { quantity: 1 }))
      .thenState(money, [1_000_000 - 26_000 - 2_500, 28_500]));

  it('a no moves nothing, and leaves room for another', () =>
    void start(rows)
      .when(says('declined'))
      .thenExactly({ type: 'AdditionAnswered', ...OF, additionId: ID, sku: 'video', answer: 'declined' })
      .when(says('declined'))
      .thenNothing()
      .when(says('accepted'))
      .thenRejected('addition-answered')
      .when(proposes({ additionId: 'o:1:again', quantity: 8 }))
      .thenTypes('AdditionOffered'));

  it('silence lapses, and a yes comes too late, whether the timer has run or not', () =>
    void start(rows)
      .when({ ...silence, at: EXPIRES - 1 })
      .thenNothing()
      .when({ ...says('accepted'), at: EXPIRES })
      .thenRejected('addition-too-late')
      .when({ ...silence, at: EXPIRES })
      .thenExactly({ type: 'AdditionAnswered', ...OF, additionId: ID, sku: 'video', answer: 'expired' })
      .when({ ...silence, at: EXPIRES })
      .thenNothing()
      .when(says('accepted'))
      .thenRejected('addition-too-late'));

  it('the timer does nothing after an answer', () =>
    void start(rows)
      .has(says('accepted'))
      .when({ ...silence, at: EXPIRES })
      .thenNothing());

  it('a cancel withdraws them first', () =>
    void start(after(rows, answers(1, [held('A', 10)])))
      .when(cancels)
      .thenTypes('AdditionAnswered', 'LineClosing', 'ReleaseRequested')
      .thenState(said, ['withdrawn'])
      .when(says('accepted'))
      .thenRejected('order-closed'));

  it('the end of the order withdraws them, and tells that it allowed additions', () =>
    void start(after(rows, answers(1, [held('A', 10)])))
      .when(hears('A', undefined, { delivered: 10 }))
      .thenAmong(
        { type: 'AdditionAnswered', ...OF, additionId: ID, sku: 'video', answer: 'withdrawn' },
        { type: 'OrderClosed', ...OF, status: 'completed', capturedMinor: 25_000, releasedMinor: 1_000, additions: true },
      )
      .when(says('accepted'))
      .thenRejected('order-closed'));

  it('a yes while all that runs is asked back is refused', () =>
    void start(after(anOrder({ deliverByAt: NOON + 60_000 }), answers(1, [held('A', 10)]), proposes()))
      .has({ type: 'MeetDeadline', ...OF, at: NOON + 60_000 })
      .when({ ...says('accepted'), at: NOON + 59_999 })
      .thenRejected('order-closed'));

  it('is refused to another merchant, and for what was never offered', () =>
    void start(rows)
      .when({ ...says('accepted'), merchantId: 'other' })
      .thenRejected('order-not-found')
      .when(says('accepted', { additionId: 'constructor' }))
      .thenRejected('addition-not-found'));

  it('is refused without the money, to a suspended merchant, and past the last line', () => {
    start(after(aMerchant(30_000), { ...places(), additions: LIMIT }, proposes()))
      .when(says('accepted'))
      .thenRejected('account-too-low');
    const merchant = { merchantId: 'm', name: 'Star Mall', currency: 'CNY', status: 'suspended' } as const;
    start(after(rows, { type: 'PutMerchant', merchant }))
      .when(says('accepted'))
      .thenRejected('merchant-suspended');
    const lines = Array.from({ length: LINES_MAX }, (_, n) => aLine({ lineId: `${n + 1}`, quantity: 1, maxUnitPriceMinor: 100 }));
    start(after(aMerchant(), { ...places(...lines), additions: LIMIT }, proposes()))
      .when(says('accepted'))
      .thenRejected('too-many-lines');
  });
});

describe('a line that was added', () => {
  it('gets a name that is free, and the account of the line beside it', () => {
    const line = { lineId: 'added-1', need: { sku: 'credit' }, recipient: '13800000000' };
    const rows = after(anOrder(line), proposes({ lineId: 'added-1', sku: 'credit', beside: 'credit' }));
    start(rows)
      .when(says('accepted'))
      .thenTypes('AdditionAnswered', 'LineAdded', 'MoneyMoved', 'RecipientNoted', 'LineSelectionRequested')
      .thenState((it) => it.orders['o']?.lines['added-2']?.recipient, '13800000000');
  });

  it('keeps its order open until it has ended, too', () =>
    void start(after(anOrder(), answers(1, [held('A', 10)]), proposes(), says('accepted')))
      .when(hears('A', undefined, { delivered: 10 }))
      .thenTypes('HoldNoted', 'MoneyMoved', 'LineClosed')
      .when(cancels)
      .thenAmong({
        type: 'OrderClosed',
        ...OF,
        status: 'partially-completed',
        capturedMinor: 25_000,
        releasedMinor: 11_000,
        additions: true,
      })
      .thenState(money, [975_000, 0]));
});

describe('what a buyer allows', () => {
  for (const additions of [
    { maxUnitPriceMinor: -1, maxQuantity: 1 },
    { maxUnitPriceMinor: 1, maxQuantity: 0 },
    { maxUnitPriceMinor: 1, maxQuantity: 10_001 },
    { maxUnitPriceMinor: 1.5, maxQuantity: 1 },
  ])
    it(`is refused as ${JSON.stringify(additions)}`, () =>
      void start(aMerchant())
        .when({ ...places(), additions })
        .thenRejected('additions-out-of-range'));
});
