import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import { skipWithoutRedis, startRedis, type TestRedis } from '@midstream/testing/redis';
import { IsString } from 'class-validator';
import {
  type Caller,
  Commands,
  embeddedBus,
  From,
  IdempotencyKey,
  type Idempotency,
  Public,
  type RateLimits,
  rateLimitsOf,
  type RunningService,
  Scopes,
  startService,
} from './index';
import { RATE_PER_ADDRESS, RATE_PER_KEY } from './limits';
import { eventually, START } from './suite/world';
import { type WriterCommand, type WriterRows, writerService } from './suite/toy';

class BumpDto {
  @IsString()
  id!: string;
}

@Controller({ path: 'counters', version: '1' })
class CountersController {
  constructor(private readonly commands: Commands<WriterCommand>) {}

  @Post()
  @HttpCode(201)
  @Scopes('operator')
  bump(@Body() { id }: BumpDto, @From() caller: Caller, @IdempotencyKey({ required: true }) key: Idempotency): Promise<unknown> {
    const answer = (rows: WriterRows) => ({ count: rows.counters[id]?.count });
    return this.commands.run({ type: 'Bump', id }, { caller, key, status: 201, answer });
  }

  @Get()
  @Public()
  read(): object {
    return {};
  }
}

const LIMITS: RateLimits = { perKey: 5, perAddress: 3 };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(`${url}/v1/counters`, init);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}
const bump = (url: string, key: string, id = 'a', bearer = 'operator-key') =>
  ask(url, {
    method: 'POST',
    body: JSON.stringify({ id }),
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', 'idempotency-key': key },
  });
const readFrom = (url: string, address: string, authorization = '') =>
  ask(url, { headers: { 'x-forwarded-for': address, ...(authorization !== '' && { authorization }) } });
/** As many as are wanted, one after the other. */
async function statuses(times: number, one: (n: number) => Promise<Answer>): Promise<number[]> {
  const all: number[] = [];
  for (let n = 0; n < times; n++) all.push((await one(n)).status);
  return all;
}
const uncounted = async (url: string) =>
  Number(/^midstream_rate_uncounted_total\{[^}]*\} (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1]);

