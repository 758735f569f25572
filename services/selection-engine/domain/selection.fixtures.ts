import type { Fact, SelectionRequest } from '@midstream/contracts';
import { offerIdOf } from '@midstream/kernel';
import { applyToBook, emptyBook, type Offer, type OfferBook, type Product } from './book';
import type { Rows } from './state';

/** The instant of the specs (libs/testing `NOON`), and a deadline a day later. */
export const NOON = Date.UTC(2026, 10, 24, 12);

/** Before anything has happened. */
export const NO_ROWS: Rows = { ranked: {}, markets: {}, watched: {}, complaints: {}, models: {}, trials: {} };

export const aRequest = (it: Partial<SelectionRequest> = {}): SelectionRequest => ({
  orderId: 'o1',
  merchantId: 'm1',
  lineId: '1',
  attempt: 1,
  depth: 1,
  ranking: 1,
  quantity: 1,
  need: { sku: 'video' },
  region: 'CN-31',
  segment: 'retail',
  tier: 'standard',
  scenario: 'general',
  priceCapMinor: 2600,
  currency: 'CNY',
  substitution: { upTo: 'other-supplier', consent: 'ask', consentDefault: 'refund', consentMs: 900_000 },
  deliverBy: '2026-11-25T12:00:00.000Z',
  excluded: [],
  tried: [],
  ...it,
});

/** The line's policy, the rest as always. */
export const upTo = (step: SelectionRequest['substitution']['upTo']): Pick<SelectionRequest, 'substitution'> => ({
  substitution: { ...aRequest().substitution, upTo: step },
});

export const aProduct = (sku: string, it: Partial<Product> = {}): Product => ({
  type: 'ProductState',
  sku,
  version: 1,
  name: { zh: sku, en: sku },
  category: 'membership',
  fulfilmentKind: 'PIN_PURCHASE',
  faceValueMinor: 3000,
  priceMinor: 2500,
  currency: 'CNY',
  regions: ['CN'],
  attributes: {},
  listed: true,
  ...it,
});

/** An offer `supplier~sku` with 100 units at a cost of 20 元. */
export const anOffer = (supplierId: string, sku: string, it: Partial<Offer> & { readonly costMinor?: number } = {}): Offer => {
  const { costMinor = 2000, ...rest } = it;
  return {
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
    maxQuantity: 1000,
    capacityPerMinute: 60,
    leadTimeMs: 5_000,
    available: 100,
    stockAsOf: '2026-11-24T12:00:00.000Z',
    closures: [],
    outcomes: { fulfilled: 0, failed: 0, responseMsSum: 0 },
    ...rest,
  };
};

export const aVerdict = (sku: string, region: string, status: 'compliant' | 'high-risk' | 'banned'): Fact<'VerdictState'> => ({
  type: 'VerdictState',
  sku,
  version: 1,
  verdicts: [{ region, status, ruleVersion: 1, from: '2026-01-01T00:00:00.000Z' }],
});

/** A good whose demand bursts until an instant. */
export const aBurst = (sku: string, until = '2026-11-24T12:30:00.000Z'): Fact<'MarketState'> => ({
  ...{ type: 'MarketState', sku, version: 1, prices: [], updates: [], channels: [] },
  heat: { hour: 0, week: 0, asOf: '2026-11-24T12:00:00.000Z' },
  burst: { since: '2026-11-24T11:50:00.000Z', until, factor: 2, ordersPerMinute: 4, expectedPerMinute: 2 },
});

export function aBook(...facts: (Product | Offer | Fact<'VerdictState'> | Fact<'MarketState'>)[]): OfferBook {
  const book = emptyBook();
  for (const it of facts) applyToBook(book, it);
  return book;
}
