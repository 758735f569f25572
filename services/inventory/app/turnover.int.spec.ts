import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aWorld, buys, offer, product, type World } from './inventory.app.fixtures';
import { tellHoldings } from './turnover';

describe('the turnover of a vault’s codes', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_turnover');
    await world.call('PUT', '/products/vip', product());
    await world.call('PUT', '/suppliers/house', { name: { zh: '库', en: 'House' }, kind: 'vault', upstreamGroup: 'house' });
    await world.call('PUT', '/suppliers/house/offers/vip', offer());
    const codes = Array.from({ length: 20 }, (_, it) => JSON.stringify({ code: `CODE-${it}-OF-TWENTY` })).join('\n');
    const put = await world.call('POST', '/suppliers/house/offers/vip/codes', codes, { type: 'application/x-ndjson' });
    assert.equal(put.body['stored'], 20, JSON.stringify(put.body));
  });
  after(() => world.end());

  it('is their age, how long they last, what they bind, and what expires before it is sold', async () => {
    await buys(world, 'o1', 'vip', 4, ['house']);
    await world.facts('UnitsDelivered', 'o1');
    await world.sql(`UPDATE code_batch SET started_at = started_at - interval '10 days'`);
    await world.sql(`UPDATE code SET sell_until = clock_timestamp() + interval '50 hours' WHERE state = 'free'`);
    const { body, status } = await world.call('GET', '/turnover?sku=vip');
    assert.equal(status, 200, JSON.stringify(body));
    const [found] = body['items'] as Record<string, unknown>[];
    const { ageDays, oldestDays, nextSellUntil, ...rest } = found ?? {};
    assert.deepEqual([ageDays, oldestDays], [10, 10]);
    assert.ok(Math.abs(Date.parse(String(nextSellUntil)) - Date.now() - 50 * 3_600_000) < 60_000);
    // Four a day, since the vault is not a day old: of sixteen, eight are sold in the two days and two hours that are left
    assert.deepEqual(rest, {
      ...{ offerId: 'house~vip', supplierId: 'house', sku: 'vip', currency: 'CNY', units: 16, perDay: 4, coverDays: 4 },
      ...{ capitalMinor: 32_000, expiringUnits: 8, expiringMinor: 16_000, writtenOffUnits: 0, writtenOffMinor: 0, withdrawnUnits: 0 },
    });
    assert.equal((await world.call('GET', '/turnover', undefined, { key: 'm-key' })).status, 403);
    assert.deepEqual((await world.call('GET', '/turnover?supplierId=nobody')).body, { items: [] });
  });

  it('is told of all vaults, also where one names any cost for its codes', async () => {
    await world.call('PUT', '/suppliers/dear', { name: { zh: '贵', en: 'Dear' }, kind: 'vault', upstreamGroup: 'dear' });
    await world.call('PUT', '/suppliers/dear/offers/vip', offer({ costTiers: [{ from: 1, costMinor: Number.MAX_SAFE_INTEGER }] }));
    const codes = Array.from({ length: 1_100 }, (_, it) => `DEAR-${it}`).join('\n');
    await world.call('POST', '/suppliers/dear/offers/vip/codes', codes, { type: 'text/csv' });
    const { body, status } = await world.call('GET', '/turnover');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      (body['items'] as Record<string, unknown>[]).map((it) => [it['supplierId'], it['capitalMinor']]),
      [['dear', Number.MAX_SAFE_INTEGER], ['house', 32_000]], // prettier-ignore
    );
  });

  it('is told with the offer’s state, and not again while nothing has changed', async () => {
    const handle = (command: { readonly type: string }) => world.service.commands.run(command);
    const states = () =>
      world.sql<{ units: string }>(
        `SELECT data -> 'holding' ->> 'units' AS units FROM event WHERE type = 'OfferState' AND data -> 'holding' IS NOT NULL ORDER BY key DESC`,
      );
    await tellHoldings(world.service.database, handle);
    await tellHoldings(world.service.database, handle);
    assert.deepEqual(await states(), [{ units: '16' }, { units: '1100' }]);
  });
});
