import type { Tx } from './postgres';
import { quote } from './writes';

/**
 * Reading a table by snapshot difference: the rows that are visible in this snapshot and were not in the last one. It loses nothing,
 * keeps the order of every locked row's facts, writes nothing per row, and does not mind long transactions (reliability.md 2.2: the
 * plainer ways lose 24 % or misorder).
 */
export interface Tick {
  readonly snapshot: string;
  /** All that was committed before this instant is in the snapshot; milliseconds of the database's clock. */
  readonly at: number;
}

type Queryable = Pick<Tx, 'query'>;

/** Before anything: every row is newer. */
export const BEGINNING = '3:3:';

export async function takeTick(tx: Queryable): Promise<Tick> {
  // statement_timestamp() is taken before the statement's snapshot
  const { rows } = await tx.query<{ snapshot: string; at: string }>(
    `SELECT pg_current_snapshot()::text AS snapshot, (extract(epoch FROM statement_timestamp()) * 1000)::bigint AS at`,
  );
  return { snapshot: rows[0]?.snapshot ?? BEGINNING, at: Number(rows[0]?.at ?? 0) };
}

interface Source {
  readonly table: string;
  readonly columns: string;
  /** Indexed: pages after the first are read along it. */
  readonly order: string;
  /** May use `$5` and on. */
  readonly where?: string;
  readonly params?: readonly unknown[];
}

interface Range {
  readonly previous: string;
  readonly current: string;
  /** -1: from the beginning. */
  readonly afterId: string;
  readonly limit: number;
}

/** Rows between two snapshots in the order of their ids, a page at a time. Never split a tick by xid: that brings the misorder back. */
export async function readTick<Row extends object>(tx: Queryable, from: Source, range: Range): Promise<Row[]> {
  const { rows } = await tx.query<Row>(range.afterId === '-1' ? firstPage(from) : nextPage(from), [
    range.previous,
    range.current,
    range.afterId,
    range.limit,
    ...(from.params ?? []),
  ]);
  return rows;
}

/** What is new is found by the index of xid, and sorted: an idle tick costs nothing, however long the log. */
const firstPage = ({ table, columns, order, where = 'true' }: Source): string => `
  SELECT * FROM (
    SELECT ${columns} FROM ${quote(table)}
     WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax($2::pg_snapshot)
       AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND ${where}
    UNION ALL
    SELECT ${columns} FROM ${quote(table)}
     WHERE xid IN (SELECT pg_snapshot_xip($1::pg_snapshot)) AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND ${where}
  ) t WHERE ${order} > $3::bigint ORDER BY ${order} LIMIT $4`;

/** The same rows along the index of ids, else each page of a long backlog would sort all of it again. */
const nextPage = ({ table, columns, order, where = 'true' }: Source): string => `
  SELECT ${columns} FROM ${quote(table)}
   WHERE ${order} > $3::bigint AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) AND ${where}
   ORDER BY ${order} LIMIT $4`;
