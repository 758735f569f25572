import type { AnyFact } from '@midstream/contracts';
import { offerIdOf } from '@midstream/kernel';

export const CATEGORIES = 12;
export const OFFERS_A_GOOD = 6;
const SUPPLIERS = 40;
const BRANDS = 40;

/** A linear congruence: the same market each time. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
}

/** So many offers, six of each good, in twelve categories; each good with a verdict and with orders behind it. */
export function* cardMarket(offers: number, at: number): Generator<AnyFact> {
  const random = chance(1);
  const asOf = new Date(at).toISOString();
  for (let n = 0; n < Math.ceil(offers / OFFERS_A_GOOD); n++) {
    const sku = `sku-${n}`;
    const priceMinor = 1_000 + Math.floor(random() * 9_000);
    yield {
      type: 'ProductState',
      sku,
      version: 1,
      name: { zh: `商品 ${n}`, en: `Good ${n}` },
      category: `category-${n % CATEGORIES}`,
      fulfilmentKind: 'PIN_PURCHASE',
      faceValueMinor: priceMinor + 200,
      priceMinor,
      currency: 'CNY',
      regions: ['CN'],
      attributes: { brand: `brand-${n % BRANDS}`, days: String(n % 7) },
      listed: true,
    };
    const from = new Date(0).toISOString();
    yield { type: 'VerdictState', sku, version: 1, verdicts: [{ region: 'CN', status: 'compliant', ruleVersion: 1, from }] };
    yield {
      type: 'MarketState',
      sku,
      version: 1,
      prices: [],
      updates: [],
      channels: [],
      heat: { hour: random() * 20, week: random() * 200, asOf },
    };
    for (let m = 0; m < OFFERS_A_GOOD; m++) {
      const supplierId = `s${(n + m * 7) % SUPPLIERS}`;
      const costMinor = Math.floor(priceMinor * (0.85 + random() * 0.14));
      yield {
        type: 'OfferState',
        offerId: offerIdOf(supplierId, sku),
        version: 1,
        supplierId,
        sku,
        upstreamGroup: supplierId,
        kind: 'http',
        costTiers: [{ from: 1, costMinor }],
        currency: 'CNY',
        regions: ['CN'],
        minQuantity: 1,
        maxQuantity: 1_000,
        capacityPerMinute: 600,
        leadTimeMs: 1_000 + Math.floor(random() * 60_000),
        available: Math.floor(random() * 300),
        stockAsOf: asOf,
        closures: [],
        outcomes: {
          fulfilled: Math.floor(random() * 200),
          failed: Math.floor(random() * 10),
          responseMsSum: Math.floor(random() * 1_000_000),
        },
      };
    }
  }
}
