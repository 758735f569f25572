import { after, before } from 'node:test';
import { createSandbox, type Sandbox, tokenOf } from './index';

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown> & { units?: { kind: string; code?: string; confirmation?: string }[] };
}

/** Speaks with one supplier as a buyer does, over real HTTP. */
export function buyerOf(url: string, supplierId = 'north') {
  const headers = { authorization: `Bearer ${tokenOf(supplierId)}`, 'content-type': 'application/json' };
  const base = `${url}/suppliers/${supplierId}`;
  return {
    buy: (key: string, purchase: object = {}, options: { timeoutMs?: number; token?: string } = {}): Promise<Answered> =>
      answered(
        fetch(`${base}/purchases`, {
          method: 'POST',
          headers: { ...headers, 'idempotency-key': key, ...(options.token && { authorization: `Bearer ${options.token}` }) },
          body: JSON.stringify({ sku: 'vip', quantity: 2, maxCostMinor: 2210, currency: 'CNY', reference: 'o1/1', ...purchase }),
          signal: AbortSignal.timeout(options.timeoutMs ?? 5000),
        }),
      ),
    ask: (key: string) => answered(fetch(`${base}/purchases/${encodeURIComponent(key)}`, { headers })),
    get: (path: string) => answered(fetch(`${base}/${path}`, { headers })),
  };
}

export async function control(url: string, method: string, path: string, body?: object): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  return answered(fetch(`${url}/control/${path}`, { method, ...(body && { headers, body: JSON.stringify(body) }) }));
}

async function answered(coming: Promise<Response>): Promise<Answered> {
  const response = await coming;
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Answered['body']) : { text } };
}

/** A sandbox for all tests of a `describe`. */
export function aSandbox() {
  let sandbox: Sandbox | undefined;
  before(async () => {
    sandbox = await createSandbox({ port: 0, seed: 'spec' });
  });
  after(() => sandbox?.close());
  const url = () => sandbox?.url ?? '';
  return {
    url,
    north: () => buyerOf(url()),
    script: (sku: string, settings: object, supplierId = 'north') => control(url(), 'PUT', `suppliers/${supplierId}/skus/${sku}`, settings),
    sold: async (sku: string) =>
      (await control(url(), 'GET', `sales?sku=${sku}`)).body['items'] as { idempotencyKey: string; units: unknown[] }[],
  };
}
