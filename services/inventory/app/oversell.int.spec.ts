import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { aSupplier, aWorld, cleared, product, until, type World } from './inventory.app.fixtures';

describe('five offers with forty units each', () => {
  const suppliers = ['s1', 's2', 's3', 's4', 's5'];
  let world: World;
  before(async () => {
    world = await aWorld('inventory_oversell');
    await world.call('PUT', '/products/vip', product());
    for (const it of suppliers) await aSupplier(world, it, 'vip', 40);
  });
  after(() => world.end());

  it('are never sold twice to 64 orders that come at once, each with the offers in another order', async () => {
    const facts = Array.from({ length: 64 }, (_, n) =>
      cleared(`r${n}`, 'vip', 7, [...suppliers.slice(n % 5), ...suppliers.slice(0, n % 5)]),
    );
    await Promise.all(facts.map((it) => world.bus.tell(it)));
    const answers = await world.sql<{ granted: string; unheld: string; answers: string }>(
      `SELECT sum((SELECT sum((h -> 'tally' ->> 'granted')::int) FROM json_array_elements(data -> 'holds') h)) AS granted,
              sum((data ->> 'unheld')::int) AS unheld, count(*) AS answers
         FROM event WHERE type IN ('OfferHeld', 'NothingHeld')`,
    );
    assert.deepEqual(answers[0], { granted: '200', unheld: String(64 * 7 - 200), answers: '64' });
    const offers = await world.sql<{ held: number }>(`SELECT held FROM offer`);
    assert.ok(offers.every((it) => it.held === 40));
  });

  it('lose all that is held when they run dry at once, and tell it of each hold', async () => {
    const dry = suppliers.map((it) =>
      world.call('POST', `/suppliers/${it}/stock`, { changes: [{ sku: 'vip', quantity: 0, sequence: 2 }] }),
    );
    await Promise.all(dry);
    await until(async () => (await world.sql<{ n: string }>(`SELECT sum(held) AS n FROM offer`))[0]?.n === '0', 'the end of the drains');
    const [lost] = await world.sql<{ n: string }>(`SELECT sum((data ->> 'quantity')::int) AS n FROM event WHERE type = 'HoldLost'`);
    assert.equal(lost?.n, '200');
    assert.deepEqual(await world.sql(`SELECT id FROM drain WHERE armed`), []);
  });
});
