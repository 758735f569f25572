import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DRAIN_ON_SHUTDOWN_MS, embeddedBus, LiveEvents, Public, type RunningService, startService } from './index';
import { idOf } from './place';
import { writerService } from './suite/toy';
import { eventually, sleep, START } from './suite/world';

@Controller({ path: 'live', version: '1' })
class LiveController {
  constructor(private readonly live: LiveEvents) {}

  @Get()
  @Public()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('of') of?: string): Promise<void> {
    await this.live.stream(request, reply, {
      view: ({ type, key, data }) =>
        type === 'OrderClosed' && (of === undefined || key === of) ? { key, count: data['capturedMinor'] } : undefined,
    });
  }
}

interface Told {
  readonly id: string;
  readonly key: string;
  readonly count: number;
}

/** Reads a stream as a browser would: remembers the last id. */
function listen(url: string, of: string | undefined, lastId?: string) {
  const told: Told[] = [];
  const types: string[] = [];
  let last: string | undefined;
  const leaving = new AbortController();
  const ended = (async () => {
    const headers: Record<string, string> = lastId === undefined ? {} : { 'last-event-id': lastId };
    const answer = await fetch(`${url}/v1/live${of === undefined ? '' : `?of=${of}`}`, { headers, signal: leaving.signal });
    assert.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    let text = '';
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, id] = /^id: (.+)$/m.exec(block) ?? [];
        const [, data] = /^data: (.+)$/m.exec(block) ?? [];
        const [, type] = /^event: (.+)$/m.exec(block) ?? [];
        last = id ?? last;
        if (type !== undefined) types.push(type);
        if (id !== undefined && data !== undefined) told.push({ id, ...(JSON.parse(data) as { key: string; count: number }) });
      }
    }
  })().catch(() => undefined);
  /** As a browser remembers it: of a block without data, too. */
  const lastHeard = () => last;
  return { told, types, lastHeard, ended, leave: () => (leaving.abort(), ended) };
}

