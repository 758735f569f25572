import type { Queryable } from './postgres';
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

/** Before anything: every row is newer. */
export const BEGINNING = '3:3:';

/** transaction_timestamp() comes before the snapshot, be the statement prepared or not; statement_timestamp() of a prepared one comes after. */
const NOW = `pg_current_snapshot()::text AS snapshot, floor(extract(epoch FROM transaction_timestamp()) * 1000)::float8 AS tick_at`;

interface Stamp {
  readonly snapshot: string;
  readonly tick_at: number;
}

export async function takeTick(tx: Queryable): Promise<Tick> {
  const { rows } = await tx.query<Stamp>(`SELECT ${NOW}`, []);
  return { snapshot: rows[0]?.snapshot ?? BEGINNING, at: rows[0]?.tick_at ?? 0 };
}

interface Source {
  readonly table: string;
  readonly columns: string;
  /** Indexed: pages after the first are read along it. */
  readonly order: string;
  /** What is asked of a row beside, by a parameter of which it is given the name. */
  readonly where?: (parameter: string) => string;
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

/**
 * The tick up to now, and its first page, in one statement: what it sees is what its snapshot holds. Where the page is full, `readTick`
 * reads on.
 */
export async function readNew<Row extends object>(
  tx: Queryable,
  from: Source,
  previous: string,
  limit: number,
): Promise<Tick & { readonly rows: readonly Row[] }> {
  const { rows } = await tx.query<Row & Stamp & { readonly here: true | null }>(newPage(from), [previous, limit, ...(from.params ?? [])]);
  const [first] = rows;
  return { snapshot: first?.snapshot ?? BEGINNING, at: first?.tick_at ?? 0, rows: rows.filter((it) => it.here === true) };
}

const conditionOf = ({ where, params }: Source, parameter: string): string => (where && params ? where(parameter) : 'true');

/** What is new is found by the index of xid, and sorted: an idle tick costs nothing, however long the log. */
const newPage = (from: Source): string => `
  SELECT now.*, t.* FROM (SELECT ${NOW}) now LEFT JOIN LATERAL (
    SELECT true AS here, ${from.columns} FROM (
      SELECT * FROM ${quote(from.table)}
       WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot()) AND ${conditionOf(from, '$3')}
      UNION ALL
      SELECT * FROM ${quote(from.table)} WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))) AND ${conditionOf(from, '$3')}
    ) fresh ORDER BY ${from.order} LIMIT $2
  ) t ON true ORDER BY t.${from.order}`;

const firstPage = (from: Source): string => `
  SELECT * FROM (
    SELECT ${from.columns} FROM ${quote(from.table)}
     WHERE xid >= pg_snapshot_xmax($1::pg_snapshot) AND xid < pg_snapshot_xmax($2::pg_snapshot)
       AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND ${conditionOf(from, '$5')}
    UNION ALL
    SELECT ${from.columns} FROM ${quote(from.table)}
     WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))) AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND ${conditionOf(from, '$5')}
  ) t WHERE ${from.order} > $3::bigint ORDER BY ${from.order} LIMIT $4`;

/** The same rows along the index of ids, else each page of a long backlog would sort all of it again. */
const nextPage = (from: Source): string => `
  SELECT ${from.columns} FROM ${quote(from.table)}
   WHERE ${from.order} > $3::bigint AND pg_visible_in_snapshot(xid, $2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)
     AND ${conditionOf(from, '$5')}
   ORDER BY ${from.order} LIMIT $4`;
