import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { lookAtBooks } from './books.loop';
import { aSupplier, aWorld, buys, cleared, holdId, product, type World } from './inventory.app.fixtures';

describe('the books of the stock', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_books');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 100);
  });
  after(() => world.end());

  const reconcile = async () => (await world.call('POST', '/stock-books/reconcile')).body;
  const counts = async () => (await world.sql<{ held: number; in_flight: number }>(`SELECT held, in_flight FROM offer`))[0];

  it('agree after units were held, bought, given back and lost', async () => {
    await buys(world, 'o1', 'vip', 3, ['a']);
    await world.facts('UnitsDelivered', 'o1');
    await world.bus.tell(cleared('o2', 'vip', 4, ['a']), cleared('o3', 'vip', 5, ['a']));
    await world.facts('OfferHeld', 'o3');
    await world.bus.tell({
      ...{ type: 'ReleaseRequested', orderId: 'o2', merchantId: 'm', lineId: '1', reason: 'cancelled' },
      ...{ holdIds: [holdId('o2', 'a', 'vip')], quantity: 4 },
    });
    await world.facts('HoldReleased', 'o2');
    await world.control('/suppliers/a/skus/vip', { outcome: 'out-of-stock', times: 1 });
    await buys(world, 'o4', 'vip', 2, ['a']);
    await world.facts('HoldLost', 'o4');
    assert.deepEqual(await reconcile(), { offers: 1, differences: 0, repaired: 0 });
    const { body } = await world.call('GET', '/suppliers/a/offers/vip/movements');
    const kinds = (body['items'] as { kind: string; holdId: string | null }[]).map((it) => it.kind);
    for (const kind of ['HOLD', 'SUBMIT', 'DELIVERY', 'RELEASE', 'FEED', 'ADJUSTMENT'])
      assert.ok(kinds.includes(kind), `${kind} in ${kinds.join()}`);
    const others = await world.call('GET', '/suppliers/b/offers/vip/movements', undefined, { key: 's-key' });
    assert.equal(others.status, 404);
  });

  it('find a counter that somebody has changed by hand, set it right, and say so', async () => {
    await world.call('POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity: 50, sequence: 2 }] });
    await world.bus.tell(cleared('o5', 'vip', 6, ['a']));
    await world.facts('OfferHeld', 'o5');
    const sound = await counts();
    await world.sql(`UPDATE offer SET held = held + 7, on_hand = on_hand + 7,
                            state = state::jsonb || jsonb_build_object('held', held + 7, 'onHand', on_hand + 7)`);
    assert.deepEqual(await reconcile(), { offers: 1, differences: 1, repaired: 1 });
    assert.deepEqual(await counts(), sound);
    const { body } = await world.call('GET', '/stock-books/differences');
    const [first] = body['items'] as { seen: { held: number }; rebuilt: { held: number }; repaired: boolean }[];
    assert.deepEqual([first?.seen.held, first?.rebuilt.held, first?.repaired], [(sound?.held ?? 0) + 7, sound?.held, true]);
    assert.deepEqual(await reconcile(), { offers: 1, differences: 0, repaired: 0 });
  });

  it('are looked at by one replica at a time, where stock has moved, and once a day everywhere', async () => {
    await aSupplier(world, 'b', 'vip', 10);
    const { database, commands } = world.service;
    const caller = { scope: 'operator' as const, keyId: 'op' };
    const look = () =>
      lookAtBooks({ database, handle: (command) => commands.run(command as never, { caller }) }).then((it) => it && [it.offers, it.differences]); // prettier-ignore
    const due = () => world.sql(`UPDATE stock_look SET next_at = now()`);
    assert.equal(await look(), undefined, 'it is not time');
    await due();
    const both = await Promise.all([look(), look()]);
    assert.deepEqual(both.filter(Boolean), [[2, 0]], 'all of them the first time, by one');
    const look2 = async () => (await due(), look());
    // what moved before the last look may not have been committed then
    assert.deepEqual([await look2(), await look2()], [[2, 0], [0, 0]]); // prettier-ignore
    await world.bus.tell(cleared('o6', 'vip', 1, ['b']));
    await world.facts('OfferHeld', 'o6');
    assert.deepEqual([await look2(), await look2(), await look2()], [[1, 0], [1, 0], [0, 0]]); // prettier-ignore
    const spoil = (units: number) => world.sql(`UPDATE offer SET held = held + $1, on_hand = on_hand + $1,
                            state = state::jsonb || jsonb_build_object('held', held + $1, 'onHand', on_hand + $1) WHERE id = 'a~vip'`, [units]); // prettier-ignore
    await spoil(2);
    assert.deepEqual(await look2(), [0, 0]);
    await world.sql(`UPDATE stock_look SET whole_at = now() - interval '25 hours'`);
    assert.deepEqual(await look2(), [2, 1], 'the day’s look sees it');
    await due();
    await world.sql(`UPDATE stock_look SET leased_until = now() + interval '1 minute'`);
    assert.equal(await look(), undefined, 'another looks');
  });

  it('take no correction', async () => {
    await assert.rejects(() => world.sql(`UPDATE stock_movement SET units = 0`), /append-only/);
    await assert.rejects(() => world.sql(`DELETE FROM stock_movement`), /append-only/);
    assert.equal((await world.call('POST', '/stock-books/reconcile', undefined, { key: 'm-key' })).status, 403);
  });
});
