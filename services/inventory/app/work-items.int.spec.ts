import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aWorld, buys, offer, product, until, type World } from './inventory.app.fixtures';

describe('a supplier who fulfils by hand', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_work');
    await world.call('PUT', '/products/vip', product());
    await world.call('PUT', '/products/call', product({ fulfilmentKind: 'VALUE_RECHARGE' }));
    for (const supplierId of ['a', 'hand']) {
      const supplier = { name: { zh: supplierId, en: supplierId }, kind: 'manual', upstreamGroup: supplierId };
      assert.equal((await world.call('PUT', `/suppliers/${supplierId}`, supplier)).status, 200);
    }
    for (const sku of ['vip', 'call']) {
      await world.call('PUT', `/suppliers/hand/offers/${sku}`, offer());
      await world.call('POST', '/suppliers/hand/stock', { changes: [{ sku, quantity: 100, sequence: 1 }] });
    }
  });
  after(() => world.end());

  const itemOf = async (orderId: string) => {
    const find = async () =>
      ((await world.call('GET', '/work-items')).body['items'] as Record<string, unknown>[]).find((it) =>
        String(it['workItemId']).startsWith(`${orderId}/`),
      );
    await until(async () => (await find()) !== undefined, `a work item of ${orderId}`);
    return (await find()) ?? {};
  };
  const path = (item: Record<string, unknown>) => `/work-items/${encodeURIComponent(String(item['workItemId']))}`;

  it('finds what is ordered on a work list, and delivers unit by unit', async () => {
    await buys(world, 'w1', 'vip', 2, ['hand']);
    const item = await itemOf('w1');
    assert.deepEqual([item['status'], item['quantity'], item['wants'], item['late'], item['wanted']], ['open', 2, 'code', false, true]);
    const first = await world.call('POST', `${path(item)}/units`, { units: [{ unit: 1, code: 'BY-HAND-1' }] });
    assert.deepEqual([first.status, first.body['status']], [200, 'open']);
    const [half] = await world.facts('UnitsDelivered', 'w1');
    assert.equal(half?.tally.delivered, 1);
    const second = await world.call('POST', `${path(item)}/units`, { units: [{ unit: 2, code: 'BY-HAND-2' }] });
    assert.equal(second.body['status'], 'done');
    for (const { doneAt } of second.body['units'] as { doneAt: string }[]) assert.equal(new Date(doneAt).toISOString(), doneAt);
    const all = await world.facts('UnitsDelivered', 'w1', 2);
    assert.equal(all[1]?.tally.delivered, 2);
    const log = await world.sql<{ n: string }>(`SELECT count(*) AS n FROM event WHERE data::text LIKE '%BY-HAND%'`);
    assert.equal(log[0]?.n, '0', 'no code in the log');
    assert.doesNotMatch(JSON.stringify((await world.call('GET', path(item))).body), /BY-HAND/);
  });

  it('is done when two bring its last units at once', async () => {
    await buys(world, 'w6', 'vip', 2, ['hand']);
    const item = await itemOf('w6');
    const locker = await world.service.database.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`SELECT 1 FROM work_item WHERE id = $1 FOR UPDATE`, [item['workItemId']]);
    const both = [1, 2].map((unit) => world.call('POST', `${path(item)}/units`, { units: [{ unit, code: `AT-ONCE-${unit}` }] }));
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => (await world.sql(waiting)).length === 2, 'both');
    await locker.query('ROLLBACK');
    locker.release();
    assert.deepEqual([...(await Promise.all(both))].map((it) => it.status), [200, 200]); // prettier-ignore
    assert.equal((await world.call('GET', path(item))).body['status'], 'done');
    const delivered = async () => (await world.facts('UnitsDelivered', 'w6')).at(-1)?.tally.delivered;
    await until(async () => (await delivered()) === 2, 'both units');
  });

  it('proves a service that has no code, and sees the account until it is done', async () => {
    await buys(world, 'w2', 'call', 1, ['hand'], { recipient: '13800000000' });
    const item = await itemOf('w2');
    assert.deepEqual([item['wants'], item['recipient']], ['proof', '13800000000']);
    const missing = await world.call('POST', `${path(item)}/units`, { units: [{ unit: 1, code: 'x' }] });
    assert.deepEqual([missing.status, missing.body['code']], [422, 'proof-missing']);
    const done = await world.call('POST', `${path(item)}/units`, {
      units: [{ unit: 1, proof: { kind: 'url', value: 'https://proof.example/17' } }],
    });
    assert.deepEqual([done.body['status'], done.body['recipient']], ['done', undefined]);
    await world.facts('UnitsDelivered', 'w2');
  });

  it('refuses, and what is not done goes elsewhere', async () => {
    await buys(world, 'w3', 'vip', 2, ['hand']);
    const item = await itemOf('w3');
    await world.call('POST', `${path(item)}/units`, { units: [{ unit: 1, code: 'BY-HAND-3' }] });
    assert.equal((await world.call('POST', `${path(item)}/refuse`, { reason: 'out of office' })).body['status'], 'refused');
    const [lost] = await world.facts('HoldLost', 'w3');
    assert.deepEqual([lost?.tally.delivered, lost?.tally.lost, lost?.reason], [1, 1, 'refused']);
    const late = await world.call('POST', `${path(item)}/units`, { units: [{ unit: 2, code: 'BY-HAND-4' }] });
    assert.deepEqual([late.status, late.body['code']], [409, 'work-item-closed']);
  });

  it('is reminded before the deadline, and counted late after it', async () => {
    await buys(world, 'w4', 'vip', 1, ['hand']);
    const item = await itemOf('w4');
    const reminders = async () => (await world.facts('WorkItemReminded', 'w4')).map((it) => [it.about, it.openUnits, it.supplierId]);
    await world.sql(`UPDATE work_item SET due_at = clock_timestamp() + interval '10 minutes' WHERE id = $1`, [item['workItemId']]);
    assert.deepEqual(await reminders(), [['due-soon', 1, 'hand']]);
    await world.sql(`UPDATE work_item SET due_at = clock_timestamp() - interval '1 second' WHERE id = $1`, [item['workItemId']]);
    const late = (await world.call('GET', '/work-items?due=late')).body['items'] as Record<string, unknown>[];
    assert.deepEqual(
      late.map((it) => it['workItemId']),
      [item['workItemId']],
    );
    await until(async () => (await world.call('GET', path(item))).body['lateToldAt'] !== undefined, 'the second reminder');
    assert.notEqual((await world.call('GET', path(item))).body['remindedAt'], undefined);
    assert.deepEqual(await reminders(), [['due-soon', 1, 'hand'], ['late', 1, 'hand']]); // prettier-ignore
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    assert.match(metrics, /midstream_work_items_late\S* 1/);
  });

  it('sees no other’s list, and does no other’s work', async () => {
    await buys(world, 'w5', 'vip', 1, ['hand']);
    const item = await itemOf('w5');
    const own = await world.call('GET', '/work-items', undefined, { key: 's-key' });
    assert.deepEqual(own.body['items'], []);
    for (const [method, end, body] of [
      ['GET', '', undefined],
      ['POST', '/units', { units: [{ unit: 1, code: 'x' }] }],
      ['POST', '/refuse', { reason: 'x' }],
    ] as const)
      assert.equal((await world.call(method, `${path(item)}${end}`, body, { key: 's-key' })).status, 404);
    assert.equal((await world.call('GET', '/work-items', undefined, { key: 'm-key' })).status, 403);
    const wrong = await world.call('POST', `${path(item)}/units`, { units: [{ unit: 2, code: 'x' }] });
    assert.deepEqual([wrong.status, wrong.body['code']], [422, 'wrong-unit']);
    assert.deepEqual([wrong.body['field'], wrong.body['detail']], ['units', 'Of unit 2; the work item has 1']);
  });
});
