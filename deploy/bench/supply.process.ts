import { randomBytes } from 'node:crypto';
import { topicsOf } from '@midstream/contracts';
import type { InventoryCommand } from '@midstream/inventory-domain';
import { inventoryService } from '@midstream/inventory/service';
import { type Commands, type EventBus, loggerOf, type RunningService, startService } from '@midstream/runtime';
import fastify from 'fastify';
import { serve } from './part';

/** Starts inventory alone with a market of its own, or a bare Fastify route that answers `bytes`; or tells the CPU used so far. */
export type SupplyTold =
  { readonly databaseUrl: string; readonly suppliers: number; readonly skus: number } | { readonly bytes: string } | { readonly cpu: true };
export interface SupplyAnswer {
  readonly url: string;
  /** Seconds that this process has used. */
  readonly cpu: number;
}

export const OPERATOR_KEY = 'bench-operator';
export const skuOf = (n: number): string => `sku-${n}`;
const AT_ONCE = 500;
const PRICE_MINOR = 1_000;

let url = '';

serve<SupplyTold, SupplyAnswer>(async (told) => {
  if ('bytes' in told) url = await bare(told.bytes);
  else if ('databaseUrl' in told) url = (await start(told)).url;
  const { user, system } = process.cpuUsage();
  return { url, cpu: (user + system) / 1e6 };
});

async function bare(bytes: string): Promise<string> {
  const app = fastify();
  app.get('/v1/stock', (_, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(bytes));
  return app.listen({ port: 0, host: '127.0.0.1' });
}

async function start({ databaseUrl, suppliers, skus }: Extract<SupplyTold, { databaseUrl: string }>): Promise<RunningService> {
  const secret = (): string => randomBytes(32).toString('base64');
  const service = await startService(inventoryService, {
    databaseUrl,
    port: 0,
    bus: takesAll(),
    bootstrapKey: OPERATOR_KEY,
    logger: loggerOf('bench').child({}, { level: 'error' }),
    settings: { vaultKey: secret(), fingerprintKey: secret(), allowPrivate: 'true' },
  });
  const commands = service.commands as unknown as Commands<InventoryCommand>;
  const all = Array.from({ length: skus }, (_, it) => skuOf(it));
  const run = async (works: readonly (() => Promise<unknown>)[]): Promise<void> => {
    for (let from = 0; from < works.length; from += AT_ONCE) await Promise.all(works.slice(from, from + AT_ONCE).map((it) => it()));
  };
  await run(all.map((sku) => () => commands.run({ type: 'PutProduct', product: { ...product, sku } })));
  for (let n = 0; n < suppliers; n++) {
    const supplierId = `s${n}`;
    const name = { zh: supplierId, en: supplierId };
    const supplier = { supplierId, kind: 'http' as const, name, upstreamGroup: supplierId, baseUrl: 'http://supplier.test' };
    await commands.run({ type: 'PutSupplier', supplier });
    await run(all.map((sku) => () => commands.run({ type: 'PutOffer', supplierId, sku, terms })));
  }
  return service;
}

const takesAll = (): EventBus => ({
  kind: 'embedded',
  sinksOf: (owner) => [{ cursor: 'bench', topics: topicsOf(owner), publish: () => Promise.resolve(), mark: () => Promise.resolve() }],
  subscribe: () => Promise.resolve({ stop: () => Promise.resolve() }),
  ready: () => Promise.resolve(true),
  close: () => Promise.resolve(),
});

const product = {
  name: { zh: '点卡', en: 'Card' },
  category: 'game-card',
  fulfilmentKind: 'PIN_PURCHASE' as const,
  faceValueMinor: PRICE_MINOR,
  priceMinor: PRICE_MINOR,
  currency: 'CNY',
  regions: ['CN'],
  attributes: {},
  listed: true,
};
const terms = {
  costTiers: [{ from: 1, costMinor: 900 }],
  currency: 'CNY',
  regions: ['CN'],
  minQuantity: 1,
  maxQuantity: 1_000,
  capacityPerMinute: 600,
  leadTimeMs: 0,
  safetyStock: 0,
};
