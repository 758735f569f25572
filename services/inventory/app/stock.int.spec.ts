import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type RunningService, startService } from '@midstream/runtime';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import pino from 'pino';
import { aSupplier, aWorld, cleared, product, until, type World } from './inventory.app.fixtures';
import { inventoryService } from './service';

interface Item {
  readonly sku: string;
  readonly status: string;
  readonly available?: number;
  readonly [more: string]: unknown;
}

describe('the open stock query, at two replicas', () => {
  let world: World;
  let other: RunningService;
  const ask = async (query: string, { key, etag, at = world.service }: { key?: string; etag?: string; at?: RunningService } = {}) => {
    const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...(etag !== undefined && { 'if-none-match': etag }) };
    const answer = await fetch(`${at.url}/v1/stock?${query}`, { headers });
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as { items: Item[]; next?: string; [more: string]: unknown };
    return { status: answer.status, body, text, etag: answer.headers.get('etag') ?? '' };
  };
  const report = (supplierId: string, sku: string, quantity: number, sequence: number) =>
    world.call('POST', `/suppliers/${supplierId}/stock`, { changes: [{ sku, quantity, sequence }] });

  before(async () => {
    world = await aWorld('inventory_stock');
    for (const it of ['vip', 'music', 'news']) await world.call('PUT', `/products/${it}`, product());
    await world.call('PUT', '/products/card', product({ category: 'game-card' }));
    await aSupplier(world, 'a', 'vip', 30);
    await aSupplier(world, 'b', 'vip', 12, { regions: ['CN-31'], capacityPerMinute: 100 });
    await aSupplier(world, 'a', 'music', 500_000);
    const secret = randomBytes(32).toString('base64');
    other = await startService(inventoryService, {
      ...{ databaseUrl: world.database.url, bus: busToSpeakAt('inventory', 2), port: 0, bootstrapKey: 'op' },
      ...{ logger: pino({ level: 'silent' }), settings: { vaultKey: secret, fingerprintKey: secret, stockDetail: 'merchants' } },
    });
  });
  after(async () => {
    await other.stop();
    await world.end();
  });

  it('tells a visitor what can be had in a region, how fresh that is, and nothing of suppliers and costs', async () => {
    await until(async () => (await ask('sku=vip')).body.items[0]?.available === 42, 'the feed');
    const { body, text } = await ask('sku=vip,music,none&region=CN-44');
    assert.deepEqual(
      body.items.map(({ sku, status, available, capacityPerMinute, source }) => ({ sku, status, available, capacityPerMinute, source })),
      [
        { sku: 'vip', status: 'in_stock', available: 30, capacityPerMinute: 600, source: 'push' },
        { sku: 'music', status: 'unlimited', available: 500_000, capacityPerMinute: 600, source: 'push' },
        { sku: 'none', status: 'out_of_stock', available: 0, capacityPerMinute: 0, source: undefined },
      ],
    );
    assert.deepEqual(body['unknown'], ['none']);
    assert.ok(Number(body.items[0]?.['ageMs']) >= 0 && typeof body.items[0]?.['asOf'] === 'string');
    assert.ok(!/supplier|cost|offerId/i.test(text));
  });

  it('answers an address that was asked before from what is so now, and to nobody whose key is wrong', async () => {
    await world.call('PUT', '/products/again', product({ category: 'seldom' }));
    await aSupplier(world, 'a', 'again', 5);
    const query = 'sku=again&region=CN-31';
    await until(async () => (await ask(query)).body.items[0]?.available === 5, 'the first figure');
    const { etag, text } = await ask(query);
    assert.equal((await ask(query, { etag })).status, 304);
    assert.equal((await ask(query, { key: 'nonsense' })).status, 401);
    assert.equal((await ask(`${query}&limit=0`)).status, 400);
    for (const region of ['ZZ', 'UK', 'EU', 'cn', 'CN-9999']) assert.equal((await ask(`sku=again&region=${region}`)).status, 400, region);
    assert.equal((await fetch(`${world.service.url}/v1/stock?${query}`, { method: 'POST' })).status, 404);
    await report('a', 'again', 9, 2);
    await until(async () => (await ask(query)).body.items[0]?.available === 9, 'the second figure');
    const later = await ask(query, { etag });
    assert.deepEqual([later.status, later.body.items[0]?.available], [200, 9]);
    assert.deepEqual(Object.keys((JSON.parse(text) as { items: Item[] }).items[0] ?? {}), Object.keys(later.body.items[0] ?? {}));
    // The other replica hears of it a moment later, and tells no number
    await until(async () => (await ask(query, { at: other })).etag === (await ask(query, { at: other })).etag, 'the same answer twice');
    assert.equal((await ask(query, { at: other })).body.items[0]?.available, undefined);
  });

  it('shows costs to the hub, and to a supplier its own', async () => {
    assert.equal(((await ask('sku=vip', { key: 'op' })).body['offers'] as unknown[]).length, 2);
    const own = (await ask('sku=vip', { key: 's-key' })).body['offers'] as { supplierId: string }[];
    assert.deepEqual(
      own.map((it) => it.supplierId),
      ['a'],
    );
    assert.equal((await ask('sku=vip', { key: 'm-key' })).body['offers'], undefined);
    assert.equal((await ask('sku=vip', { key: 'nobody' })).status, 401);
  });

  it('keeps the number from visitors where the hub says so', async () => {
    await until(async () => (await ask('sku=vip', { at: other })).body.items[0]?.status === 'in_stock', 'the other replica');
    assert.equal((await ask('sku=vip', { at: other })).body.items[0]?.available, undefined);
    assert.equal((await ask('sku=vip', { at: other, key: 'm-key' })).body.items[0]?.available, 42);
  });

  it('answers 304 while nothing has changed, at either replica', async () => {
    const { etag } = await ask('sku=vip,music');
    assert.deepEqual([(await ask('sku=vip,music', { etag })).status, (await ask('sku=vip', { etag })).status], [304, 200]);
    assert.equal((await ask('sku=vip,music', { etag, at: other, key: 'm-key' })).status, 304);
    await report('a', 'vip', 29, 2);
    await until(async () => (await ask('sku=vip,music', { etag, at: other })).status === 200, 'the change');
  });

  it('tells once that a good is low, sold out, and back, by the figures that the hub says', async () => {
    const levels = { category: 'levels', lowAt: 29, backAt: 2, okAt: 50 };
    const { status, body } = await world.call('PUT', '/stock-alerts', { rules: [levels] });
    assert.deepEqual([status, body], [200, { version: 1, rules: [levels] }]);
    assert.deepEqual((await world.call('GET', '/stock-alerts')).body, body);
    const told = async () =>
      (
        await world.sql<{ id: string }>(
          `SELECT concat_ws(' ', type, data ->> 'status', data ->> 'version') AS id FROM event WHERE topic = 'inventory.stock-levels' AND key = 'levels' ORDER BY event.id`,
        )
      ).map((it) => it.id);
    await world.call('PUT', '/products/levels', product({ category: 'levels' }));
    await aSupplier(world, 'a', 'levels', 60);
    const seen = async () => (await world.sql<{ id: string }>(`SELECT id FROM stock_level WHERE id = 'levels'`)).length === 1;
    await until(seen, 'the first stock');
    for (const [quantity, tells] of [
      [20, ['StockLow low_stock 2']],
      [0, ['StockLow low_stock 2', 'StockLow out_of_stock 3']],
      [70, ['StockLow low_stock 2', 'StockLow out_of_stock 3', 'StockBack in_stock 4']],
    ] as const) {
      await report('a', 'levels', quantity, 2 + tells.length);
      await until(async () => JSON.stringify(await told()) === JSON.stringify(tells), `${quantity} units`);
    }
    assert.equal((await world.call('PUT', '/stock-alerts', { rules: [levels] }, { key: 'm-key' })).status, 403);
    for (const [rule, code] of [
      [{ ...levels, lowAt: 50 }, 'alert-levels-cross'],
      [{ ...levels, sku: 'vip' }, 'wrong-alert'],
      [{ ...levels, lowAt: -1 }, 'lowAt'],
    ] as const)
      assert.match(JSON.stringify((await world.call('PUT', '/stock-alerts', { rules: [rule] })).body), new RegExp(code));
  });

  it('pages through a category', async () => {
    const first = await ask('category=video-membership&limit=2');
    assert.deepEqual(
      first.body.items.map((it) => it.sku),
      ['music', 'news'],
    );
    const second = await ask(`category=video-membership&limit=2&after=${first.body.next}`);
    assert.deepEqual([second.body.items.map((it) => it.sku), second.body.next], [['vip'], undefined]);
  });

  it('refuses what makes no sense, and says what', async () => {
    const many = Array.from({ length: 201 }, (_, it) => `sku-${it}`);
    const cases: readonly (readonly [query: string, code: string, words?: string])[] = [
      ['', 'sku-or-category-missing'],
      [`sku=${many.join()}`, 'too-many-skus', '200'],
      ['sku=a%20b', 'invalid-body', 'sku'],
      ['sku=vip&region=China', 'invalid-body', 'region'],
      ['sku=vip&category=game-card', 'invalid-body', 'category'],
      ['category=game-card&after=%2F%2F', 'invalid-cursor'],
      ['category=game-card&limit=201', 'invalid-body', 'limit'],
    ];
    for (const [query, code, words = ''] of cases) {
      const { status, body, text } = await ask(query);
      assert.deepEqual([status, body['code']], [400, code], query);
      assert.ok(text.includes(words), text);
    }
    assert.equal((await ask(`sku=${many.slice(1).join()}`)).status, 200);
  });

  it('tells of changes live; cut at one replica and resumed at the other, the last of each SKU is heard', async () => {
    let last: string | undefined;
    const heard: Item[] = [];
    const listen = async (at: RunningService, isEnough: () => boolean) => {
      const leaving = new AbortController();
      const reading = read(`${at.url}/v1/stock/stream?sku=vip&region=CN-31`, last, leaving.signal, (id, item) => {
        last = id;
        if (item !== undefined) heard.push(item);
      });
      await until(async () => isEnough(), 'the stream');
      leaving.abort();
      await reading;
    };
    await listen(world.service, () => last !== undefined);
    for (let quantity = 60; quantity <= 80; quantity++) await report('a', 'vip', quantity, quantity);
    await report('a', 'music', 7, 2);
    await listen(other, () => heard.length > 0);
    assert.ok(heard.every((it) => it.sku === 'vip' && it.available === undefined));
    await world.bus.tell(cleared('o1', 'vip', 9, ['a']));
    await listen(world.service, () => heard.at(-1)?.available === 83);
  });

  it('may be asked by pages of any site', async () => {
    const leaving = new AbortController();
    for (const path of ['/v1/stock?sku=vip', '/v1/stock?sku=vip', '/v1/stock/stream?sku=vip']) {
      const { headers } = await fetch(`${world.service.url}${path}`, {
        headers: { origin: 'https://shop.example' },
        signal: leaving.signal,
      });
      assert.equal(headers.get('access-control-allow-origin'), '*', path);
    }
    leaving.abort();
  });

  it('refuses a stream that resumes at no place, and one stream too many', async () => {
    const bad = await fetch(`${world.service.url}/v1/stock/stream`, { headers: { 'last-event-id': 'yesterday' } });
    assert.equal(bad.status, 400);
    const leaving = new AbortController();
    const open = await Promise.all(
      Array.from({ length: 11 }, () => fetch(`${world.service.url}/v1/stock/stream`, { signal: leaving.signal })),
    );
    const statuses = open.map((it) => it.status).sort();
    assert.deepEqual(statuses, [...Array<number>(10).fill(200), 429]);
    leaving.abort();
  });
});

async function read(url: string, last: string | undefined, signal: AbortSignal, on: (id: string, item?: Item) => void): Promise<void> {
  try {
    const answer = await fetch(url, { headers: { ...(last !== undefined && { 'last-event-id': last }) }, signal });
    assert.equal(answer.status, 200);
    let text = '';
    for await (const part of answer.body ?? []) {
      const blocks = (text += Buffer.from(part as Uint8Array).toString()).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(block)?.[1];
        const [id, data] = [field('id'), field('data')];
        if (id !== undefined) on(id, data === undefined ? undefined : (JSON.parse(data) as Item));
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
