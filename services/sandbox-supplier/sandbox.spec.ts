import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createSandbox, tokenOf } from './index';
import { aSandbox, buyerOf, control } from './sandbox.fixtures';

const tiers = [
  { from: 1, costMinor: 2190 },
  { from: 10, costMinor: 2100 },
];
const codesOf = (units: { code?: string }[] | undefined): (string | undefined)[] => (units ?? []).map((it) => it.code);

describe('a supplier that sells', () => {
  const { north, script, sold, url } = aSandbox();

  it('gives as many codes as were bought, at the tier of the quantity', async () => {
    await script('vip', { stock: 100, costTiers: tiers });
    const { status, body } = await north().buy('ok-1', { quantity: 10 });
    assert.deepEqual([status, body['status'], body['costMinor'], body.units?.length], [200, 'fulfilled', 2100, 10]);
    assert.equal(new Set(codesOf(body.units)).size, 10);
  });

  it('answers a repeated key the same, and sells once', async () => {
    const first = await north().buy('ok-2');
    assert.deepEqual(await north().buy('ok-2'), first);
    assert.deepEqual(await north().ask('ok-2'), first);
    assert.equal((await sold('vip')).filter((it) => it.idempotencyKey === 'ok-2').length, 1);
  });

  it('takes the longest key, with slashes', async () => {
    const key = `p:o/1/1/${'x'.repeat(192)}`;
    assert.equal(key.length, 200);
    assert.deepEqual(await north().buy(key), await north().ask(key));
    assert.equal((await north().buy(`${key}x`)).status, 400);
  });

  it('refuses a key that names another purchase, and leaves the first untouched', async () => {
    const { status, body } = await north().buy('ok-2', { quantity: 3 });
    assert.deepEqual([status, body['code']], [422, 'idempotency-key-reused']);
    assert.equal((await north().ask('ok-2')).body.units?.length, 2);
  });

  it('tops up a recipient, and refuses a top-up without one', async () => {
    await script('phone-100', { kind: 'top-up', stock: 5 });
    const { body } = await north().buy('top-1', { sku: 'phone-100', quantity: 1, recipient: '13800000000' });
    assert.equal(body.units?.[0]?.kind, 'top-up');
    assert.equal((await north().buy('top-2', { sku: 'phone-100', quantity: 1 })).body['code'], 'invalid-recipient');
  });

  it('counts its stock and its balance', async () => {
    await script('counted', { stock: 5, costTiers: [{ from: 1, costMinor: 100 }] });
    const before = await north().get('balance');
    const { sequence } = (await north().get('stock?sku=counted')).body;
    await north().buy('count-1', { sku: 'counted' });
    const after = (await north().get('stock?sku=counted')).body as { sequence: number; items: object[] };
    assert.deepEqual(after.items, [{ sku: 'counted', available: 3, currency: 'CNY', costTiers: [{ from: 1, costMinor: 100 }] }]);
    assert.ok(after.sequence > Number(sequence));
    assert.equal(Number((await north().get('balance')).body['balanceMinor']), Number(before.body['balanceMinor']) - 200);
  });

  it('shows its stock page by page', async () => {
    const first = (await north().get('stock?limit=2')).body as { items: { sku: string }[]; next?: string };
    const second = (await north().get(`stock?limit=2&after=${first.next}`)).body as { items: { sku: string }[]; next?: string };
    assert.deepEqual(
      [...first.items, ...second.items].map((it) => it.sku),
      ['counted', 'phone-100', 'vip'],
    );
    assert.deepEqual([first.next, second.next], ['phone-100', undefined]);
  });

  it('is one of many, with its own goods and its own token', async () => {
    assert.equal((await buyerOf(url(), 'south').buy('ok-1')).body['code'], 'unknown-sku');
    assert.equal((await north().buy('ok-9', {}, { token: tokenOf('south') })).status, 401);
  });
});

