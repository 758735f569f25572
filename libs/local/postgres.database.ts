import { Client, escapeIdentifier, escapeLiteral } from 'pg';

export interface ServiceDatabase {
  database: string;
  role: string;
  password: string;
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;

/**
 * Makes a role and a database that only this role (and the superuser) may enter; sets the password anew when they exist.
 * Returns the role's URL.
 */
export async function createServiceDatabase(adminUrl: string, { database, role, password }: ServiceDatabase): Promise<string> {
  for (const name of [database, role]) if (!NAME.test(name)) throw new Error(`Not a name for a database or role: ${name}`);
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Five services start at once; two ALTERs of one catalogue row end in "tuple concurrently updated".
    await client.query("select pg_advisory_lock(hashtext('midstream/create-service-database'))");
    await ensureRole(client, role, password);
    await ensureDatabase(client, database, role);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  return Object.assign(url, { username: role, password: encodeURIComponent(password), pathname: `/${database}` }).toString();
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  const rights = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  await client.query(`${verb} role ${escapeIdentifier(role)} ${rights} password ${escapeLiteral(password)}`);
}

async function ensureDatabase(client: Client, database: string, role: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)} owner ${escapeIdentifier(role)}`);
  await client.query(`alter database ${escapeIdentifier(database)} owner to ${escapeIdentifier(role)}`);
  await client.query(`revoke connect, temporary on database ${escapeIdentifier(database)} from public`);
}
