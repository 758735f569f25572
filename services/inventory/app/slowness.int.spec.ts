import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SLOW } from '@midstream/inventory-domain';
import { aSupplier, aWorld, buys, cleared, holdId, product, until, type World } from './inventory.app.fixtures';

describe('a supplier that takes longer than it promises', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_slowness', { settings: { buyWaitMs: '10000' } });
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 1_000, { leadTimeMs: 0, capacityPerMinute: 240 });
    await world.control('/suppliers/a/skus/vip', { outcome: 'slow', delayMs: 2_200, times: 1_000 });
  });
  after(() => world.end());
  const offer = async () => (await world.call('GET', '/suppliers/a/offers/vip')).body;

  it('frees what would come too late there while there is time, and says why', async () => {
    // 200 units at 240 a minute are done in 50 s: soon enough for both now, and too late for the one once each takes 2.2 s that have passed, too
    const soon = new Date(Date.now() + 54_000).toISOString();
    await world.bus.tell(cleared('later', 'vip', 100, ['a']), cleared('soon', 'vip', 100, ['a'], { deliverBy: soon }));
    await world.facts('OfferHeld', 'soon');
    for (let n = 0; n < SLOW.least; n++) await buys(world, `o${n}`, 'vip', 1, ['a']);
    await until(async () => Number((await offer())['measuredLeadMs']) >= 2_200, 'the measure');
    assert.equal((await offer())['leadTimeMs'], 0, 'what it promises stays');
    assert.ok(Date.now() - Date.parse(String((await offer())['measuredLeadAsOf'])) < 60_000);
    const [lost] = await world.facts('HoldLost', 'soon');
    assert.deepEqual([lost?.reason, lost?.quantity, lost?.tally.holdId], ['too-slow', 100, holdId('soon', 'a', 'vip')]);
    const [told] = await world.sql<{ lead: string }>(
      `SELECT data ->> 'leadTimeMs' AS lead FROM event WHERE type = 'OfferState' ORDER BY id DESC LIMIT 1`,
    );
    assert.ok(Number(told?.lead) >= 2_200, 'selection reckons with it');
    const kept = await world.sql<{ id: string }>(`SELECT id FROM hold WHERE order_id = 'later' AND strikable = 100`);
    assert.equal(kept.length, 1);
  });
});
