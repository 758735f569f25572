import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NOON } from '@midstream/testing/given';
import { HUB_MAILBOX, notification, publicViewOf } from './index';
import { complaint, LETTER, orderClosed, workLate } from './notification.fixtures';

const { react } = notification;
const { messageId } = LETTER;
const made = { type: 'AttemptMade', messageId, merchantId: 'm1', endpointId: 'e1', attempt: 1, at: NOON } as const;

describe('what is heard', () => {
  it('is told as far as a merchant may see it', () => {
    const { type: _type, merchantId: _merchantId, ...data } = orderClosed;
    assert.deepEqual(react(orderClosed), [{ command: { type: 'TellFact', merchantId: 'm1', orderId: 'o1', about: 'order.closed', data } }]);
  });

  it('is told to the hub’s own mailbox where it calls for its people', () => {
    const { type: _type, about: _about, ...data } = workLate;
    assert.deepEqual(react(workLate), [
      { command: { type: 'TellFact', merchantId: HUB_MAILBOX, orderId: 'o1', about: 'work-item.late', data } },
    ]);
    assert.equal(publicViewOf(workLate), undefined);
  });

  it('of a complaint is told to its merchant, and to the hub with whose units it is about', () => {
    const { orderId, merchantId, lineId, complaintId, units, reason, filedAt, from } = complaint;
    const [shown, goods] = [
      { orderId, lineId, complaintId, units, reason, filedAt },
      from.map(({ holdId: _h, offerId: _o, insteadOf: _i, ...it }) => it),
    ];
    assert.deepEqual(react({ type: 'ComplaintFiled', ...complaint }), [
      { command: { type: 'TellFact', merchantId: 'm1', orderId, about: 'complaint.filed', data: shown } },
      {
        command: { type: 'TellFact', merchantId: HUB_MAILBOX, orderId, about: 'complaint.waiting', data: { ...shown, merchantId, goods } },
      },
    ]);
  });

  it('ends here where it is the hub’s inside', () =>
    assert.deepEqual(
      react({ type: 'ReleaseRequested', orderId: 'o1', merchantId: 'm1', lineId: '1', holdIds: ['h'], reason: 'cancelled' }),
      [],
    ));
});

describe('what is told', () => {
  it('becomes one message for each endpoint, with an id of fact and endpoint', () => {
    const told = {
      type: 'FactTold',
      merchantId: 'm1',
      orderId: 'o1',
      sequence: 1,
      about: 'order.closed',
      body: '{}',
      endpointIds: ['e1', 'e2'],
    } as const;
    assert.deepEqual(react(told), [
      { command: { type: 'QueueMessage', letter: LETTER } },
      { command: { type: 'QueueMessage', letter: { ...LETTER, messageId: 'e2:o1:1', endpointId: 'e2' } } },
    ]);
  });

  it('of a good becomes one message for each endpoint, under an id of the good and how it stands', () => {
    const to = [{ merchantId: 'm1', endpointId: 'e1' }];
    const letter = { messageId: 'e1:stock:vip:3', endpointId: 'e1', merchantId: 'm1', about: 'stock.low', body: '{}' };
    assert.deepEqual(react({ type: 'StockTold', sku: 'vip', version: 3, about: 'stock.low', body: '{}', to }), [
      { command: { type: 'QueueMessage', letter } },
    ]);
  });

  it('is tried again at its time', () =>
    assert.deepEqual(react({ ...made, status: 'pending', nextAt: NOON + 5, result: { durationMs: 1 } }), [
      { command: { type: 'RetryMessage', messageId, merchantId: 'm1', attempt: 2 }, at: NOON + 5 },
    ]));

  it('disables an endpoint that answers 410, and no other', () => {
    assert.deepEqual(react({ ...made, status: 'failed', result: { status: 410, durationMs: 1 } }), [
      { command: { type: 'DisableEndpoint', merchantId: 'm1', endpointId: 'e1' } },
    ]);
    assert.deepEqual(react({ ...made, status: 'failed', result: { status: 500, durationMs: 1 } }), []);
  });
});
