import { type Api, inParallel, openApi } from './api';
import { codesOf } from './codes';
import type { Market, Offer, Supplier } from './words';

/** Changes of one stock report, as the API allows them. */
export const STOCK_CHANGES_MAX = 1_000;
/** Calls at once: REST commands that arrive together are gathered into one transaction. */
const CALLS_AT_ONCE = 16;
/** The first report of every feed. Whatever a supplier says later has a higher one, so loading again changes no stock. */
const FIRST_SEQUENCE = 1;
const CODE_SEED = 'sample-market';
/** The sandbox holds so many times what is reported: it runs dry when it is told to, not by itself. */
const SANDBOX_PLENTY = 50;
/** A sandbox answers so many times faster than the supplier it plays promises to. */
const SANDBOX_HASTE = 20;

export interface Progress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export interface LoadOptions {
  /** Where Midstream is, without the prefix: `http://localhost:3000`. */
  readonly url: string;
  readonly operatorKey: string;
  /** The merchant whose orders the trace holds; it is made, and gets `depositMinor`. */
  readonly merchantId: string;
  readonly depositMinor: number;
  /** A sandbox that plays the suppliers; it is told what each has. */
  readonly sandboxUrl?: string;
  /** Where a supplier answers; by default at the sandbox. */
  readonly supplierUrlOf?: (supplierId: string) => string;
  readonly supplierTokenOf?: (supplierId: string) => string;
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * Loads a market through the public API only. May be repeated at any time, and after any interruption: what is there already stays as it is,
 * the deposit is made once, stock that has moved on is not set back.
 */
export async function loadMarket(market: Market, options: LoadOptions): Promise<void> {
  const { url, operatorKey, merchantId, depositMinor, sandboxUrl } = options;
  const api = openApi({ url, key: operatorKey });
  const isVault = new Set(market.suppliers.filter((it) => it.kind === 'vault').map((it) => it.supplierId));
  const vaultOffers = market.offers.filter((it) => isVault.has(it.supplierId));
  const feeds = feedsOf(market.offers.filter((it) => !isVault.has(it.supplierId)));
  const step = stepper(market, vaultOffers, feeds, options);

  await step('merchant', [merchantId], () => api.put(`/v1/merchants/${merchantId}`, { name: '星河商城 Star Mall', currency: 'CNY' }));
  await step('deposit', [depositMinor], (amountMinor) =>
    api.post(`/v1/accounts/${merchantId}/deposits`, {
      body: { amountMinor, currency: 'CNY', reference: 'sample-market' },
      idempotencyKey: `sample-market-deposit-${merchantId}`,
    }),
  );
  await step('rules', market.rules, (rule) => api.post('/v1/rules', { body: rule }));
  await step('products', market.products, ({ sku, core: _core, ...product }) => api.put(`/v1/products/${sku}`, product));
  if (sandboxUrl !== undefined) await stockSandbox(market, openApi({ url: sandboxUrl }));
  await step('suppliers', market.suppliers, (it) => api.put(`/v1/suppliers/${it.supplierId}`, supplierBody(it, options)));
  await step('offers', market.offers, ({ supplierId, sku, stock: _stock, ...terms }) =>
    api.put(`/v1/suppliers/${supplierId}/offers/${sku}`, terms),
  );
  await step('stock', feeds, (it) => reportFirst(api, it));
  await step('codes', vaultOffers, (it) =>
    api.post(`/v1/suppliers/${it.supplierId}/offers/${it.sku}/codes`, {
      ndjson: codesOf(it, CODE_SEED)
        .map((code) => `${JSON.stringify(code)}\n`)
        .join(''),
      idempotencyKey: `${CODE_SEED}-${it.supplierId}-${it.sku}`,
    }),
  );
}

interface Feed {
  readonly supplierId: string;
  readonly changes: readonly { readonly sku: string; readonly quantity: number; readonly sequence: number }[];
}

function feedsOf(offers: readonly Offer[]): Feed[] {
  const suppliers = [...new Set(offers.map((it) => it.supplierId))];
  return suppliers.flatMap((supplierId) => {
    const changes = offers
      .filter((it) => it.supplierId === supplierId)
      .map(({ sku, stock }) => ({ sku, quantity: stock, sequence: FIRST_SEQUENCE }));
    return Array.from({ length: Math.ceil(changes.length / STOCK_CHANGES_MAX) }, (_, page) => ({
      supplierId,
      changes: changes.slice(page * STOCK_CHANGES_MAX, (page + 1) * STOCK_CHANGES_MAX),
    }));
  });
}

/** What is stale was loaded before, and has moved on. */
async function reportFirst(api: Api, { supplierId, changes }: Feed): Promise<void> {
  const { results } = await api.post<StockReport>(`/v1/suppliers/${supplierId}/stock`, { body: { changes } });
  const refused = results.filter((it) => it.status === 'refused' && it.code !== 'stale-report');
  if (refused.length > 0) throw new Error(`${supplierId}'s stock was refused: ${refused.map((it) => `${it.sku} ${it.code}`).join(', ')}`);
}

interface StockReport {
  readonly results: readonly { readonly sku: string; readonly status: string; readonly code?: string }[];
}

function supplierBody({ supplierId, name, kind, upstreamGroup }: Supplier, { sandboxUrl, supplierUrlOf, supplierTokenOf }: LoadOptions) {
  if (kind === 'vault') return { name, kind, upstreamGroup };
  const baseUrl = supplierUrlOf?.(supplierId) ?? (sandboxUrl && `${sandboxUrl}/suppliers/${supplierId}`);
  if (baseUrl === undefined) throw new Error(`nobody says where ${supplierId} answers: give sandboxUrl or supplierUrlOf`);
  return { name, kind, upstreamGroup, baseUrl, token: supplierTokenOf?.(supplierId) ?? `sandbox-${supplierId}` };
}

/** Tells the sandbox what every supplier that it plays has to sell, at which cost. */
export async function stockSandbox({ suppliers, offers, products }: Market, sandbox: Api): Promise<void> {
  const kinds = new Map(products.map((it) => [it.sku, it.fulfilmentKind === 'VALUE_RECHARGE' ? 'top-up' : 'code']));
  const played = suppliers.filter((it) => it.kind === 'http');
  await inParallel(played, CALLS_AT_ONCE, ({ supplierId }) => {
    const goods = offers
      .filter((it) => it.supplierId === supplierId)
      .map(({ sku, stock, costTiers, currency, leadTimeMs }) => ({
        sku,
        costTiers,
        currency,
        kind: kinds.get(sku),
        stock: stock * SANDBOX_PLENTY,
        delayMs: Math.round(leadTimeMs / SANDBOX_HASTE),
      }));
    return sandbox.put(`/control/suppliers/${supplierId}/skus`, { goods });
  });
}

function stepper(market: Market, vaultOffers: readonly Offer[], feeds: readonly Feed[], { onProgress }: LoadOptions) {
  const { suppliers, products, offers, rules } = market;
  const total = 2 + rules.length + products.length + suppliers.length + offers.length + feeds.length + vaultOffers.length;
  let done = 0;
  return async <Item>(what: string, items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> => {
    await inParallel(items, CALLS_AT_ONCE, async (item) => {
      await work(item);
      done += 1;
      onProgress?.({ what, done, total });
    });
  };
}
