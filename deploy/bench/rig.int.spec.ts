import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPgbench } from './floor';
import { openOrders } from './load';
import { load, marketOf, openMerchants } from './market';
import { optionsOf } from './options';
import { warmUp } from './place';
import { kindOf, ours } from './procs';
import { withRig } from './run';

const hindrance = (): string | undefined => {
  try {
    findPgbench();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** What is seen as soon as there is a process of this name below us. */
async function whileItRuns<Seen>(name: string, look: () => Seen): Promise<Seen> {
  while (!ours().some((it) => it.name === name)) await new Promise((resolve) => setTimeout(resolve, 20));
  return look();
}

describe('what benches work with, over a whole Midstream', { skip: hindrance() }, () => {
  it('times orders by the log, runs the floor on the same safe server while nothing else moves, and leaves nothing behind', async () => {
    const options = optionsOf(['place']);
    assert.ok(options !== 'help');
    const plan = { name: 'm', products: 2, substitutes: 1, capacityPerMinute: 600, leadTimeMs: 0 };
    await withRig(
      options,
      'place.schema.sql',
      () => undefined,
      async ({ house, floor, safety, memory }) => {
        const { fsync, synchronousCommit, fullPageWrites } = safety;
        assert.deepEqual({ fsync, synchronousCommit, fullPageWrites }, { fsync: 'on', synchronousCommit: 'on', fullPageWrites: 'on' });
        const market = marketOf(plan);
        await load(market, house);
        const orders = await openOrders({ house, merchants: await openMerchants(house, 2), connections: 4 });
        const skus = market.products.map((it) => it.sku);
        await warmUp(orders, skus, { window: false });
        const { sentAt, assignedAt, deliveredAt } = await orders.place(skus);
        const delivered = await deliveredAt();
        assert.ok(sentAt < assignedAt && assignedAt <= delivered, `${sentAt} ${assignedAt} ${delivered}`);

        const running = floor.run('place.sql', { clients: 2, seconds: 1 });
        const moving = whileItRuns('pgbench', () => ours().filter((it) => kindOf(it) === 'node' && !it.stopped));
        const [perSecond, seen] = await Promise.all([running, moving]);
        assert.ok(perSecond > 0);
        assert.deepEqual(seen, []);
        const { rows } = await floor.client.query(
          `SELECT (SELECT count(*) FROM orders) = count(*) AS logged, (SELECT count(*) FROM ledger_entry) = 2 * count(*) AS booked,
                (SELECT sum(held) FROM offer) = count(*) AS taken FROM log`,
        );
        assert.deepEqual(rows, [{ logged: true, booked: true, taken: true }]);
        await orders.place(skus);
        assert.ok(memory.peak().totalMb > 100, `a whole Midstream takes more than ${memory.peak().totalMb} MB`);
        await orders.close();
      },
    );
    assert.deepEqual(
      ours().filter((it) => it.name === 'postgres'),
      [],
    );
  });
});
