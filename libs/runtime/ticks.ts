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

/**
 * Rows between two snapshots in the order of their ids, a page at a time. Never split a tick by xid: that brings the misorder back.
 * `where` may use `$5` and on.
 */
export async function readTick<Row extends object>(
  tx: Queryable,
  from: {
    readonly table: string;
    readonly columns: string;
    readonly order: string;
    readonly where?: string;
    readonly params?: readonly unknown[];
  },
  range: { readonly previous: string; readonly current: string; readonly afterId: string; readonly limit: number },
): Promise<Row[]> {
  const where = from.where === undefined ? '' : `AND ${from.where}`;
  const { rows } = await tx.query<Row>(
    `SELECT * FROM (
       SELECT ${from.columns} FROM ${quote(from.table)}
        WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax($2::pg_snapshot)
          AND pg_visible_in_snapshot(xid, $2::pg_snapshot) ${where}
       UNION ALL
       SELECT ${from.columns} FROM ${quote(from.table)}
        WHERE xid IN (SELECT pg_snapshot_xip($1::pg_snapshot)) AND pg_visible_in_snapshot(xid, $2::pg_snapshot) ${where}
     ) t WHERE ($3::bigint < 0 OR ${from.order} > $3::bigint) ORDER BY ${from.order} LIMIT $4`,
    [range.previous, range.current, range.afterId, range.limit, ...(from.params ?? [])],
  );
  return rows;
}
