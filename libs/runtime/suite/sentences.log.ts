import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { handleIn } from '../handle';
import { handlingOf } from './toy';
import { type BusKind, eventually, withReplica, type World, world } from './world';

/** What is written under a lock leaves in the order of the locks, whoever writes and whoever relays. */
export function logSentences(kind: BusKind): void {
  describe('the log', () => {
    let it1: World;
    before(async () => {
      it1 = await world(kind);
    });
    after(() => it1.close());

    it('tells the facts of one locked row in order under 8 concurrent writers, with long transactions open and with rollbacks', async () => {
      const { database } = it1.writer;
      const handling = handlingOf(database);
      const tally = { committed: 0, undone: 0, waited: 0 };
      const write = async (seed: number): Promise<void> => {
        for (let n = seed; tally.committed < 400; n += 8) {
          const ids = [`row${n % 3}`, `row${(n * 7) % 5}`];
          const undo = n % 11 === 0;
          const waits = n % 13 === 0;
          const work = database.transaction(async (tx) => {
            // It has its place among the transactions long before it holds the lock
            if (waits) await tx.query('SELECT pg_current_xact_id(), pg_sleep(0.1)');
            const works = ids.map((id) => ({ command: { type: 'Bump', id }, cause: { actor: 'test' } }));
            await handleIn(tx, handling, works);
            if (undo) throw new Error('rolled back');
          });
          await work.then(
            () => (tally.committed += 1),
            () => (tally.undone += 1),
          );
          if (waits) tally.waited += 1;
        }
      };
      const idle = await longTransaction(it1.urls.writer);
      try {
        await Promise.all(Array.from({ length: 8 }, (_, seed) => write(seed)));
        await it1.assertAllHeardOnceInOrder();
      } finally {
        await idle.end();
      }
      assert.ok(tally.undone > 20 && tally.waited > 20, JSON.stringify(tally));
    });

    it('is relayed by one of several replicas, and by the next where that one stops or loses its session: nothing is lost or out of order', async () => {
      const first = await termOf(it1);
      await withReplica(kind, it1, async (second) => {
        let loading = true;
        const load = [it1.writer, second].map(async ({ commands }) => {
          for (let n = 0; loading; n++) {
            await Promise.all(Array.from({ length: 10 }, (_, m) => commands.run({ type: 'Bump', id: `relay${(n + m) % 4}` } as never)));
          }
        });
        await eventually(
          async () => {
            await it1.ofWriter.query(
              `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'midstream relay order' AND datname = current_database()`,
            );
            assert.ok((await termOf(it1)) >= first + 4, 'the office changes hands');
          },
          60_000,
          300,
        ).finally(() => (loading = false));
        await Promise.all(load);
        await it1.assertAllHeardOnceInOrder();
      });
      await it1.bump('relay0', 10);
      await it1.assertAllHeardOnceInOrder();
    });

    it('refuses a relay whose term is over', async () => {
      await it1.ofWriter.query(`UPDATE relay SET epoch = epoch + 1`);
      const epoch = await termOf(it1);
      await it1.bump('fenced', 10);
      await it1.assertAllHeardOnceInOrder();
      await eventually(async () => assert.ok((await termOf(it1)) > epoch, 'it takes office again before it goes on'));
      await it1.bump('fenced', 10);
      await it1.assertAllHeardOnceInOrder();
    });
  });
}

const termOf = async (it: World): Promise<number> => {
  const { rows } = await it.ofWriter.query<{ epoch: string }>(`SELECT epoch FROM relay WHERE cursor = 'office'`);
  return Number(rows[0]?.epoch);
};

/** A transaction that has its number and does nothing more: what was wrong with reading "up to the oldest that runs". */
async function longTransaction(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT pg_current_xact_id()');
  return client;
}
