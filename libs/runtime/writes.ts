import type { Tx } from './postgres';

/** One set of rows to write: a statement over `json_populate_recordset` or `json_to_recordset` of parameter `$n`. */
export interface Write {
  readonly sql: (parameter: string) => string;
  /** As objects, or as JSON that is made already. */
  readonly rows: readonly (object | string)[];
}

/**
 * All writes of a transaction in one statement: each a part of one `WITH`, each with one JSON parameter, so that a batch of five hundred
 * commands costs one round trip to write, and none of its own: the commit follows at once. The parts must not depend on each other's rows.
 */
export function writeAll(tx: Tx, writes: readonly Write[]): void {
  const full = writes.filter((it) => it.rows.length > 0);
  if (full.length === 0) return;
  const parts = full.map((it, index) => `w${index} AS (${it.sql(`$${index + 1}::json`)})`);
  tx.send(
    `WITH ${parts.join(',\n')} SELECT 1`,
    full.map((it) => jsonOf(it.rows)),
  );
}

const jsonOf = (rows: Write['rows']): string => `[${rows.map((it) => (typeof it === 'string' ? it : JSON.stringify(it))).join(',')}]`;

/** A statement that inserts rows as they are; columns that no row names keep their default. */
export const insertInto = (table: string, rows: readonly object[]): Write => {
  const columns = columnsOf(rows);
  const list = columns.map(quote).join(', ');
  return {
    rows,
    sql: (parameter) =>
      `INSERT INTO ${quote(table)} (${list}) SELECT ${list} FROM json_populate_recordset(NULL::${quote(table)}, ${parameter})`,
  };
};

export const updateById = (table: string, rows: readonly object[]): Write => {
  const columns = columnsOf(rows).filter((it) => it !== 'id');
  const sets = columns.map((it) => `${quote(it)} = s.${quote(it)}`).join(', ');
  return {
    rows,
    sql: (parameter) =>
      `UPDATE ${quote(table)} t SET ${sets} FROM json_populate_recordset(NULL::${quote(table)}, ${parameter}) s WHERE t.id = s.id`,
  };
};

const columnsOf = (rows: readonly object[]): string[] => Object.keys(rows[0] ?? {});

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
