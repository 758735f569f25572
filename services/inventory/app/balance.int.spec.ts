import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aSupplier, aWorld, buys, product, until, type World } from './inventory.app.fixtures';

describe('our balance with a supplier', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_balance');
    await world.call('PUT', '/products/vip', product());
    await world.call('PUT', '/products/gold', product());
    await aSupplier(world, 'a', 'vip', 1000);
    await aSupplier(world, 'a', 'gold', 1000);
  });
  after(() => world.end());

  const balance = async () => (await world.call('GET', '/suppliers/a/balance')).body;

  it('is watched, and told with its time', async () => {
    await until(async () => (await balance())['balanceMinor'] === 1_000_000_000, 'the balance');
    const { asOf: _, ...rest } = await balance();
    assert.deepEqual(rest, { supplierId: 'a', balanceMinor: 1_000_000_000, currency: 'CNY', source: 'poll', low: false, short: false, waitingUnits: 0 }); // prettier-ignore
    assert.equal((await world.call('GET', '/suppliers/nobody/balance')).status, 404);
    assert.equal((await world.call('GET', '/suppliers/a/balance', undefined, { key: 'm-key' })).status, 403);
  });

  it('that is gone makes purchases of all its goods wait, and all are made once it is back', async () => {
    await world.control('/suppliers/a', { balanceMinor: 0 });
    await buys(world, 'poor1', 'vip', 2, ['a']);
    await buys(world, 'poor2', 'gold', 3, ['a']);
    await until(async () => (await balance())['waitingUnits'] === 5, 'five units that wait');
    const { body } = await world.call('GET', '/suppliers/a/offers/vip');
    assert.deepEqual([body['available'], body['closures']], [0, []]);
    assert.ok(Date.now() - Date.parse(String((await balance())['shortSince'])) < 60_000, 'since when it is short');
    const refused = (await world.call('GET', '/procurement-orders?status=rejected')).body['items'] as Record<string, unknown>[];
    assert.deepEqual(
      refused.map((it) => it['refusal']),
      ['no-balance', 'no-balance'],
    );
    await world.control('/suppliers/a', { balanceMinor: 1_000_000 });
    const [first] = await world.facts('UnitsDelivered', 'poor1');
    const [second] = await world.facts('UnitsDelivered', 'poor2');
    assert.deepEqual([first?.tally.delivered, second?.tally.delivered], [2, 3]);
    await until(async () => (await balance())['short'] === false, 'no want');
    assert.equal((await balance())['waitingUnits'], 0);
    assert.equal((await world.sql(`SELECT 1 FROM event WHERE type = 'HoldLost'`)).length, 0);
  });

  it('is resumed by an operator, who is told no lie: what is still refused waits again', async () => {
    await world.control('/suppliers/a', { balanceMinor: 0 });
    await buys(world, 'poor3', 'vip', 1, ['a']);
    await until(async () => (await balance())['waitingUnits'] === 1, 'a unit that waits');
    assert.equal((await world.call('POST', '/suppliers/a/balance/resume')).status, 202);
    const tried = `SELECT 1 FROM purchase WHERE id LIKE 'poor3/%' AND status = 'rejected'`;
    await until(async () => (await world.sql(tried)).length >= 2, 'a second try');
    await until(async () => (await balance())['waitingUnits'] === 1, 'a unit that waits again');
    await world.control('/suppliers/a', { balanceMinor: 1_000_000 });
    await world.facts('UnitsDelivered', 'poor3');
  });

  it('below what the operator wants there counts as low', async () => {
    const { body } = await world.call('GET', '/suppliers/a');
    const { supplierId: _, ...supplier } = body;
    assert.equal((await world.call('PUT', '/suppliers/a', { ...supplier, lowBalanceMinor: 2_000_000_000 })).status, 200);
    await until(async () => (await balance())['low'] === true, 'a low balance');
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    assert.match(metrics, /midstream_supplier_balances_low\S* 1/);
  });
});
