import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { handleBatch } from '../gather';
import type { Work } from '../handle';
import { GATHER_QUEUE_MAX, type Problem } from '../index';
import { handlingOf, type WriterRows } from './toy';
import { type BusKind, withReplica, type World, world } from './world';

/** Commands that arrive together are one transaction, and yet each stands for itself. */
export function batchSentences(kind: BusKind): void {
  describe('a batch', () => {
    let it1: World;
    before(async () => {
      it1 = await world(kind);
    });
    after(() => it1.close());

    const count = async (id: string) => (await it1.counters()).get(id)?.count ?? 0;
    const outcomes = async (works: readonly Promise<unknown>[]) => {
      const settled = await Promise.allSettled(works);
      const failed = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
      return { done: settled.length - failed.length, failed };
    };

    it('of 500 is one transaction when it is written, and one when it is heard', async () => {
      await it1.bump('many', 500);
      await it1.assertAllHeardOnceInOrder();
      const xids = `SELECT count(DISTINCT xid)::int AS n, count(*)::int AS events FROM event`;
      assert.deepEqual((await it1.ofWriter.query(`${xids} WHERE key = 'many'`)).rows, [{ n: 1, events: 500 }]);
      assert.deepEqual((await it1.ofReader.query(`${xids} WHERE data ->> 'id' = 'many'`)).rows, [{ n: 1, events: 500 }]);
    });

    it('leaves 49 committed where one of 50 is refused', async () => {
      await it1.run({ id: 'full' });
      const ids = Array.from({ length: 49 }, (_, n) => `r${n}`);
      const { done, failed } = await outcomes([...ids.map((id) => it1.run({ id })), it1.run({ id: 'full', limit: 1 })]);
      assert.equal(done, 49);
      assert.deepEqual(
        failed.map((each) => (each as Problem).code),
        ['over-the-limit'],
      );
      for (const id of ids) assert.equal(await count(id), 1);
      assert.equal(await count('full'), 1);
    });

    it('loses one command to a constraint of the database, and keeps the other 49 in their order', async () => {
      const { done, failed } = await outcomes([
        ...Array.from({ length: 25 }, () => it1.run({ id: 'beside' })),
        it1.run({ id: 'forbidden' }),
        ...Array.from({ length: 24 }, () => it1.run({ id: 'beside' })),
      ]);
      assert.equal(done, 49);
      assert.equal((failed[0] as { code?: string }).code, '23514');
      assert.equal(await count('beside'), 49);
      assert.equal(await count('forbidden'), 0);
      await it1.assertAllHeardOnceInOrder();
    });

    it('loses one command to a bug, or to a character that the database does not take, and keeps the others', async () => {
      const { done, failed } = await outcomes([
        ...Array.from({ length: 20 }, () => it1.run({ id: 'unharmed' })),
        it1.run({ id: 'unharmed', note: 'bug' }),
        it1.run({ id: 'zero\0byte' }),
        ...Array.from({ length: 20 }, () => it1.run({ id: 'unharmed' })),
      ]);
      assert.equal(failed.length, 2);
      assert.equal(done, 40);
      assert.equal(await count('unharmed'), 40);
    });

    it('answers equal idempotency keys of one batch with one answer, and refuses the second where it asks for something else', async () => {
      const works = [key('k', 'same'), key('k', 'same'), key('k', 'other')].map((wanted): Work => ({
        command: { type: 'Bump', id: 'twins' } as Work['command'],
        cause: { actor: 'test' },
        wanted: { ...wanted, status: 201 },
        answer: (rows) => (rows as { counters: Record<string, { count: number }> }).counters['twins']?.count,
      }));
      const { outcomes } = await handleBatch(it1.writer.database, handlingOf(it1.writer.database), works);
      const [first, second, third] = outcomes;
      assert.deepEqual([first?.kind === 'done' && first.body, second], [1, { kind: 'replayed', answer: { status: 201, body: 1 } }]);
      assert.deepEqual(third, { kind: 'refused', rejection: { rejected: 'idempotency-key-reused' } });
      assert.equal(await count('twins'), 1);
    });

    it('answers equal idempotency keys with one answer later on, refuses another body, and says that the first is still running', async () => {
      const ask = (hash: string, id = 'kept') =>
        it1.writer.commands.run({ type: 'Bump', id } as never, {
          key: key('kk', hash),
          answer: (rows: never) => rows['counters'][id]['count'],
        });
      const [first, second] = await Promise.allSettled([ask('same'), ask('same')]);
      assert.deepEqual(first, { status: 'fulfilled', value: 1 });
      assert.ok(second.status === 'rejected' && (second.reason as Problem).code === 'idempotency-key-in-use');
      assert.equal(await ask('same'), 1);
      await assert.rejects(ask('other'), (error: Problem) => error.status === 422 && error.code === 'idempotency-key-reused');
      assert.equal(await count('kept'), 1);
    });

    it('does once what two replicas are asked for with one idempotency key', async () => {
      await withReplica(kind, it1, async (second) => {
        for (let n = 0; n < 20; n++) {
          const ask = ({ commands }: typeof second) =>
            commands.run({ type: 'Bump', id: `pair${n}` } as never, {
              key: key(`p${n}`, 'h'),
              answer: (rows: WriterRows) => rows.counters[`pair${n}`]?.count,
            });
          assert.deepEqual(await Promise.all([ask(it1.writer), ask(second)]), [1, 1]);
        }
      });
      await it1.assertAllHeardOnceInOrder();
    });

    it('is refused with 503 when too many wait, and costs nobody his place', async () => {
      const { done, failed } = await outcomes(Array.from({ length: GATHER_QUEUE_MAX + 3 }, (_, n) => it1.run({ id: `crowd${n % 100}` })));
      assert.equal(done, GATHER_QUEUE_MAX);
      assert.deepEqual(
        failed.map((each) => [(each as Problem).status, (each as Problem).more['retryAfter']]),
        Array.from({ length: 3 }, () => [503, 1]),
      );
      await it1.assertAllHeardOnceInOrder();
    });
  });
}

const key = (name: string, hash: string) => ({ tenant: 't', key: name, hash });
