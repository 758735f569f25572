import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AnyFact, Fact } from '@midstream/contracts';
import { holdIdOf, offerIdOf } from '@midstream/kernel';
import { hashOfKey, type RunningService, startService } from '@midstream/runtime';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import { inventoryService } from './service';

type Bus = ReturnType<typeof busToSpeakAt>;
type Request = Fact<'OffersCleared'>['request'];

interface Sandbox {
  readonly url: string;
  close(): Promise<void>;
}

export interface World {
  readonly service: RunningService;
  readonly bus: Bus;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  call(
    method: string,
    path: string,
    body?: unknown,
    more?: CallOptions,
  ): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }>;
  /** The facts of these types about an order, once there are so many. */
  facts<Type extends AnyFact['type']>(type: Type, orderId: string, count?: number): Promise<Fact<Type>[]>;
  sql<Row>(query: string, params?: readonly unknown[]): Promise<Row[]>;
  control(path: string, body: object): Promise<void>;
  end(): Promise<void>;
}

interface CallOptions {
  readonly key?: string;
  readonly idempotencyKey?: string;
  readonly type?: string;
}

/** The service on a real database, suppliers over real HTTP, and a bus at which the spec speaks for the others. */
export async function aWorld(
  name: string,
  more: { readonly settings?: Readonly<Record<string, string>>; readonly logger?: pino.Logger } = {},
): Promise<World> {
  const database = await (await postgresForTests()).database(name);
  const bus = busToSpeakAt('inventory');
  const sandbox = await sandboxProcess(name);
  const settings = {
    vaultKey: randomBytes(32).toString('base64'),
    fingerprintKey: randomBytes(32).toString('base64'),
    allowPrivate: 'true',
    buyWaitMs: '1500',
    ...more.settings,
  };
  const logger = more.logger ?? pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
  const service = await startService(inventoryService, { databaseUrl: database.url, bus, port: 0, bootstrapKey: 'op', settings, logger });
  await bus.tell(
    keyOf('m-key', { scope: 'merchant', merchantId: 'm' }),
    keyOf('other', { scope: 'merchant', merchantId: 'n' }),
    keyOf('s-key', { scope: 'supplier', supplierId: 'a' }),
  );
  const world: World = {
    ...{ service, bus, sandbox, database },
    call: (method, path, body, options) => call(service, method, path, body, options),
    facts: (type, orderId, count = 1) => facts(service, type, orderId, count),
    sql: async <Row>(query: string, params: readonly unknown[] = []) =>
      (await service.database.pool.query(query, [...params])).rows as Row[],
    async control(path, body) {
      const answer = await fetch(`${sandbox.url}/control${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      assert.ok(answer.ok, await answer.text());
    },
    async end() {
      await service.stop();
      await bus.close();
      await sandbox.close();
      await database.drop();
    },
  };
  await until(async () => (await world.call('GET', '/stock?sku=x', undefined, { key: 'm-key' })).status === 200);
  return world;
}

/** Suppliers as they are in life: in a process of their own. */
function sandboxProcess(seed: string): Promise<Sandbox> {
  const root = join(__dirname, '../../..');
  const words = [
    '--conditions=@midstream/source',
    '-r',
    join(root, 'deploy/local/typescript.cjs'),
    join(root, 'services/sandbox-supplier/main.ts'),
  ];
  const child = spawn(process.execPath, words, { env: { ...process.env, PORT: '0', SEED: seed }, stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.on('data', (chunk: Buffer) => {
      const [, url] = /at (http:\S+?)\/suppliers/.exec(chunk.toString()) ?? [];
      if (url === undefined) return;
      resolve({
        url,
        close() {
          child.kill('SIGTERM');
          return ended;
        },
      });
    });
  });
}

const keyOf = (keyId: string, of: { scope: 'merchant' | 'supplier'; merchantId?: string; supplierId?: string }): Fact<'ApiKeyState'> => ({
  ...{ type: 'ApiKeyState', keyId, version: 1, hash: hashOfKey(keyId), revoked: false },
  ...of,
});

async function call(
  service: RunningService,
  method: string,
  path: string,
  body?: unknown,
  { key = 'op', idempotencyKey, type = 'application/json' }: CallOptions = {},
) {
  const answer = await fetch(`${service.url}/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'content-type': type }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

async function facts<Type extends AnyFact['type']>(
  service: RunningService,
  type: Type,
  orderId: string,
  count: number,
): Promise<Fact<Type>[]> {
  const read = async () => {
    const { rows } = await service.database.pool.query<{ data: object }>(
      `SELECT data FROM event WHERE type = $1 AND key = $2 ORDER BY id`,
      [type, orderId],
    );
    return rows.map((it) => ({ type, ...it.data })) as Fact<Type>[];
  };
  await until(async () => (await read()).length >= count, `${count} ${type} of ${orderId}`);
  return read();
}

export async function until(holds: () => Promise<boolean>, what = 'what is awaited', ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `${what} has not come within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const product = (change: object = {}) => ({
  name: { zh: '视频会员月卡', en: 'Video membership, one month' },
  category: 'video-membership',
  fulfilmentKind: 'PIN_PURCHASE',
  faceValueMinor: 3000,
  priceMinor: 2600,
  currency: 'CNY',
  regions: ['CN'],
  ...change,
});

export const offer = (change: object = {}) => ({ costTiers: [{ from: 1, costMinor: 2000 }], currency: 'CNY', regions: ['CN'], ...change });

/** A supplier that is played by the sandbox, with an offer of the product and its stock on both sides. */
export async function aSupplier(world: World, supplierId: string, sku: string, stock: number, change: object = {}): Promise<void> {
  const { call, sandbox } = world;
  const baseUrl = `${sandbox.url}/suppliers/${supplierId}`;
  const supplier = {
    name: { zh: supplierId, en: supplierId },
    kind: 'http',
    upstreamGroup: supplierId,
    baseUrl,
    token: `sandbox-${supplierId}`,
  };
  assert.equal((await call('PUT', `/suppliers/${supplierId}`, supplier)).status, 200);
  const put = await call('PUT', `/suppliers/${supplierId}/offers/${sku}`, offer(change));
  assert.equal(put.status, 200, JSON.stringify(put.body));
  await world.control(`/suppliers/${supplierId}`, { balanceMinor: 1_000_000_000 });
  await world.control(`/suppliers/${supplierId}/skus/${sku}`, { stock, costTiers: [{ from: 1, costMinor: 2000 }], outcome: 'ok' });
  const reported = await call('POST', `/suppliers/${supplierId}/stock`, { changes: [{ sku, quantity: stock, sequence: 1 }] });
  assert.equal(reported.body['taken'], 1, JSON.stringify(reported.body));
}

export const cleared = (
  orderId: string,
  sku: string,
  quantity: number,
  supplierIds: readonly string[],
  change: Partial<Request> = {},
): Fact<'OffersCleared'> => {
  const request: Request = {
    ...{ orderId, merchantId: 'm', lineId: '1', attempt: 1, depth: 1, ranking: 1, quantity, need: { sku } },
    ...{ region: 'CN-31', segment: 'retail', tier: 'standard', scenario: 'general', priceCapMinor: 2600, currency: 'CNY' },
    substitution: { upTo: 'other-supplier', consent: 'pre-approved', consentDefault: 'refund', consentMs: 900_000 },
    deliverBy: new Date(Date.now() + 3_600_000).toISOString(),
    ...{ excluded: [], tried: [] },
    ...change,
  };
  const candidates = supplierIds.map((supplierId) => ({
    ...{
      offerId: offerIdOf(supplierId, sku),
      supplierId,
      sku,
      priceMinor: 2600,
      currency: 'CNY',
      expectedMinor: 500,
      version: 1,
      planned: 0,
    },
    verdict: { status: 'compliant' as const, ruleVersion: 1 },
  }));
  return { type: 'OffersCleared', orderId, merchantId: 'm', lineId: '1', decisionId: `${orderId}-d`, request, candidates, gates: {} };
};

export const assigned = (
  { orderId, merchantId, lineId, attempt, decisionId, holds }: Fact<'OfferHeld'>,
  change: Pick<Fact<'LineAssigned'>, 'recipient'> = {},
): Fact<'LineAssigned'> => ({
  type: 'LineAssigned',
  ...{ orderId, merchantId, lineId, attempt, decisionId, holds },
  ...change,
});

export const holdId = (orderId: string, supplierId: string, sku: string): string => holdIdOf(orderId, '1', 1, offerIdOf(supplierId, sku));

/** Hears of the line, holds and assigns it. */
export async function buys(
  world: World,
  orderId: string,
  sku: string,
  quantity: number,
  supplierIds: readonly string[],
  change?: Pick<Fact<'LineAssigned'>, 'recipient'>,
): Promise<Fact<'OfferHeld'>> {
  await world.bus.tell(cleared(orderId, sku, quantity, supplierIds));
  const [held] = await world.facts('OfferHeld', orderId);
  assert.ok(held);
  await world.bus.tell(assigned(held, change));
  return held;
}
