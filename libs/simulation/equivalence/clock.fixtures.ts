import { Client } from 'pg';

/**
 * A clock of the database's own, that stands still until it is set: functions of the names that the shell asks, found before
 * PostgreSQL's. So a real service can be led through a day in seconds, and knows exactly what time it is.
 */
export async function giveClock(url: string, at: number): Promise<void> {
  await using(url, async (client) => {
    await client.query('CREATE TABLE clock (at timestamptz NOT NULL)');
    await client.query('INSERT INTO clock VALUES ($1)', [new Date(at).toISOString()]);
    for (const name of ['clock_timestamp', 'statement_timestamp', 'now'])
      await client.query(`CREATE FUNCTION public.${name}() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT at FROM public.clock'`);
    await client.query(`ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET search_path = public, pg_catalog`);
  });
}

async function using(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