describe('a supplier that refuses', () => {
  const { north, script, sold, url } = aSandbox();
  const refusedWith = async (key: string, purchase: object): Promise<[number, unknown]> => {
    const { status, body } = await north().buy(key, purchase);
    assert.deepEqual((await north().ask(key)).body, body, 'asking tells the same');
    return [status, body['code']];
  };

  it('refuses when told to, as often as told to', async () => {
    await script('vip', { outcome: 'refuse', times: 2, stock: 10 });
    assert.deepEqual(await refusedWith('r-1', {}), [409, 'refused']);
    assert.deepEqual(await refusedWith('r-2', {}), [409, 'refused']);
    assert.equal((await north().buy('r-3')).status, 200);
    assert.deepEqual(await refusedWith('r-1', {}), [409, 'refused'], 'an answered key stays answered');
  });

  it('is out of stock when told to, or when it is', async () => {
    await script('dry', { outcome: 'out-of-stock', stock: 10 });
    assert.deepEqual(await refusedWith('d-1', { sku: 'dry' }), [409, 'out-of-stock']);
    await script('dry', { outcome: 'ok', stock: 1 });
    assert.equal((await north().buy('d-2', { sku: 'dry' })).body['available'], 1);
  });

  it('sells nothing above what the buyer allows, and tells the price', async () => {
    await script('dear', { costTiers: [{ from: 1, costMinor: 2211 }] });
    assert.deepEqual(await refusedWith('p-1', { sku: 'dear' }), [409, 'price-risen']);
    assert.equal((await north().ask('p-1')).body['costMinor'], 2211);
  });

  it('knows neither a strange SKU nor another currency', async () => {
    assert.deepEqual(await refusedWith('u-1', { sku: 'nobody-sells-it' }), [422, 'unknown-sku']);
    assert.deepEqual(await refusedWith('u-2', { currency: 'USD' }), [422, 'unknown-sku']);
  });

  it('sells nothing to an empty balance', async () => {
    await script('vip', { costTiers: [{ from: 1, costMinor: 2000 }] }, 'poor');
    await control(url(), 'PUT', 'suppliers/poor', { balanceMinor: 3999 });
    assert.equal((await buyerOf(url(), 'poor').buy('b-1')).body['code'], 'insufficient-balance');
    assert.equal((await buyerOf(url(), 'poor').buy('b-2', { quantity: 1 })).status, 200);
  });

  for (const [name, purchase] of Object.entries({
    'no units': { quantity: 0 },
    'a fraction': { quantity: 1.5 },
    'too many': { quantity: 1001 },
    'a misspelt property': { recipent: '1' },
  }))
    it(`takes no purchase of ${name}, and remembers nothing of it`, async () => {
      const { status, body } = await north().buy('bad', purchase);
      assert.deepEqual([status, body['code']], [400, 'invalid-request']);
      assert.equal((await sold('vip')).filter((it) => it.idempotencyKey === 'bad').length, 0);
    });

  it('takes no purchase without a key', async () => assert.equal((await north().buy('no spaces')).body['code'], 'invalid-request'));
});

describe('a supplier on a bad day', () => {
  const { north, script, sold, url } = aSandbox();
  const gaveUp = { name: 'TimeoutError' };

  it('is slow, but answers', async () => {
    await script('vip', { outcome: 'slow', delayMs: 150, stock: 1000, costTiers: tiers });
    const started = performance.now();
    assert.equal((await north().buy('s-1')).status, 200);
    assert.ok(performance.now() - started >= 145);
  });

  it('accepts now and delivers later', async () => {
    await script('vip', { outcome: 'accepted', delayMs: 100 });
    const { body } = await north().buy('a-1');
    assert.deepEqual([body['status'], body.units], ['accepted', []]);
    await new Promise((resolve) => setTimeout(resolve, 120));
    const later = (await north().ask('a-1')).body;
    assert.deepEqual([later['status'], later.units?.length, later['supplierOrderNo']], ['fulfilled', 2, body['supplierOrderNo']]);
  });

  it('does it and never answers: asking tells that it was done', async () => {
    await script('vip', { outcome: 'timeout-after-effect' });
    await assert.rejects(north().buy('t-1', {}, { timeoutMs: 100 }), gaveUp);
    assert.equal((await north().ask('t-1')).body['status'], 'fulfilled');
  });

  it('never answers and does nothing: asking tells that it will never be done', async () => {
    await script('vip', { outcome: 'timeout-without-effect', times: 1 });
    await assert.rejects(north().buy('t-2', {}, { timeoutMs: 100 }), gaveUp);
    assert.deepEqual([(await north().ask('t-2')).status, (await north().ask('t-2')).body['code']], [404, 'not-found']);
    assert.equal((await north().buy('t-2')).body['code'], 'key-closed', 'a delayed purchase comes too late');
    assert.equal((await sold('vip')).filter((it) => it.idempotencyKey === 't-2').length, 0);
  });

  it('answers twice on one connection', async () => {
    await script('vip', { outcome: 'duplicate-answer', times: 1 });
    const text = await raw(url(), 'dup-1');
    assert.equal(text.split('HTTP/1.1 200').length - 1, 2);
    assert.equal((await sold('vip')).filter((it) => it.idempotencyKey === 'dup-1').length, 1);
    await script('vip', { outcome: 'duplicate-answer', times: 1 });
    assert.equal((await north().buy('dup-2')).body['status'], 'fulfilled', 'an ordinary client sees the first');
    assert.equal((await north().ask('dup-2')).body['status'], 'fulfilled');
  });

  it('does it, and a proxy answers in its place', async () => {
    await script('vip', { outcome: 'broken-answer', times: 1 });
    assert.equal((await north().buy('x-1')).status, 502);
    assert.equal((await north().ask('x-1')).body['status'], 'fulfilled');
  });

  it('delivers a part: half of it, rounded down, and nothing of one', async () => {
    await script('vip', { outcome: 'partial' });
    const { body } = await north().buy('part-1', { quantity: 5 });
    assert.deepEqual([body['status'], body.units?.length], ['partial', 2]);
    assert.equal((await north().buy('part-2', { quantity: 1 })).body['code'], 'out-of-stock');
  });

  it('delivers a code that is none', async () => {
    await script('vip', { outcome: 'invalid-code' });
    assert.equal((await north().buy('inv-1')).body.units?.[0]?.code, '');
  });

  it('delivers a code that it has sold before', async () => {
    await script('twice', { stock: 10, costTiers: tiers });
    const first = await north().buy('tw-1', { sku: 'twice' });
    await script('twice', { outcome: 'repeated-code' });
    const second = await north().buy('tw-2', { sku: 'twice' });
    assert.equal(codesOf(second.body.units)[0], codesOf(first.body.units)[0]);
    assert.notEqual(codesOf(second.body.units)[1], codesOf(first.body.units)[1]);
  });

  it('draws its outcomes by key: the same share every time', async () => {
    await script('mixed', { stock: 1000, mix: { refuse: 0.3 }, costTiers: tiers });
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, it) => north().buy(`mix-${it}`, { sku: 'mixed', quantity: 1 })));
    assert.equal(statuses.filter((it) => it.status === 409).length, 30);
  });

  it('keeps a log of what was asked and answered', async () => {
    const { items } = (await control(url(), 'GET', 'log')).body as {
      items?: { idempotencyKey: string; outcome: string; status: number }[];
    };
    const told = items?.filter((it) => it.idempotencyKey === 't-1').map((it) => [it.outcome, it.status]);
    assert.deepEqual(told, [
      ['timeout-after-effect', 0],
      ['fulfilled', 200],
    ]);
  });
});

