import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { whereaboutsOf } from '@midstream/testing/whereabouts';
import { aSupplier, aWorld, buys, offer, product, type World } from './inventory.app.fixtures';

const ACCOUNT = '13811112222';

describe('a top-up', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_top_up');
    await world.call('PUT', '/products/credit', product({ category: 'phone-top-up', fulfilmentKind: 'VALUE_RECHARGE' }));
    await aSupplier(world, 'a', 'credit', 100);
    await world.control('/suppliers/a/skus/credit', { kind: 'top-up' });
  });
  after(() => world.end());

  const sales = async () => {
    const answer = await fetch(`${world.sandbox.url}/control/sales?supplierId=a&sku=credit`);
    return ((await answer.json()) as { items: { reference: string; recipient?: string }[] }).items.map((it) => [
      it.reference,
      it.recipient,
    ]);
  };

  it('goes to the account that the line names, also where the answer comes late; nobody but the hold and the supplier knows it', async () => {
    await buys(world, 'o1', 'credit', 2, ['a'], { recipient: ACCOUNT });
    const [delivered] = await world.facts('UnitsDelivered', 'o1');
    assert.deepEqual(
      delivered?.deliveries.map((it) => it.kind),
      ['top-up', 'top-up'],
    );
    await world.control('/suppliers/a/skus/credit', { outcome: 'timeout-after-effect', times: 1 });
    await buys(world, 'o2', 'credit', 1, ['a'], { recipient: ACCOUNT });
    await world.facts('UnitsDelivered', 'o2');
    assert.deepEqual(await sales(), [
      ['o1/1', ACCOUNT],
      ['o2/1', ACCOUNT],
    ]);
    assert.deepEqual(await whereaboutsOf(ACCOUNT, world.service.database.pool), ['event RecipientNoted', 'hold']);
    for (const path of ['/deliveries?orderId=o1', '/procurement-orders'])
      assert.doesNotMatch(JSON.stringify((await world.call('GET', path)).body), new RegExp(ACCOUNT), path);
  });

  it('without an account is refused by the supplier, and sought elsewhere', async () => {
    await buys(world, 'o3', 'credit', 1, ['a']);
    const [lost] = await world.facts('HoldLost', 'o3');
    assert.equal(lost?.reason, 'refused');
    assert.equal((await sales()).length, 2);
  });

  it('of an offer that sells any value of a range says what a unit is to be worth, and of another does not', async () => {
    await world.call('PUT', '/products/credit-30', product({ faceValueMinor: 3000 }));
    await aSupplier(world, 'a', 'credit-30', 100);
    const faces = async () => {
      const answer = await fetch(`${world.sandbox.url}/control/sales?supplierId=a&sku=credit-30`);
      return ((await answer.json()) as { items: Record<string, unknown>[] }).items.map((it) => [
        it['faceValueMinor'],
        it['faceValueCurrency'],
      ]);
    };
    await buys(world, 'o4', 'credit-30', 1, ['a']);
    await world.facts('UnitsDelivered', 'o4');
    const denomination = { kind: 'RANGE', minMinor: 1000, maxMinor: 50_000, stepMinor: 500 };
    await world.call('PUT', '/suppliers/a/offers/credit-30', offer({ denomination }));
    await buys(world, 'o5', 'credit-30', 1, ['a']);
    await world.facts('UnitsDelivered', 'o5');
    assert.deepEqual(await faces(), [
      [undefined, undefined],
      [3000, 'CNY'],
    ]);
  });
});
