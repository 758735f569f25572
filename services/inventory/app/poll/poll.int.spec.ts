import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StandIn } from '../adapters/acg-faka/stand-in.fixtures';
import { aWorld, offer, product, until, type World } from '../inventory.app.fixtures';

describe('suppliers that do not push', () => {
  let world: World;
  let shop: StandIn;
  const name = { zh: '店', en: 'Shop' };
  const faka = (token: string) =>
    world.call('PUT', '/suppliers/faka', { ...{ name, kind: 'acg-faka', upstreamGroup: 'faka', baseUrl: shop.url, token, pollEveryMs: 5_000 } }); // prettier-ignore
  const offerOf = async (supplierId: string, sku = 'vip') => (await world.call('GET', `/suppliers/${supplierId}/offers/${sku}`)).body;
  const poll = async (supplierId: string) => (await world.call('POST', `/suppliers/${supplierId}/poll`)).body;
  const pollOf = async (supplierId: string) => (await world.call('GET', `/suppliers/${supplierId}/poll`)).body;
  const asked = (supplierId: string, isSo: (body: Record<string, unknown>) => boolean) =>
    until(async () => isSo((await pollOf(supplierId))), `the poll of ${supplierId}`); // prettier-ignore

  before(async () => {
    [world, shop] = await Promise.all([aWorld('inventory_poll'), StandIn.open()]);
    for (const sku of ['vip', 'g1', 'g2', 'g3', 'g4']) await world.call('PUT', `/products/${sku}`, product());
  });
  after(async () => {
    await Promise.all([world.end(), shop.close()]);
  });

  it('are asked, by the adapter of their kind, and their figures say so', async () => {
    const good = shop.put('card-vip', { price: '19.50', cards: ['A', 'B', 'C'] });
    assert.equal((await faka(`${shop.appId}:${shop.appKey}`)).body['pollEveryMs'], 5_000);
    await world.call('PUT', '/suppliers/faka/offers/vip', offer({ supplierSku: 'card-vip' }));
    await until(async () => (await offerOf('faka'))['available'] === 3, 'the first figure');
    const { stockSource, costSource, costTiers } = await offerOf('faka');
    assert.deepEqual([stockSource, costSource, costTiers], ['poll', 'poll', [{ from: 1, costMinor: 1950 }]]);
    const stock = async () => (await world.call('GET', '/stock?sku=vip', undefined, { key: 'm-key' })).body;
    await until(async () => ((await stock())['items'] as { source?: string }[])[0]?.source === 'poll', 'the open figure');
    good.cards = ['C'];
    assert.equal((await poll('faka'))['supplierId'], 'faka');
    await until(async () => (await offerOf('faka'))['available'] === 1, 'the next figure');
    const { goods, failures, error } = await pollOf('faka');
    assert.deepEqual([goods, failures, error], [1, 0, undefined]);
  });

  it('keep their last figures while they do not answer, are asked less often, and go stale by what they promised', async () => {
    await world.call('PUT', '/suppliers/faka/offers/vip', offer({ supplierSku: 'card-vip', freshness: 'instant' }));
    await faka(`${shop.appId}:wrong`);
    await poll('faka');
    await asked('faka', (it) => Number(it['failures']) > 0);
    const told = await pollOf('faka');
    assert.match(String(told['error']), /^Error: /);
    assert.ok(!JSON.stringify(told).includes('wrong'));
    assert.ok(Date.parse(String(told['nextAt'])) - Date.parse(String(told['polledAt'])) > 5_000, 'later than usual');
    assert.equal((await offerOf('faka'))['available'], 1);
    await world.sql(`UPDATE offer SET fresh_until = now() - interval '1 hour',
                            state = state::jsonb || jsonb_build_object('stockAsOf', (state ->> 'stockAsOf')::bigint - 3600000) WHERE id = 'faka~vip'`);
    await until(async () => JSON.stringify((await offerOf('faka'))['closures']).includes('stale'), 'the stale closure', 40_000);
    await faka(`${shop.appId}:${shop.appKey}`);
    await poll('faka');
    await until(async () => JSON.stringify((await offerOf('faka'))['closures']) === '[]', 'the end of it');
  });

  it('are asked page by page where they have many of our goods, and what they have no more is none', async () => {
    const { control, sandbox } = world;
    const baseUrl = `${sandbox.url}/suppliers/west`;
    const tiers = [{ from: 1, costMinor: 1900 }, { from: 10, costMinor: 1800 }]; // prettier-ignore
    for (const sku of ['vip', 'g1', 'g2', 'g3']) await control(`/suppliers/west/skus/${sku}`, { stock: 7, costTiers: tiers }); // prettier-ignore
    for (const it of ['west']) await world.call('PUT', `/suppliers/${it}`, { name, kind: 'http', upstreamGroup: it, baseUrl, token: 'sandbox-west' }); // prettier-ignore
    for (const sku of ['vip', 'g1', 'g2', 'g3', 'g4']) await world.call('PUT', `/suppliers/west/offers/${sku}`, offer());
    await world.call('POST', '/suppliers/west/stock', { changes: [{ sku: 'g4', quantity: 9, sequence: 5 }] });
    assert.equal((await world.call('POST', '/suppliers/west/poll')).body['code'], 'supplier-not-polled');
    await world.call('PUT', '/suppliers/west', { name, kind: 'http', upstreamGroup: 'west', baseUrl, pollEveryMs: 60_000 });
    await asked('west', (it) => it['goods'] === 4);
    const all = await Promise.all(['vip', 'g3', 'g4'].map((it) => offerOf('west', it)));
    assert.deepEqual(all.map((it) => [it['available'], it['stockSource']]), [[7, 'poll'], [7, 'poll'], [0, 'poll']]); // prettier-ignore
    assert.deepEqual(all[0]?.['costTiers'], tiers);
    const push = await world.call('POST', '/suppliers/west/stock', { changes: [{ sku: 'g4', quantity: 2, sequence: 6 }] });
    assert.equal(push.body['taken'], 1);
  });

  it('show an operator what they sell, and under which product we offer it', async () => {
    const { body } = await world.call('GET', '/suppliers/faka/catalogue');
    assert.deepEqual(body['items'], [
      { supplierSku: 'card-vip', name: 'card-vip', available: 1, costMinor: 1950, currency: 'CNY', sku: 'vip' },
    ]);
    const west = (await world.call('GET', '/suppliers/west/catalogue')).body['items'] as Record<string, unknown>[];
    assert.deepEqual(west.map((it) => it['sku']).sort(), ['g1', 'g2', 'g3', 'vip']); // prettier-ignore
    await world.call('PUT', '/suppliers/hand', { name, kind: 'manual', upstreamGroup: 'h' });
    await world.call('PUT', '/suppliers/gone', { name, kind: 'http', upstreamGroup: 'g', baseUrl: 'http://127.0.0.1:9' });
    for (const [supplierId, status, code] of [
      ['hand', 409, 'supplier-has-no-catalogue'],
      ['gone', 409, 'supplier-silent'],
      ['none', 404, 'unknown-supplier'],
    ] as const) {
      const answer = await world.call('GET', `/suppliers/${supplierId}/catalogue`);
      assert.deepEqual([answer.status, answer.body['code']], [status, code]);
    }
    assert.equal((await world.call('GET', '/suppliers/faka/catalogue', undefined, { key: 's-key' })).status, 403);
  });

  it('are not asked where their kind cannot answer, or too often', async () => {
    const vault = await world.call('PUT', '/suppliers/v', { name, kind: 'vault', upstreamGroup: 'v', pollEveryMs: 60_000 });
    assert.deepEqual([vault.status, vault.body['code'], vault.body['field']], [422, 'cannot-be-polled', 'pollEveryMs']);
    const often = await world.call('PUT', '/suppliers/west', {
      name,
      kind: 'http',
      upstreamGroup: 'w',
      baseUrl: 'http://x.test',
      pollEveryMs: 10,
    });
    assert.equal(often.status, 400);
    assert.equal((await world.call('GET', '/suppliers/west/poll', undefined, { key: 's-key' })).status, 404);
    assert.equal((await world.call('GET', '/suppliers/none/poll')).status, 404);
  });
});
