import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf } from '@midstream/contracts';
import type { NewLine, OrderEvent } from './index';
import { aLine, aMerchant, after, answers, decided, hears, held, lineIn, places, type Written } from './order.fixtures';

const ACCOUNT = '13800000000';
const topUp = (change: Partial<NewLine> = {}): NewLine => aLine({ need: { sku: 'credit' }, recipient: ACCOUNT, ...change });

/** All that is said while these things happen. */
function story(line: NewLine, ...commands: readonly Written[]): readonly OrderEvent[] {
  let { rows, events } = decided(aMerchant(), places(line));
  for (const it of commands) {
    const next = decided(rows, it);
    [rows, events] = [next.rows, [...events, ...next.events]];
  }
  return events;
}
const requestsOf = (events: readonly OrderEvent[]) => events.flatMap((it) => (it.type === 'LineSelectionRequested' ? [it.request] : []));
const assignmentsOf = (events: readonly OrderEvent[]) => events.flatMap((it) => (it.type === 'LineAssigned' ? [it] : []));
const typesWith = (events: readonly OrderEvent[], text: string) => [
  ...new Set(events.filter((it) => JSON.stringify(it).includes(text)).map((it) => it.type)),
];

describe('the account of a top-up', () => {
  const lost = hears('A', 'refused', { sku: 'credit', lost: 10 });
  const substitution = { upTo: 'same-category', consent: 'ask' } as const;
  const events = story(
    topUp({ substitution }),
    answers(1, [held('A', 10, { sku: 'credit' })]),
    lost,
    answers(2, [held('B', 10, { sku: 'credit-b', attempt: 2 })]),
    { type: 'AnswerConsent', orderId: 'o', merchantId: 'm', lineId: '1', consentId: 'o:1:2:0', answer: 'yes' },
    hears('B', undefined, { sku: 'credit-b', attempt: 2, delivered: 10 }),
  );

  it('goes out with every assignment, a substitute’s too, and with nothing else', () => {
    assert.deepEqual(
      assignmentsOf(events).map((it) => [it.attempt, it.recipient]),
      [
        [1, ACCOUNT],
        [2, ACCOUNT],
      ],
    );
    for (const { type, ...data } of assignmentsOf(events)) assert.equal(faultOf(type, data), undefined);
    assert.deepEqual(typesWith(events, ACCOUNT), ['RecipientNoted', 'LineAssigned']);
    assert.equal(events.at(-1)?.type, 'OrderClosed');
  });

  it('is no part of a request, which says only that there is one', () =>
    assert.deepEqual(
      requestsOf(events).map((it) => it.hasRecipient),
      [true, true],
    ));

  it('may come with a need by category, or not', () => {
    const need = { category: 'phone-top-up' };
    assert.equal(lineIn(after(aMerchant(), places(topUp({ need }))))?.recipient, ACCOUNT);
    const without = story(aLine({ need }), answers(1, [held('A', 10)]));
    assert.deepEqual(
      [requestsOf(without), assignmentsOf(without)].map(([it]) => it && ('hasRecipient' in it || 'recipient' in it)),
      [false, false],
    );
  });
});
