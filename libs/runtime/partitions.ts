import { type Topic } from '@midstream/contracts';
import { EVENT_DAYS, INBOX_DAYS } from './limits';
import type { Database, Tx } from './postgres';

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const nameOf = (table: Partitioned, day: string): string => `${table}_${day.replaceAll('-', '')}`;

type Partitioned = 'event' | 'inbox';

/** The day of a UUIDv7: the first 48 bits are its milliseconds. */
export function dayOfEventId(eventId: string): string {
  const ms = Number.parseInt(eventId.slice(0, 8) + eventId.slice(9, 13), 16);
  return dayOf(ms);
}

/** Which days the inbox has a place for. An event of another day could have been applied and forgotten (protocol 25), or has no honest id. */
export interface InboxMemory {
  remembers(eventId: string): boolean;
  /** Looks again: a day has come or gone. */
  refresh(): Promise<void>;
}

export async function inboxMemory(database: Database): Promise<InboxMemory> {
  let names: ReadonlySet<string> = new Set();
  const refresh = async (): Promise<void> => {
    names = new Set(await partitionsOf(database, ['inbox']));
  };
  await refresh();
  return { remembers: (eventId) => names.has(nameOf('inbox', dayOfEventId(eventId))), refresh };
}

/** Nobody waits behind us for longer than this, where a long transaction holds a table that we want to change. */
const LOCK_MS_MAX = 2_000;

/** Makes the partitions of the days around today; safe to repeat, and on every replica at once. */
export async function makePartitions(database: Database): Promise<void> {
  const now = await databaseNow(database);
  await database.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('midstream partitions'))`);
    await tx.query(`SET LOCAL lock_timeout = ${LOCK_MS_MAX}`);
    // An event cannot be of a day before the database's own today but by a few seconds; an inbox row can be as old as retention.
    for (let day = -1; day <= 2; day++) await makePartition(tx, 'event', now + day * DAY_MS);
    for (let day = -INBOX_DAYS; day <= 2; day++) await makePartition(tx, 'inbox', now + day * DAY_MS);
  });
}

async function makePartition(tx: Tx, table: Partitioned, ms: number): Promise<void> {
  const day = dayOf(ms);
  await tx.query(
    `CREATE TABLE IF NOT EXISTS ${nameOf(table, day)} PARTITION OF ${table} FOR VALUES FROM ('${day}') TO ('${dayOf(ms + DAY_MS)}')`,
  );
}

/**
 * Drops what is past retention: stored answers, days of the log that every cursor is past (protocol 28), and days of the inbox of which all
 * has been heard: a machine that was off for weeks must know what it had heard before.
 */
export async function dropOld(database: Database, heard: readonly Topic[]): Promise<void> {
  const now = await databaseNow(database);
  await database.pool.query(`DELETE FROM answer WHERE at < now() - interval '${EVENT_DAYS} days'`);
  const before = { event: dayOf(now - EVENT_DAYS * DAY_MS), inbox: dayOf(now - INBOX_DAYS * DAY_MS) };
  for (const name of await partitionsOf(database, ['event', 'inbox'])) {
    const [table, day] = name.split('_') as [Partitioned, string];
    if (name >= nameOf(table, before[table])) continue;
    const isDone = table === 'event' ? await isRelayed(database, name) : await isHeard(database, day, heard);
    if (isDone) await drop(database, name);
  }
}

/** When the log begins, by its oldest partition; milliseconds. */
export async function oldestDayOfLog(database: Database): Promise<number> {
  const [oldest = ''] = await partitionsOf(database, ['event']);
  const [, year, month, day] = /_(\d{4})(\d\d)(\d\d)$/.exec(oldest) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/** A lock that does not come soon is not waited for: everybody else would wait behind us. The next time will do. */
async function drop(database: Database, name: string): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.query(`SET LOCAL lock_timeout = ${LOCK_MS_MAX}`);
    await tx.query(`DROP TABLE ${name}`);
  });
}

async function partitionsOf(database: Database, tables: readonly Partitioned[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = ANY($1::regclass[]) ORDER BY c.relname`,
    [tables],
  );
  return rows.map((it) => it.name);
}

async function isRelayed(database: Database, partition: string): Promise<boolean> {
  const { rows } = await database.pool.query<{ relayed: boolean }>(
    `SELECT NOT EXISTS (
       SELECT 1 FROM ${partition} e, relay r
        WHERE e.topic IS NOT NULL AND r.cursor <> 'office' AND NOT pg_visible_in_snapshot(e.xid, r.snapshot::pg_snapshot)
     ) AS relayed`,
  );
  return rows[0]?.relayed ?? false;
}

async function isHeard(database: Database, day: string, topics: readonly Topic[]): Promise<boolean> {
  const { rows } = await database.pool.query<{ heard: boolean }>(
    `SELECT NOT EXISTS (SELECT 1 FROM watermark WHERE topic = ANY($1) AND at < $2::date + 1) AS heard`,
    [topics, day],
  );
  return rows[0]?.heard ?? false;
}

async function databaseNow(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]?.now.getTime() ?? 0;
}
