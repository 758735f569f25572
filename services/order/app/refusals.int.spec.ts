import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { RECIPIENT_MAX } from '@midstream/contracts';
import { ATTRIBUTES_MAX, LINES_MAX, QUANTITY_MAX } from '@midstream/order-domain';
import { openApiOf } from '@midstream/runtime';
import { aHouse, aLine, anOrder, type Answer, eventually, type House } from './order.app.fixtures';

const codeOf = ({ status, body }: Answer) => [status, body['code']];
const fieldsOf = ({ body }: Answer) => ((body['fields'] ?? []) as { field: string }[]).map((it) => it.field);
const aTopUp = (recipient: unknown) => aLine({ need: { sku: 'credit' }, recipient });
const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

describe('bad input', () => {
  let house: House;
  before(async () => void (house = await aHouse()));
  after(() => house.stop());

  const place = (body: unknown, options: { as?: string; key?: string; raw?: string } = {}) =>
    house.call('POST', '/orders', { as: house.keys.m1, body, ...options });
  const orders = async () =>
    Number((await house.service.database.pool.query<{ n: string }>('SELECT count(*) AS n FROM orders')).rows[0]?.n);

  describe('of an order is refused, with its field named, and nothing is half done', () => {
    const invalid: readonly [what: string, body: () => unknown, field: string][] = [
      ['no units', () => anOrder({ lines: [aLine({ quantity: 0 })] }), 'lines.0.quantity'],
      ['half a unit', () => anOrder({ lines: [aLine({ quantity: 1.5 })] }), 'lines.0.quantity'],
      ['too many units', () => anOrder({ lines: [aLine({ quantity: QUANTITY_MAX + 1 })] }), 'lines.0.quantity'],
      ['units in words', () => anOrder({ lines: [aLine({ quantity: '2' })] }), 'lines.0.quantity'],
      ['a negative price', () => anOrder({ lines: [aLine({ maxUnitPriceMinor: -1 })] }), 'lines.0.maxUnitPriceMinor'],
      ['an unknown field', () => anOrder({ quantitiy: 1 }), 'quantitiy'],
      ['an unknown field of a line', () => anOrder({ lines: [aLine({ colour: 'red' })] }), 'lines.0.colour'],
      ['an unknown field of a need', () => anOrder({ lines: [aLine({ need: { sku: 'video', size: 'L' } })] }), 'lines.0.need.size'],
      ['no lines', () => anOrder({ lines: [] }), 'lines'],
      ['too many lines', () => anOrder({ lines: Array.from({ length: LINES_MAX + 1 }, (_, n) => aLine({ lineId: `${n}` })) }), 'lines'],
      ['a line that is none', () => anOrder({ lines: ['video'] }), 'lines.0'],
      ['no buyer', () => anOrder({ buyer: undefined }), 'buyer'],
      ['a buyer without a region', () => anOrder({ buyer: { reference: 'b' } }), 'buyer.region'],
      ['a region that is none', () => anOrder({ buyer: { reference: 'b', region: 'Shanghai' } }), 'buyer.region'],
      ['a slash in a lineId', () => anOrder({ lines: [aLine({ lineId: '1/2' })] }), 'lines.0.lineId'],
      ['a NUL in a text', () => anOrder({ clientReference: 'a\u0000b' }), 'clientReference'],
      ['half a character in a text', () => anOrder({ clientReference: '\ud83d' }), 'clientReference'],
      ['an account without a character', () => anOrder({ lines: [aTopUp('')] }), 'lines.0.recipient'],
      ['too long an account', () => anOrder({ lines: [aTopUp('1'.repeat(RECIPIENT_MAX + 1))] }), 'lines.0.recipient'],
      ['a line break in an account', () => anOrder({ lines: [aTopUp('138\n000')] }), 'lines.0.recipient'],
      ['an account that is a number', () => anOrder({ lines: [aTopUp(13800000000)] }), 'lines.0.recipient'],
      ['a time without a zone', () => anOrder({ lines: [aLine({ deliverBy: '2026-12-01T00:00:00' })] }), 'lines.0.deliverBy'],
      [
        'attributes that are no texts',
        () => anOrder({ lines: [aLine({ need: { category: 'c', attributes: { a: 1 } } })] }),
        'lines.0.need.attributes',
      ],
      [
        'too many attributes',
        () =>
          anOrder({
            lines: [
              aLine({
                need: {
                  category: 'c',
                  attributes: Object.fromEntries(Array.from({ length: ATTRIBUTES_MAX + 1 }, (_, n) => [`a${n}`, 'x'])),
                },
              }),
            ],
          }),
        'lines.0.need.attributes',
      ],
    ];
    for (const [what, body, field] of invalid)
      it(what, async () => {
        const had = await orders();
        const answer = await place(body());
        assert.deepEqual(codeOf(answer), [400, 'invalid-body']);
        assert.ok(fieldsOf(answer).includes(field), JSON.stringify(answer.body));
        assert.equal(await orders(), had);
      });

    const refused: readonly [what: string, body: () => unknown, code: string, detail: object][] = [
      [
        'an unknown product',
        () => anOrder({ lines: [aLine(), aLine({ lineId: '2', need: { sku: 'nowhere' } })] }),
        'unknown-sku',
        { lineId: '2', sku: 'nowhere' },
      ],
      ['another currency', () => anOrder({ lines: [aLine({ currency: 'USD' })] }), 'wrong-currency', { lineId: '1', expected: 'CNY' }],
      ['a top-up for nobody', () => anOrder({ lines: [aTopUp(undefined)] }), 'recipient-missing', { lineId: '1' }],
      ['a top-up for null', () => anOrder({ lines: [aLine(), { ...aTopUp(null), lineId: '2' }] }), 'recipient-missing', { lineId: '2' }],
      ['an account for card codes', () => anOrder({ lines: [aLine({ recipient: '138' })] }), 'recipient-not-wanted', { lineId: '1' }],
      ['a need of nothing', () => anOrder({ lines: [aLine({ need: {} })] }), 'need-incomplete', { lineId: '1' }],
      ['a need of null', () => anOrder({ lines: [aLine({ need: { sku: null } })] }), 'need-incomplete', { lineId: '1' }],
      ['the same line twice', () => anOrder({ lines: [aLine(), aLine()] }), 'duplicate-line', { lineId: '1' }],
      ['a deadline in the past', () => anOrder({ lines: [aLine({ deliverBy: inMs(-1000) })] }), 'deliver-by-out-of-range', { lineId: '1' }],
      [
        'more than the account holds',
        () => anOrder({ lines: [aLine({ quantity: 10, maxUnitPriceMinor: 1_000_000 })] }),
        'account-too-low',
        { available: 1_000_000, needed: 10_000_000 },
      ],
    ];
    for (const [what, body, code, detail] of refused)
      it(what, async () => {
        const had = await orders();
        const answer = await place(body());
        assert.deepEqual(codeOf(answer), [422, code]);
        for (const [name, value] of Object.entries(detail)) assert.equal(answer.body[name], value);
        assert.equal(await orders(), had);
        assert.deepEqual((await house.call('GET', '/accounts/m1', { as: house.keys.m1 })).body['heldMinor'], 0);
      });

    it('malformed JSON, or another form of body', async () => {
      assert.deepEqual(codeOf(await place(undefined, { raw: '{"lines": [' })), [400, 'json-malformed']);
      assert.equal((await place(undefined, { raw: '[]' })).status, 400);
      assert.equal((await place(undefined, { raw: 'null' })).status, 400);
    });
    it('a body over 1 MiB', async () => {
      assert.deepEqual(codeOf(await place(anOrder({ clientReference: 'x'.repeat(1024 * 1024) }))), [413, 'body-too-large']);
    });
  });

  it('a missing, an unknown and a revoked key; a key of another scope', async () => {
    assert.deepEqual(codeOf(await place(anOrder(), { as: '' })), [401, 'key-missing']);
    assert.deepEqual(codeOf(await place(anOrder(), { as: 'wrong' })), [401, 'key-wrong']);
    assert.deepEqual(codeOf(await place(anOrder(), { as: 'op' })), [403, 'scope-missing']);
    assert.deepEqual(codeOf(await house.call('PUT', '/merchants/m9', { as: house.keys.m1, body: { name: 'x', currency: 'CNY' } })), [
      403,
      'scope-missing',
    ]);
    const made = (await house.call('POST', '/keys', { body: { scope: 'merchant', merchantId: 'm1' } })).body;
    const secret = String(made['secret']);
    await eventually(async () => (await house.call('GET', '/orders', { as: secret })).status === 200);
    assert.equal((await house.call('DELETE', `/keys/${String(made['keyId'])}`)).status, 204);
    await eventually(async () => (await house.call('GET', '/orders', { as: secret })).status === 401);
    assert.deepEqual(codeOf(await house.call('DELETE', '/keys/none')), [404, 'key-not-found']);
  });

  it('an Idempotency-Key that is missing, reused or still running', async () => {
    assert.deepEqual(codeOf(await place(anOrder(), { key: '' })), [400, 'idempotency-key-missing']);
    const both = await Promise.all([place(anOrder(), { key: 'same' }), place(anOrder(), { key: 'same' })]);
    assert.deepEqual(both.map((it) => it.status).sort(), [201, 409]); // prettier-ignore
    assert.equal(both.find((it) => it.status === 409)?.body['code'], 'idempotency-key-in-use');
    const first = both.find((it) => it.status === 201)?.body;
    assert.deepEqual((await place(anOrder(), { key: 'same' })).body, first);
    assert.deepEqual(codeOf(await place(anOrder({ clientReference: 'c-2' }), { key: 'same' })), [422, 'idempotency-key-reused']);
    // another merchant's key of the same name is another key, and a refusal is answered again
    const poor = await place(anOrder(), { key: 'same', as: house.keys.m2 });
    assert.deepEqual(codeOf(poor), [422, 'account-too-low']);
    assert.deepEqual(codeOf(await place(anOrder(), { key: 'same', as: house.keys.m2 })), [422, 'account-too-low']);
    assert.deepEqual(codeOf(await house.call('POST', '/accounts/m1/deposits', { key: '', body: { amountMinor: 1, currency: 'CNY' } })), [
      400,
      'idempotency-key-missing',
    ]);
  });

  it('never tells a key twice', async () => {
    const make = () => house.call('POST', '/keys', { key: 'make', body: { scope: 'merchant', merchantId: 'm1' } });
    const [first, again] = [await make(), await make()];
    assert.equal(typeof first.body['secret'], 'string');
    assert.deepEqual(again.body, { keyId: first.body['keyId'], scope: 'merchant', merchantId: 'm1' });
    const { rows } = await house.service.database.pool.query<{ n: string }>(
      `SELECT count(*) AS n FROM (SELECT data::text AS t FROM event UNION ALL SELECT body::text FROM answer UNION ALL SELECT state::text FROM keys) s WHERE position($1 in t) > 0`,
      [first.body['secret']],
    );
    assert.equal(rows[0]?.n, '0');
    assert.deepEqual(codeOf(await house.call('POST', '/keys', { body: { scope: 'merchant' } })), [422, 'key-owner-missing']);
    assert.deepEqual(codeOf(await house.call('POST', '/keys', { body: { scope: 'merchant', merchantId: 'm404' } })), [
      404,
      'unknown-merchant',
    ]);
  });

  it('another tenant’s order does not exist', async () => {
    const orderId = String((await place(anOrder())).body['orderId']);
    const paths = [`/orders/${orderId}`, `/orders/${orderId}/timeline`, `/orders/${orderId}/stream`] as const;
    for (const path of paths) {
      assert.deepEqual(codeOf(await house.call('GET', path, { as: house.keys.m2 })), [404, 'order-not-found']);
      assert.deepEqual(codeOf(await house.call('GET', path.replace(orderId, 'none'), { as: house.keys.m2 })), [404, 'order-not-found']);
    }
    assert.deepEqual(codeOf(await house.call('POST', `/orders/${orderId}/cancel`, { as: house.keys.m2 })), [404, 'order-not-found']);
    assert.deepEqual((await house.call('GET', '/orders', { as: house.keys.m2 })).body, { items: [] });
    assert.deepEqual(codeOf(await house.call('GET', '/accounts/m1', { as: house.keys.m2 })), [404, 'account-not-found']);
    assert.deepEqual(codeOf(await house.call('GET', '/accounts/m1/entries', { as: house.keys.m2 })), [404, 'account-not-found']);
    assert.equal((await house.call('GET', `/orders/${orderId}`)).status, 200); // the hub's own people
  });

  it('of money', async () => {
    const deposit = (body: object, merchant = 'm1') => house.call('POST', `/accounts/${merchant}/deposits`, { body });
    assert.deepEqual(codeOf(await deposit({ amountMinor: 0, currency: 'CNY' })), [400, 'invalid-body']);
    assert.deepEqual(codeOf(await deposit({ amountMinor: 5, currency: 'USD' })), [422, 'wrong-currency']);
    assert.deepEqual(codeOf(await deposit({ amountMinor: 5, currency: 'CNY' }, 'm404')), [404, 'unknown-merchant']);
    assert.deepEqual(codeOf(await house.call('PUT', '/merchants/m1', { body: { name: 'm1', currency: 'USD' } })), [
      409,
      'merchant-currency-is-fixed',
    ]);
    assert.deepEqual(codeOf(await house.call('PUT', '/merchants/a%20b', { body: { name: 'm1', currency: 'CNY' } })), [400, 'invalid-id']);
  });

  it('of a merchant that may not do without the margin floor; of one that may, the line and its story keep it', async () => {
    const waiving = anOrder({ lines: [aLine({ waiveMarginFloor: true })] });
    assert.deepEqual(codeOf(await place(waiving)), [403, 'margin-floor-stands']);
    const may = { name: 'm1', currency: 'CNY', mayWaiveMarginFloor: true };
    assert.equal((await house.call('PUT', '/merchants/m1', { body: may })).body['mayWaiveMarginFloor'], true);
    const { status, body } = await place(waiving, { key: 'waives' });
    const [line] = body['lines'] as { waiveMarginFloor?: boolean }[];
    assert.deepEqual([status, line?.waiveMarginFloor], [201, true]);
    const story = await house.call('GET', `/orders/${String(body['orderId'])}/timeline`, { as: house.keys.m1 });
    assert.match(JSON.stringify(story.body), /"what":"selecting".*"marginFloorWaived":true/);
    assert.deepEqual(fieldsOf(await place(anOrder({ lines: [aLine({ waiveMarginFloor: 'yes' })] }))), ['lines.0.waiveMarginFloor']);
  });

  it('of a suspended merchant', async () => {
    await house.call('PUT', '/merchants/m2', { body: { name: 'm2', currency: 'CNY', suspended: true } });
    assert.deepEqual(codeOf(await place(anOrder(), { as: house.keys.m2 })), [403, 'merchant-suspended']);
  });

  it('of a page: a cursor that is none, a limit out of range', async () => {
    for (let n = 0; n < 3; n++) assert.equal((await place(anOrder({ clientReference: `p-${n}` }))).status, 201);
    const seen: unknown[] = [];
    for (let path: string | undefined = '/orders?limit=2'; path !== undefined;) {
      const { body }: Answer = await house.call('GET', path, { as: house.keys.m1 });
      seen.push(...(body['items'] as { orderId: string }[]).map((it) => it.orderId));
      path = body['next'] === undefined ? undefined : `/orders?limit=2&cursor=${body['next'] as string}`;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.length, await orders());
    const found = (await house.call('GET', '/orders?clientReference=p-1&status=running', { as: house.keys.m1 })).body['items'];
    assert.equal((found as unknown[]).length, 1);
    for (const query of ['limit=0', 'limit=101', 'cursor=..', 'status=odd', 'colour=red'])
      assert.deepEqual(codeOf(await house.call('GET', `/orders?${query}`, { as: house.keys.m1 })), [400, 'invalid-body'], query);
    assert.deepEqual(codeOf(await house.call('GET', '/orders?cursor=bm9uZQ', { as: house.keys.m1 })), [400, 'invalid-cursor']);
  });

  it('has a documented shape: every route of the design, every answer with its schema', () => {
    const { paths } = openApiOf(house.service.app, 'order');
    for (const path of [
      '/v1/orders',
      '/v1/orders/{orderId}',
      '/v1/orders/{orderId}/timeline',
      '/v1/orders/{orderId}/stream',
      '/v1/orders/stream',
      '/v1/orders/{orderId}/cancel',
      '/v1/orders/{orderId}/lines/{lineId}/consent',
      '/v1/merchants/{merchantId}',
      '/v1/keys',
      '/v1/keys/{keyId}',
      '/v1/accounts/{merchantId}',
      '/v1/accounts/{merchantId}/deposits',
      '/v1/accounts/{merchantId}/entries',
    ])
      assert.ok(paths[path] !== undefined, path);
    assert.deepEqual(Object.keys(paths['/v1/orders']?.post?.responses ?? {}).slice(0, 3), ['201', '400', '401']);
  });
});
