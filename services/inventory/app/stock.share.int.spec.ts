import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type RunningService, startService } from '@midstream/runtime';
import { busToSpeakAt } from '@midstream/runtime/suite/speaking';
import { skipWithoutRedis, startRedis, type TestRedis } from '@midstream/testing/redis';
import { Redis } from 'ioredis';
import pino from 'pino';
import { aSupplier, aWorld, product, until, type World } from './inventory.app.fixtures';
import { inventoryService } from './service';

describe('the read cache of the stock query, in Redis', { skip: skipWithoutRedis('the read cache of the stock query') }, () => {
  let redis: TestRedis;
  let client: Redis;
  let world: World;
  const others: RunningService[] = [];
  const said: string[] = [];
  let sequence = 1;

  const available = async (at: RunningService, sku = 'vip') => {
    const { items } = (await (await fetch(`${at.url}/v1/stock?sku=${sku}`)).json()) as { items: { available: number }[] };
    return items[0]?.available;
  };
  const everywhere = (quantity: number) =>
    until(
      async () => (await Promise.all([world.service, ...others].map((it) => available(it)))).every((it) => it === quantity),
      `${quantity}`,
    );
  const report = (quantity: number) =>
    world.call('POST', '/suppliers/a/stock', { changes: [{ sku: 'vip', quantity, sequence: (sequence += 1) }] });
  const keyOf = async (what: string) => (await client.keys(`midstream:stock:*:${what}`))[0] ?? '';
  const whole = async () => client.hget(await keyOf('book'), ' whole');
  const another = async () => {
    const secret = randomBytes(32).toString('base64');
    const log = new Writable({ write: (chunk: Buffer, _, done) => (said.push(chunk.toString()), done()) });
    const service = await startService(inventoryService, {
      ...{ databaseUrl: world.database.url, bus: busToSpeakAt('inventory', 2), port: 0, bootstrapKey: 'op', logger: pino(log) },
      settings: { vaultKey: secret, fingerprintKey: secret, redisUrl: redis.url },
    });
    others.push(service);
  };

  before(async () => {
    redis = await startRedis();
    client = new Redis(redis.url, { maxRetriesPerRequest: null });
    client.on('error', () => undefined);
    world = await aWorld('inventory_share', { settings: { redisUrl: redis.url } });
    await world.call('PUT', '/products/vip', product());
    await aSupplier(world, 'a', 'vip', 30);
    await until(async () => (await whole()) !== null, 'the snapshot');
    await another();
  });
  after(async () => {
    for (const it of others) await it.stop();
    await world.end();
    client.disconnect();
    await redis.stop();
  });

  it('is kept by one replica, and heard by the others', async () => {
    await everywhere(30);
    await report(29);
    await everywhere(29);
    const told = async () => {
      const news = [{ sku: 'rumour', product: { version: 1, category: 'odd', listed: true } }, { sku: 'rumour', offer: { offerId: 'x~rumour', version: 1, available: 7, capacityPerMinute: 1, asOfMs: 0, source: 'push', regions: ['*'], closures: [] } }]; // prettier-ignore
      await client.publish((await keyOf('lease')).replace(/lease$/, 'news'), JSON.stringify({ epoch: await whole(), news }));
      const [own, theirs] = await Promise.all([available(world.service, 'rumour'), ...others.map((it) => available(it, 'rumour'))]);
      return own === 0 && theirs === 7;
    };
    await until(told, 'the rumour that nobody but the listener believes');
  });

  it('holds no cost', async () => {
    const { length } = await client.hkeys(await keyOf('book'));
    assert.ok(length >= 3);
    assert.doesNotMatch(JSON.stringify(await client.hgetall(await keyOf('book'))), /cost|margin|price/i);
  });

  it('is whole again after Redis was wiped', async () => {
    const before = await whole();
    await client.flushall();
    await until(async () => ![null, before].includes(await whole()), 'another snapshot');
    await report(28);
    await everywhere(28);
  });

  it('is done without while Redis is away, said once, and used again when it is back', async () => {
    said.length = 0;
    await redis.kill('SIGKILL');
    await report(27);
    await everywhere(27);
    await until(async () => said.some((it) => it.includes('Redis is away')), 'the warning');
    await redis.restart();
    await until(async () => (await whole()) !== null, 'a snapshot in the new Redis');
    await report(26);
    await everywhere(26);
    await until(async () => said.some((it) => it.includes('Redis is back')), 'the end of the outage');
    const warnings = said.filter((it) => it.includes('Redis is away: this replica follows the log'));
    assert.equal(warnings.length, 1);
  });

  it('is done without while its leader says nothing, and led by another when the lease is over', async () => {
    const lease = await keyOf('lease');
    await client.set(lease, 'one who has died', 'PX', 1_500);
    const before = await whole();
    await report(25);
    await everywhere(25);
    await until(async () => ![null, before].includes(await whole()), 'the snapshot of the next');
    assert.notEqual(await client.get(lease), 'one who has died');
  });
});
