import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aSupplier, aWorld, offer, product, type World } from './inventory.app.fixtures';

describe('over HTTP', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_refusals');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 10);
    await aSupplier(world, 'b', 'vip', 10);
  });
  after(() => world.end());

  const report = (changes: object[], key = 's-key', supplierId = 'a') =>
    world.call('POST', `/suppliers/${supplierId}/stock`, { changes }, { key });
  const codes = (body: Record<string, unknown>) => (body['results'] as { code?: string }[]).map((it) => it.code ?? 'taken');

  it('each change of a feed is answered for itself', async () => {
    const { status, body } = await report([
      { sku: 'vip', quantity: 9, sequence: 5 },
      { sku: 'vip', quantity: 8, sequence: 1 },
      { sku: 'none', quantity: 8, sequence: 9 },
      { sku: 'vip', offerId: 'b~vip', quantity: 0, sequence: 9 },
    ]);
    assert.equal(status, 200);
    assert.deepEqual(codes(body), ['taken', 'stale-report', 'unknown-offer', 'foreign-offer']);
    assert.equal((await world.call('GET', '/suppliers/b/offers/vip')).body['available'], 10);
  });

  it('a supplier sees and changes its own only', async () => {
    assert.equal((await report([{ sku: 'vip', quantity: 0, sequence: 9 }], 's-key', 'b')).status, 404);
    assert.equal((await world.call('GET', '/suppliers/b/offers/vip', undefined, { key: 's-key' })).status, 404);
    assert.equal((await world.call('GET', '/suppliers/a/offers/vip', undefined, { key: 's-key' })).status, 200);
    assert.equal((await world.call('GET', '/procurement-orders', undefined, { key: 's-key' })).status, 403);
  });

  it('a merchant sees stock and price, and nothing of a supplier', async () => {
    const { body } = await world.call('GET', '/stock?sku=vip,none&region=CN-31', undefined, { key: 'm-key' });
    const [vip, none] = body['items'] as { available: number }[];
    assert.ok(vip && vip.available > 0);
    assert.equal(none?.available, 0);
    assert.ok(!/supplier|cost/i.test(JSON.stringify(body)));
    assert.ok(!/supplier|cost/i.test(JSON.stringify((await world.call('GET', '/products/vip', undefined, { key: 'm-key' })).body)));
    for (const it of ['/suppliers/a', '/suppliers/a/offers', '/suppliers/a/offers/vip', '/procurement-orders']) {
      assert.equal((await world.call('GET', it, undefined, { key: 'm-key' })).status, 403, it);
    }
  });

  it('what is malformed is refused with the field named', async () => {
    for (const [method, path, body, field] of [
      ['POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: -1, sequence: 9 }] }, 'quantity'],
      ['POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: 1.5, sequence: 9 }] }, 'quantity'],
      ['POST', '/suppliers/a/stock', { changes: [] }, 'changes'],
      [
        'POST',
        '/suppliers/a/stock',
        { changes: Array.from({ length: 1001 }, (_, n) => ({ sku: 'vip', quantity: 1, sequence: n })) },
        'changes',
      ],
      ['PUT', '/products/vip', product({ surprise: 1 }), 'surprise'],
      ['PUT', '/products/vip', product({ attributes: { a: 1 } }), 'attributes'],
      ['PUT', '/products/vip', product({ currency: 'yuan' }), 'currency'],
      ['PUT', '/suppliers/a/offers/vip', offer({ minQuantity: 0 }), 'minQuantity'],
    ] as const) {
      const { status, body: problem } = await world.call(method, path, body);
      assert.equal(status, 400, path);
      assert.ok(JSON.stringify(problem['fields']).includes(field), JSON.stringify(problem));
    }
  });

  it('what contradicts what is known is refused by its code', async () => {
    for (const [method, path, body, status, code] of [
      ['PUT', '/suppliers/z/offers/vip', offer(), 404, 'unknown-supplier'],
      ['PUT', '/suppliers/a/offers/none', offer(), 422, 'unknown-product'],
      ['PUT', '/suppliers/a/offers/vip', offer({ currency: 'USD' }), 422, 'unknown-rate'],
      ['PUT', '/suppliers/a/offers/vip', offer({ costTiers: [{ from: 2, costMinor: 1 }] }), 422, 'wrong-tiers'],
      ['PUT', '/products/vip', product({ fulfilmentKind: 'VALUE_RECHARGE' }), 409, 'product-kind-is-fixed'],
      ['PUT', '/suppliers/c', { name: { zh: 'c', en: 'c' }, kind: 'http', upstreamGroup: 'c' }, 422, 'base-url-missing'],
      ['POST', '/procurement-orders/none/reconcile', { action: 'ask' }, 404, 'unknown-purchase'],
      ['GET', '/products/none', undefined, 404, 'unknown-product'],
      ['GET', '/suppliers/z/offers', undefined, 404, 'unknown-supplier'],
      ['GET', '/suppliers/z/reconciliations', undefined, 404, 'unknown-supplier'],
      ['GET', '/suppliers/a/offers/none/movements', undefined, 404, 'unknown-offer'],
    ] as const) {
      const { status: is, body: problem } = await world.call(method, path, body);
      assert.deepEqual([is, problem['code']], [status, code], path);
    }
  });

  it('a token is never shown', async () => {
    assert.ok(!JSON.stringify((await world.call('GET', '/suppliers/a')).body).includes('sandbox-a'));
    const [log] = await world.sql<{ n: string }>(`SELECT count(*) AS n FROM event WHERE data::text LIKE '%sandbox-a%'`);
    assert.equal(log?.n, '0');
  });
});