describe('the control route', () => {
  const { north, script, url } = aSandbox();

  it('sets many goods at once, and forgets all on reset', async () => {
    const goods = [
      { sku: 'a', stock: 1 },
      { sku: 'b', stock: 2, outcome: 'refuse' },
    ];
    assert.equal((await control(url(), 'PUT', 'suppliers/north/skus', { goods })).status, 204);
    assert.equal(((await north().get('stock')).body['items'] as object[]).length, 2);
    await control(url(), 'POST', 'reset');
    assert.deepEqual((await north().get('stock')).body['items'], []);
  });

  for (const settings of [{ outcome: 'explode' }, { mix: { refuse: 1.1 } }, { mix: { explode: 0.1 } }, { stock: -1 }, { outcme: 'ok' }])
    it(`refuses ${JSON.stringify(settings)}`, async () => assert.equal((await script('vip', settings)).status, 400));

  it('documents the protocol', async () => {
    const document = (await (await fetch(`${url()}/openapi.json`)).json()) as { openapi: string; paths: object };
    assert.equal(document.openapi, '3.1.0');
    assert.ok('/suppliers/{supplierId}/purchases/{idempotencyKey}' in document.paths);
  });
});

describe('a supplier with a journal', () => {
  it('remembers after a restart what it sold, said and was told to do', async () => {
    const options = { port: 0, seed: 'spec', journal: join(mkdtempSync(join(tmpdir(), 'sandbox-')), 'journal.ndjson') };
    const before = await createSandbox(options);
    await control(before.url, 'PUT', 'suppliers/north/skus/vip', { stock: 9, outcome: 'refuse', times: 2, costTiers: tiers });
    await buyerOf(before.url).buy('j-1');
    await buyerOf(before.url).ask('j-2');
    await control(before.url, 'PUT', 'suppliers/north/skus/vip', { outcome: 'ok' });
    const sold = await buyerOf(before.url).buy('j-3');
    await before.close();

    const after = await createSandbox(options);
    const north = buyerOf(after.url);
    assert.equal((await north.ask('j-1')).body['code'], 'refused');
    assert.equal((await north.buy('j-2')).body['code'], 'key-closed');
    assert.deepEqual(await north.ask('j-3'), sold);
    const fresh = await north.buy('j-4');
    assert.equal(new Set([...codesOf(sold.body.units), ...codesOf(fresh.body.units)]).size, 4);
    assert.deepEqual((await north.get('stock')).body['items'], [{ sku: 'vip', available: 5, currency: 'CNY', costTiers: tiers }]);
    await after.close();
  });
});

/** What really comes over the wire, which an HTTP client would hide. */
function raw(url: string, key: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ sku: 'vip', quantity: 2, maxCostMinor: 2210, currency: 'CNY', reference: 'o1/1' });
  const head = [
    'POST /suppliers/north/purchases HTTP/1.1',
    'host: sandbox',
    `authorization: Bearer ${tokenOf('north')}`,
    `idempotency-key: ${key}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(`${head.join('\r\n')}\r\n\r\n${body}`));
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (text.split('"units"').length > 2) socket.end();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
