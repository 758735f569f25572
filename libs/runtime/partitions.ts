import { EVENT_DAYS, INBOX_DAYS } from './limits';
import type { Database } from './postgres';

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The day of a UUIDv7: the first 48 bits are its milliseconds. */
export function dayOfEventId(eventId: string): string {
  const ms = Number.parseInt(eventId.slice(0, 8) + eventId.slice(9, 13), 16);
  return dayOf(ms);
}

/** Whether an event is too old for the inbox: it could have been applied and forgotten (protocol 25). */
export const isBeyondInbox = (eventId: string, nowMs: number): boolean => dayOfEventId(eventId) < dayOf(nowMs - INBOX_DAYS * DAY_MS);

/** Makes the partitions of the days around today; safe to repeat, and on every replica at once. */
export async function makePartitions(database: Database): Promise<void> {
  const now = await databaseNow(database);
  await database.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('midstream partitions'))`);
    // An event cannot be of a day before the database's own today but by a few seconds; an inbox row can be as old as retention.
    for (let day = -1; day <= 2; day++) await tx.query(partitionOf('event', now + day * DAY_MS));
    for (let day = -INBOX_DAYS; day <= 2; day++) await tx.query(partitionOf('inbox', now + day * DAY_MS));
  });
}

function partitionOf(table: 'event' | 'inbox', ms: number): string {
  const day = dayOf(ms);
  return `CREATE TABLE IF NOT EXISTS ${table}_${day.replaceAll('-', '')} PARTITION OF ${table} FOR VALUES FROM ('${day}') TO ('${dayOf(ms + DAY_MS)}')`;
}

/** Drops what is past retention: inbox days, stored answers, and days of the log below every cursor (protocol 28). */
export async function dropOld(database: Database): Promise<void> {
  const now = await databaseNow(database);
  await database.pool.query(`DELETE FROM answer WHERE at < now() - interval '${EVENT_DAYS} days'`);
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname IN ('event', 'inbox')`,
  );
  for (const { name } of rows) {
    const [table = '', day = ''] = name.split('_');
    const days = table === 'event' ? EVENT_DAYS : INBOX_DAYS;
    if (day >= dayOf(now - days * DAY_MS).replaceAll('-', '')) continue;
    if (table === 'event' && !(await isRelayed(database, name))) continue;
    await database.pool.query(`DROP TABLE ${name}`);
  }
}

async function isRelayed(database: Database, partition: string): Promise<boolean> {
  const { rows } = await database.pool.query<{ relayed: boolean }>(
    `SELECT NOT EXISTS (
       SELECT 1 FROM ${partition} e, relay r WHERE e.topic IS NOT NULL AND NOT pg_visible_in_snapshot(e.xid, r.snapshot::pg_snapshot)
     ) AS relayed`,
  );
  return rows[0]?.relayed ?? false;
}

async function databaseNow(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return rows[0]?.now.getTime() ?? 0;
}
