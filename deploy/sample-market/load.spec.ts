import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ApiProblem, openApi } from './api';
import { loadMarket, type Progress } from './load';
import { readMarket } from './market';

const market = readMarket(undefined, { profile: 'small' });

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

let server: Server;
let url: string;
let asked: Asked[];
let answer: (asked: Asked, response: ServerResponse) => void;

const ok = (body: object, response: ServerResponse, status = 200): void => void response.writeHead(status).end(JSON.stringify(body));
const takesAll = ({ path }: Asked, response: ServerResponse): void => ok(path.endsWith('/stock') ? { results: [] } : {}, response);

beforeEach(async () => {
  asked = [];
  answer = takesAll;
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => void server.close().closeAllConnections());

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const part of request) body += String(part);
  const { authorization, 'content-type': type, 'idempotency-key': idempotencyKey } = request.headers;
  const it = {
    method: request.method ?? '',
    path: request.url ?? '',
    key: authorization,
    idempotencyKey: idempotencyKey?.toString(),
    type,
    body,
  };
  asked.push(it);
  answer(it, response);
}

const options = () => ({ url, operatorKey: 'op', merchantId: 'm1', depositMinor: 5_000, sandboxUrl: url });
const pathsOf = (method: string, pattern: RegExp): string[] =>
  asked.filter((it) => it.method === method && pattern.test(it.path)).map((it) => it.path);

describe('loading a market', () => {
  it('puts everything through the public API, each thing after what it needs, and tells how far it is', async () => {
    const progress: Progress[] = [];
    await loadMarket(market, { ...options(), onProgress: (it) => progress.push(it) });

    assert.equal(pathsOf('PUT', /^\/v1\/products\//).length, market.products.length);
    assert.equal(pathsOf('PUT', /^\/v1\/suppliers\/[^/]+$/).length, market.suppliers.length);
    assert.equal(pathsOf('PUT', /^\/v1\/suppliers\/[^/]+\/offers\//).length, market.offers.length);
    assert.equal(pathsOf('POST', /^\/v1\/rules$/).length, market.rules.length);
    const firsts = [
      /^\/v1\/merchants\//,
      /deposits$/,
      /^\/v1\/products\//,
      /^\/v1\/suppliers\/[^/]+$/,
      /\/offers\/[^/]+$/,
      /\/stock$/,
      /\/codes$/,
    ];
    const places = firsts.map((pattern) => asked.findIndex((it) => pattern.test(it.path)));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    assert(asked.filter((it) => it.path.startsWith('/v1')).every((it) => it.key === 'Bearer op'));
    const last = progress.at(-1);
    assert.deepEqual([last?.done, progress.length], [last?.total, last?.total]);
  });

  it('sends a vault its codes as lines, and reports the stock of the others', async () => {
    await loadMarket(market, options());
    const vaults = new Set(market.suppliers.filter((it) => it.kind === 'vault').map((it) => it.supplierId));
    const codes = asked.filter((it) => it.path.endsWith('/codes'));
    assert.equal(codes.length, market.offers.filter((it) => vaults.has(it.supplierId)).length);
    assert(codes.every((it) => it.type === 'application/x-ndjson' && /^({"code":"[A-Z2-9-]{19}","serial":"\d{9}"}\n)+$/.test(it.body)));
    const reports = asked.filter((it) => it.path.endsWith('/stock'));
    assert(reports.every((it) => !vaults.has(it.path.split('/')[3] ?? '')));
    const changes = reports.flatMap(
      (it) => (JSON.parse(it.body) as { changes: { sku: string; quantity: number; sequence: number }[] }).changes,
    );
    assert.equal(changes.length, market.offers.filter((it) => !vaults.has(it.supplierId)).length);
  });

  it('sends the same again when it is repeated, so that nothing happens twice', async () => {
    await loadMarket(market, options());
    const first = asked.map((it) => JSON.stringify(it)).sort();
    asked = [];
    answer = (it, response) =>
      it.path.endsWith('/stock')
        ? ok({ results: [{ sku: 'a', status: 'refused', code: 'stale-report' }] }, response)
        : takesAll(it, response);
    await loadMarket(market, options());
    assert.deepEqual(asked.map((it) => JSON.stringify(it)).sort(), first);
  });

  it('tells the sandbox what each supplier has, and where we find it is told with each supplier', async () => {
    await loadMarket(market, options());
    const played = market.suppliers.filter((it) => it.kind === 'http').length;
    assert.equal(pathsOf('PUT', /^\/control\/suppliers\/[^/]+\/skus$/).length, played);
    const put = asked.find((it) => it.path === '/v1/suppliers/swift-line');
    assert.deepEqual((JSON.parse(put?.body ?? '{}') as { baseUrl?: string }).baseUrl, `${url}/suppliers/swift-line`);
  });

  it('tries again while a service restarts, and gives up on a refusal at once', async () => {
    const failures = new Map<string, number>();
    answer = (it, response) => {
      const failed = failures.get(it.path) ?? 0;
      failures.set(it.path, failed + 1);
      if (it.method === 'PUT' && failed === 0 && it.path.startsWith('/v1/products/video')) return void response.writeHead(503).end('{}');
      if (it.method === 'PUT' && failed === 0 && it.path.startsWith('/v1/products/music')) return void response.destroy();
      takesAll(it, response);
    };
    await loadMarket(market, options());

    answer = (it, response) =>
      it.path.endsWith('/deposits') ? ok({ code: 'account-full', title: 'The account is full' }, response, 409) : takesAll(it, response);
    asked = [];
    await assert.rejects(loadMarket(market, options()), (error) => error instanceof ApiProblem && error.code === 'account-full');
    assert.equal(pathsOf('POST', /deposits$/).length, 1);
  });

  it('says which stock was refused', async () => {
    answer = (it, response) =>
      it.path.endsWith('/stock')
        ? ok({ results: [{ sku: 'phone-a-50', status: 'refused', code: 'unknown-offer' }] }, response)
        : takesAll(it, response);
    await assert.rejects(loadMarket(market, options()), /phone-a-50 unknown-offer/);
  });
});

describe('an answer of the API', () => {
  it('that is no success is an error with its status, code and words', async () => {
    answer = (_, response) => ok({ code: 'not-yours', title: 'Not yours', detail: 'order o1' }, response, 404);
    await assert.rejects(openApi({ url }).get('/v1/x'), /GET .*\/v1\/x was answered 404 Not yours: order o1/);
  });
});
