import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOf } from '@midstream/contracts';
import { given as givenDomain, NOON } from '@midstream/testing/given';
import {
  ATTEMPTS_MAX,
  ENDPOINTS_MAX,
  ERROR_LENGTH_MAX,
  LISTENERS_ID,
  LISTENERS_MAX,
  type NotificationEvent,
  notification,
  pauseAfter,
  type Rows,
} from './index';
import { endpoint, LETTER, mailbox, waiting } from './notification.fixtures';

const given = (rows: Rows) => givenDomain(notification, rows);
const { messageId } = LETTER;
const closed = {
  type: 'TellFact',
  merchantId: 'm1',
  orderId: 'o1',
  about: 'order.closed',
  data: { orderId: 'o1', status: 'completed' },
} as const;
const answers = (status: number, more: object = {}) =>
  ({ type: 'NoteAttempt', messageId, attempt: 1, result: { status, durationMs: 12, ...more } }) as const;
const pause = (tries: number): number => pauseAfter(tries, messageId) ?? assert.fail();

describe('a merchant with endpoints', () => {
  it('adds one, and the same one only once', () => {
    const add = {
      type: 'AddEndpoint',
      merchantId: 'm1',
      endpointId: 'e1',
      url: 'https://e1.example/hooks',
      types: ['*'],
      keyId: 'k1',
    } as const;
    given(mailbox())
      .when(add)
      .thenExactly({ type: 'EndpointAdded', merchantId: 'm1', endpoint: endpoint('e1') })
      .when(add)
      .thenNothing();
  });

  it(`has at most ${ENDPOINTS_MAX}`, () => {
    const add = (n: number) =>
      ({ type: 'AddEndpoint', merchantId: 'm1', endpointId: `e${n}`, url: 'https://e', types: ['*'], keyId: 'k1' }) as const;
    const full = (n: number) => mailbox(...Array.from({ length: n }, (_, it) => endpoint(`e${it}`)));
    given(full(ENDPOINTS_MAX - 1))
      .when(add(99))
      .thenTypes('EndpointAdded');
    given(full(ENDPOINTS_MAX)).when(add(99)).thenRejected('too-many-webhooks');
  });

  it('removes its own, and no other', () => {
    given(mailbox(endpoint('e1')))
      .when({ type: 'RemoveEndpoint', merchantId: 'm1', endpointId: 'e2' })
      .thenRejected('webhook-not-found')
      .when({ type: 'RemoveEndpoint', merchantId: 'm1', endpointId: 'e1' })
      .thenState((rows) => rows.merchants['m1']?.endpoints, {});
  });
});

describe('how a good stands', () => {
  const add = (endpointId: string, ...types: string[]) =>
    ({ type: 'AddEndpoint', merchantId: endpointId.slice(0, 2), endpointId, url: 'https://e', types, keyId: 'k1' }) as const;
  const low = { type: 'TellStock', sku: 'vip', version: 3, about: 'stock.low', data: { sku: 'vip', status: 'low_stock' } } as const;

  it('is told to all merchants’ endpoints that name it, and not by `*`', () =>
    void given(mailbox())
      .has(add('m1-a', 'stock.low', 'order.closed'))
      .has(add('m2-b', 'stock.back', 'stock.low'))
      .has(add('m2-c', '*'))
      .has(add('m3-d', 'stock.back'))
      .when(low)
      .thenExactly({
        ...{ type: 'StockTold', sku: 'vip', version: 3, about: 'stock.low' },
        body: JSON.stringify({
          ...{ type: 'stock.low', timestamp: new Date(NOON).toISOString() },
          data: { sku: 'vip', status: 'low_stock', sequence: 3 },
        }),
        to: [
          { merchantId: 'm1', endpointId: 'm1-a' },
          { merchantId: 'm2', endpointId: 'm2-b' },
        ],
      }));

  it('is told to nobody who has left, or answered 410', () =>
    void given(mailbox())
      .has(add('m1-a', 'stock.low'))
      .has(add('m1-b', 'stock.low'))
      .has({ type: 'RemoveEndpoint', merchantId: 'm1', endpointId: 'm1-a' })
      .has({ type: 'DisableEndpoint', merchantId: 'm1', endpointId: 'm1-b' })
      .when(low)
      .thenNothing());

  it('is told to so many endpoints and no more', () => {
    const full = Object.fromEntries(
      Array.from({ length: LISTENERS_MAX }, (_, n) => [`e${n}`, { merchantId: 'm', types: ['stock.low' as const] }]),
    );
    given({ ...mailbox(), listeners: { [LISTENERS_ID]: { endpoints: full } } })
      .when(add('m1-a', 'stock.low'))
      .thenRejected('too-many-stock-webhooks')
      .when(add('m1-a', '*'))
      .thenTypes('EndpointAdded');
  });
});

