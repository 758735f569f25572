import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type Service } from '@midstream/contracts';
import { Client } from 'pg';

/** A door to each of the five databases: one session each, so that what a test tampers within a transaction is seen, and undone. */
export interface Databases {
  query<Row extends object>(service: Service, text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** The books of half an hour, on a machine that has other work, too. */
const STATEMENT_MS_MAX = 180_000;

/** As superuser, on the PostgreSQL of this data folder. @throws Error where none runs. */
export async function openDatabases(dir: string): Promise<Databases> {
  const { port } = postmasterOf(dir);
  const password = readFileSync(join(dir, 'postgres.password'), 'utf8').trim();
  const clients = new Map<Service, Client>();
  const close = async (): Promise<void> => void (await Promise.allSettled([...clients.values()].map((it) => it.end())));
  try {
    for (const service of SERVICES) {
      const database = service.replaceAll('-', '_');
      const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database, connectionTimeoutMillis: 5_000 });
      // the database is killed now and then; whoever asks next hears of it
      client.on('error', () => undefined);
      await client.connect();
      clients.set(service, client);
      await client.query(`SET statement_timeout = ${STATEMENT_MS_MAX}`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async query<Row extends object>(service: Service, text: string, values: readonly unknown[] = []): Promise<Row[]> {
      const client = clients.get(service);
      if (client === undefined) throw new Error(`there is no database of ${service}`);
      return (await client.query<Row>(text, [...values])).rows;
    },
    close,
  };
}

/** The lines of postmaster.pid: pid, folder, start, port, … @throws Error where there is none. */
export function postmasterOf(dir: string): { readonly pid: number; readonly port: number } {
  const [pid, , , port] = readFileSync(join(dir, 'postgres', 'postmaster.pid'), 'utf8')
    .split('\n')
    .map(Number);
  if (!pid || !port) throw new Error(`no PostgreSQL runs on ${dir}`);
  return { pid, port };
}
