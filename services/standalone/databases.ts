import { SERVICES, type Service } from '@midstream/contracts';
import { createServiceDatabase, type LocalPostgres, startPostgres } from '@midstream/local/postgres';
import type { Home } from './home';

export interface Databases {
  readonly postgres: LocalPostgres;
  readonly urls: Readonly<Record<Service, string>>;
}

/** A real PostgreSQL in the data folder, with a database and a role for each service; fsync on. */
export async function startDatabases(home: Home): Promise<Databases> {
  const postgres = await startPostgres({
    dataDir: home.path('postgres'),
    durable: true,
    settings: { shared_buffers: '256MB', max_connections: '200', max_wal_size: '2GB' },
  });
  const admin = postgres.url('postgres');
  const urls: [Service, string][] = [];
  for (const service of SERVICES) {
    const name = service.replaceAll('-', '_');
    urls.push([service, await createServiceDatabase(admin, { database: name, role: name, password: home.secrets.passwords[service] })]);
  }
  return { postgres, urls: Object.fromEntries(urls) as Record<Service, string> };
}
