import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import { v7 as uuidv7 } from 'uuid';
import { EVENT_DAYS, INBOX_DAYS, openDatabase, type Database } from './index';
import { dropOld, inboxMemory, makePartitions } from './partitions';

const DAY_MS = 86_400_000;
const nameOf = (table: string, daysAgo: number): string =>
  `${table}_${new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;

describe('the days of the log and of the inbox', () => {
  let own: TestDatabase;
  let database: Database;
  before(async () => {
    own = await (await postgresForTests()).database('days');
    database = await openDatabase({ url: own.url, entities: [], migrations: [] });
  });
  after(async () => {
    await database.close();
    await own.drop();
  });
  beforeEach(async () => {
    await database.pool.query('DELETE FROM event');
    await database.pool.query('DELETE FROM relay');
    await database.pool.query('DELETE FROM watermark');
    await makePartitions(database);
    for (const [table, days] of [
      ['event', EVENT_DAYS + 1],
      ['inbox', INBOX_DAYS + 1],
    ] as const) {
      const from = new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
      await database.pool.query(
        `CREATE TABLE IF NOT EXISTS ${nameOf(table, days)} PARTITION OF ${table} FOR VALUES FROM ('${from}') TO ('${from}'::date + 1)`,
      );
    }
  });

  const has = async (name: string) =>
    (await database.pool.query<{ is: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is', [name])).rows[0]?.is;
  const append = (daysAgo: number) =>
    database.pool.query(
      `INSERT INTO event (at, event_id, topic, key, type, actor, data) VALUES ($1, $2, 'order.by-order', 'k', 'OrderClosed', 'test', '{}')`,
      [new Date(Date.now() - daysAgo * DAY_MS), uuidv7()],
    );
  const cursorAt = async (snapshot: string) =>
    database.pool.query(`INSERT INTO relay (cursor, snapshot) VALUES ('office', DEFAULT), ('kafka', ${snapshot})`);

  it('are made for tomorrow and the day after, and by two replicas at once', async () => {
    await Promise.all([makePartitions(database), makePartitions(database)]);
    for (const table of ['event', 'inbox']) assert.deepEqual([await has(nameOf(table, -1)), await has(nameOf(table, -2))], [true, true]);
    assert.equal(await has(nameOf('inbox', INBOX_DAYS)), true);
  });

  it('of the log go when they are past retention and every cursor is past them', async () => {
    await append(EVENT_DAYS + 1);
    await cursorAt('pg_current_snapshot()::text');
    await dropOld(database, []);
    assert.equal(await has(nameOf('event', EVENT_DAYS + 1)), false);
    assert.equal(await has(nameOf('event', 0)), true);
  });

  it('of the log stay while a cursor has not passed them: the broker may be away for weeks', async () => {
    await append(EVENT_DAYS + 1);
    await cursorAt(`'3:3:'`);
    await dropOld(database, []);
    assert.equal(await has(nameOf('event', EVENT_DAYS + 1)), true);
  });

  it('of the inbox go when all of their day has been heard', async () => {
    await database.pool.query(`INSERT INTO watermark VALUES ('order.by-order', 0, 1, now()), ('gone.by-order', 0, 1, '2020-01-01')`);
    await dropOld(database, ['order.by-order']);
    assert.equal(await has(nameOf('inbox', INBOX_DAYS + 1)), false);
    assert.equal(await has(nameOf('inbox', INBOX_DAYS)), true);
  });

  it('of the inbox stay while their day has not been heard to its end: a machine that was off for weeks knows what it had heard', async () => {
    const days = INBOX_DAYS + 1;
    await database.pool.query(`INSERT INTO watermark VALUES ('order.by-order', 0, 1, $1)`, [new Date(Date.now() - days * DAY_MS)]);
    await dropOld(database, ['order.by-order']);
    assert.equal(await has(nameOf('inbox', days)), true);
    const inbox = await inboxMemory(database);
    assert.equal(inbox.remembers(uuidv7({ msecs: Date.now() - days * DAY_MS })), true);
    assert.equal(inbox.remembers(uuidv7({ msecs: Date.now() - (days + 1) * DAY_MS })), false);
    assert.equal(inbox.remembers('f47ac10b-58cc-4372-a567-0e02b2c3d479'), false, 'an id that is no UUIDv7 has no day');
  });

  it('do not hold up writers where a long transaction holds them: the next time will do', async () => {
    await cursorAt('pg_current_snapshot()::text');
    const long = await database.pool.connect();
    await long.query('BEGIN');
    await long.query('SELECT FROM event');
    const dropping = assert.rejects(dropOld(database, []), /lock timeout/);
    await append(0);
    await dropping;
    await long.query('ROLLBACK');
    long.release();
    await dropOld(database, []);
    assert.equal(await has(nameOf('event', EVENT_DAYS + 1)), false);
  });
});
