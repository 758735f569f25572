import type { AnyFact, Fact, HeldOffer, LossReason } from '@midstream/contracts';
import { holdIdOf, offerIdOf } from '@midstream/kernel';
import { type RunningService, startService } from '@midstream/runtime';
import { busToSpeakAt, type SpokenBus } from '@midstream/runtime/suite/speaking';
import { postgresForTests } from '@midstream/testing/infrastructure';
import pino, { type Logger } from 'pino';
import { orderService } from './service';

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface House {
  readonly service: RunningService;
  readonly databaseUrl: string;
  readonly bus: SpokenBus;
  /** A request with this key; `key`: the Idempotency-Key, a new one unless said, none where it is ''. */
  call(method: string, path: string, options?: { body?: unknown; raw?: string; as?: string; key?: string }): Promise<Answer>;
  /** What order has said of an order, of one type. */
  said<Type extends AnyFact['type']>(type: Type, orderId: string): Promise<Omit<Fact<Type>, 'type'>[]>;
  /** Keys of two merchants: `m1` has money, `m2` has not. */
  readonly keys: { readonly m1: string; readonly m2: string };
  stop(): Promise<void>;
}

const quiet = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

/** A running order service with two merchants and three products, and a bus at which a spec speaks for inventory. */
export async function aHouse(logger: Logger = quiet): Promise<House> {
  const database = await (await postgresForTests()).database('order');
  const bus = busToSpeakAt('order', 2);
  const service = await startService(orderService, { databaseUrl: database.url, bus, port: 0, bootstrapKey: 'op', logger });
  let requests = 0;
  const call: House['call'] = async (method, path, { body, raw, as = 'op', key = `k-${(requests += 1)}` } = {}) => {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const headers = {
      ...(as !== '' && { authorization: `Bearer ${as}` }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...(key !== '' && { 'idempotency-key': key }),
    };
    const answer = await fetch(`${service.url}/v1${path}`, { method, headers, body: text });
    const told = await answer.text();
    return { status: answer.status, body: (told === '' ? {} : JSON.parse(told)) as Answer['body'] };
  };
  const keyOf = async (merchantId: string) => {
    await call('PUT', `/merchants/${merchantId}`, { body: { name: merchantId, currency: 'CNY' } });
    return String((await call('POST', '/keys', { body: { scope: 'merchant', merchantId } })).body['secret']);
  };
  const credit = aProduct('credit', { category: 'phone-top-up', fulfilmentKind: 'VALUE_RECHARGE' });
  await bus.tell(aProduct('video'), aProduct('music', { priceMinor: 2400 }), credit);
  const keys = { m1: await keyOf('m1'), m2: await keyOf('m2') };
  await call('POST', '/accounts/m1/deposits', { body: { amountMinor: 1_000_000, currency: 'CNY' } });
  await eventually(async () => (await call('GET', '/orders', { as: keys.m2 })).status === 200);
  await eventually(async () => (service.view as Map<string, unknown>).size === 3);
  return {
    ...{ service, databaseUrl: database.url, bus, call, keys },
    async said(type, orderId) {
      const { rows } = await service.database.pool.query<{ data: never }>(
        `SELECT data FROM event WHERE type = $1 AND data ->> 'orderId' = $2 ORDER BY id`,
        [type, orderId],
      );
      return rows.map((it) => it.data);
    },
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}

export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`it did not become so: ${isSo.toString()}`);
}

export const aProduct = (sku: string, change: Partial<Fact<'ProductState'>> = {}): Fact<'ProductState'> => ({
  ...{ type: 'ProductState', sku, version: 1, name: { zh: sku, en: sku }, category: 'membership', fulfilmentKind: 'PIN_PURCHASE' },
  ...{ faceValueMinor: 3000, priceMinor: 2500, currency: 'CNY', regions: ['CN'], attributes: {}, listed: true },
  ...change,
});

export const aLine = (change: object = {}) => ({
  ...{ lineId: '1', need: { sku: 'video' }, quantity: 2, maxUnitPriceMinor: 2600, currency: 'CNY' },
  ...change,
});

export const anOrder = (change: object = {}) => ({
  ...{ clientReference: 'c-1', buyer: { reference: 'b-1', region: 'CN-31' }, lines: [aLine()] },
  ...change,
});

type Request = Fact<'LineSelectionRequested'>['request'];
type Candidates = Fact<'OfferHeld'>['candidates'];

export const aCandidate = (supplierId: string, sku: string, banned?: string): Candidates[number] => ({
  ...{ offerId: offerIdOf(supplierId, sku), supplierId, sku, priceMinor: sku === 'music' ? 2400 : 2500, currency: 'CNY' },
  ...{ expectedMinor: 7_770_077, version: 1, planned: 0 },
  verdict:
    banned === undefined
      ? { status: 'compliant', ruleVersion: 0 }
      : { status: 'banned', ruleId: banned, ruleVersion: 2, reason: 'off sale' },
});

const heldOf = ({ orderId, lineId, attempt }: Request, supplierId: string, sku: string, granted: number): HeldOffer => ({
  tally: {
    holdId: holdIdOf(orderId, lineId, attempt, offerIdOf(supplierId, sku)),
    version: 1,
    granted,
    delivered: 0,
    lost: 0,
    released: 0,
  },
  ...{ offerId: offerIdOf(supplierId, sku), supplierId, sku, priceMinor: sku === 'music' ? 2400 : 2500, currency: 'CNY' },
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
});

/** Inventory's answer to a request: all of it held at one supplier, or nothing. */
export function answerTo(
  request: Request,
  supplierId: string | undefined,
  { sku = 'video', candidates = [] as Candidates, gates = {} } = {},
): AnyFact {
  const { orderId, merchantId, lineId, attempt, quantity } = request;
  const answer = {
    orderId,
    merchantId,
    lineId,
    attempt,
    decisionId: `${orderId}:${lineId}:${attempt}:1`,
    request,
    tried: [],
    candidates,
    gates,
  };
  return supplierId === undefined
    ? { type: 'NothingHeld', ...answer, unheld: quantity }
    : { type: 'OfferHeld', ...answer, unheld: 0, holds: [heldOf(request, supplierId, sku, quantity)] };
}

/** How a hold stands, as inventory tells it. */
export function standing(
  request: Request,
  supplierId: string,
  { sku = 'video', version = 2, ...units }: { sku?: string; version?: number; delivered?: number; lost?: number; released?: number },
  reason?: LossReason,
): AnyFact {
  const { tally, offerId } = heldOf(request, supplierId, sku, request.quantity);
  const { orderId, merchantId, lineId } = request;
  const of = { orderId, merchantId, lineId, offerId, supplierId, sku, tally: { ...tally, version, ...units } };
  if (reason !== undefined) return { type: 'HoldLost', ...of, quantity: units.lost ?? 0, reason };
  if (units.released !== undefined) return { type: 'HoldReleased', ...of, quantity: units.released, reason: 'cancelled' };
  const deliveries = Array.from({ length: units.delivered ?? 0 }, (_, n) => ({
    deliveryId: `${tally.holdId}/1/${n + 1}`,
    kind: 'code' as const,
  }));
  return deliveries.length > 0
    ? { type: 'UnitsDelivered', ...of, purchaseId: `${tally.holdId}/1`, deliveries }
    : { type: 'PurchaseSubmitted', ...of, purchaseId: `${tally.holdId}/1`, quantity: request.quantity };
}
