import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { assertPortFree, freePort } from '@midstream/local/ports';
import { lookAt } from '@midstream/local/processes';
import { scratchFolder } from '@midstream/local/scratch';
import { Client as PgClient } from 'pg';
import { clientOf } from './client.fixtures';
import type { Keys } from './home';
import { anOrder, salesOf } from './market.fixtures';
import { ended, type OrderSeen, timelineOf } from './orders.fixtures';
import { run, type Started, untilSaid } from './start.fixtures';

const STANDALONE = 'services/standalone/main.ts';
const SKU = 'video-vip-month';
/** The cheapest of it. */
const SUPPLIER = 'skyline-rights';
const READY = 'Midstream is ready';

/** One data folder through its life: each start finds what the one before has left. */
describe('npm start', () => {
  const scratch = scratchFolder('start');
  const data = join(scratch, 'data');
  let port: number;
  let running: Started;
  const start = (): Started => run(STANDALONE, { MIDSTREAM_DATA: data, MIDSTREAM_MARKET: 'small', PORT: String(port) });
  const keys = () => JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8')) as Keys;
  const merchant = () => clientOf(keys().url, keys().merchantKey);
  const postmaster = () => Number(readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]);

  before(async () => {
    port = await freePort();
    running = start();
    await untilSaid(running, READY);
  });
  after(async () => {
    await running.signal('SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
  });

  it('prints where it is, and keeps its keys where nobody else reads them', () => {
    const { url, sandboxUrl, operatorKey, merchantKey } = keys();
    assert.equal(url, `http://127.0.0.1:${port}`);
    for (const it of [`${url}/v1`, `${url}/docs`, sandboxUrl, operatorKey, merchantKey, data]) assert.ok(running.said().includes(it), it);
    for (const file of ['keys.json', 'secrets.json']) assert.equal(statSync(join(data, file)).mode & 0o777, 0o600, file);
  });

  it('prints an order that works when it is pasted, and delivers it', async () => {
    const [pasted] = /curl -s [\s\S]*?\}'/.exec(running.said()) ?? [];
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', pasted ?? 'false']);
    const { orderId } = JSON.parse(stdout) as OrderSeen;
    assert.equal((await ended(merchant(), orderId)).status, 'completed');
    const told = (await timelineOf(merchant(), orderId)).map(({ what }) => what);
    for (const what of ['placed', 'selecting', 'held', 'assigned', 'delivered', 'closed'])
      assert.ok(told.includes(what), `${what} in ${told.join(', ')}`);
  });

  it('says that the port is taken, and ends', async () => {
    const second = run(STANDALONE, { MIDSTREAM_DATA: join(scratch, 'other'), PORT: String(port) });
    assert.equal(await second.ended, 1);
    assert.match(second.said(), new RegExp(`Port ${port} .*already taken`));
  });

  it('leaves nothing running after Ctrl-C', async () => {
    const server = postmaster();
    assert.ok(lookAt(server));
    assert.equal(await running.signal('SIGINT'), 0);
    assert.equal(lookAt(server), undefined);
    await assertPortFree(port, 'the next start');
  });

  it('starts again after kill -9 in the middle of orders, with its data, and brings them all to their ends', async () => {
    running = start();
    await untilSaid(running, READY);
    const { url, sandboxUrl, operatorKey } = keys();
    // Its real capacity is two a minute
    await clientOf(url, operatorKey).put(`/suppliers/${SUPPLIER}/offers/${SKU}`, {
      ...{ costTiers: [{ from: 1, costMinor: 1_990 }], currency: 'CNY', regions: ['CN'], capacityPerMinute: 1_000, leadTimeMs: 100 },
    });
    const sold = await soldBy(sandboxUrl);
    const client = merchant();
    const orderIds = new Set<string>();
    const placing = Array.from({ length: 40 }, async () => {
      const { body } = await client.post<OrderSeen>('/orders', anOrder({ sku: SKU, capMinor: 2_600 }));
      orderIds.add(body.orderId);
      if (orderIds.size === 20) process.kill(running.pid, 'SIGKILL');
    });
    await Promise.allSettled(placing);
    assert.equal(await running.ended, 'SIGKILL');

    running = start();
    await untilSaid(running, READY);
    assert.ok(!running.said().includes('sample market'), 'the market is still there');
    const { items } = await merchant().get<{ items: OrderSeen[] }>('/orders?limit=100');
    for (const it of orderIds)
      assert.ok(
        items.some(({ orderId }) => orderId === it),
        'what was answered is there',
      );
    for (const { orderId } of items) {
      // What was being bought is asked for once the killed process's lease of 21 s is over
      const order = await ended(merchant(), orderId, 90_000);
      assert.deepEqual([order.status, order.heldMinor], ['completed', 0]);
    }
    assert.equal((await soldBy(keys().sandboxUrl)) - sold, items.length - 1, 'nothing was bought twice');
  });

  it('says that its data is of a newer version, and ends', async () => {
    const password = readFileSync(join(data, 'postgres.password'), 'utf8').trim();
    const [, , , pgPort] = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n');
    const client = new PgClient({ connectionString: `postgres://postgres:${password}@127.0.0.1:${pgPort}/order` });
    await client.connect();
    await client.query(`INSERT INTO migration (timestamp, name) VALUES (9999999999999, 'FromTomorrow9999999999999')`);
    await client.end();
    const server = postmaster();
    assert.equal(await running.signal('SIGTERM'), 0);

    running = start();
    assert.equal(await running.ended, 1);
    assert.match(running.said(), /written by a newer version .*FromTomorrow/);
    for (let tries = 0; lookAt(server) !== undefined && tries < 50; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(lookAt(server), undefined);
  });
});

/** Units that the suppliers have sold, in all. */
const soldBy = async (sandboxUrl: string): Promise<number> => (await salesOf(sandboxUrl)).reduce((sum, it) => sum + it.units.length, 0);
