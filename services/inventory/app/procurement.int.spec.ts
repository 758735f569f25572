import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { StandIn } from './adapters/acg-faka/stand-in.fixtures';
import { aSupplier, aWorld, buys, holdId, offer, product, until, type World } from './inventory.app.fixtures';

describe('an operator', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_procurement');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 100);
  });
  after(() => world.end());

  const pathOf = (orderId: string) => `/procurement-orders/${encodeURIComponent(`${holdId(orderId, 'a', 'vip')}/1`)}`;
  const accepted = async (orderId: string) => {
    await world.control('/suppliers/a/skus/vip', { outcome: 'accepted', times: 1, delayMs: 60_000 });
    await buys(world, orderId, 'vip', 2, ['a']);
    await until(async () => (await world.call('GET', pathOf(orderId))).body['status'] === 'accepted', 'the purchase');
  };

  it('sees what was bought from whom, with its cost, page by page', async () => {
    await buys(world, 'o1', 'vip', 2, ['a']);
    await world.facts('UnitsDelivered', 'o1');
    const { body } = await world.call('GET', '/procurement-orders?supplierId=a&status=fulfilled');
    const [first] = body['items'] as Record<string, unknown>[];
    assert.deepEqual([first?.['orderId'], first?.['bought'], first?.['costMinor'], first?.['overdue']], ['o1', 2, 4000, false]);
    assert.deepEqual((await world.call('GET', '/procurement-orders?status=rejected')).body['items'], []);
  });

  it('asks again, and is told when there is nothing to ask', async () => {
    assert.equal((await world.call('POST', `${pathOf('o1')}/reconcile`, { action: 'ask' })).body['code'], 'purchase-is-settled');
    await accepted('o2');
    const asked = await world.call('POST', `${pathOf('o2')}/reconcile`, { action: 'ask' });
    assert.deepEqual([asked.status, asked.body['status']], [200, 'accepted']);
  });

  it('finds what is still open past its deadline', async () => {
    const overdue = async () =>
      ((await world.call('GET', '/procurement-orders?overdue=true')).body['items'] as Record<string, unknown>[]).map((it) => it['orderId']);
    assert.deepEqual(await overdue(), []);
    await world.sql(`UPDATE purchase SET state = state::jsonb || '{"deliverByAt": 1}'`);
    assert.deepEqual(await overdue(), ['o2'], 'o1 is delivered');
    assert.equal((await world.call('GET', '/procurement-orders?overdue=soon')).status, 400);
  });

  it('names the order in a shop that can be asked by its own number only, and may have mistyped it', async () => {
    const shop = await StandIn.open();
    shop.put('card-x', { price: '20.00', cards: ['F-1', 'F-2', 'F-3'] });
    const faka = { name: { zh: '店', en: 'Shop' }, kind: 'acg-faka', upstreamGroup: 'faka', baseUrl: shop.url };
    await world.call('PUT', '/suppliers/faka', { ...faka, token: `${shop.appId}:${shop.appKey}` });
    await world.call('PUT', '/suppliers/faka/offers/vip', offer({ supplierSku: 'card-x' }));
    await world.call('POST', '/suppliers/faka/stock', { changes: [{ sku: 'vip', quantity: 3, sequence: 1 }] });
    shop.mood = 'html-after-charging';
    await buys(world, 'o4', 'vip', 2, ['faka']);
    const path = `/procurement-orders/${encodeURIComponent(`${holdId('o4', 'faka', 'vip')}/1`)}`;
    await until(async () => (await world.call('GET', path)).body['status'] === 'unknown', 'the lost answer');
    const [ordered] = shop.orders;
    const ask = async (supplierOrderNo = '') => (await world.call('POST', `${path}/reconcile`, { action: 'ask', supplierOrderNo })).status;
    assert.equal(await ask('20260101-mistyped'), 200);
    assert.equal(await ask(ordered?.tradeNo), 200);
    const [delivered] = await world.facts('UnitsDelivered', 'o4');
    assert.equal(delivered?.tally.delivered, 2);
    assert.equal(await ask('20260101-too-late'), 409);
    assert.deepEqual(await world.sql(`SELECT supplier_order_no AS no FROM supplier_order`), [{ no: ordered?.tradeNo }]);
    await shop.close();
  });

  it('writes off what does not come: the units are released, and a late code is the hub’s', async () => {
    await accepted('o3');
    const { body } = await world.call('POST', `${pathOf('o3')}/reconcile`, { action: 'write-off' });
    assert.equal(body['status'], 'written-off');
    const [released] = await world.facts('HoldReleased', 'o3');
    assert.deepEqual([released?.reason, released?.tally.released], ['written-off', 2]);
    assert.equal((await world.call('POST', `${pathOf('o3')}/reconcile`, { action: 'write-off' })).status, 409);
  });

  it('suspends an offer, stops its drain and lets it run', async () => {
    for (const it of ['drain/stop', 'suspend', 'drain/allow', 'resume']) {
      assert.equal((await world.call('POST', `/suppliers/a/offers/vip/${it}`)).status, 204, it);
    }
    assert.deepEqual((await world.call('GET', '/suppliers/a/offers/vip')).body['closures'], []);
    assert.equal((await world.call('POST', '/suppliers/a/offers/none/suspend')).status, 404);
  });

  it('sees it in the metrics', async () => {
    const text = await (await fetch(`${world.service.url}/metrics`)).text();
    assert.match(text, /midstream_drain_backlog_units\{service="inventory"\} 0/);
    assert.match(text, /midstream_purchases_unknown\{service="inventory"\} 0/);
  });
});
