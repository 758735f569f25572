import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aSupplier, aWorld, buys, holdId, product, until, type World } from './inventory.app.fixtures';

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
