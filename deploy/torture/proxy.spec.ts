import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openProxy, type Proxy } from './proxy';

const MUCH = Buffer.alloc(3_000_000, 'x');

describe('a proxy in front of a server that says again what it hears', () => {
  let server: Server;
  let heard: string[];
  let proxy: Proxy;
  const clients: Socket[] = [];

  before(async () => {
    server = createServer((it) => {
      it.on('error', () => undefined);
      it.on('data', (part) => {
        heard.push(part.toString());
        it.write(part);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(async () => {
    heard = [];
    proxy = await openProxy({ port: 0, target: (server.address() as { port: number }).port });
  });
  afterEach(async () => {
    for (const it of clients.splice(0)) it.destroy();
    await proxy.close();
  });
  after(() => void server.close());

  const open = async (): Promise<Socket> => {
    const client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => undefined);
    clients.push(client);
    // one that breaks at once is open for a moment, or never
    await new Promise((resolve) => client.once('connect', resolve).once('close', resolve));
    return client;
  };
  const read = async (client: Socket, bytes: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for (let left = bytes; left > 0; left -= parts.at(-1)?.length ?? 0) parts.push(((await once(client, 'data')) as [Buffer])[0]);
    return Buffer.concat(parts);
  };
  const say = async (client: Socket, words: string): Promise<string> => {
    client.write(words);
    return (await read(client, words.length)).toString();
  };
  const closed = (client: Socket): Promise<void> =>
    new Promise<void>((resolve) => (client.closed ? resolve() : client.once('close', () => resolve())));

  it('hands everything on, both ways, to the end', async () => {
    const client = await open();
    client.end(MUCH);
    assert.ok((await read(client, MUCH.length)).equals(MUCH));
    await closed(client);
  });

  it('is late, and in order, while it is slow; and quick again when it is healed', async () => {
    const client = await open();
    assert.equal(await say(client, 'quick'), 'quick');
    proxy.cut({ kind: 'latency', ms: 60 }, 'all');
    const at = Date.now();
    client.write('a');
    await sleep(5);
    client.write('b');
    assert.equal((await read(client, 2)).toString(), 'ab');
    assert.ok(Date.now() - at >= 120, 'there and back');
    proxy.heal();
    assert.equal(await say(client, 'well'), 'well');
  });

  it('breaks what is open and what is new, until it is healed', async () => {
    const client = await open();
    await say(client, 'a');
    proxy.cut({ kind: 'reset' }, 'all');
    await closed(client);
    await closed(await open());
    proxy.heal();
    assert.equal(await say(await open(), 'well'), 'well');
  });

  it('swallows without a word, and what died so stays dead', async () => {
    const old = await open();
    await say(old, 'before');
    proxy.cut({ kind: 'half-open' }, 'all');
    const late = await open();
    const words: string[] = [];
    for (const it of [old, late]) it.on('data', (part) => void words.push(String(part)));
    for (const it of [old, late]) it.write('lost');
    proxy.heal();
    for (const it of [old, late]) it.write('lost, too');
    assert.equal(await say(await open(), 'well'), 'well');
    assert.deepEqual([words, heard, old.destroyed, late.destroyed], [[], ['before', 'well'], false, false]);
  });

  it('takes every second one where only half is to suffer', async () => {
    const four = [await open(), await open(), await open(), await open()];
    for (const it of four) await say(it, 'a');
    proxy.cut({ kind: 'reset' }, 'half');
    await Promise.all(four.filter((_, index) => index % 2 === 1).map(closed));
    for (const it of four.filter((_, index) => index % 2 === 0)) assert.equal(await say(it, 'b'), 'b');
  });

  it('refuses as its server does', async () => {
    await proxy.close();
    proxy = await openProxy({ port: 0, target: 1 });
    await closed(await open());
  });
});
