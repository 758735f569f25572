import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import { type Database, openDatabase } from './postgres';

/** A statement may take this long here; its client waits five seconds more. */
const STATEMENT_MS = 500;

describe('a database behind a network that swallows everything', () => {
  let database: TestDatabase;
  let way: Server;
  let opened: Database;
  let swallows = false;
  const sockets: Socket[] = [];

  before(async () => {
    database = await (await postgresForTests()).database('swallowed');
    const url = new URL(database.url);
    const port = Number(url.port);
    way = createServer((client) => {
      const server = connect(port, url.hostname);
      sockets.push(client, server);
      const hand = (from: Socket, to: Socket): void =>
        void from.on('data', (part) => swallows || to.write(part)).on('error', () => undefined);
      hand(client, server);
      hand(server, client);
    });
    await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
    url.port = String((way.address() as { port: number }).port);
    opened = await openDatabase({ url: url.toString(), entities: [], migrations: [], statementMs: STATEMENT_MS });
  });
  after(async () => {
    for (const it of sockets) it.destroy();
    await opened.close();
    way.close();
    await database.drop();
  });

  it('waits once for an answer that does not come, not once more for a ROLLBACK, and then goes on over another connection', async () => {
    let gaveUpAt = Infinity;
    const lost = opened.transaction(async (tx) => {
      swallows = true;
      await tx.query('SELECT 1').finally(() => (gaveUpAt = Date.now()));
    });
    await assert.rejects(lost, /Query read timeout/);
    // a ROLLBACK would have had five seconds and a half of its own
    assert.ok(Date.now() - gaveUpAt < 5_000);
    swallows = false;
    assert.equal(await opened.transaction(async (tx) => (await tx.query<{ n: number }>('SELECT 1 AS n')).rows[0]?.n), 1);
  });

  it('has the server ask after its client, so that no lock is held for a dead one', async () => {
    const { rows } = await opened.pool.query<{ idle: string; every: string; times: string }>(
      `SELECT current_setting('tcp_keepalives_idle') AS idle, current_setting('tcp_keepalives_interval') AS every, current_setting('tcp_keepalives_count') AS times`,
    );
    assert.deepEqual(rows, [{ idle: '30', every: '5', times: '3' }]);
  });
});
