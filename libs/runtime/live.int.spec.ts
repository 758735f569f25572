import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DRAIN_ON_SHUTDOWN_MS, embeddedBus, LiveEvents, Public, type RunningService, startService } from './index';
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
        if (id !== undefined && data !== undefined) told.push({ id, ...(JSON.parse(data) as { key: string; count: number }) });
      }
    }
  })().catch(() => undefined);
  return { told, ended, leave: () => (leaving.abort(), ended) };
}

describe('a live stream', () => {
  let database: TestDatabase;
  let service: RunningService;
  const bus = embeddedBus();
  const definition = { ...writerService(), controllers: [LiveController] };
  const start = () => startService(definition, { ...START, databaseUrl: database.url, bus });
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
