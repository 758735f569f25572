import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { House } from '../house';
import { aWorld, type World } from '../inventory.app.fixtures';
import { Outside } from './outside';
import type { Seller, Wanted } from './port';

const MANY = 100 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ' ');

/** What suppliers have answered in life, over real sockets. */
const ANSWERS: Readonly<Record<string, (response: ServerResponse) => void>> = {
  html: (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>maintenance</html>'),
  nonsense: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":'),
  another: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}'),
  error: (response) => void response.writeHead(500, { 'content-type': 'application/json' }).end('{"code":"refused"}'),
  redirect: (response) => void response.writeHead(307, { location: '/inside' }).end(),
  huge(response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    let left = MANY;
    const pour = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= CHUNK.length;
        if (!response.write(CHUNK)) return void response.once('drain', pour);
      }
      response.end();
    };
    pour();
  },
  slow(response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 1_000);
    response.once('close', () => clearInterval(timer));
  },
  cut: (response) => void response.writeHead(200, { 'content-length': '1000' }).write('{', () => response.destroy()),
};

describe('a supplier that answers what is no answer', () => {
  let world: World;
  let server: Server;
  let insideCalls = 0;
  before(async () => {
    world = await aWorld('inventory_bad_answers');
    server = createServer((request, response) => {
      const [, name = ''] = (request.url ?? '').split('/');
      if (name === 'inside') insideCalls += 1;
      request.resume();
      const answer = ANSWERS[name];
      if (answer === undefined) response.writeHead(404).end();
      else answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await world.end();
  });

  const wanted: Wanted = {
    ...{ purchaseId: 'o/1/1/x~g/1', holdId: 'o/1/1/x~g', offerId: 'x~g', supplierId: 'x', sku: 'g', quantity: 1 },
    ...{ maxCostMinor: 100, unitCostMinor: 90, currency: 'CNY', deliverByAt: 0 },
  };
  const sellerAt = (kind: string, name: string): Seller => {
    const adapter = House.of(world.service.database).adapters.get(kind);
    assert.ok(adapter);
    return adapter.at({ supplierId: 'x', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}` });
  };

  for (const name of Object.keys(ANSWERS)) {
    it(`(${name}) has its purchase left open, and is asked in vain`, async () => {
      const seller = sellerAt('http', name);
      const before = process.memoryUsage().arrayBuffers;
      await assert.rejects(seller.buy(wanted, AbortSignal.timeout(1_000)), (error: Error) => !/maintenance|hello/.test(error.message));
      await assert.rejects(seller.ask(wanted, AbortSignal.timeout(500)));
      await assert.rejects(async () => seller.balance?.(AbortSignal.timeout(500)));
      assert.ok(process.memoryUsage().arrayBuffers - before < 20 * 1024 * 1024, 'it was not read to its end');
    });

    it(`(${name}) sells nothing as an acg-faka shop, which is looked at first`, async () => {
      await House.of(world.service.database).tokens.keep('x', 'id:key');
      const answer = await sellerAt('acg-faka', name)
        .buy(wanted, AbortSignal.timeout(1_000))
        .catch(() => undefined);
      assert.deepEqual(answer?.units ?? [], []);
    });
  }

  it('and sends us elsewhere is not followed', () => assert.equal(insideCalls, 0));

  it('at a private address is not called, whatever names it', async () => {
    const outside = new Outside({ allowPrivate: false });
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost', '0x7f.1', '[::ffff:127.0.0.1]'])
      await assert.rejects(
        outside.say('GET', `http://${host}:${port}/inside`, { signal: AbortSignal.timeout(2_000), waitMs: 2_000, headers: {} }),
        /private address/,
        host,
      );
    assert.equal(insideCalls, 0);
  });
});
