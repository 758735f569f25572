import { SERVICES, type Service } from '@midstream/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServiceDatabase, type LocalPostgres, startPostgres } from '@midstream/local/postgres';
import type { Home } from './home';

export interface Databases {
  readonly postgres: Pick<LocalPostgres, 'stop'>;
  readonly urls: Readonly<Record<Service, string>>;
}

/** A real PostgreSQL in the data folder, with a database and a role for each service; fsync on. */
export async function startDatabases(home: Home, say: (line: string) => void = () => undefined): Promise<Databases> {
  const options = {
    dataDir: home.path('postgres'),
    durable: true,
    settings: { shared_buffers: '128MB', max_connections: '200', max_wal_size: '2GB' },
  };
  const first = await startPostgres(options);
  const postgres = kept(first, () => startPostgres({ ...options, port: first.port }), say);
  const admin = first.nearUrl('postgres');
  const urls: [Service, string][] = [];
  for (const service of SERVICES) {
    const name = service.replaceAll('-', '_');
    urls.push([service, await createServiceDatabase(admin, { database: name, role: name, password: home.secrets.passwords[service] })]);
  }
  return { postgres, urls: Object.fromEntries(urls) as Record<Service, string> };
}

const AGAIN_MS = 1_000;

/** Started again when it ends by itself, as it does when there is no room for its log, until there is; what was committed is there again. */
function kept(first: LocalPostgres, again: () => Promise<LocalPostgres>, say: (line: string) => void): Databases['postgres'] {
  let server: LocalPostgres = first;
  let stopping = false;
  const keep = async (): Promise<void> => {
    for (let told = ''; !stopping;) {
      await server.gone;
      if (stopping) return;
      await sleep(AGAIN_MS);
      if (stopping) return;
      try {
        server = await again();
        told = '';
        say('PostgreSQL had ended, and runs again');
      } catch (error) {
        const why = lastLine(error instanceof Error ? error.message : String(error));
        if (why !== told) say(`PostgreSQL has ended, and is started again until it runs: ${why}`);
        told = why;
      }
    }
  };
  const keeping = keep();
  return {
    async stop() {
      stopping = true;
      await server.stop();
      await keeping;
      await server.stop();
    },
  };
}

/** Of PostgreSQL's log, without its time. */
const lastLine = (message: string): string =>
  (
    message
      .trim()
      .split('\n')
      .reverse()
      .find((it) => /FATAL|PANIC|ERROR/.test(it)) ??
    message.split('\n')[0] ??
    ''
  ).replace(/^.*?(FATAL|PANIC|ERROR)/, '$1');
