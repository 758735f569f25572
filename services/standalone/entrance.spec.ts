import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { SERVICES, type Service } from '@midstream/contracts';
import fastify from 'fastify';
import { type Entrance, openEntrance } from './entrance';

describe('the entrance', () => {
  const behind = fastify();
  let entrance: Entrance;
  before(async () => {
    behind.get('/v1/orders', (request) => ({ forwarded: request.headers['x-forwarded-for'] }));
    const url = await behind.listen({ port: 0, host: '127.0.0.1' });
    entrance = await openEntrance({
      port: 0,
      upstreams: Object.fromEntries(SERVICES.map((it) => [it, url])) as Record<Service, string>,
    });
  });
  after(async () => {
    await entrance.close();
    await behind.close();
  });
  const forwarded = async (headers: Record<string, string> = {}) =>
    ((await (await fetch(`${entrance.url}/v1/orders`, { headers })).json()) as { forwarded: string }).forwarded;

  it('knows no other method than the API does, and says what is malformed, as problems', async () => {
    const answer = (path: string, method: string) =>
      new Promise<[number | undefined, string]>((resolve, reject) => {
        const asked = request(`${entrance.url}`, { path, method }, (got) => {
          let text = '';
          got
            .on('data', (part) => (text += String(part)))
            .on('end', () => resolve([got.statusCode, (JSON.parse(text) as { code: string }).code]));
        });
        asked.on('error', reject).end();
      });
    assert.equal((await answer('/v1/orders', 'QUERY'))[0], 400);
    assert.deepEqual(await answer('/v1/orders', 'PATCH'), [404, 'route-not-found']);
    assert.deepEqual(await answer('/v1/orders/%', 'GET'), [400, 'request-malformed']);
    assert.deepEqual(await answer('/nowhere/%ff', 'GET'), [400, 'request-malformed']);
    // What the proxy itself refuses: it must not become another path, nor part of a host
    assert.deepEqual(await answer('/v1/orders/%13%3F%07%22/recommendations', 'GET'), [400, 'request-malformed']);
    assert.deepEqual(await answer('/v1/orders/..%2fmerchants', 'GET'), [400, 'request-malformed']);
  });

  it('tells the service who asks, after whatever the client says of itself', async () => {
    assert.equal(await forwarded(), '127.0.0.1');
    assert.equal(await forwarded({ 'x-forwarded-for': '203.0.113.9' }), '203.0.113.9, 127.0.0.1');
  });

  it('hands what a service of this process answers over to it: the body, who asks, and its own problems', async () => {
    const service = fastify({ trustProxy: 'loopback' });
    service.post('/v1/orders', (request) => ({ ip: request.ip, body: request.body }));
    service.setNotFoundHandler((_, reply) => reply.status(404).send({ code: 'its-own' }));
    await service.ready();
    const inside = Object.fromEntries(SERVICES.map((it) => [it, service.routing])) as Record<Service, typeof service.routing>;
    const nowhere = Object.fromEntries(SERVICES.map((it) => [it, 'http://127.0.0.1:9'])) as Record<Service, string>;
    const here = await openEntrance({ port: 0, upstreams: nowhere, inside });
    try {
      const ask = async (path: string, init: RequestInit) => (await fetch(`${here.url}${path}`, init)).json();
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' };
      assert.deepEqual(await ask('/v1/orders', { method: 'POST', headers, body: '{"a":1}' }), { ip: '203.0.113.9', body: { a: 1 } });
      assert.deepEqual(await ask('/v1/orders/one/two', {}), { code: 'its-own' });
      assert.equal(((await ask('/v1/orders', { method: 'PATCH' })) as { code: string }).code, 'route-not-found');
    } finally {
      await here.close();
      await service.close();
    }
  });
});
