import type { Segment, SubstitutionUpTo } from '@midstream/contracts';
import { type Api, inParallel, openApi } from '../sample-market/api';
import { loadMarket } from '../sample-market/load';
import type { Market, Offer, Product } from '../sample-market/words';
import { UsageProblem } from '../drill/options';
import type { House } from './house';

export const PRICE_MINOR = 1_000;
/** What the cheapest offer of each product costs. */
export const CHEAPEST_MINOR = 900;
/** Units that every supplier has of every product: more than any bench sells. */
export const PLENTY = 1_000_000;
const CALLS_AT_ONCE = 32;
/** The sandbox plays no supplier that is slower. */
const DELAY_MAX_MS = 600_000;
const ANSWERS_WITHIN_MS = 5_000;
const DEPOSIT_MINOR = 10_000_000_000;

export interface MarketPlan {
  /** Begins the names of its products, so that several markets live side by side. */
  readonly name: string;
  readonly products: number;
  /** Offers of each product, beside the cheapest. */
  readonly substitutes: number;
  readonly capacityPerMinute: number;
  readonly leadTimeMs: number;
  /** Of the cheapest offer of each product, where it differs. */
  readonly hotCapacityPerMinute?: number;
}

/**
 * Products that several suppliers sell, the cheapest of them another one for each product. A market whose lines have nowhere else to go
 * measures nothing of what this platform is for. @throws UsageProblem
 */
export function marketOf({
  name,
  products,
  substitutes,
  capacityPerMinute,
  leadTimeMs,
  hotCapacityPerMinute = capacityPerMinute,
}: MarketPlan): Market {
  if (substitutes < 1)
    throw new UsageProblem(
      'the market has no substitutes: a line that loses its offer could go nowhere, and there would be nothing to measure; give every product at least one other offer (--substitutes 1)',
    );
  const suppliers = Array.from({ length: substitutes + 1 }, (_, it) => ({
    supplierId: `${name}-s${it}`,
    name: { zh: `供应商 ${it}`, en: `Supplier ${it}` },
    kind: 'http' as const,
    upstreamGroup: `${name}-g${it}`,
  }));
  const goods = Array.from({ length: products }, (_, it) => productOf(name, it));
  const offers = goods.flatMap(({ sku }, product) =>
    suppliers.map(({ supplierId }, supplier): Offer => {
      const dearer = (supplier + suppliers.length - (product % suppliers.length)) % suppliers.length;
      return {
        supplierId,
        sku,
        stock: PLENTY,
        safetyStock: 0,
        leadTimeMs,
        capacityPerMinute: dearer === 0 ? hotCapacityPerMinute : capacityPerMinute,
        costTiers: [{ from: 1, costMinor: CHEAPEST_MINOR + dearer }],
        currency: 'CNY',
        regions: ['CN'],
        minQuantity: 1,
        maxQuantity: 1_000,
      };
    }),
  );
  return { suppliers, products: goods, offers, rules: [], buyers: [], orders: [] };
}

const productOf = (name: string, index: number): Product => ({
  sku: `${name}-${index}`,
  name: { zh: `点卡 ${index}`, en: `Card ${index}` },
  category: 'game-card',
  fulfilmentKind: 'PIN_PURCHASE',
  faceValueMinor: PRICE_MINOR,
  priceMinor: PRICE_MINOR,
  currency: 'CNY',
  regions: ['CN'],
  attributes: { game: `${name}-${index}` },
  core: false,
});

export interface Merchant {
  readonly merchantId: string;
  readonly key: string;
}

/** Loads it through the public API only, with suppliers that the sandbox plays. */
export async function load(market: Market, house: House): Promise<void> {
  await loadMarket(market, {
    url: house.url,
    operatorKey: house.operatorKey,
    merchantId: 'bench-0',
    depositMinor: DEPOSIT_MINOR,
    supplierUrlOf: (supplierId) => `${house.sandboxUrl}/suppliers/${supplierId}`,
  });
  const sandbox = openApi({ url: house.sandboxUrl });
  await inParallel(market.suppliers, CALLS_AT_ONCE, async ({ supplierId }) => {
    const own = market.offers.filter((it) => it.supplierId === supplierId);
    await sandbox.put(`/control/suppliers/${supplierId}`, { balanceMinor: Number.MAX_SAFE_INTEGER });
    for (let at = 0; at < own.length; at += 1_000) {
      const goods = own.slice(at, at + 1_000).map(({ sku, costTiers, currency, leadTimeMs }) => ({
        sku,
        costTiers,
        currency,
        stock: PLENTY,
        delayMs: Math.min(leadTimeMs, DELAY_MAX_MS),
        // Who needs long says so at once, and is asked later: a call that nobody answers is another thing
        outcome: leadTimeMs > ANSWERS_WITHIN_MS ? 'accepted' : 'ok',
      }));
      await sandbox.put(`/control/suppliers/${supplierId}/skus`, { goods });
    }
  });
}

/** Merchants with money for everything, and a key each. */
export async function openMerchants(house: House, count: number): Promise<Merchant[]> {
  const operator = openApi({ url: house.url, key: house.operatorKey });
  const ids = Array.from({ length: count }, (_, it) => `bench-${it}`);
  const merchants: Merchant[] = [];
  await inParallel(ids, CALLS_AT_ONCE, async (merchantId) => {
    await operator.put(`/v1/merchants/${merchantId}`, { name: merchantId, currency: 'CNY' });
    await operator.post(`/v1/accounts/${merchantId}/deposits`, {
      body: { amountMinor: DEPOSIT_MINOR, currency: 'CNY' },
      idempotencyKey: `bench-deposit-${merchantId}`,
    });
    merchants.push({ merchantId, key: await keyOf(operator, merchantId) });
  });
  return merchants;
}

async function keyOf(operator: Api, merchantId: string): Promise<string> {
  const { secret } = await operator.post<{ secret: string }>('/v1/keys', {
    body: { scope: 'merchant', merchantId },
    idempotencyKey: `bench-key-${merchantId}`,
  });
  return secret;
}

/** What orders may differ in. */
export interface OrderKind {
  readonly region: string;
  readonly segment: Segment;
  readonly upTo: SubstitutionUpTo;
  /** Absent: as long as an order waits that says nothing. */
  readonly deliverByAt?: number;
}

export const PLAIN: OrderKind = { region: 'CN-31', segment: 'retail', upTo: 'other-supplier' };

/** An order's body: one unit a line, of these products. */
export const orderBody = (reference: string, skus: readonly string[], { region, segment, upTo, deliverByAt }: OrderKind): string =>
  JSON.stringify({
    clientReference: reference,
    buyer: { reference: 'b-77', region, segment, tier: 'standard', scenario: 'general' },
    lines: skus.map((sku, index) => ({
      lineId: String(index + 1),
      need: { sku },
      quantity: 1,
      maxUnitPriceMinor: PRICE_MINOR,
      currency: 'CNY',
      substitution: { upTo, consent: 'pre-approved' },
      ...(deliverByAt !== undefined && { deliverBy: new Date(deliverByAt).toISOString() }),
    })),
  });
