import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { assigned, aSupplier, aWorld, buys, cleared, holdId, offer, product, until, type World } from './inventory.app.fixtures';

describe('a supplier on a bad day', () => {
  let world: World;
  before(async () => {
    world = await aWorld('inventory_outcomes');
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 1000);
  });
  after(() => world.end());

  let sequence = 1;
  /** A clean slate: nothing closed, stock for all. */
  beforeEach(async () => {
    await world.call('POST', '/suppliers/a/stock', {
      changes: [{ sku: 'vip', quantity: 1000, sequence: (sequence += 1), costTiers: offer().costTiers }],
    });
  });

  const force = (outcome: string, more: object = {}) => world.control('/suppliers/a/skus/vip', { outcome, times: 1, ...more });
  const sales = async () => {
    const answer = await fetch(`${world.sandbox.url}/control/sales?supplierId=a&sku=vip`);
    return JSON.stringify(await answer.json());
  };
  const purchase = async (orderId: string) => {
    const [found] = await world.sql<{ state: Record<string, unknown> }>(`SELECT state FROM purchase WHERE id LIKE $1`, [`${orderId}/%`]);
    return found?.state ?? {};
  };

  it('that answered too late is asked, and its units are delivered once', async () => {
    await force('timeout-after-effect');
    await buys(world, 'late', 'vip', 2, ['a']);
    await world.facts('PurchaseUnknown', 'late');
    const [delivered] = await world.facts('UnitsDelivered', 'late');
    assert.equal(delivered?.tally.delivered, 2);
    assert.equal((await sales()).split(`${holdId('late', 'a', 'vip')}/1`).length - 1, 1, 'bought once');
  });

  it('that never took the purchase says so when it is asked, and the units are lost', async () => {
    await force('timeout-without-effect');
    await buys(world, 'never', 'vip', 2, ['a']);
    const [lost] = await world.facts('HoldLost', 'never');
    assert.equal(lost?.reason, 'refused');
    assert.equal((await purchase('never'))['status'], 'rejected');
  });

  it('whose answer is a page of HTML is asked', async () => {
    await force('broken-answer');
    await buys(world, 'html', 'vip', 1, ['a']);
    const [delivered] = await world.facts('UnitsDelivered', 'html');
    assert.equal(delivered?.tally.delivered, 1);
  });

  it('that answers twice sells once', async () => {
    await force('duplicate-answer');
    await buys(world, 'twice', 'vip', 1, ['a']);
    await buys(world, 'twice2', 'vip', 1, ['a']);
    for (const it of ['twice', 'twice2']) assert.equal((await world.facts('UnitsDelivered', it))[0]?.tally.delivered, 1);
    const codes = await world.sql<{ n: string }>(`SELECT count(*) AS n FROM code WHERE unit_id LIKE 'twice%'`);
    assert.equal(codes[0]?.n, '2');
  });

  it('that takes its time is asked until it has delivered', async () => {
    await force('accepted', { delayMs: 500 });
    await buys(world, 'slow', 'vip', 2, ['a']);
    const [delivered] = await world.facts('UnitsDelivered', 'slow');
    assert.equal(delivered?.tally.delivered, 2);
    await force('ok', { delayMs: 0 });
  });

  for (const [outcome, reason] of [
    ['refuse', 'refused'],
    ['out-of-stock', 'out-of-stock'],
  ] as const) {
    it(`that answers ${outcome} loses the units as ${reason}`, async () => {
      await force(outcome);
      await buys(world, outcome, 'vip', 2, ['a']);
      const [lost] = await world.facts('HoldLost', outcome);
      assert.equal(lost?.reason, reason);
      assert.equal(lost.tally.lost, 2);
    });
  }

  it('that sends no code, or one that it has sold before, loses those units and no others', async () => {
    for (const [outcome, orderId] of [
      ['invalid-code', 'void'],
      ['repeated-code', 'again'],
    ] as const) {
      await force(outcome);
      await buys(world, orderId, 'vip', 3, ['a']);
      const [lost] = await world.facts('HoldLost', orderId);
      assert.equal(lost?.reason, 'invalid-code');
      assert.deepEqual([lost.tally.delivered, lost.tally.lost], [2, 1]);
    }
  });

  it('that wants more than the price is not paid, and its price is learnt', async () => {
    await world.control('/suppliers/a/skus/vip', { outcome: 'ok', costTiers: [{ from: 1, costMinor: 2700 }] });
    await buys(world, 'dear', 'vip', 1, ['a']);
    const [lost] = await world.facts('HoldLost', 'dear');
    assert.equal(lost?.reason, 'price-risen');
    const { body } = await world.call('GET', '/suppliers/a/offers/vip');
    assert.deepEqual(body['costTiers'], [{ from: 1, costMinor: 2700 }]);
    await world.control('/suppliers/a/skus/vip', { costTiers: [{ from: 1, costMinor: 2000 }] });
  });

  it('keeps a code that comes after its order was cancelled, as the hub’s stock', async () => {
    await force('slow', { delayMs: 300 });
    await world.bus.tell(cleared('gone', 'vip', 1, ['a']));
    const [held] = await world.facts('OfferHeld', 'gone');
    assert.ok(held);
    await world.bus.tell(assigned(held));
    await world.facts('PurchaseSubmitted', 'gone');
    await world.bus.tell({
      type: 'ReleaseRequested',
      orderId: 'gone',
      merchantId: 'm',
      lineId: '1',
      holdIds: [holdId('gone', 'a', 'vip')],
      reason: 'cancelled',
    });
    const [released] = await world.facts('HoldReleased', 'gone');
    assert.equal(released?.tally.released, 1);
    await until(async () => (await world.call('GET', '/suppliers/hub/offers/vip')).body['available'] === 1, 'the hub’s own stock');
    assert.equal((await purchase('gone'))['kept'], 1);
    await force('ok', { delayMs: 0 });
  });

  it('keeps a code back that comes after a ban, and gives it to the hub after the unban', async () => {
    const verdict = (version: number, status: 'banned' | 'compliant') =>
      world.bus.tell({
        type: 'VerdictState',
        sku: 'vip',
        version,
        verdicts: [{ region: '*', status, ruleVersion: 1, from: new Date(0).toISOString() }],
      });
    await force('slow', { delayMs: 300 });
    await buys(world, 'banned', 'vip', 1, ['a']);
    await world.facts('PurchaseSubmitted', 'banned');
    await verdict(1, 'banned');
    const [lost] = await world.facts('HoldLost', 'banned');
    assert.equal(lost?.reason, 'banned');
    await until(
      async () => (await world.sql(`SELECT 1 FROM code WHERE unit_id LIKE 'banned/%' AND state = 'quarantined'`)).length === 1,
      'the quarantine',
    );
    await world.bus.tell(cleared('after', 'vip', 1, ['a']));
    const [nothing] = await world.facts('NothingHeld', 'after');
    assert.equal(nothing?.tried[0]?.outcome, 'banned');
    await verdict(2, 'compliant');
    await until(async () => (await world.call('GET', '/suppliers/hub/offers/vip')).body['available'] === 2, 'the hub’s own stock');
    await force('ok', { delayMs: 0 });
  });

  it('leaves books that agree', async () => {
    const [books] = await world.sql<{ wrong: string }>(
      `SELECT count(*) AS wrong FROM purchase WHERE bought <> delivered + kept + quarantined + written_off OR (state ->> 'failed')::int + bought > (state ->> 'quantity')::int`,
    );
    assert.equal(books?.wrong, '0');
    const offers = await world.sql<{ id: string }>(
      `SELECT o.id FROM offer o LEFT JOIN hold h ON h.offer_id = o.id GROUP BY o.id
       HAVING o.held <> coalesce(sum(h.strikable), 0) OR o.in_flight <> coalesce(sum((h.state ->> 'submitting')::int + (h.state ->> 'unknown')::int), 0)`,
    );
    assert.deepEqual(offers, []);
    const [events] = await world.sql<{ n: string }>(
      `SELECT count(*) AS n FROM event WHERE data::text ~ '(sandbox-a|[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4})'`,
    );
    assert.equal(events?.n, '0', 'neither a code nor a token is in the log');
  });
});
