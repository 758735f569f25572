import { type AnyFact, type Fact } from '@midstream/contracts';
import { hashOfKey, type RunningService, startService } from '@midstream/runtime';
import { type SpokenBus, busToSpeakAt } from '@midstream/runtime/suite/speaking';
import { postgresForTests } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { selectionService } from './service';

export const keyOf = (keyId: string, merchantId: string): Fact<'ApiKeyState'> => ({
  ...{ type: 'ApiKeyState', keyId, version: 1, hash: hashOfKey(keyId), scope: 'merchant', merchantId, revoked: false },
});

type Ask = (path: string, options?: { key?: string; body?: object }) => Promise<{ status: number; body: Record<string, unknown> }>;

/** A replica; `op` is an operator's key; `k1` of merchant m1, `k2` of m2. */
export interface Replica {
  readonly service: RunningService;
  readonly ask: Ask;
  readonly stop: () => Promise<void>;
}

export interface Engine extends Replica {
  readonly tell: (...facts: AnyFact[]) => Promise<void>;
  /** One more at the same database; it is to be stopped first. */
  readonly another: () => Promise<Replica>;
}

/** A selection engine with a database of its own, that has heard these facts. */
export async function startEngine(name: string, ...facts: AnyFact[]): Promise<Engine> {
  const database = await (await postgresForTests()).database(name);
  const bus = busToSpeakAt('selection-engine');
  const { service, ask, stop } = await replicaAt(database.url, bus);
  await bus.tell(keyOf('k1', 'm1'), keyOf('k2', 'm2'), ...facts);
  const view = service.view as { products: Map<string, unknown>; offers: Map<string, unknown> };
  const expected = facts.filter((it) => it.type === 'ProductState' || it.type === 'OfferState').length;
  for (let tries = 0; tries < 200 && view.products.size + view.offers.size < expected; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    service,
    ask,
    async tell(...more) {
      await bus.tell(...more);
    },
    another: () => replicaAt(database.url, busToSpeakAt('selection-engine')),
    async stop() {
      await stop();
      await database.drop();
    },
  };
}

async function replicaAt(databaseUrl: string, bus: SpokenBus): Promise<Replica> {
  const logger = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });
  const service = await startService(selectionService, { databaseUrl, bus, port: 0, bootstrapKey: 'op', logger });
  return {
    service,
    async ask(path, { key = 'op', body } = {}) {
      const answer = await fetch(`${service.url}/v1${path}`, {
        headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    stop: () => service.stop(),
  };
}
