import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SERVICES } from '@midstream/contracts';
import { aHouse, type House } from './house.fixtures';
import { documentsOf, textOf } from './generate';
import { ROUTES } from './routes';

const FOLDER = join(__dirname, '../../libs/contracts/openapi');

describe('the API of the five services', () => {
  let house: House;
  before(async () => {
    house = await aHouse('openapi');
  });
  after(() => house.stop());

  it('is as its committed OpenAPI documents say', async () => {
    for (const [name, document] of Object.entries(await documentsOf(house.services, house.sandboxUrl))) {
      const committed = readFileSync(join(FOLDER, `${name}.json`), 'utf8');
      assert.equal(textOf(document), committed, `libs/contracts/openapi/${name}.json is stale: run npm run generate`);
    }
  });

  it('is told as one document by the entrance: no two schemas and no two operations share a name, and every path is routed', async () => {
    const paths = await mergedPaths(house.url);
    const routed = (path: string) => ROUTES.some(([route]) => isUnder(path, route));
    assert.deepEqual(
      Object.keys(paths).filter((it) => !routed(it)),
      [],
    );
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map((it) => it.operationId));
    assert.deepEqual(
      ids.filter((it, n) => ids.indexOf(it) !== n),
      [],
    );
    assert.ok(ids.length > 40);
  });

  it('asks for a key behind every route of the entrance, at the service whose route it is', async () => {
    const described = Object.entries(await mergedPaths(house.url));
    const inside = (route: string): [string, Paths[string]] => [`/v1${route}/parked`, { get: {} }];
    for (const [route, service] of ROUTES) {
      const [path, methods] = described.find(([it]) => isUnder(it, route)) ?? inside(route);
      const [method = ''] = Object.keys(methods);
      const of = path.replaceAll(/\{[^}]+\}/g, 'x');
      // What is open to everybody is asked without what it needs to know
      const expected = methods[method]?.security?.some((it) => Object.keys(it).length === 0)
        ? '400 sku-or-category-missing'
        : '401 key-missing';
      assert.equal(await codeOf(`${house.url}${of}`, method), expected, `${method} ${of}`);
      const upstream = house.services.find((it) => it.name === service);
      assert.equal(await codeOf(`${upstream?.url}${of}`, method), expected, `${method} ${of} at ${service}`);
    }
  });

  it('is ready when all are, measured as one, and has no route beside its own', async () => {
    const ready = await fetch(`${house.url}/readyz`);
    assert.deepEqual([ready.status, await ready.json()], [200, Object.fromEntries(SERVICES.map((it) => [it, 'up']))]);
    const metrics = await (await fetch(`${house.url}/metrics`)).text();
    const heads = metrics.split('\n').filter((it) => it.startsWith('# TYPE'));
    assert.equal(new Set(heads).size, heads.length);
    for (const service of SERVICES) assert.match(metrics, new RegExp(`midstream_relay_lag_seconds\\{[^}]*"${service}"`));
    assert.equal(await codeOf(`${house.url}/v1/unknown`, 'get'), '404 route-not-found');
    assert.match(await (await fetch(`${house.url}/docs`)).text(), /swagger-ui/);
  });
});

/** OpenAPI writes {orderId} for what a router calls :orderId. */
const isUnder = (path: string, route: string): boolean => `${path}/`.startsWith(`/v1${route.replaceAll(/:(\w+)/g, '{$1}')}/`);

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string; readonly security?: readonly object[] }>>>>;

async function mergedPaths(url: string): Promise<Paths> {
  const answer = await fetch(`${url}/openapi.json`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { paths: Paths }).paths;
}

async function codeOf(url: string, method: string): Promise<string> {
  const answer = await fetch(url, { method: method.toUpperCase() });
  return `${answer.status} ${((await answer.json()) as { code?: string }).code ?? ''}`;
}