describe('a fact', () => {
  it('is told to each active endpoint that asks for its kind, under the next number of its order', () => {
    const rows = mailbox(
      endpoint('e1'),
      endpoint('e2', { types: ['order.closed'] }),
      endpoint('e3', { types: ['line.closed'] }),
      endpoint('e4', { active: false }),
    );
    const body = (sequence: number) =>
      `{"type":"order.closed","timestamp":"2026-11-24T12:00:00.000Z","data":{"orderId":"o1","status":"completed","sequence":${sequence}}}`;
    const told = (sequence: number): NotificationEvent => ({
      type: 'FactTold',
      merchantId: 'm1',
      orderId: 'o1',
      sequence,
      about: 'order.closed',
      body: body(sequence),
      endpointIds: ['e1', 'e2'],
    });
    given(rows).when(closed).thenExactly(told(1)).when(closed).thenExactly(told(2));
  });

  it('is nobody’s business where nobody listens', () => {
    given(mailbox()).when(closed).thenNothing();
    given({ merchants: {}, listeners: {}, orders: {}, messages: {} }).when(closed).thenNothing();
  });
});

describe('a message that is queued', () => {
  const queue = { type: 'QueueMessage', letter: LETTER } as const;

  it('is sent at once, and once', () => {
    given(mailbox(endpoint('e1')))
      .when(queue)
      .thenExactly(
        { type: 'MessageQueued', letter: LETTER, at: NOON },
        { type: 'AttemptDue', letter: LETTER, attempt: 1, url: 'https://e1.example/hooks', keyId: 'k1' },
      )
      .when(queue)
      .thenNothing();
  });

  it('is dropped where the endpoint went meanwhile', () => {
    given(mailbox()).when(queue).thenNothing();
    given(mailbox(endpoint('e1', { active: false })))
      .when(queue)
      .thenNothing();
  });
});

describe('a message whose attempt is under way', () => {
  const made = { type: 'AttemptMade', messageId, merchantId: 'm1', endpointId: 'e1', attempt: 1, at: NOON } as const;
  const { body: _body, ...told } = LETTER;

  for (const status of [200, 204, 299])
    it(`is sent when the endpoint answers ${status}`, () => {
      given(waiting())
        .when(answers(status))
        .thenExactly(
          { ...made, result: { status, durationMs: 12 }, status: 'sent' },
          { type: 'MessageSent', ...told, attempts: 1, status },
        );
    });

  for (const status of [199, 300, 302, 400, 404, 429, 500])
    it(`is tried again when the endpoint answers ${status}`, () => {
      given(waiting())
        .when(answers(status))
        .thenExactly({ ...made, result: { status, durationMs: 12 }, status: 'pending', nextAt: NOON + pause(1) });
    });

  it('is tried again when nobody answers', () => {
    given(waiting())
      .when({ type: 'NoteAttempt', messageId, attempt: 1, result: { error: 'timeout', durationMs: 10_000 } })
      .thenExactly({ ...made, result: { error: 'timeout', durationMs: 10_000 }, status: 'pending', nextAt: NOON + pause(1) });
  });

  it('waits as long as the endpoint asks for', () => {
    given(waiting())
      .when(answers(429, { retryAfterMs: 60_000 }))
      .thenState((rows) => rows.messages[messageId]?.nextAt, NOON + 60_000);
  });

  it('hears of the same attempt twice, and does nothing', () => {
    given(waiting()).when(answers(200)).when(answers(200)).thenNothing();
    given(waiting()).when(answers(500)).when(answers(200)).thenNothing();
    given(mailbox()).when(answers(200)).thenNothing();
  });

  it(`is tried ${ATTEMPTS_MAX} times, and then given up`, () => {
    const last = { ...answers(500), attempt: ATTEMPTS_MAX };
    given(waiting({ attempts: ATTEMPTS_MAX - 2, tries: ATTEMPTS_MAX - 2 }))
      .when({ ...last, attempt: ATTEMPTS_MAX - 1 })
      .thenTypes('AttemptMade');
    given(waiting({ attempts: ATTEMPTS_MAX - 1, tries: ATTEMPTS_MAX - 1 }))
      .when(last)
      .thenTypes('AttemptMade', 'MessageFailed')
      .thenState((rows) => rows.messages[messageId]?.status, 'failed');
  });

  it('is given up at once where the endpoint is gone for ever', () => {
    given(waiting())
      .when(answers(410))
      .thenExactly(
        { ...made, result: { status: 410, durationMs: 12 }, status: 'failed' },
        { type: 'MessageFailed', ...told, attempts: 1, error: 'the endpoint answered 410' },
      );
  });

  it('tells facts that keep their schema, also of a long error', () => {
    const rows = waiting({ attempts: ATTEMPTS_MAX - 1, tries: ATTEMPTS_MAX - 1 });
    const error = 'x'.repeat(ERROR_LENGTH_MAX + 1);
    const decision = notification.decide(
      { type: 'NoteAttempt', at: NOON, messageId, attempt: ATTEMPTS_MAX, result: { error, durationMs: 1 } },
      rows,
      {},
    );
    assert.ok(!('rejected' in decision));
    const { type, ...data } = decision.find((it) => it.type === 'MessageFailed') ?? assert.fail();
    assert.equal(faultOf(type, data), undefined);
  });
});

