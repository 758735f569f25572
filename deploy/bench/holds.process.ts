import { randomBytes } from 'node:crypto';
import type { HoldFirst, InventoryCommand } from '@midstream/inventory-domain';
import { inventoryService } from '@midstream/inventory/service';
import { assert, offerIdOf, type Untimed } from '@midstream/kernel';
import { type Commands, loggerOf, type RunningService, startService } from '@midstream/runtime';
import { serve } from './part';
import { takesAll } from './takes-all';

export interface HoldsTold {
  readonly databaseUrl: string;
  /** Each of them has so many lines on their way at once. */
  readonly clients: number;
  readonly linesAtOnce: number;
  readonly seconds: number;
}

export interface Held {
  readonly unitsPerSecond: number;
  /** Of each line, milliseconds. */
  readonly latencies: readonly number[];
  readonly failed: number;
  /** Of all rounds so far. */
  readonly faults: Faults;
}

/** What must not be: units that are held and are not there, those that holds and the counters of their offers differ by, and deadlocks. */
export interface Faults {
  readonly oversold: number;
  readonly miscounted: number;
  readonly deadlocks: number;
}

const HOT_OFFERS = 5;
const SKU = 'hot';
const PRICE_MINOR = 1_000;
const WARM_MS = 2_000;
const PLENTY = 1_000_000;

let running: Promise<RunningService> | undefined;
let count = 0;

/** Inventory alone, on its real database, with its relay to a bus that takes all: lines ask for a unit each through its gathered commands. */
serve<HoldsTold, Held>(async ({ databaseUrl, clients, linesAtOnce, seconds }) => {
  running ??= start(databaseUrl);
  const service = await running;
  const commands = service.commands as unknown as Commands<InventoryCommand>;
  const begin = performance.now() + WARM_MS;
  const end = begin + seconds * 1_000;
  const latencies: number[] = [];
  let failed = 0;
  const line = async (): Promise<void> => {
    while (performance.now() < end) {
      const at = performance.now();
      const outcome = await commands.outcome(holdOne((count += 1)));
      const held = !('rejected' in outcome) && outcome.events.some((it) => it.type === 'OfferHeld');
      const now = performance.now();
      if (!held) failed += 1;
      else if (now >= begin && now < end) latencies.push(now - at);
    }
  };
  await Promise.all(Array.from({ length: clients * linesAtOnce }, line));
  return { unitsPerSecond: latencies.length / seconds, latencies, failed, faults: await faultsOf(service.database) };
});

async function faultsOf({ pool }: RunningService['database']): Promise<Faults> {
  const { rows } = await pool.query<Faults>(
    `WITH held AS (SELECT offer_id, sum(strikable + at_supplier) AS units FROM hold GROUP BY offer_id)
     SELECT sum(greatest(0, coalesce(units, 0) - (state ->> 'reported')::int))::int AS oversold,
            sum(abs(held + in_flight - coalesce(units, 0)))::int AS miscounted,
            (SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()) AS deadlocks
       FROM offer LEFT JOIN held ON offer_id = id`,
  );
  const [faults] = rows;
  assert(faults !== undefined, 'an aggregate is one row');
  return faults;
}

async function start(databaseUrl: string): Promise<RunningService> {
  const secret = (): string => randomBytes(32).toString('base64');
  const service = await startService(inventoryService, {
    databaseUrl,
    port: 0,
    bus: takesAll(),
    logger: loggerOf('bench').child({}, { level: 'error' }),
    settings: { vaultKey: secret(), fingerprintKey: secret(), allowPrivate: 'true' },
  });
  const commands = service.commands as unknown as Commands<InventoryCommand>;
  await commands.run({ type: 'PutProduct', product });
  for (const supplierId of suppliers) {
    const name = { zh: supplierId, en: supplierId };
    const supplier = { supplierId, kind: 'http' as const, name, upstreamGroup: supplierId, baseUrl: 'http://supplier.test' };
    await commands.run({ type: 'PutSupplier', supplier });
    await commands.run({ type: 'PutOffer', supplierId, sku: SKU, terms });
    await commands.run({ type: 'ReportStock', supplierId, offerId: offerIdOf(supplierId, SKU), quantity: PLENTY, sequence: 1 });
  }
  return service;
}

const suppliers = Array.from({ length: HOT_OFFERS }, (_, it) => `s${it}`);
const product = {
  sku: SKU,
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

/** A line of an order of its own, ranked to one of the hot offers, with the others behind it. */
function holdOne(n: number): Untimed<HoldFirst> {
  const of = { orderId: `o${n}`, merchantId: 'bench', lineId: '1' };
  const candidates = suppliers.map((_, index) => {
    const supplierId = suppliers[(n + index) % suppliers.length] ?? '';
    return {
      offerId: offerIdOf(supplierId, SKU),
      supplierId,
      sku: SKU,
      priceMinor: PRICE_MINOR,
      currency: 'CNY',
      expectedMinor: 80,
      version: 2,
      planned: index === 0 ? 1 : 0,
      verdict: { status: 'compliant' as const, ruleVersion: 1 },
    };
  });
  return {
    type: 'HoldFirst',
    decisionId: `d/o${n}/1/1`,
    request: {
      ...of,
      attempt: 1,
      depth: 1,
      ranking: 1,
      quantity: 1,
      need: { sku: SKU },
      region: 'CN-31',
      segment: 'retail',
      tier: 'standard',
      scenario: 'general',
      priceCapMinor: PRICE_MINOR,
      currency: 'CNY',
      deliverBy: new Date(Date.now() + 86_400_000).toISOString(),
      substitution: { upTo: 'other-supplier', consent: 'pre-approved', consentDefault: 'refund', consentMs: 900_000 },
      excluded: [],
      tried: [],
    },
    candidates,
    gates: {},
  };
}