describe('rate limits', () => {
  let database: TestDatabase;
  const bus = embeddedBus();
  const definition = { ...writerService(), controllers: [CountersController] };
  const start = (rates: RateLimits) =>
    startService(definition, { ...START, databaseUrl: database.url, bus, bootstrapKey: 'operator-key', rates });
  before(async () => {
    database = await (await postgresForTests()).database('rates');
  });
  after(() => database.drop());

  describe('in the memory of one replica', () => {
    let service: RunningService;
    before(async () => {
      service = await start(LIMITS);
    });
    after(() => service.stop());

    it('let a key ask as often as is allowed, tell it how often still, and refuse one more as a problem that says when', async () => {
      for (let n = 1; n <= LIMITS.perKey; n++) {
        const { status, headers } = await bump(service.url, `k${n}`);
        assert.equal(status, 201);
        assert.equal(headers.get('ratelimit-limit'), '5');
        assert.equal(headers.get('ratelimit-remaining'), String(LIMITS.perKey - n));
      }
      const { status, headers, body } = await bump(service.url, 'k6');
      assert.equal(status, 429);
      assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
      assert.equal(body['code'], 'too-many-requests');
      assert.equal(headers.get('ratelimit-remaining'), '0');
      const wait = Number(headers.get('retry-after'));
      assert.ok(wait >= 1 && wait <= 10, `${wait}`);
      assert.equal(headers.get('ratelimit-reset'), headers.get('retry-after'));
    });

    it('are no answer of an Idempotency-Key: once there is room, it does what was asked', async () => {
      const refused = await bump(service.url, 'again', 'b');
      assert.equal(refused.status, 429);
      await eventually(async () => assert.equal((await bump(service.url, 'again', 'b')).status, 201), 15_000);
      assert.deepEqual((await bump(service.url, 'again', 'b')).body, { count: 1 });
    });

    it('count an address without a valid key by itself, and a wrong key as none', async () => {
      assert.deepEqual(await statuses(3, () => readFrom(service.url, '203.0.113.7')), [200, 200, 200]);
      assert.equal((await readFrom(service.url, '203.0.113.7')).status, 429);
      assert.equal((await readFrom(service.url, '203.0.113.7', 'Bearer guessed')).status, 429);
      assert.equal((await readFrom(service.url, '203.0.113.8')).status, 200);
    });

    it('take the address that the nearest proxy saw, not what the client wrote', async () => {
      assert.deepEqual(await statuses(4, (n) => readFrom(service.url, `192.0.2.${n}, 198.51.100.1`)), [200, 200, 200, 429]);
    });

    it('count the addresses of one IPv6 network together', async () => {
      assert.deepEqual(await statuses(4, (n) => readFrom(service.url, `2001:db8::${n + 1}`)), [200, 200, 200, 429]);
    });

    it('leave health, measures and the API’s description alone', async () => {
      for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
        for (let n = 0; n < 5; n++) assert.equal((await fetch(`${service.url}${path}`)).status, 200, path);
    });
  });

  describe('over a real Redis', { skip: skipWithoutRedis('rate limits over a real Redis') }, () => {
    let redis: TestRedis;
    let replicas: RunningService[] = [];
    const urlOf = (n: number) => replicas[n % replicas.length]?.url ?? '';
    before(async () => {
      redis = await startRedis();
      const rates = { ...LIMITS, redisUrl: redis.url };
      replicas = [await start(rates), await start(rates)];
    });
    after(async () => {
      for (const it of replicas) await it.stop();
      await redis.stop();
    });

    it('count a key over both replicas', async () => {
      // Once both are connected; that itself is counted by addresses
      for (const [n, it] of replicas.entries())
        await eventually(async () => assert.notEqual((await readFrom(it.url, `192.0.2.${n}`)).headers.get('ratelimit-limit'), null));
      assert.deepEqual(await statuses(6, (n) => bump(urlOf(n), `two-${n}`)), [201, 201, 201, 201, 201, 429]);
    });

    it('let requests pass while Redis is dead or silent, say so, and count again once it is back', async () => {
      const ended = async (how: NodeJS.Signals, back: () => Promise<void>) => {
        const before = await uncounted(urlOf(0));
        await redis.kill(how);
        assert.deepEqual(
          await statuses(8, (n) => bump(urlOf(0), `${how}-${n}`)),
          Array.from({ length: 8 }, () => 201),
        );
        assert.ok((await uncounted(urlOf(0))) >= before + 8, 'each was counted as uncounted');
        await back();
        for (const key of ['one', 'two'])
          await eventually(async () => assert.equal((await bump(urlOf(0), `${how}-${key}`)).status, 429), 15_000);
      };
      await ended('SIGKILL', () => redis.restart());
      await ended('SIGSTOP', () => redis.kill('SIGCONT'));
    });
  });

  it('are a number of requests or off, and anything else stops the start', () => {
    assert.deepEqual(rateLimitsOf({}, undefined), { perKey: RATE_PER_KEY, perAddress: RATE_PER_ADDRESS });
    assert.deepEqual(rateLimitsOf({ rateLimitPerKey: 'off', rateLimitPerAddress: '7' }, 'redis://r'), {
      ...{ perKey: Infinity, perAddress: 7, redisUrl: 'redis://r' },
    });
    for (const wrong of ['0', '-1', '1.5', 'many', ' 5'])
      assert.throws(
        () => rateLimitsOf({ rateLimitPerKey: wrong }, undefined),
        /MIDSTREAM_RATE_LIMIT_PER_KEY is .*: a number of requests per 10 s, or off/,
      );
  });
});
