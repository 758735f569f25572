import type { Client } from 'pg';
import type { House } from './house';
import { standStill } from './procs';
import { untilQuiet } from './quiet';
import type { Say } from './run';

/** What grows with every order, by database. The rest is as large as the market, or as what is under way. */
const GROWS: Readonly<Record<string, readonly string[]>> = {
  order: ['orders', 'timeline', 'ledger_entry', 'answer', 'event', 'inbox'],
  selection_engine: ['ranked', 'decision', 'event', 'inbox'],
  compliance: ['event', 'inbox'],
  inventory: ['hold', 'attempt', 'purchase', 'delivery', 'event', 'inbox'],
  notification: ['inbox'],
};
/** Rows that are copied again and again: of orders that are over. */
const SAMPLE = 200;
/** Rows of one statement. */
const ROWS_AT_ONCE = 50_000;
const OVER: Readonly<Record<string, string>> = {
  orders: `status <> 'running'`,
  hold: 'strikable = 0 AND at_supplier = 0',
  purchase: `status IN ('fulfilled', 'rejected', 'failed')`,
  // a movement of money is copied as a whole, or not at all
  ledger_entry: 'movement_id IN (SELECT movement_id FROM ledger_entry LIMIT 50)',
};

/**
 * So many rows of orders that are long over in each table that grows with them: copies of what a few orders have left, under names of their own. The
 * log's copies keep the transaction of their originals, so that no reader takes them for news.
 */
export async function addHistory(house: House, rows: number, say: Say): Promise<void> {
  if (rows === 0) return;
  await untilQuiet(house);
  const goOn = standStill('node');
  let total = 0;
  try {
    for (const [database, tables] of Object.entries(GROWS)) {
      const client = await house.connect(database);
      for (const table of tables) total += await multiply(client, table, rows);
      await client.query('VACUUM ANALYZE');
      await client.end();
    }
  } finally {
    goOn();
  }
  say(`  ${rows} rows of history are in each table that grows with orders, ${total} in all`);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly serial: string | null;
  readonly unique: boolean;
}

async function multiply(client: Client, table: string, rows: number): Promise<number> {
  const { rows: columns } = await client.query<Column>(COLUMNS, [table]);
  if (columns.length === 0) throw new Error(`there is no table ${table}: its history cannot be made`);
  await client.query(`CREATE TEMP TABLE sample AS SELECT * FROM ${table} WHERE ${OVER[table] ?? 'true'} LIMIT ${SAMPLE}`);
  const size = (await client.query('SELECT FROM sample')).rowCount ?? 0;
  if (size === 0) throw new Error(`no order has left anything in ${table} that is over: there is nothing to copy`);
  let made = 0;
  for (let copy = 0; copy * size < rows; copy += Math.ceil(ROWS_AT_ONCE / size)) {
    const last = Math.min(Math.ceil(rows / size), copy + Math.ceil(ROWS_AT_ONCE / size));
    const { rowCount } = await client.query(
      `INSERT INTO ${table} (${columns.map((it) => `"${it.name}"`).join(', ')})
       SELECT ${columns.map(copyOf).join(', ')} FROM sample s, generate_series(${copy + 1}, ${last}) AS g(n)`,
    );
    made += rowCount ?? 0;
  }
  await client.query('DROP TABLE sample');
  return made;
}

/** A name of its own for what must be unique, and for the order that a row belongs to. */
function copyOf({ name, type, serial, unique }: Column): string {
  if (serial !== null) return serial;
  if (!unique && name !== 'order_id') return `s."${name}"`;
  if (type === 'uuid') return `md5(s."${name}"::text || g.n)::uuid`;
  return type === 'text' && name !== 'consumer' ? `s."${name}" || '~' || g.n` : `s."${name}"`;
}

const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type,
         CASE WHEN pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%' THEN pg_get_expr(d.adbin, d.adrelid) END AS serial,
         EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey)) AS unique
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;