describe('a live stream', () => {
  let database: TestDatabase;
  let service: RunningService;
  const bus = embeddedBus();
  const definition = { ...writerService(), controllers: [LiveController] };
  const start = (over = bus) => startService(definition, { ...START, databaseUrl: database.url, bus: over });
  const bump = (id: string) => service.commands.run({ type: 'Bump', id } as never);
  before(async () => {
    database = await (await postgresForTests()).database('live');
    service = await start();
  });
  after(async () => {
    await service.stop();
    await database.drop();
  });

  it('tells what happens while somebody listens, to each what is his', async () => {
    const [all, one] = [listen(service.url, undefined), listen(service.url, 'b')];
    await eventually(async () => {
      await bump('start');
      await bump('b');
      await sleep(100);
      assert.ok(all.told.length > 0 && one.told.length > 0);
    });
    await Promise.all(['a', 'b', 'c'].map(bump));
    await eventually(async () => assert.deepEqual([...new Set(all.told.map((it) => it.key))].sort(), ['a', 'b', 'c', 'start']));
    assert.ok(one.told.every((it) => it.key === 'b'));
    await Promise.all([all.leave(), one.leave()]);
  });

  it('loses nothing and repeats nothing to a listener that comes and goes with its last id, while others listen and the log grows', async () => {
    let writing = true;
    const others = [listen(service.url, 'busy'), listen(service.url, undefined)];
    const load = Promise.all(
      Array.from({ length: 3 }, async () => {
        while (writing) await Promise.all([bump('busy'), bump('beside')]);
      }),
    );
    const heard: Told[] = [];
    let last: string | undefined;
    for (let round = 0; round < 25; round++) {
      const listener = listen(service.url, 'busy', last);
      await eventually(async () => assert.ok(listener.told.length > 0));
      await sleep(round * 5);
      await listener.leave();
      heard.push(...listener.told);
      last = heard.at(-1)?.id;
      // Sometimes long enough for many to pass
      await sleep(round % 5 === 0 ? 400 : 0);
    }
    writing = false;
    await load;
    await Promise.all(others.map((it) => it.leave()));
    const from = heard[0]?.count ?? 0;
    assert.ok(heard.length > 200, `${heard.length} heard`);
    assert.deepEqual(
      heard.map((it) => it.count),
      heard.map((_, n) => from + n),
    );
  });

  it('goes on after thousands that happened meanwhile, and after the service was started anew', async () => {
    const before = listen(service.url, 'pages');
    await eventually(async () => {
      await bump('pages');
      await sleep(50);
      assert.ok(before.told.length > 0);
    });
    await before.leave();
    const [last] = before.told.slice(-1);
    const missed = Array.from({ length: 3_000 }, () => bump('pages'));
    await Promise.all(missed);
    await service.stop();
    service = await start();
    const listener = listen(service.url, 'pages', last?.id);
    await bump('pages');
    const total = (await bumped('pages')) - (last?.count ?? 0);
    await eventually(async () => assert.ok(listener.told.length >= total, `${listener.told.length} of ${total}`));
    assert.deepEqual(
      listener.told.map((it) => it.count),
      Array.from({ length: total }, (_, n) => (last?.count ?? 0) + 1 + n),
    );
    await listener.leave();
  });

  it('loses nothing and repeats nothing to a listener that goes from replica to replica with its last id', async () => {
    const other = await start(embeddedBus());
    const replicas = [service, other];
    let writing = true;
    // All of it at one replica, at pauses of every length: the other hears of it later
    const load = (async () => {
      for (let n = 0; writing; n++) {
        await bump('roaming');
        await sleep((n * 7) % 40);
      }
    })();
    const heard: Told[] = [];
    for (let round = 0; round < 24; round++) {
      const listener = listen(replicas[round % 2]?.url ?? '', 'roaming', heard.at(-1)?.id);
      await eventually(async () => assert.ok(listener.told.length > 0), 30_000, 1);
      await sleep(round % 3 === 0 ? 0 : round * 3);
      await listener.leave();
      heard.push(...listener.told);
    }
    writing = false;
    await load;
    await other.stop();
    const from = heard[0]?.count ?? 0;
    assert.deepEqual(
      heard.map((it) => it.count),
      heard.map((_, n) => from + n),
    );
  });

  it('gives a listener that has heard nothing yet a place to resume from', async () => {
    const before = listen(service.url, 'silent');
    await eventually(async () => assert.notEqual(before.lastHeard(), undefined));
    await before.leave();
    await bump('silent');
    const after = listen(service.url, 'silent', before.lastHeard());
    await eventually(async () => assert.deepEqual(after.told.map((it) => it.count), [1])); // prettier-ignore
    await after.leave();
  });

  const now = { previous: '3:3:', current: '3:3:', after: '-1', at: Date.now() };

  it('answers HEAD at once, and lets nobody wait for an end', async () => {
    const answer = await fetch(`${service.url}/v1/live`, { method: 'HEAD', signal: AbortSignal.timeout(5_000) });
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'text/event-stream; charset=utf-8']);
  });

  it('refuses an id that it has not given, with what to do', async () => {
    const wrong = [
      'nonsense',
      'é',
      idOf('inventory', now),
      idOf('order', { ...now, previous: '9:9:', current: '3:3:' }),
      idOf('order', { ...now, previous: '9:3:' }),
      idOf('order', { ...now, after: '1; DROP TABLE event' }),
    ];
    for (const id of wrong) {
      const answer = await fetch(`${service.url}/v1/live`, { headers: { 'last-event-id': id } });
      assert.equal(answer.status, 400, id);
      assert.equal(((await answer.json()) as { code: string }).code, 'invalid-last-event-id');
    }
  });

  it('says that history is gone, and goes on from now, where the log does not reach back so far or was restored to before it', async () => {
    const later = '999999999:999999999:';
    for (const gone of [
      idOf('order', { ...now, at: now.at - 9 * 86_400_000 }),
      idOf('order', { ...now, previous: later, current: later }),
    ]) {
      const listener = listen(service.url, 'gone', gone);
      await eventually(async () => assert.deepEqual(listener.types, ['history-gone']));
      await bump('gone');
      await eventually(async () => assert.deepEqual(listener.types, ['history-gone', 'OrderClosed']));
      await listener.leave();
    }
  });

  const bumped = async (id: string) =>
    (await service.database.pool.query<{ count: number }>('SELECT count FROM counters WHERE id = $1', [id])).rows[0]?.count ?? 0;

  it('ends when the service stops, and does not hold it up', async () => {
    const listener = listen(service.url, undefined);
    await eventually(async () => {
      await bump('last');
      await sleep(50);
      assert.ok(listener.told.length > 0);
    });
    const since = Date.now();
    await service.stop();
    await listener.ended;
    assert.ok(Date.now() - since < DRAIN_ON_SHUTDOWN_MS / 2);
  });
});
