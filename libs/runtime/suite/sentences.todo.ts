import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { handleIn } from '../handle';
import type { EventBus } from '../index';
import { LANE_AT_ONCE_MAX } from '../limits';
import { handlingOf } from './toy';
import { type BusKind, eventually, sleep, type World, world } from './world';

/** What is for later, and what the outside world is asked. */
export function todoSentences(kind: BusKind): void {
  describe('what is due', () => {
    const outside = { calls: [] as string[], tries: [] as string[], fail: 0, hang: false, letGo: () => undefined as void };
    const probe = { holdMs: 0 };
    let speak = (): void => undefined;
    const silence = new Promise<void>((resolve) => (speak = resolve));
    let it1: World;
    before(async () => {
      it1 = await world(kind, {
        leaseMs: 800,
        readerBus: (bus) => held(bus, probe),
        async call(id, count, signal) {
          outside.calls.push(`${id}/${count}`);
          if (id.startsWith('silent')) await silence;
          else if (id === 'gated') await new Promise<void>((resolve) => (outside.letGo = resolve));
          else if (outside.hang) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
          if (outside.fail-- > 0) throw new Error('the outside world is away');
        },
        async tryOnce(id, count) {
          outside.tries.push(`${id}/${count}`);
          if (id === 'hangs') await new Promise<void>((resolve) => (outside.letGo = resolve));
          if (id.startsWith('fails')) throw new Error('nobody knows what came of it');
        },
      });
    });
    after(() => it1.close());

    const counter = async (id: string) => (await it1.counters()).get(id);
    const todos = async () => (await it1.ofWriter.query<{ n: number }>('SELECT count(*)::int AS n FROM todo')).rows[0]?.n;

    it('is called after the commit, in order for each key, and its outcome is handled', async () => {
      await Promise.all(Array.from({ length: 20 }, (_, n) => it1.run({ id: `c${n % 2}`, call: true })));
      await eventually(async () => assert.deepEqual([(await counter('c0'))?.calls, (await counter('c1'))?.calls], [10, 10]));
      for (const key of ['c0', 'c1']) {
        const of = outside.calls.filter((each) => each.startsWith(key));
        assert.deepEqual(
          of,
          Array.from({ length: 10 }, (_, n) => `${key}/${n + 1}`),
        );
      }
      assert.equal(await todos(), 0);
    });

    it('is not called where the command that called for it was rolled back', async () => {
      await assert.rejects(it1.run({ id: 'forbidden', call: true }));
      await sleep(300);
      assert.ok(!outside.calls.some((each) => each.startsWith('forbidden')));
    });

    it('is repeated with back-off until it is done', async () => {
      outside.fail = 2;
      await it1.run({ id: 'again', call: true });
      await eventually(async () => assert.equal((await counter('again'))?.calls, 1));
      assert.deepEqual(
        outside.calls.filter((each) => each.startsWith('again')),
        ['again/1', 'again/1', 'again/1'],
      );
    });

    it('is tried at most once where a second try could do harm: if it fails, it is lost, and that is handled', async () => {
      await Promise.all([it1.run({ id: 'fails1', tryOnce: true }), it1.run({ id: 'works', tryOnce: true })]);
      await eventually(async () => assert.deepEqual((await counter('fails1'))?.tries, { done: 0, lost: 1 }));
      await eventually(async () => assert.deepEqual((await counter('works'))?.tries, { done: 1, lost: 0 }));
      assert.deepEqual([...outside.tries].sort(), ['fails1/1', 'works/1']);
    });

    it('is lost, and not tried again, when its lease has run out; what it still finds out is overtaken', async () => {
      await it1.run({ id: 'hangs', tryOnce: true });
      await eventually(async () => assert.deepEqual((await counter('hangs'))?.tries, { done: 0, lost: 1 }));
      outside.letGo();
      await sleep(200);
      assert.deepEqual((await counter('hangs'))?.tries, { done: 0, lost: 1 });
      assert.deepEqual(
        outside.tries.filter((each) => each.startsWith('hangs')),
        ['hangs/1'],
      );
    });

    it('is called again when its lease has run out, where that does no harm; the call that hangs is aborted before', async () => {
      outside.hang = true;
      await it1.run({ id: 'slow', call: true });
      await eventually(async () => assert.equal(outside.calls.filter((each) => each.startsWith('slow')).length, 1));
      outside.hang = false;
      await eventually(async () => assert.equal((await counter('slow'))?.calls, 1));
      assert.equal(outside.calls.filter((each) => each.startsWith('slow')).length, 2);
    });

    it('is left to the one who has the lease now: whoever lost it handles nothing and takes nothing away, be his call a failure or a success', async () => {
      outside.hang = true;
      for (const id of ['stolen', 'gated']) {
        await it1.ofWriter.query(`INSERT INTO todo (kind, key, due_at, payload) VALUES ('call', $1, now(), $2)`, [
          id,
          { type: 'CallAsked', id, count: 1 },
        ]);
        await eventually(async () => assert.ok(outside.calls.includes(`${id}/1`)));
      }
      await it1.ofWriter.query(`UPDATE todo SET token = gen_random_uuid(), lease_until = now() + interval '1 hour'`);
      outside.hang = false;
      outside.letGo();
      await sleep(1_200);
      const { rows } = await it1.ofWriter.query(`SELECT key, token IS NOT NULL AS leased, attempts FROM todo ORDER BY key`);
      assert.deepEqual(rows, [
        { key: 'gated', leased: true, attempts: 1 },
        { key: 'stolen', leased: true, attempts: 1 },
      ]);
      assert.equal(await counter('gated'), undefined);
      await it1.ofWriter.query('DELETE FROM todo');
    });

    it('is finished once where who lost it and who has it now end in one batch', async () => {
      const { database } = it1.writer;
      const [lost, mine] = [randomUUID(), randomUUID()];
      const { rows } = await it1.ofWriter.query<{ id: string }>(
        `INSERT INTO todo (kind, lane, key, payload, due_at, token, lease_until) VALUES ('gone', 'gone', 'both', '{}', now(), $1, now() + interval '1 hour') RETURNING id`,
        [mine],
      );
      const works = [lost, mine].map((token) => ({
        command: { type: 'NoteCall', id: 'both' },
        cause: { actor: 'test' },
        finishes: { id: rows[0]?.id ?? '', token },
      }));
      const { outcomes } = await database.transaction((tx) => handleIn(tx, handlingOf(database), works));
      assert.deepEqual(
        outcomes.map((it) => it.kind),
        ['overtaken', 'done'],
      );
      assert.equal((await counter('both'))?.calls, 1);
    });

    it('waits behind its own lane only: where one does not answer, the others are called', async () => {
      outside.hang = true;
      await Promise.all(Array.from({ length: 100 }, (_, n) => it1.run({ id: `crowd${n}`, call: true })));
      await eventually(async () => assert.ok(outside.calls.some((each) => each.startsWith('crowd'))));
      await it1.run({ id: 'works-meanwhile', tryOnce: true });
      await eventually(async () => assert.deepEqual((await counter('works-meanwhile'))?.tries, { done: 1, lost: 0 }));
      const { rows } = await it1.ofWriter.query<{ running: number; waiting: number }>(
        `SELECT count(*) FILTER (WHERE lease_until > now())::int AS running, count(*) FILTER (WHERE attempts = 0)::int AS waiting FROM todo`,
      );
      assert.ok((rows[0]?.running ?? 0) <= LANE_AT_ONCE_MAX, 'a lane has its limit');
      assert.ok((rows[0]?.waiting ?? 0) > 0, 'the lane had more than it could take');
      await it1.ofWriter.query('DELETE FROM todo');
      outside.hang = false;
    });

    it('is called though many others are silent: each of them has less of what is free', async () => {
      await it1.ofWriter.query(
        `INSERT INTO todo (kind, lane, key, due_at, payload)
         SELECT 'call', 'call/' || n / 20, 'silent' || n, now(), json_build_object('type', 'CallAsked', 'id', 'silent' || n, 'count', 1) FROM generate_series(0, 399) AS n`,
      );
      await eventually(async () => assert.ok(outside.calls.filter((each) => each.startsWith('silent')).length > 12 * LANE_AT_ONCE_MAX));
      await it1.run({ id: 'works-as-well', tryOnce: true });
      await eventually(async () => assert.deepEqual((await counter('works-as-well'))?.tries, { done: 1, lost: 0 }));
      await it1.ofWriter.query('DELETE FROM todo');
      speak();
    });

    it('strikes once at its time', async () => {
      await Promise.all(Array.from({ length: 30 }, (_, n) => it1.run({ id: `later${n % 3}`, later: true })));
      await eventually(async () => assert.equal((await counter('later0'))?.later, 10));
      await sleep(200);
      for (const key of ['later0', 'later1', 'later2']) assert.equal((await counter(key))?.later, 10);
    });

    it('waits, past its time, until all is heard that was published by then: a backlog expires nothing', async () => {
      const expiresAt = Date.now() + 1_000;
      await it1.run({ id: 'expires', expiresAt });
      await eventually(async () => assert.equal((await it1.heard()).get('expires')?.length, 1));
      probe.holdMs = 1_500;
      await it1.bump('expires', 5);
      assert.ok(Date.now() < expiresAt, 'the machine is too slow for this test');
      const strikes = async () =>
        (
          await it1.ofReader.query<{ strikes: number[] | null }>(
            `SELECT state -> 'expiredAfter' AS strikes FROM heard WHERE id = 'expires'`,
          )
        ).rows[0];
      await eventually(async () => assert.deepEqual(await strikes(), { strikes: [6] }));
      assert.ok(Date.now() > expiresAt);
      probe.holdMs = 0;
    });

    it('waits where it is about a parked record', async () => {
      await it1.ofReader.query(`INSERT INTO parked_key (consumer, key, error) VALUES ('notification', 'held-up', 'by a test')`);
      await it1.ofReader.query(
        `INSERT INTO todo (kind, key, due_at, payload) VALUES ('command', 'heard/held-up', now(), '{"type":"Expire","id":"held-up"}')`,
      );
      const error = async () =>
        (await it1.ofReader.query<{ error: string }>(`SELECT error FROM todo WHERE key = 'heard/held-up'`)).rows[0]?.error;
      await eventually(async () => assert.equal(await error(), 'key-parked'));
      assert.equal((await it1.heard()).has('held-up'), false);
      await it1.ofReader.query(`DELETE FROM parked_key`);
      await it1.ofReader.query(`UPDATE todo SET due_at = now()`);
      await eventually(async () => assert.equal((await it1.ofReader.query('SELECT FROM todo')).rowCount, 0));
    });

    it('fails alone where it fails: the others that are due with it are done', async () => {
      await it1.ofWriter.query(
        `INSERT INTO todo (kind, key, due_at, payload)
         SELECT 'command', 'counters/t' || n, now(), json_build_object('type', 'Bump', 'id', CASE WHEN n = 5 THEN 'forbidden' ELSE 't' || n END)
           FROM generate_series(1, 10) n`,
      );
      await eventually(async () => assert.equal([...(await it1.counters()).keys()].filter((each) => /^t\d/.test(each)).length, 9));
      const { rows } = await it1.ofWriter.query<{ error: string }>('SELECT error FROM todo');
      assert.equal(rows.length, 1);
      assert.match(rows[0]?.error ?? '', /counters_id_check/);
      await it1.ofWriter.query('DELETE FROM todo');
    });
  });
}

/** A bus whose chunks come late. */
const held = (bus: EventBus, probe: { holdMs: number }): EventBus => ({
  ...bus,
  subscribe: ({ onChunk, ...subscription }) =>
    bus.subscribe({
      ...subscription,
      async onChunk(chunk) {
        if (probe.holdMs > 0 && chunk.records.length > 0) await sleep(probe.holdMs);
        await onChunk(chunk);
      },
    }),
});
