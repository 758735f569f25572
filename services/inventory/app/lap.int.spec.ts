import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aSupplier, aWorld, buys, cleared, holdId, product, until, type World } from './inventory.app.fixtures';

describe('inventory, on a real database with suppliers over HTTP', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_lap');
    assert.equal((await world.call('PUT', '/products/vip', product())).status, 200);
    for (const it of ['a', 'b']) await aSupplier(world, it, 'vip', 100);
  });
  after(() => world.end());

  it('holds, buys and delivers what a line was assigned', async () => {
    await buys(world, 'o1', 'vip', 3, ['a', 'b']);
    const [delivered] = await world.facts('UnitsDelivered', 'o1');
    // The version tells how often it changed on the way: once more where the supplier took its time
    const { version: _version, ...tally } = delivered?.tally ?? { version: 0 };
    assert.deepEqual(tally, { holdId: holdId('o1', 'a', 'vip'), granted: 3, delivered: 3, lost: 0, released: 0 });
    assert.equal(delivered?.deliveries.length, 3);
    const { body } = await world.call('GET', '/deliveries?orderId=o1', undefined, { key: 'm-key' });
    assert.equal((body['items'] as unknown[]).length, 3);
  });

  it('loses what is held when the supplier runs dry', async () => {
    await world.bus.tell(cleared('o2', 'vip', 5, ['b']));
    await world.facts('OfferHeld', 'o2');
    const { body } = await world.call('POST', '/suppliers/b/stock', { changes: [{ sku: 'vip', quantity: 0, sequence: 2 }] });
    assert.equal(body['taken'], 1);
    const [lost] = await world.facts('HoldLost', 'o2');
    assert.equal(lost?.reason, 'out-of-stock');
    assert.equal(lost.tally.lost, 5);
    await until(
      async () => (await world.sql<{ armed: boolean }>(`SELECT armed FROM drain WHERE id = 'b~vip'`))[0]?.armed === false,
      'the end of the drain',
    );
    assert.equal((await world.call('GET', '/suppliers/b/offers/vip')).body['available'], 0);
  });
});
