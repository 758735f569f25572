import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import {
  type Caller,
  Commands,
  cursorOf,
  embeddedBus,
  From,
  IdempotencyKey,
  type Idempotency,
  NotFound,
  readCursor,
  type RunningService,
  Scopes,
  startService,
} from './index';
import { quiet } from './suite/world';
import { type WriterCommand, type WriterRows, writerService } from './suite/toy';

class BumpDto {
  @ApiProperty()
  @IsString()
  id!: string;

  @ApiProperty()
  @IsInt()
  @Min(1)
  @Max(100)
  limit!: number;

  @ApiPropertyOptional()
  @IsOptional()
  @IsInt()
  times?: number;
}

@Controller({ path: 'counters', version: '1' })
class CountersController {
  constructor(private readonly commands: Commands<WriterCommand>) {}

  @Post()
  @HttpCode(201)
  @Scopes('operator')
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  bump(
    @Body() { id, limit, times = 1 }: BumpDto,
    @From() caller: Caller,
    @IdempotencyKey({ required: true }) key: Idempotency,
  ): Promise<unknown> {
    return this.commands.run(
      { type: 'Bump', id, limit, times },
      { caller, key, status: 201, answer: (rows: WriterRows) => ({ count: rows.counters[id]?.count }) },
    );
  }

  @Get('pages/:cursor')
  @Scopes('operator')
  page(@Param('cursor') cursor: string): object {
    return readCursor(cursor);
  }

  @Get(':id')
  @Scopes('merchant')
  read(@Param('id') id: string): never {
    throw new NotFound('counter-not-found', id);
  }

  @Get()
  @Scopes('operator')
  fail(): never {
    throw new Error('the secret is in here');
  }
}

