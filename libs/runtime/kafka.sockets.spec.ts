import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaSockets } from './kafka.sockets';

const SILENT_MS = 300;
const TALK_EVERY_MS = 20;
const NO_TLS = null as never;

describe('connections to Kafka', () => {
  let server: Server;
  let port: number;
  const accepted: Socket[] = [];

  before(async () => {
    server = createServer((it) => accepted.push(it.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as { port: number });
  });
  after(() => {
    for (const it of accepted) it.destroy();
    server.close();
  });

  it('are given up when a request was not answered, if they were silent as long; others stay', async () => {
    const sockets = kafkaSockets(SILENT_MS);
    const client = Object.assign(new EventEmitter(), { events: { REQUEST_TIMEOUT: 'timeout' } });
    sockets.watch(client);
    const [silent, talking] = [0, 0].map(() => sockets.open({ host: '127.0.0.1', port, ssl: NO_TLS, onConnect: () => undefined }));
    assert.ok(silent && talking);
    const broke = once(silent, 'error');
    await Promise.all([once(silent, 'connect'), once(talking, 'connect')]);
    await sleep(SILENT_MS / 2);
    client.emit('timeout');
    assert.deepEqual([silent.destroyed, talking.destroyed], [false, false], 'not silent for long enough');
    const other = accepted.find((it) => it.remotePort === talking.localPort);
    const talk = setInterval(() => other?.write('x'), TALK_EVERY_MS);
    await sleep(SILENT_MS);
    client.emit('timeout');
    clearInterval(talk);
    assert.match(String(await broke), /was not heard/);
    assert.deepEqual([silent.destroyed, talking.destroyed], [true, false]);
    talking.destroy();
  });

  it('of a real client are opened anew after one over which nothing came', async () => {
    const sockets = kafkaSockets(SILENT_MS);
    const kafka = new Kafka({
      ...{ brokers: [`127.0.0.1:${port}`], clientId: 'spec', logLevel: logLevel.NOTHING, socketFactory: sockets.open },
      ...{ connectionTimeout: 2 * SILENT_MS, requestTimeout: 2 * SILENT_MS, retry: { retries: 2, initialRetryTime: 10, maxRetryTime: 20 } },
    });
    const admin = kafka.admin();
    sockets.watch(admin);
    const first = accepted.length;
    await assert.rejects(admin.connect());
    assert.ok(accepted.length > first + 1, `${accepted.length - first} connections`);
  });
});
