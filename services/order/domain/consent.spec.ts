import { describe, it } from 'node:test';
import { consentIdOf, type Rows, statusOf } from './index';
import { after, anOrder, answers, decided, hears, held, LINE, lineIn, money, NOON, OF, start } from './order.fixtures';

const policy = { substitution: { upTo: 'same-category', consent: 'ask' } } as const;
const lost = after(anOrder({ line: policy, held: { A: 10 } }), hears('A', 'out-of-stock', { lost: 10 }));
const music = (offer: string, granted: number, priceMinor = 2400) => held(offer, granted, { sku: 'music', attempt: 2, priceMinor });
const ID = consentIdOf('o', '1', 2, 0);
const HOLD = 'o/1/2/C~music';
const DEADLINE = NOON + 900_000;
const says = (answer: 'yes' | 'no', consentId = ID) => ({ type: 'AnswerConsent', ...LINE, consentId, answer }) as const;
const silence = { type: 'ExpireConsent', ...LINE, consentId: ID } as const;
const status = (rows: Rows) => {
  const line = lineIn(rows);
  return line && statusOf(line);
};
const answered = { type: 'ConsentAnswered', ...LINE, consentId: ID, holdId: HOLD, sku: 'music' } as const;

describe('another product than the one ordered', () => {
  it('is asked about, hold by hold, with what it would cost', () =>
    void start(lost)
      .when(answers(2, [music('C', 10)]))
      .thenTypes('AnswerNoted', 'ConsentRequested')
      .thenAmong({
        ...{ type: 'ConsentRequested', ...LINE, consentId: ID, holdId: HOLD, quantity: 10, sku: 'music', insteadOf: 'video' },
        ...{ priceMinor: 2400, currency: 'CNY', deadlineAt: new Date(DEADLINE).toISOString(), default: 'refund' },
      })
      .thenState(status, 'awaiting-consent'));

  it('does not keep the ordered product waiting', () =>
    void start(lost)
      .when(answers(2, [music('C', 4), held('B', 6, { attempt: 2 })]))
      .thenTypes('AnswerNoted', 'LineAssigned', 'ConsentRequested'));

  it('is never asked about within other-supplier', () =>
    void start(after(anOrder({ held: { A: 10 } }), hears('A', 'out-of-stock', { lost: 10 })))
      .when(answers(2, [music('C', 10)]))
      .thenTypes('AnswerNoted', 'LineAssigned'));

  it('is not asked about where it fits a need by properties', () =>
    void start(anOrder({ line: { ...policy, need: { category: 'membership', attributes: { kind: 'music' } } } }))
      .when(answers(1, [held('C', 10, { sku: 'music' })]))
      .thenTypes('AnswerNoted', 'LineAssigned'));

  it('is asked about where it does not', () =>
    void start(anOrder({ line: { ...policy, need: { category: 'membership', attributes: { kind: 'music' } } } }))
      .when(answers(1, [held('C', 10)]))
      .thenTypes('AnswerNoted', 'ConsentRequested'));
});

