import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVICES, type Service } from '@midstream/contracts';
import { brokersOfEnv, startKafka, whyNoKafka } from '@midstream/local/kafka';
import { createServiceDatabase, startPostgres } from '@midstream/local/postgres';
import type { Home } from '@midstream/standalone/home';
import { endWithUs } from '@midstream/testing/tidy';
import { Kafka, logLevel } from 'kafkajs';
import { UsageProblem } from '../drill/options';
import { keptPort } from './ports';

/** A server that can be stopped the hard way, and comes back with its data on its port. */
export interface TorturedServer {
  /** Resolves when it is back. @throws Error where it does not come back */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

const KAFKA_ANSWERS_MS = 4_000;

/**
 * The broker of KAFKA_BROKERS, if it is set; it is not ours to stop. Without one, Kafka must be startable from its jars.
 * @throws UsageProblem where it does not answer, or there is no Kafka to be had
 */
export async function foreignBrokers(): Promise<readonly string[] | undefined> {
  const brokers = brokersOfEnv();
  if (brokers === undefined) {
    const hindrance = await whyNoKafka();
    if (hindrance !== undefined) throw new UsageProblem(hindrance);
    return undefined;
  }
  const kafka = new Kafka({
    brokers,
    clientId: 'torture',
    logLevel: logLevel.NOTHING,
    connectionTimeout: KAFKA_ANSWERS_MS,
    retry: { retries: 0 },
  });
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    await admin.describeCluster();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageProblem(
      `No Kafka answers at KAFKA_BROKERS=${brokers.join(',')} (${why}): start it, or unset KAFKA_BROKERS for one of our own`,
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
  return brokers;
}

/** Kafka from its jars on `port`. Its clients are sent to `advertisedPort`, where a way to it must be open by now. */
export async function openKafka(dir: string, port: number, advertisedPort: number): Promise<TorturedServer> {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'port'), `${port}\n`);
  const kafka = await startKafka({ dir, means: 'jars', advertisedPort });
  return {
    async restart(downMs) {
      await kafka.kill('SIGKILL');
      await sleep(downMs);
      await kafka.restart?.();
    },
    stop: () => kafka.stop(),
  };
}

/** PostgreSQL with a database and a role for each service, as `npm start` makes them; fsync on. */
export async function openPostgres(
  home: Home,
): Promise<TorturedServer & { readonly port: number; readonly urls: Readonly<Record<Service, string>> }> {
  const port = await keptPort();
  const options = {
    dataDir: home.path('postgres'),
    port,
    durable: true,
    settings: { shared_buffers: '256MB', max_connections: '200', max_wal_size: '2GB' },
  };
  let server = await startPostgres(options);
  const urls: [Service, string][] = [];
  for (const service of SERVICES) {
    const name = service.replaceAll('-', '_');
    const url = await createServiceDatabase(server.url('postgres'), {
      database: name,
      role: name,
      password: home.secrets.passwords[service],
    });
    urls.push([service, url]);
  }
  return {
    port,
    urls: Object.fromEntries(urls) as Record<Service, string>,
    async restart(downMs) {
      // immediate shutdown: no checkpoint, no goodbye; the next start recovers from the log
      await server.kill('SIGQUIT');
      await sleep(downMs);
      server = await startPostgres(options);
    },
    stop: () => server.stop(),
  };
}

/** A Redis without any persistence, since nothing in it may be needed; undefined where there is no redis-server on PATH. */
export async function openRedis(dir: string): Promise<(TorturedServer & { readonly url: string }) | undefined> {
  const program = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((it) => join(it, 'redis-server'))
    .find((it) => existsSync(it));
  if (program === undefined) return undefined;
  const port = await keptPort();
  mkdirSync(dir, { recursive: true });
  const start = (): ChildProcess =>
    endWithUs(
      spawn(program, ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no', '--dir', dir], {
        stdio: 'ignore',
        detached: true,
      }),
    );
  let child = start();
  const end = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await gone;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart(downMs) {
      await end();
      await sleep(downMs);
      child = start();
    },
    stop: end,
  };
}
