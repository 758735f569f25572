import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DRAIN_ON_SHUTDOWN_MS, startService } from '../index';
import { readerService, writerService } from './toy';
import { type BusKind, busOf, eventually, sleep, START, world } from './world';

/** A service that is stopped takes nothing new, and ends what it has begun. */
export function stoppingSentences(kind: BusKind): void {
  describe('a service that stops', () => {
    it('finishes what runs, a request and a call to the outside included, and goes on later where it was', async () => {
      const calls: string[] = [];
      const it1 = await world(kind, {
        async call(id, count) {
          await sleep(700);
          calls.push(`${id}/${count}`);
        },
      });
      try {
        await it1.run({ id: 'called', call: true });
        const load = Array.from({ length: 2_000 }, (_, n) => it1.run({ id: `k${n % 20}` }));
        const begun = Date.now();
        await sleep(150);
        const stopped = it1.writer.stop();
        const settled = await Promise.allSettled(load);
        await stopped;
        assert.ok(Date.now() - begun < DRAIN_ON_SHUTDOWN_MS);
        assert.ok(settled.every((each) => each.status === 'fulfilled'));
        assert.deepEqual(calls, ['called/1']);
        const counters = await it1.counters();
        assert.equal(counters.get('called')?.calls, 1);
        assert.equal(
          [...counters.values()].reduce((sum, each) => sum + each.count, 0),
          2_001,
        );
        await it1.reader.stop();
        const bus = await busOf(kind, it1.prefix);
        const reader = await startService(readerService(), { ...START, databaseUrl: it1.urls.reader, bus });
        const again = await startService(writerService(), { ...START, databaseUrl: it1.urls.writer, bus });
        try {
          await it1.assertAllHeardOnceInOrder();
        } finally {
          await Promise.all([again.stop(), reader.stop()]);
          await bus.close();
        }
      } finally {
        await it1.close();
      }
    });

    // A bus in one process has no other replica
    if (kind === 'kafka')
      it('lets the other replicas have its part of the topics at once', async () => {
        const it1 = await world(kind, { sessionTimeoutMs: 30_000 });
        const bus = await busOf(kind, it1.prefix, 30_000);
        const second = await startService(readerService(), { ...START, databaseUrl: it1.urls.reader, bus });
        try {
          await it1.bump('moves', 10);
          await eventually(async () => assert.equal((await it1.heard()).get('moves')?.length, 10));
          await it1.reader.stop();
          const since = Date.now();
          await Promise.all(Array.from({ length: 9 }, (_, n) => it1.bump(`moves${n}`, 10)));
          await it1.assertAllHeardOnceInOrder();
          assert.ok(Date.now() - since < 15_000, 'long before its session would have ended');
        } finally {
          await second.stop();
          await bus.close();
          await it1.close();
        }
      });
  });
}
