import type { Pool } from 'pg';

/** The tables of a service, and of its log the types of event, in which this text is: `['event LineAssigned', 'orders']`. */
export async function whereaboutsOf(text: string, pool: Pool): Promise<string[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const what = name === 'event' ? `'event ' || t.type` : `'${name}'`;
    const { rows } = await pool.query<{ what: string }>(
      `SELECT DISTINCT ${what} AS what FROM ${name} t WHERE strpos(t::text, $1) > 0 ORDER BY 1`,
      [text],
    );
    found.push(...rows.map((it) => it.what));
  }
  return found;
}