describe('HTTP', () => {
  let database: TestDatabase;
  let service: RunningService;
  const bus = embeddedBus();
  before(async () => {
    database = await (await postgresForTests()).database('http');
    const definition = { ...writerService(), controllers: [CountersController] };
    service = await startService(definition, { databaseUrl: database.url, bus, port: 0, logger: quiet, bootstrapKey: 'operator-key' });
  });
  after(async () => {
    await service.stop();
    await database.drop();
  });

  interface Answer {
    readonly status: number;
    readonly type: string | null;
    readonly body: Record<string, unknown>;
  }
  async function ask(path: string, init: RequestInit = {}, key = 'operator-key'): Promise<Answer> {
    const answer = await fetch(`${service.url}${path}`, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
    return { status: answer.status, type: answer.headers.get('content-type'), body: (await answer.json()) as Record<string, unknown> };
  }
  const post = (body: unknown, key: string | undefined = undefined) =>
    ask('/v1/counters', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    });
  const isProblem = (answer: Answer, status: number, code: string) => {
    assert.equal(answer.body['code'], code);
    assert.equal(answer.status, status);
    assert.equal(answer.type, 'application/problem+json; charset=utf-8');
    assert.equal(answer.body['type'], `urn:midstream:problem:${code}`);
    assert.equal(answer.body['status'], status);
    assert.equal(typeof answer.body['title'], 'string');
  };

  it('answers a command with what it has made of its rows', async () => {
    assert.deepEqual((await post({ id: 'a', limit: 10 }, 'k1')).body, { count: 1 });
  });

  it('answers the same key with the same answer, and does nothing twice', async () => {
    const first = await post({ id: 'b', limit: 10 }, 'k2');
    assert.deepEqual(await post({ id: 'b', limit: 10 }, 'k2'), first);
    assert.deepEqual((await post({ id: 'b', limit: 10 }, 'k3')).body, { count: 2 });
  });

  it('refuses a key that was used with another body', async () => {
    await post({ id: 'c', limit: 10 }, 'k4');
    isProblem(await post({ id: 'c', limit: 11 }, 'k4'), 422, 'idempotency-key-reused');
  });

  it('says that a request with the same key is still running', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => post({ id: 'd', limit: 10 }, 'k5')));
    assert.ok(answers.some((it) => it.status === 201));
    for (const it of answers.filter((one) => one.status !== 201)) isProblem(it, 409, 'idempotency-key-in-use');
    assert.deepEqual((await post({ id: 'd', limit: 10 }, 'k6')).body, { count: 2 });
  });

  it('stores a refusal, too: the same key is refused again though it would pass by now', async () => {
    await post({ id: 'e', limit: 1 }, 'k7');
    isProblem(await post({ id: 'e', limit: 1 }, 'k8'), 422, 'over-the-limit');
    isProblem(await post({ id: 'e', limit: 1 }, 'k8'), 422, 'over-the-limit');
  });

  it('demands a key where it must have one', async () => isProblem(await post({ id: 'f', limit: 1 }), 400, 'idempotency-key-missing'));

  it('names the field that is unknown, missing, a fraction, or over its limit', async () => {
    for (const [body, field] of [
      [{ id: 'g', limit: 1, quantitty: 3 }, 'quantitty'],
      [{ limit: 1 }, 'id'],
      [{ id: 'g', limit: 1.5 }, 'limit'],
      [{ id: 'g', limit: 0 }, 'limit'],
      [{ id: 'g', limit: 101 }, 'limit'],
    ] as const) {
      const answer = await post(body, 'k9');
      isProblem(answer, 400, 'invalid-body');
      assert.deepEqual([...new Set((answer.body['fields'] as { field: string }[]).map((it) => it.field))], [field]);
    }
  });

  it('takes null for left out, where a property may be left out', async () => {
    assert.deepEqual((await post({ id: 'null', limit: 10, times: null }, 'k12')).body, { count: 1 });
    isProblem(await post({ id: null, limit: 10 }, 'k13'), 400, 'invalid-body');
  });

  it('refuses text that no database keeps, wherever it stands, and names the field', async () => {
    for (const [text, field] of [
      ['{"id": "a\\u0000", "limit": 1}', 'id'],
      ['{"id": "\\ud800", "limit": 1}', 'id'],
      ['{"id": "a", "limit": 1, "\\u0000": 1}', '\0'],
    ] as const) {
      const answer = await post(text, 'k14');
      isProblem(answer, 400, 'invalid-body');
      assert.deepEqual(
        (answer.body['fields'] as { field: string }[]).map((it) => it.field),
        [field],
      );
    }
    isProblem(await ask('/v1/counters/pages/%00'), 400, 'invalid-body');
    isProblem(await ask(`/v1/counters/pages/${encodeURIComponent('🀄')}`), 400, 'invalid-cursor');
  });

  it('takes the cursor that a page has given, and no other', async () => {
    const at = '2026-11-25 02:03:04.123456+00';
    assert.deepEqual((await ask(`/v1/counters/pages/${cursorOf({ at, id: 'a~b/1' })}`)).body, { at, id: 'a~b/1' });
    for (const wrong of ['none', '2026-02-30 00:00:00+00|a', '2026-13-01 00:00:00+00|a', '2026-01-01|a', `${at}|a'b`, `${at}|`])
      isProblem(await ask(`/v1/counters/pages/${Buffer.from(wrong).toString('base64url')}`), 400, 'invalid-cursor');
  });

  it('describes what it demands, and every answer that is no success', async () => {
    const { body } = await ask('/openapi.json');
    interface Operation { readonly responses: object; readonly parameters: readonly { readonly name: string; readonly schema: object }[] } // prettier-ignore
    const document = body as { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };
    assert.deepEqual(document.components.schemas['BumpDto'], {
      ...{ type: 'object', required: ['id', 'limit'], additionalProperties: false },
      properties: { id: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 100 }, times: { type: 'integer' } },
    });
    const { responses, parameters } = document.paths['/v1/counters']?.['post'] ?? { responses: {}, parameters: [] };
    assert.deepEqual(Object.keys(responses), ['201', '400', '401', '403', '409', '413', '415', '422', '429', '503']);
    assert.deepEqual(parameters.map((it) => it.schema), [{ type: 'string', minLength: 1, maxLength: 200 }]); // prettier-ignore
    assert.deepEqual(Object.keys(document.paths['/v1/counters/{id}']?.['get']?.responses ?? {}).slice(1), [
      '400',
      '401',
      '403',
      '404',
      '429',
      '503',
    ]);
  });

  it('refuses malformed JSON, and a body over 1 MiB', async () => {
    isProblem(await post('{"id": ', 'k10'), 400, 'json-malformed');
    isProblem(await post({ id: 'x'.repeat(1024 * 1024), limit: 1 }, 'k11'), 413, 'body-too-large');
  });

  it("asks who it is, and lets nobody do what is another scope's", async () => {
    const nobody = await fetch(`${service.url}/v1/counters`);
    assert.equal(nobody.status, 401);
    assert.equal(((await nobody.json()) as { code: string }).code, 'key-missing');
    isProblem(await ask('/v1/counters', {}, 'wrong'), 401, 'key-wrong');
    isProblem(await ask('/v1/counters/a'), 403, 'scope-missing');
  });

  it('tells nothing of its inside when it fails', async () => {
    const answer = await ask('/v1/counters');
    isProblem(answer, 500, 'internal');
    assert.ok(!JSON.stringify(answer.body).includes('secret'));
  });

  it('says that a route does not exist', async () => isProblem(await ask('/v1/nowhere'), 404, 'route-not-found'));

  it('tells its health, its readiness, its measures and its routes', async () => {
    assert.equal((await fetch(`${service.url}/healthz`)).status, 200);
    const ready = await fetch(`${service.url}/readyz`);
    assert.equal(ready.status, 200, await ready.text());
    assert.match(await (await fetch(`${service.url}/metrics`)).text(), /midstream_relay_lag_seconds\{service="order"\}/);
    const { body } = await ask('/openapi.json');
    assert.equal(body['openapi'], '3.1.0');
    assert.ok('/v1/counters' in (body['paths'] as object));
    assert.equal((await fetch(`${service.url}/docs`)).status, 200);
  });
});
