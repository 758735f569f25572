import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { v7 as uuidv7 } from 'uuid';
import { kafkaForTests } from '@midstream/testing/infrastructure';
import { BATCH_MAX, type Chunk, type EventBus } from '../index';
import { heardSay, spawnChild } from './spawn';
import { type BusKind, closed, eventually, sleep, type World, world } from './world';

/** What a reader does with what it gets: once, in order, and no more of it at a time than it can hold. */
export function readingSentences(kind: BusKind): void {
  describe('a reader', () => {
    const probe: Probe = { slowMs: 0, inHand: 0, most: 0, repeats: false };
    let it1: World;
    before(async () => {
      it1 = await world(kind, { readerBus: (bus) => tampered(bus, probe) });
    });
    after(() => it1.close());

    it('applies once what a relay repeats, in one chunk or in the next', async () => {
      const all = [1, 2, 3, 4, 5].map((count) => closed('again', count));
      await it1.publish(...all, ...all.slice(2));
      await it1.publish(...all);
      await it1.publish(closed('again', 6));
      await eventually(async () => assert.deepEqual((await it1.heard()).get('again'), [1, 2, 3, 4, 5, 6]));
      assert.equal(await it1.metric('midstream_messages_total', 'result="duplicate"'), 8);
    });

    it('gets facts that are together larger than a bus carries at once', async () => {
      const all = Array.from({ length: 500 }, (_, n) => closed('large', n + 1, {}, { more: '中'.repeat(2_000) }));
      await it1.publish(...all);
      await eventually(async () => assert.equal((await it1.heard()).get('large')?.length, 500));
      assert.deepEqual(
        (await it1.heard()).get('large'),
        Array.from({ length: 500 }, (_, n) => n + 1),
      );
    });

    it('says that it has heard all up to an instant only when it has applied what came before', async () => {
      await it1.publish(closed('blocked', 1));
      await eventually(async () => assert.equal((await it1.heard()).has('blocked'), true));
      const holder = await it1.ofReader.connect();
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM heard WHERE id = 'blocked' FOR UPDATE`);
      const topic = 'order.by-order' as const;
      const { key, envelope } = closed('blocked', 2);
      const chunk: Chunk = {
        records: [{ topic, partition: 90, offset: '7', key, value: JSON.stringify(envelope) }],
        watermarks: [{ topic, partition: 90, partitions: 1, at: Date.now() }],
      };
      const noted = async () => (await it1.ofReader.query('SELECT FROM watermark WHERE partition = 90')).rowCount;
      const applied = probe.onChunk?.(chunk);
      await sleep(300);
      const before = await noted();
      await holder.query('ROLLBACK');
      holder.release();
      await applied;
      assert.equal(before, 0);
      await eventually(async () => assert.equal(await noted(), 1));
      assert.deepEqual((await it1.heard()).get('blocked'), [1, 2]);
    });

    it('changes nothing when a stale one applies the same chunks at the same time, and once more when they are long past', async () => {
      probe.repeats = true;
      for (let n = 0; n < 10; n++) {
        await Promise.all([
          it1.bump('stale1', 40),
          it1.bump('stale2', 40),
          it1.publish(closed(`park${n}`, 1, {}, { releasedMinor: 666 }), closed(`park${n}`, 2)),
        ]);
      }
      await eventually(async () => assert.equal((await it1.heard()).get('stale2')?.length, 400));
      await eventually(async () => assert.equal((await it1.heard()).get('stale1')?.length, 400));
      await sleep(500);
      probe.repeats = false;
      const heard = await it1.heard();
      for (const key of ['stale1', 'stale2']) assert.deepEqual(heard.get(key), (await it1.written()).get(key));
      const parked = Array.from({ length: 10 }, (_, n) => ({ key: `park${n}`, n: 2 }));
      await eventually(async () => {
        const { rows } = await it1.ofReader.query(
          `SELECT k.key, (SELECT count(*)::int FROM parked_message m WHERE m.key = k.key) AS n FROM parked_key k ORDER BY k.key`,
        );
        assert.deepEqual(rows, parked);
      });
      for (let n = 0; n < 10; n++) assert.equal(heard.has(`park${n}`), false);
      await it1.ofReader.query('TRUNCATE parked_key, parked_message');
    });

    it('takes the newer version of a state and needs no inbox: an older one that comes late or again changes nothing', async () => {
      const state = (version: number) => ({
        topic: 'order.by-api-key' as const,
        key: 'k1',
        envelope: {
          ...(closed('k1', version).envelope as object),
          type: 'midstream.ApiKeyState',
          // Far older than any inbox
          id: uuidv7({ msecs: Date.now() - 100 * 86_400_000 }),
          data: { keyId: 'k1', version, hash: 'a'.repeat(64), scope: 'operator', revoked: false },
        },
      });
      for (const version of [1, 2, 5, 4, 5, 2, 6, 6]) await it1.publish(state(version));
      const seen = async () => {
        const { rows } = await it1.ofReader.query<{ versions: number[] }>(`SELECT state -> 'versions' AS versions FROM seen`);
        return rows[0]?.versions ?? [];
      };
      await eventually(async () => assert.equal((await seen()).at(-1), 6));
      // Of several in one chunk only the newest is seen, as after a compaction
      assert.deepEqual(await seen(), [...new Set(await seen())].sort());
      const { rows } = await it1.ofReader.query(`SELECT key, version::int FROM projection WHERE topic = 'order.by-api-key'`);
      assert.deepEqual(rows, [{ key: 'k1', version: 6 }]);
      assert.equal((await it1.parked()).body.items?.length, 0);
    });
  });

  describe('a reader that sleeps', { skip: kind === 'embedded' && 'a bus in one process sleeps with it' }, () => {
    it('past its session, with a chunk in hand, changes nothing when it wakes: another has its part by then', async () => {
      const it1 = await world(kind, { sessionTimeoutMs: 2_000 });
      const brokers = (await kafkaForTests())?.brokers ?? [];
      const orders = { kind, brokers, prefix: it1.prefix, urls: it1.urls, task: 'read', name: 'sleeper', before: [], slowMs: 400 } as const;
      const child = spawnChild(orders);
      try {
        await heardSay(child, 'ready');
        for (let round = 0; round < 3; round++) {
          const chunks = child.words().split('chunk').length;
          const bumps = async () => Promise.all(Array.from({ length: 12 }, (_, n) => it1.bump(`z${n}`, 5)));
          await Promise.all([bumps(), heardSay(child, 'chunk', chunks)]);
          child.process.kill('SIGSTOP');
          await bumps();
          await it1.assertAllHeardOnceInOrder();
          const before = await it1.heard();
          child.process.kill('SIGCONT');
          await sleep(1_000);
          assert.deepEqual(await it1.heard(), before);
        }
        assert.equal((await it1.parked()).body.items?.length, 0);
      } finally {
        child.process.kill('SIGKILL');
        await it1.close();
      }
    });
  });

  describe('a slow reader', () => {
    const probe: Probe = { slowMs: 1_000, inHand: 0, most: 0, repeats: false };
    let it1: World;
    before(async () => {
      it1 = await world(kind, { readerBus: (bus) => tampered(bus, probe) });
    });
    after(() => it1.close());

    it('keeps at most two chunks in hand while 100,000 messages wait and each chunk takes 1 s, and its memory does not grow with them', async () => {
      const [keys, each] = [1_000, 100];
      await backlog(it1, keys, each);
      const heapBefore = await heapUsed();
      let heapMost = 0;
      for (let n = 0; n < 8; n++) {
        await sleep(1_000);
        heapMost = Math.max(heapMost, await heapUsed());
      }
      const grown = Math.round((heapMost - heapBefore) / 1024 / 1024);
      console.log(`# ${kind}: ${probe.most} messages in hand at most, ${grown} MiB of heap grown, ${keys * each} waiting`);
      assert.ok(probe.most > 0 && probe.most <= 2 * BATCH_MAX, `${probe.most} messages in hand`);
      assert.ok(grown < 24, `${grown} MiB more`);
      probe.slowMs = 0;
      const startedAt = Date.now();
      const enough = 20_000;
      const heard = async () => [...(await it1.heard()).values()];
      await eventually(async () => assert.ok((await heard()).flat().length >= enough), 120_000, 250);
      console.log(`# ${kind}: ${enough} more were heard in ${Date.now() - startedAt} ms`);
      for (const counts of await heard()) {
        assert.deepEqual(
          counts,
          counts.map((_, n) => n + 1),
        );
      }
    });
  });
}