describe('a message that waits for its next attempt', () => {
  const rows = waiting({ attempts: 1, tries: 1, nextAt: NOON });
  const retry = { type: 'RetryMessage', messageId, merchantId: 'm1', attempt: 2 } as const;

  it('is sent again when its time has come, and once', () => {
    given(rows)
      .when({ ...retry, at: NOON - 1 })
      .thenNothing()
      .when(retry)
      .thenExactly({ type: 'AttemptDue', letter: LETTER, attempt: 2, url: 'https://e1.example/hooks', keyId: 'k1' })
      .when(retry)
      .thenNothing();
  });

  it('is given up where the endpoint is gone', () => {
    for (const gone of [endpoint('e2'), endpoint('e1', { active: false })])
      given({ ...rows, merchants: mailbox(gone).merchants })
        .when(retry)
        .thenTypes('MessageAbandoned', 'MessageFailed')
        .thenState((it) => it.messages[messageId]?.status, 'failed');
  });

  it('cannot be replayed', () => {
    given(rows).when({ type: 'ReplayMessage', merchantId: 'm1', endpointId: 'e1', messageId }).thenRejected('delivery-pending');
  });
});

describe('a message at its end', () => {
  const replay = { type: 'ReplayMessage', merchantId: 'm1', endpointId: 'e1', messageId } as const;
  const failed = waiting({ status: 'failed', attempts: ATTEMPTS_MAX, tries: ATTEMPTS_MAX });

  it('is replayed under the same id, with the whole schedule before it', () => {
    given(failed)
      .when(replay)
      .thenTypes('MessageReplayed', 'AttemptDue')
      .when({ ...answers(500), attempt: ATTEMPTS_MAX + 1 })
      .thenState((rows) => rows.messages[messageId]?.nextAt, NOON + pause(1));
  });

  it('is replayed by its own merchant only', () => {
    given({ ...failed, merchants: { m2: { endpoints: { e1: endpoint('e1') } } } })
      .when({ ...replay, merchantId: 'm2' })
      .thenRejected('delivery-not-found');
    given(failed)
      .when({ ...replay, endpointId: 'e2' })
      .thenRejected('webhook-not-found');
  });
});

describe('a test message', () => {
  const test = { type: 'SendTest', merchantId: 'm1', endpointId: 'e1', messageId: 'e1:test:1' } as const;

  it('is sent to the endpoint, whatever it asks for, and is not told inside the hub', () => {
    given(mailbox(endpoint('e1', { types: ['order.closed'] })))
      .when(test)
      .thenTypes('MessageQueued', 'AttemptDue')
      .when({ ...answers(200), messageId: 'e1:test:1' })
      .thenTypes('AttemptMade');
  });

  it('is refused for a strange or disabled endpoint', () => {
    given(mailbox()).when(test).thenRejected('webhook-not-found');
    given(mailbox(endpoint('e1', { active: false })))
      .when(test)
      .thenRejected('webhook-disabled');
  });
});

describe('an endpoint that is gone', () => {
  it('is told nothing any more', () => {
    given(mailbox(endpoint('e1')))
      .when({ type: 'DisableEndpoint', merchantId: 'm1', endpointId: 'e1' })
      .thenExactly({ type: 'EndpointDisabled', merchantId: 'm1', endpointId: 'e1', because: 'gone' })
      .when(closed)
      .thenNothing()
      .when({ type: 'DisableEndpoint', merchantId: 'm1', endpointId: 'e1' })
      .thenNothing();
  });
});
