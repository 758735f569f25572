import { type Client, clientOf, type Told, until } from './client.fixtures';

/** Cheap, and so the first choice everywhere; it sells one unit a minute, so that lines wait for it. */
export const SLOW = { supplierId: 'jade-river', name: { zh: '玉河供货', en: 'Jade River' } };
export const FAST = { supplierId: 'iron-gate', name: { zh: '铁门供货', en: 'Iron Gate' } };

export const PLENTY = 1_000;

export interface Good {
  readonly sku: string;
  readonly category: string;
  readonly priceMinor: number;
  /** As much as its price unless said. */
  readonly faceValueMinor?: number;
  readonly attributes?: Readonly<Record<string, string>>;
  /** What a unit costs at each supplier that has it. */
  readonly slowCostMinor?: number;
  readonly fastCostMinor?: number;
}

export interface Hub {
  readonly url: string;
  readonly sandboxUrl: string;
  readonly operatorKey: string;
}

export interface Merchant extends Client {
  readonly merchantId: string;
}

/** A market of a few goods, put through the public API as an operator would. */
export async function openMarket({ url, sandboxUrl, operatorKey }: Hub, goods: readonly Good[]): Promise<Client> {
  const operator = clientOf(url, operatorKey);
  for (const { supplierId, name } of [SLOW, FAST]) {
    const baseUrl = `${sandboxUrl}/suppliers/${supplierId}`;
    await operator.put(`/suppliers/${supplierId}`, {
      ...{ name, kind: 'http', upstreamGroup: `${supplierId}-source`, baseUrl, token: `sandbox-${supplierId}` },
    });
  }
  for (const good of goods) {
    const { sku, category, priceMinor, faceValueMinor = priceMinor, attributes } = good;
    await operator.put(`/products/${sku}`, {
      ...{ name: { zh: `商品 ${sku}`, en: `Good ${sku}` }, category, fulfilmentKind: 'PIN_PURCHASE', faceValueMinor },
      ...{ priceMinor, currency: 'CNY', regions: ['CN'], ...(attributes && { attributes }) },
    });
    await offer(operator, sandboxUrl, SLOW.supplierId, sku, good.slowCostMinor, 1);
    await offer(operator, sandboxUrl, FAST.supplierId, sku, good.fastCostMinor, 600);
  }
  return operator;
}

async function offer(
  operator: Client,
  sandboxUrl: string,
  supplierId: string,
  sku: string,
  costMinor: number | undefined,
  capacityPerMinute: number,
) {
  if (costMinor === undefined) return;
  const costTiers = [{ from: 1, costMinor }];
  await script(sandboxUrl, supplierId, sku, { stock: PLENTY, costTiers, currency: 'CNY' });
  const terms = { costTiers, currency: 'CNY', regions: ['CN'], capacityPerMinute, leadTimeMs: 100 };
  await operator.put(`/suppliers/${supplierId}/offers/${sku}`, terms);
  await reportStock(operator, supplierId, sku, PLENTY, 1);
}

/** What a supplier really has and does, whatever it reports. */
export async function script(sandboxUrl: string, supplierId: string, sku: string, settings: object): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/control/suppliers/${supplierId}/skus/${sku}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  });
  if (!answer.ok) throw new Error(`the sandbox refused: ${await answer.text()}`);
}

export const reportStock = (operator: Client, supplierId: string, sku: string, quantity: number, sequence: number): Promise<Told> =>
  operator.post(`/suppliers/${supplierId}/stock`, { changes: [{ sku, quantity, sequence }] });

export interface Sale {
  readonly supplierId: string;
  readonly sku: string;
  readonly units: readonly { readonly kind: string; readonly code?: string }[];
}

/** What the suppliers have really sold. */
export async function salesOf(sandboxUrl: string): Promise<Sale[]> {
  return ((await (await fetch(`${sandboxUrl}/control/sales`)).json()) as { items: Sale[] }).items;
}

/** A merchant with money, and a key that all five services know. */
export async function openMerchant(url: string, operator: Client, merchantId: string, depositMinor: number): Promise<Merchant> {
  await operator.put(`/merchants/${merchantId}`, { name: merchantId, currency: 'CNY' });
  await operator.post(`/accounts/${merchantId}/deposits`, { amountMinor: depositMinor, currency: 'CNY' });
  const { body } = await operator.post<{ secret: string }>('/keys', { scope: 'merchant', merchantId });
  const client = clientOf(url, body.secret);
  for (const path of ['/orders', '/stock?sku=x', '/decisions/x', '/verdicts?sku=x', '/webhooks'])
    await until(`the key at ${path}`, async () => (await client.ask('GET', path)).status !== 401);
  return { ...client, merchantId };
}

export interface LineWish {
  readonly sku: string;
  readonly quantity?: number;
  readonly capMinor?: number;
  readonly substitution?: object;
}

/** An order of such lines, as a merchant sends it; the cap is high enough unless said. */
export const anOrder = (...wishes: readonly LineWish[]) => ({
  clientReference: wishes.map((it) => it.sku).join('+'),
  buyer: { reference: 'b-1', region: 'CN-31' },
  lines: wishes.map(({ sku, quantity = 1, capMinor = 20_000, substitution }, n) => ({
    ...{ lineId: String(n + 1), need: { sku }, quantity, maxUnitPriceMinor: capMinor, currency: 'CNY' },
    ...(substitution && { substitution }),
  })),
});
