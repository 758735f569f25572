import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { House } from '../house';
import { COMPARED_AT_ONCE, Reconciliations } from './reconciliations';
import { aSupplier, aWorld, buys, product, until, type World } from '../inventory.app.fixtures';

describe('the supplier’s book beside ours', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_books');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 1000);
    for (const it of ['r1', 'r2', 'r3']) await buys(world, it, 'vip', 2, ['a']);
    for (const it of ['r1', 'r2', 'r3']) await world.facts('UnitsDelivered', it);
    // old enough to be compared
    await world.sql(`UPDATE purchase SET created_at = created_at - interval '10 minutes'`);
  });
  after(() => world.end());

  const compare = async () => {
    const { status, body } = await world.call('POST', '/suppliers/a/reconciliations', {});
    assert.equal(status, 201, JSON.stringify(body));
    return body as {
      reconciliationId: string;
      status: string;
      from: string;
      compared: number;
      leftOut: number;
      differences: Record<string, unknown>[];
    };
  };

  it('agrees where nothing went wrong', async () => {
    const { status, compared, differences } = await compare();
    assert.deepEqual([status, compared, differences], ['ended', 3, []]);
  });

  it('shows what differs, and keeps it until it is settled, once', async () => {
    await world.sql(`UPDATE purchase SET state = state::jsonb || '{"costMinor": 4200}' WHERE id LIKE 'r1/%'`);
    const { reconciliationId, differences } = await compare();
    const [difference] = differences;
    assert.deepEqual([differences.length, difference?.['kind']], [1, 'cost-differs']);
    assert.match(String(difference?.['procurementId']), /^r1\//);
    const path = `/suppliers/a/reconciliations/${reconciliationId}/items/${String(difference?.['itemId'])}/resolve`;
    assert.equal((await world.call('POST', path, { action: 'accept' })).status, 400, 'a note is needed');
    const settled = await world.call('POST', path, { action: 'accept', note: 'Credit note 17' });
    assert.equal(settled.status, 200, JSON.stringify(settled.body));
    const [told] = settled.body['differences'] as Record<string, unknown>[];
    assert.deepEqual([told?.['resolution'], new Date(String(told?.['resolvedAt'])).toISOString()], ['accepted', told?.['resolvedAt']]);
    const again = await world.call('POST', path, { action: 'accept', note: 'x' });
    assert.deepEqual([again.status, again.body['code']], [409, 'difference-settled']);
    await world.sql(`UPDATE purchase SET state = state::jsonb || '{"costMinor": 4000}' WHERE id LIKE 'r1/%'`);
  });

  it('is asked page by page, and says how many it left out, and from when on it looked', async () => {
    await world.sql(
      `INSERT INTO purchase (id, offer_id, supplier_id, status, bought, delivered, kept, quarantined, written_off, created_at, state)
       SELECT 'many/' || n, offer_id, supplier_id, 'rejected', 0, 0, 0, 0, 0, created_at - make_interval(secs => n),
              state::jsonb || jsonb_build_object('purchaseId', 'many/' || n, 'status', 'rejected', 'bought', 0, 'costMinor', 0)
         FROM (SELECT * FROM purchase WHERE id LIKE 'r1/%') p, generate_series(1, $1) n`,
      [COMPARED_AT_ONCE],
    );
    const all = await compare();
    assert.deepEqual([all.compared, all.leftOut, all.differences], [COMPARED_AT_ONCE + 3, 0, []]);
    const some = new Reconciliations(world.service.database, House.of(world.service.database), { most: 500, atOnce: 100 });
    const id = await some.run('a', { fromAt: Date.now() - 86_400_000, untilAt: Date.now() });
    const first = (await world.call('GET', `/suppliers/a/reconciliations/${id}`)).body as unknown as typeof all;
    assert.deepEqual([first.compared, first.leftOut, first.differences], [500, COMPARED_AT_ONCE - 497, []]);
    const { body } = await world.call('POST', '/suppliers/a/reconciliations', { until: first.from });
    // the oldest of those before again
    assert.deepEqual([body['compared'], body['leftOut']], [4, 0]);
    await world.sql(`DELETE FROM purchase WHERE id LIKE 'many/%'`);
  });

  it('agrees with a supplier that charges in its own currency, also after the rate has moved', async () => {
    const rate = (value: string) =>
      world.call('POST', '/exchange-rates', { base: 'USD', quote: 'CNY', rate: value, seenAt: new Date().toISOString() });
    assert.equal((await rate('7.1234')).status, 200);
    await world.control('/suppliers/abroad', { currency: 'USD' });
    const usd = [{ from: 1, costMinor: 301 }];
    await aSupplier(world, 'abroad', 'vip', 100, { currency: 'USD', costTiers: usd });
    await world.control('/suppliers/abroad/skus/vip', { costTiers: usd });
    await buys(world, 'r4', 'vip', 2, ['abroad']);
    await world.facts('UnitsDelivered', 'r4');
    assert.equal((await rate('7.2')).status, 200);
    await world.sql(`UPDATE purchase SET created_at = created_at - interval '10 minutes' WHERE id LIKE 'r4/%'`);
    const { body } = await world.call('POST', '/suppliers/abroad/reconciliations', {});
    assert.deepEqual([body['status'], body['compared'], body['differences']], ['ended', 1, []]);
    const [bought] = (await world.call('GET', '/procurement-orders?supplierId=abroad')).body['items'] as Record<string, unknown>[];
    assert.deepEqual([bought?.['costMinor'], bought?.['currency']], [4290, 'CNY']);
  });

  it('is refused where there is none, or the window is none', async () => {
    const hand = { name: { zh: 'h', en: 'h' }, kind: 'manual', upstreamGroup: 'h' };
    await world.call('PUT', '/suppliers/hand', hand);
    assert.equal((await world.call('POST', '/suppliers/hand/reconciliations', {})).body['code'], 'supplier-has-no-book');
    assert.equal((await world.call('POST', '/suppliers/nobody/reconciliations', {})).status, 404);
    const window = { from: '2026-11-25T00:00:00Z', until: '2026-11-24T00:00:00Z' };
    assert.equal((await world.call('POST', '/suppliers/a/reconciliations', window)).body['code'], 'wrong-window');
    assert.equal((await world.call('POST', '/suppliers/a/reconciliations', {}, { key: 's-key' })).status, 403);
  });

  it('is compared once a day by itself', async () => {
    const daily = `SELECT 1 FROM event WHERE type = 'ReconciliationDue' AND data ->> 'supplierId' = 'a'`;
    await until(async () => (await world.sql(daily)).length === 1, 'the day’s comparison');
  });
});

