import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type RunningService, startService } from '@midstream/runtime';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import pino from 'pino';
import { aSupplier, aWorld, cleared, product, until, type World } from './inventory.app.fixtures';
import { inventoryService } from './service';

describe('five offers with forty units each, at two replicas', () => {
  const suppliers = ['s1', 's2', 's3', 's4', 's5'];
  const otherBus = busToSpeakAt('inventory');
  let world: World;
  let other: RunningService;
  before(async () => {
    world = await aWorld('inventory_oversell');
    await world.call('PUT', '/products/vip', product());
    for (const it of suppliers) await aSupplier(world, it, 'vip', 40);
    const secret = randomBytes(32).toString('base64');
    other = await startService(inventoryService, {
      ...{ databaseUrl: world.database.url, bus: otherBus, port: 0, bootstrapKey: 'op', logger: pino({ level: 'silent' }) },
      settings: { vaultKey: secret, fingerprintKey: secret },
    });
  });
  after(async () => {
    await other.stop();
    await world.end();
  });

  const report = (quantity: number, sequence: number) =>
    Promise.all(suppliers.map((it) => world.call('POST', `/suppliers/${it}/stock`, { changes: [{ sku: 'vip', quantity, sequence }] })));
  const drained = (most: number) =>
    until(async () => {
      const [offers] = await world.sql<{ held: number; armed: boolean }>(
        `SELECT max(held) AS held, EXISTS (SELECT 1 FROM drain WHERE armed) AS armed FROM offer`,
      );
      return offers !== undefined && offers.held <= most && !offers.armed;
    }, 'the end of the drains');
  const lost = () =>
    world.sql<{ id: string; units: number }>(
      `SELECT data -> 'tally' ->> 'holdId' AS id, (data ->> 'quantity')::int AS units FROM event WHERE type = 'HoldLost' ORDER BY 1`,
    );

  it('are never sold twice to 64 orders that come at once, half of them to each, each with the offers in another order', async () => {
    const facts = Array.from({ length: 64 }, (_, n) =>
      cleared(`r${n}`, 'vip', 7, [...suppliers.slice(n % 5), ...suppliers.slice(0, n % 5)]),
    );
    await Promise.all(facts.map((it, n) => (n % 2 === 0 ? world.bus : otherBus).tell(it)));
    const answers = await world.sql<{ granted: string; unheld: string; answers: string }>(
      `SELECT sum((SELECT sum((h -> 'tally' ->> 'granted')::int) FROM json_array_elements(data -> 'holds') h)) AS granted,
              sum((data ->> 'unheld')::int) AS unheld, count(*) AS answers
         FROM event WHERE type IN ('OfferHeld', 'NothingHeld')`,
    );
    assert.deepEqual(answers[0], { granted: '200', unheld: String(64 * 7 - 200), answers: '64' });
    const offers = await world.sql<{ held: number; units: string }>(
      `SELECT held, (SELECT sum(strikable) FROM hold WHERE offer_id = offer.id) AS units FROM offer`,
    );
    assert.deepEqual(offers, Array(5).fill({ held: 40, units: '40' }));
  });

  it('lose their youngest holds when less is left than they hold, and tell it of each once', async () => {
    const left = 15;
    const holds = await world.sql<{ id: string; offer: string; units: number }>(
      `SELECT id, offer_id AS offer, strikable AS units FROM hold ORDER BY created_at, id`,
    );
    const youngest = suppliers.flatMap((supplierId) => {
      const own = holds.filter((it) => it.offer === `${supplierId}~vip`);
      const gone: { id: string; units: number }[] = [];
      for (let over = 40 - left; over > 0; over -= gone.at(-1)?.units ?? 0) {
        const { id = '', units = 0 } = own.pop() ?? {};
        gone.push({ id, units: Math.min(units, over) });
      }
      return gone;
    });
    await report(left, 2);
    await drained(left);
    assert.deepEqual(
      await lost(),
      youngest.sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });

  it('lose all that is left when they run dry at once', async () => {
    await report(0, 3);
    await drained(0);
    assert.equal(
      (await lost()).reduce((sum, it) => sum + it.units, 0),
      200,
    );
    assert.deepEqual(await world.sql(`SELECT id FROM hold WHERE lost <> granted`), []);
  });
});