describe('a question is open', () => {
  const rows = after(lost, answers(2, [music('C', 10)]));

  it('a yes sends it on, and is not needed twice', () =>
    void start(rows)
      .when(says('yes'))
      .thenTypes('ConsentAnswered', 'LineAssigned')
      .thenAmong({ ...answered, answer: 'yes' })
      .thenState(status, 'held')
      .when(says('yes'))
      .thenNothing()
      .when(says('no'))
      .thenRejected('consent-answered'));

  it('a no asks it back, and money follows with the answer', () =>
    void start(rows)
      .when(says('no'))
      .thenExactly({ ...answered, answer: 'no' }, { type: 'ReleaseRequested', ...LINE, holdIds: [HOLD], reason: 'declined' })
      .thenState(money, [974_000, 26_000])
      .thenState(status, 'releasing')
      .when(hears('C', undefined, { attempt: 2, sku: 'music', released: 10 }))
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'declined' })
      .thenState(status, 'unfillable'));

  it('what was declined and then lost is not looked for again', () =>
    void start(rows)
      .has(says('no'))
      .when(hears('C', 'expired', { attempt: 2, sku: 'music', lost: 10 }))
      .thenAmong({ type: 'UnitsGivenUp', ...LINE, quantity: 10, reason: 'declined', holdId: HOLD }));

  it('silence is a refund', () =>
    void start(rows)
      .when({ ...silence, at: DEADLINE })
      .thenExactly({ ...answered, answer: 'expired' }, { type: 'ReleaseRequested', ...LINE, holdIds: [HOLD], reason: 'declined' })
      .when({ ...silence, at: DEADLINE })
      .thenNothing());

  it('silence is a yes where that was agreed', () => {
    const line = { substitution: { ...policy.substitution, consentDefault: 'accept' } } as const;
    const asking = after(anOrder({ line, held: { A: 10 } }), hears('A', 'banned', { lost: 10 }), answers(2, [music('C', 10)]));
    start(asking)
      .when({ ...silence, at: DEADLINE })
      .thenTypes('ConsentAnswered', 'LineAssigned');
  });

  it('the timer does nothing before its time, or after an answer', () =>
    void start(rows)
      .when({ ...silence, at: DEADLINE - 1 })
      .thenNothing()
      .when(says('yes'))
      .when({ ...silence, at: DEADLINE })
      .thenNothing());

  it('an answer after the deadline is too late, whether the timer has run or not', () =>
    void start(rows)
      .when({ ...says('yes'), at: DEADLINE })
      .thenRejected('consent-too-late')
      .when({ ...silence, at: DEADLINE })
      .when(says('yes'))
      .thenRejected('consent-too-late'));

  it('shrinks with the loss of a part', () =>
    void start(rows)
      .when(hears('C', 'out-of-stock', { attempt: 2, sku: 'music', lost: 4 }))
      .thenTypes('HoldNoted', 'ConsentRequested', 'LineSelectionRequested')
      .thenState((it) => lineIn(it)?.consents[ID]?.quantity, 6));

  it('is withdrawn with the loss of all, and its answer is superseded', () =>
    void start(rows)
      .when(hears('C', 'out-of-stock', { attempt: 2, sku: 'music', lost: 10 }))
      .thenTypes('HoldNoted', 'ConsentAnswered', 'LineSelectionRequested')
      .thenAmong({ ...answered, answer: 'withdrawn' })
      .when(says('yes'))
      .thenRejected('consent-superseded'));

  it('is withdrawn when the order is cancelled', () =>
    void start(rows)
      .when({ type: 'CancelOrder', ...OF })
      .thenTypes('LineClosing', 'ConsentAnswered', 'ReleaseRequested')
      .when(says('yes'))
      .thenRejected('consent-superseded'));

  it('knows its order, its line and its id', () => {
    start(rows).when({ ...says('yes'), merchantId: 'x' }).thenRejected('order-not-found'); // prettier-ignore
    start(rows).when({ ...says('yes'), lineId: '9' }).thenRejected('line-not-found'); // prettier-ignore
    start(rows).when(says('yes', consentIdOf('o', '1', 1, 0))).thenRejected('consent-not-found'); // prettier-ignore
  });
});

describe('a yes is remembered', () => {
  const agreed = after(lost, answers(2, [music('C', 10)]), says('yes'), hears('C', 'refused', { attempt: 2, sku: 'music', lost: 10 }));
  const again = (priceMinor: number) => answers(3, [held('D', 10, { sku: 'music', attempt: 3, priceMinor })]);

  it('for that product at the same price or a lower one', () =>
    void start(agreed).when(again(2400)).thenTypes('AnswerNoted', 'LineAssigned'));
  it('not at a higher one', () => void start(agreed).when(again(2401)).thenTypes('AnswerNoted', 'ConsentRequested'));
  it("and answers the line's other questions for it that cost no more", () => {
    const both = decided(lost, answers(2, [music('C', 5), music('D', 5, 2300)])).rows;
    start(both).when(says('yes')).thenTypes('ConsentAnswered', 'LineAssigned', 'ConsentAnswered', 'LineAssigned');
    start(both).when(says('yes', consentIdOf('o', '1', 2, 1))).thenTypes('ConsentAnswered', 'LineAssigned'); // prettier-ignore
  });
});