describe('a supplier that does not answer any more', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_breaker');
    await world.call('PUT', '/products/vip', product());
    await world.call('PUT', '/products/gold', product());
    await aSupplier(world, 'a', 'vip', 1000);
    await aSupplier(world, 'a', 'gold', 1000);
  });
  after(() => world.end());

  it('is called no more for a while, and all its offers close, also those that nobody has tried', async () => {
    await world.control('/suppliers/a/skus/vip', { outcome: 'broken-answer' });
    const { breakers } = House.of(world.service.database);
    for (let n = 0; n < 5; n++)
      await breakers.buy('a', () => Promise.reject(new Error('silence'))).catch((error: unknown) => assert.ok(error instanceof Error));
    assert.equal(breakers.open, 1);
    const causes = async (sku: string) =>
      ((await world.call('GET', `/suppliers/a/offers/${sku}`)).body['closures'] as { cause: string }[]).map((it) => it.cause);
    for (const sku of ['vip', 'gold']) await until(async () => (await causes(sku)).includes('too-slow'), `${sku} to close`);
    let called = 0;
    const answer = await breakers.buy('a', () => Promise.resolve({ units: [], rest: 'pending', unitCostMinor: (called += 1) }));
    assert.deepEqual([answer, called], [{ units: [], rest: 'capacity', unitCostMinor: 0 }, 0]);
    const metrics = await (await fetch(`${world.service.url}/metrics`)).text();
    assert.match(metrics, /midstream_supplier_breakers_open\S* 1/);
  });
});
