import { assert, type RowKey, type RowsOf } from '@midstream/kernel';
import type { RowTable } from './define';
import { point } from './fault';
import type { Database, Tx } from './postgres';
import { type Documents, insertInto, quote, updateById, type Write } from './writes';

export interface LoadedTable {
  readonly kind: string;
  readonly table: string;
  /** Of the column `state`. */
  readonly type: Documents['type'];
  readonly columns: (row: unknown, id: string) => Readonly<Record<string, unknown>>;
}

export type RowMap = Map<string, unknown>;

/** The rows that a batch works on: `stored` as the database has them, `now` as the batch has made them. */
export interface Rows {
  readonly stored: ReadonlyMap<string, RowMap>;
  readonly now: ReadonlyMap<string, RowMap>;
  readonly shared: ReadonlySet<string>;
}

export const loadedTables = (database: Database, tables: Readonly<Record<string, RowTable<never>>>): LoadedTable[] =>
  Object.entries(tables).map(([kind, it]) => ({
    kind,
    table: database.tableOf(it.entity),
    type: database.typeOf(it.entity, 'state') === 'json' ? 'json' : 'jsonb',
    columns: (it.columns ?? (() => ({}))) as LoadedTable['columns'],
  }));

/** Locks the named rows in (kind, id) order, whatever order they are asked for, so that two batches never wait for each other in a ring. */
export async function lockRows(tx: Tx, tables: readonly LoadedTable[], keys: readonly RowKey[]): Promise<Rows> {
  const wanted = new Map<string, { own: Set<string>; shared: Set<string> }>();
  for (const { kind, id, mode } of keys) {
    const of = wanted.get(kind) ?? { own: new Set<string>(), shared: new Set<string>() };
    wanted.set(kind, of);
    (mode === 'share' ? of.shared : of.own).add(id);
  }
  const unknown = [...wanted.keys()].find((kind) => !tables.some((it) => it.kind === kind));
  assert(unknown === undefined, `the service has a table for the kind ${unknown}`);
  const stored = new Map<string, RowMap>();
  const shared = new Set<string>();
  const answers: Promise<void>[] = [];
  for (const { kind, table } of tables) {
    const of = wanted.get(kind);
    if (of === undefined) continue;
    const rows: RowMap = new Map();
    stored.set(kind, rows);
    const onlyShared = [...of.shared].filter((id) => !of.own.has(id));
    for (const id of onlyShared) shared.add(`${kind}/${id}`);
    for (const [ids, strength] of [
      [[...of.own], 'FOR NO KEY UPDATE'],
      [onlyShared, 'FOR SHARE'],
    ] as const) {
      if (ids.length > 0) answers.push(lock(tx, table, ids, strength, rows));
    }
  }
  await Promise.all(answers);
  return { stored, now: new Map([...stored].map(([kind, rows]) => [kind, new Map(rows)])), shared };
}

async function lock(tx: Tx, table: string, ids: readonly string[], strength: string, rows: RowMap): Promise<void> {
  const { rows: found } = await tx.query<{ id: string; state: unknown }>(
    `SELECT id, state FROM ${quote(table)} WHERE id = ANY($1) ORDER BY id ${strength}`,
    [ids],
  );
  point('handle:after-rows');
  for (const it of found) rows.set(it.id, it.state);
}

/** Of most kinds a command names no row. */
const NONE: Record<string, unknown> = Object.freeze({});

const nones = new WeakMap<readonly LoadedTable[], Readonly<Record<string, Record<string, unknown>>>>();

/** Copied as a whole for each command: fifteen properties one by one took 3 us. */
function noneOf(tables: readonly LoadedTable[]): Readonly<Record<string, Record<string, unknown>>> {
  const known = nones.get(tables);
  if (known !== undefined) return known;
  const made = Object.fromEntries(tables.map((it) => [it.kind, NONE]));
  nones.set(tables, made);
  return made;
}

/** The rows that one command sees: those that it names, no others. */
export function rowsFor(rows: Rows, tables: readonly LoadedTable[], keys: readonly RowKey[]): Record<string, Record<string, unknown>> {
  const seen = { ...noneOf(tables) };
  for (const { kind, id } of keys) {
    const row = rows.now.get(kind)?.get(id);
    if (row === undefined) continue;
    const of = seen[kind] === NONE ? (seen[kind] = {}) : seen[kind];
    if (of !== undefined) of[id] = row;
  }
  return seen;
}

/** Takes over what a command has made of its rows. */
export function keep(
  rows: Rows,
  tables: readonly LoadedTable[],
  keys: readonly RowKey[],
  before: Readonly<Record<string, RowsOf<unknown>>>,
  after: Readonly<Record<string, RowsOf<unknown>>>,
): void {
  for (const { kind } of tables) {
    const of = after[kind];
    if (of === undefined || of === before[kind]) continue;
    for (const [id, row] of Object.entries(of)) {
      if (row === before[kind]?.[id]) continue;
      assert(
        keys.some((it) => it.kind === kind && it.id === id),
        `the command names the row ${kind}/${id} that it changes`,
      );
      assert(!rows.shared.has(`${kind}/${id}`), `the row ${kind}/${id} was locked to be read, not to be changed`);
      rows.now.get(kind)?.set(id, row);
    }
  }
}

/** New rows and changed ones, a write for each table. A row that another transaction has made meanwhile is a unique violation, and the batch runs again. */
export function writesOf(rows: Rows, tables: readonly LoadedTable[]): Write[] {
  const writes: Write[] = [];
  for (const { kind, table, type, columns } of tables) {
    const stored = rows.stored.get(kind);
    const now = rows.now.get(kind);
    if (stored === undefined || now === undefined) continue;
    const changed = [...now].filter(([id, row]) => stored.get(id) !== row).sort(([a], [b]) => (a < b ? -1 : 1));
    const line = ([id, row]: [string, unknown]) => ({ ...columns(row, id), id });
    const states = (of: typeof changed) => ({ column: 'state', type, of: of.map(([, row]) => JSON.stringify(row)) });
    const made = changed.filter(([id]) => !stored.has(id));
    const kept = changed.filter(([id]) => stored.has(id));
    if (made.length > 0) writes.push(insertInto(table, made.map(line), states(made)));
    if (kept.length > 0) writes.push(updateById(table, kept.map(line), states(kept)));
  }
  return writes;
}
