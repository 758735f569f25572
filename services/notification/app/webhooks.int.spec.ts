import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AnyFact, Fact } from '@midstream/contracts';
import { orderClosed, SUPPLIER, TOLD, workLate } from '@midstream/notification-domain/notification.fixtures';
import { hashOfKey, type RunningService, startService } from '@midstream/runtime';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { Webhook } from 'standardwebhooks';
import { busToSpeakAt, type SpokenBus, TRACE } from '@midstream/runtime/suite/speaking';
import { eventually } from '@midstream/runtime/suite/world';
import { type Receiver, receiver } from './receiver.fixtures';
import { notificationService } from './service';

type Body = Record<string, unknown> & { items: Record<string, unknown>[]; next?: string };
const apiKey = (keyId: string, merchantId: string): Fact<'ApiKeyState'> => {
  return { type: 'ApiKeyState', keyId, version: 1, hash: hashOfKey(keyId), scope: 'merchant', merchantId, revoked: false };
};
const closing = (orderId: string): AnyFact => ({ ...orderClosed, orderId });

describe('the webhooks of a merchant', () => {
  let database: TestDatabase;
  let bus: SpokenBus;
  let service: RunningService;
  let merchant: Receiver;

  before(async () => {
    database = await (await postgresForTests()).database('notification');
    bus = busToSpeakAt('notification', 2);
    const settings = { webhookKey: 'a-key-of-the-spec-that-nobody-guesses', allowPrivate: 'true' };
    const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
    service = await startService(notificationService, { databaseUrl: database.url, bus, port: 0, settings, logger });
    merchant = await receiver();
    await bus.tell(apiKey('k1', 'm1'), apiKey('k2', 'm2'));
    await eventually(async () => assert.equal((await call('GET', '/webhooks')).status, 200));
  });
  beforeEach(async () => {
    for (const it1 of (await call('GET', '/webhooks')).body.items) await call('DELETE', `/webhooks/${String(it1['webhookId'])}`);
    merchant.received.length = 0;
    merchant.answers = [];
  });
  after(async () => {
    merchant.close();
    await service.stop();
    await database.drop();
  });

  async function call(method: string, path: string, options: { key?: string; body?: object; idempotencyKey?: string } = {}) {
    const { key = 'k1', body, idempotencyKey } = options;
    const answer = await fetch(`${service.url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
  }
  const webhook = async (more: object = {}): Promise<{ webhookId: string; secret: string }> => {
    const { status, body } = await call('POST', '/webhooks', { body: { url: merchant.url, ...more } });
    assert.equal(status, 201);
    return { webhookId: String(body['webhookId']), secret: String(body['secret']) };
  };
  const deliveries = async (webhookId: string, query = '') => (await call('GET', `/webhooks/${webhookId}/deliveries${query}`)).body;
  const got = (count: number, withinMs?: number) => eventually(async () => assert.equal(merchant.received.length, count), withinMs);

  it('tell each fact once, signed, numbered, with its trace, and without the hub’s inside', async () => {
    const { secret } = await webhook();
    await bus.tell(...TOLD);
    await got(TOLD.length);
    const bodies = merchant.received.map(({ body, headers }) => {
      assert.ok(!`${body}${JSON.stringify(headers)}`.includes(SUPPLIER));
      assert.equal(headers['traceparent']?.slice(0, 35), TRACE.slice(0, 35));
      return new Webhook(secret).verify(body, headers) as { type: string; data: { sequence: number } };
    });
    assert.deepEqual(
      bodies.map((it1) => it1.data.sequence).sort((a, b) => a - b),
      TOLD.map((_, n) => n + 1),
    );
    assert.equal(new Set(merchant.received.map((it1) => it1.headers['webhook-id'])).size, TOLD.length);
  });

  it('are the hub’s own, too: its people are told of work that is due, once, and no merchant is', async () => {
    await bus.tell({ type: 'ApiKeyState', keyId: 'op', version: 1, hash: hashOfKey('op'), scope: 'operator', revoked: false });
    await eventually(async () => assert.equal((await call('GET', '/webhooks', { key: 'op' })).status, 200));
    await webhook();
    const made = await call('POST', '/webhooks', { key: 'op', body: { url: merchant.url, types: ['work-item.late'] } });
    assert.equal(made.status, 201);
    await bus.tell(workLate, { ...workLate, orderId: 'o2', about: 'due-soon' });
    await got(1);
    const [told] = merchant.received;
    const { type, data } = new Webhook(String(made.body['secret'])).verify(told?.body ?? '', told?.headers ?? {}) as {
      type: string;
      data: object;
    };
    assert.deepEqual([type, (data as Body)['openUnits'], (data as Body)['supplierId']], ['work-item.late', 1, SUPPLIER]);
    assert.equal((await call('GET', '/webhooks')).body.items.length, 1, 'merchants do not see it');
    for (const [key, of] of [
      ['k1', 'work-item.late'],
      ['op', 'order.closed'],
    ] as const) {
      // prettier-ignore
      const { status, body } = await call('POST', '/webhooks', { key, body: { url: merchant.url, types: [of] } });
      assert.deepEqual([status, JSON.stringify(body).includes('types')], [400, true]);
    }
  });

  it('tell how a good stands to all merchants that name it, once, without the number', async () => {
    const { secret } = await webhook({ types: ['stock.low'] });
    await webhook();
    await call('POST', '/webhooks', { key: 'k2', body: { url: merchant.url, types: ['stock.back', 'order.closed'] } });
    const low = { type: 'StockLow', sku: 'vip', version: 7, category: 'x', available: 4, lowAt: 20, status: 'low_stock' } as const;
    await bus.tell(low, low);
    await got(1);
    const [first] = merchant.received;
    const { data } = new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {}) as { data: unknown };
    assert.deepEqual(data, { sku: 'vip', category: 'x', status: 'low_stock', sequence: 7 });
    const { items } = (await call('GET', '/webhooks', { key: 'k2' })).body;
    for (const it1 of items) await call('DELETE', `/webhooks/${String(it1['webhookId'])}`, { key: 'k2' });
  });

  it('show their secret once, and keep it nowhere', async () => {
    const options = { body: { url: merchant.url }, idempotencyKey: 'once' };
    const first = await call('POST', '/webhooks', options);
    const secret = String(first.body['secret']);
    assert.match(secret, /^whsec_/);
    const { secret: _secret, ...rest } = first.body;
    assert.deepEqual((await call('POST', '/webhooks', options)).body, rest);
    assert.equal((await call('GET', '/webhooks')).body.items.length, 1);
    const tables = ['mailbox', 'message', 'event', 'answer', 'todo'];
    const union = tables.map((it1) => `SELECT t::text AS text FROM ${it1} t`).join(' UNION ALL ');
    const { rows } = await service.database.pool.query<{ text: string }>(union);
    assert.ok(rows.length > 0 && rows.every((it1) => !it1.text.includes(secret.slice('whsec_'.length))));
  });

  it('do not let later facts wait behind a failing earlier one, and repeat it under the same id', async () => {
    const { webhookId, secret } = await webhook({ types: ['order.closed'] });
    merchant.answers = [500];
    await bus.tell(closing('f1'));
    await got(1);
    await bus.tell(closing('f2'));
    await got(2);
    await eventually(async () =>
      assert.deepEqual(
        (await deliveries(webhookId)).items.map((it1) => it1['status']),
        ['sent', 'pending'],
      ),
    );
    await got(3, 12_000);
    const [failed, , repeated] = merchant.received;
    assert.equal(repeated?.headers['webhook-id'], failed?.headers['webhook-id']);
    assert.equal(repeated?.body, failed?.body);
    assert.ok(new Webhook(secret).verify(repeated?.body ?? '', repeated?.headers ?? {}));
    await eventually(async () => {
      const { rows } = await service.database.pool.query<{ data: { attempts: number } }>(
        `SELECT data FROM event WHERE type = 'MessageSent' AND key = 'f1'`,
      );
      assert.deepEqual(
        rows.map((it1) => it1.data.attempts),
        [2],
      );
    });
    const [, first] = (await deliveries(webhookId)).items;
    assert.deepEqual(
      (first?.['attempts'] as { attempt: number; status: number }[]).map((it1) => [it1.attempt, it1.status]),
      [
        [2, 204],
        [1, 500],
      ],
    );
  });

  it('fall silent after 410', async () => {
    const { webhookId } = await webhook();
    merchant.answers = [410];
    await bus.tell(closing('g1'));
    await eventually(async () => {
      const [it1] = (await call('GET', '/webhooks')).body.items;
      assert.deepEqual([it1?.['active'], it1?.['disabledBecause']], [false, 'gone']);
    });
    await bus.tell(closing('g2'));
    assert.equal((await call('POST', `/webhooks/${webhookId}/test`)).body['code'], 'webhook-disabled');
    assert.equal((await deliveries(webhookId)).items.length, 1);
    assert.equal(merchant.received.length, 1);
  });

  it('are tested, and replayed, on demand', async () => {
    const { webhookId } = await webhook({ types: ['order.placed'] });
    const { status, body } = await call('POST', `/webhooks/${webhookId}/test`);
    assert.equal(status, 202);
    await eventually(async () => assert.equal((await deliveries(webhookId)).items[0]?.['status'], 'sent'));
    const path = `/webhooks/${webhookId}/deliveries/${String(body['messageId'])}/replay`;
    assert.equal((await call('POST', path, { key: 'k2' })).status, 404);
    assert.equal((await call('POST', path)).status, 202);
    await got(2);
    assert.equal(merchant.received[1]?.headers['webhook-id'], merchant.received[0]?.headers['webhook-id']);
    assert.equal((await call('POST', `/webhooks/${webhookId}/deliveries/nothing/replay`)).body['code'], 'delivery-not-found');
  });

  it('are logged page by page', async () => {
    const { webhookId } = await webhook();
    await bus.tell(...Array.from({ length: 5 }, (_, n) => closing(`p${n}`)));
    await got(5);
    const pages: unknown[][] = [];
    for (let query = '?limit=2'; ;) {
      const { items, next } = await deliveries(webhookId, query);
      pages.push(items.map((it1) => it1['orderId']));
      if (next === undefined) break;
      query = `?limit=2&cursor=${next}`;
    }
    assert.deepEqual(pages, [['p4', 'p3'], ['p2', 'p1'], ['p0']]); // prettier-ignore
    assert.equal((await call('GET', `/webhooks/${webhookId}/deliveries?cursor=x`)).body['code'], 'invalid-cursor');
  });

  it('are nobody else’s', async () => {
    const { webhookId } = await webhook();
    assert.deepEqual((await call('GET', '/webhooks', { key: 'k2' })).body.items, []);
    assert.equal((await call('GET', `/webhooks/${webhookId}/deliveries`, { key: 'k2' })).status, 404);
    assert.equal((await call('DELETE', `/webhooks/${webhookId}`, { key: 'k2' })).status, 404);
    assert.equal((await call('GET', '/webhooks', { key: 'wrong' })).status, 401);
  });

  for (const body of [
    {},
    { url: 'ftp://a.example' },
    { url: 'https://user@a.example' },
    { url: 'nothing' },
    { url: 'https://a.example', types: ['cost.changed'] },
  ])
    it(`are refused as ${JSON.stringify(body)}`, async () =>
      assert.ok([400, 422].includes((await call('POST', '/webhooks', { body })).status)));

  it('are at most ten', async () => {
    for (let n = 0; n < 10; n++) await webhook({ types: ['order.placed'] });
    assert.equal((await call('POST', '/webhooks', { body: { url: merchant.url } })).body['code'], 'too-many-webhooks');
  });
});