interface Probe {
  slowMs: number;
  inHand: number;
  most: number;
  repeats: boolean;
  /** The reader itself, for a test that gives it a chunk. */
  onChunk?: (chunk: Chunk) => Promise<void>;
}

/** A bus whose reader can be slow, and can be beside itself: a stale copy of it applies each chunk too, now and later. */
const tampered = (bus: EventBus, probe: Probe): EventBus => ({
  ...bus,
  subscribe: ({ onChunk, ...subscription }) => {
    const late: Chunk[] = [];
    probe.onChunk = onChunk;
    return bus.subscribe({
      ...subscription,
      async onChunk(chunk) {
        probe.inHand += chunk.records.length;
        probe.most = Math.max(probe.most, probe.inHand);
        try {
          if (probe.slowMs > 0 && chunk.records.length > 0) await sleep(probe.slowMs);
          if (!probe.repeats) return await onChunk(chunk);
          late.push(chunk);
          const past = late.length > 5 ? late.splice(0, 1) : [];
          await Promise.all([onChunk(chunk), onChunk(chunk), ...past.map(onChunk)]);
        } finally {
          probe.inHand -= chunk.records.length;
        }
      },
    });
  },
});

/** As if it had been written while the reader was away: straight into the log. */
async function backlog({ ofWriter }: World, keys: number, each: number): Promise<void> {
  for (let from = 0; from < keys; from += 20) {
    const rows = Array.from({ length: 20 * each }, (_, n) => {
      const [key, count] = [`wait${from + (n % 20)}`, Math.floor(n / 20) + 1];
      return { n, event_id: uuidv7(), key, data: (closed(key, count).envelope as { data: object }).data };
    });
    await ofWriter.query(
      `INSERT INTO event (at, event_id, topic, key, type, actor, data)
       SELECT clock_timestamp(), event_id, 'order.by-order', key, 'OrderClosed', 'test', data
         FROM json_to_recordset($1::json) AS s(n int, event_id uuid, key text, data json) ORDER BY n`,
      [JSON.stringify(rows)],
    );
  }
  await ofWriter.query(
    `INSERT INTO counters (id, count, state) SELECT 'wait' || n, $2, json_build_object('count', $2::int) FROM generate_series(0, $1::int - 1) n`,
    [keys, each],
  );
}

async function heapUsed(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await sleep(10);
  collect();
  const { heapUsed: heap, external } = process.memoryUsage();
  return heap + external;
}
