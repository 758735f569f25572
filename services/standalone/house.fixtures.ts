import { SERVICES, type Service } from '@midstream/contracts';
import { embeddedBus, type RunningService } from '@midstream/runtime';
import { createSandbox } from '@midstream/sandbox-supplier';
import { postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { openEntrance } from './entrance';
import type { Hub } from './market.fixtures';
import { insideOf, startAll, upstreamsOf } from './parts';

export const OPERATOR_KEY = 'op_spec';

/** What the services' providers need, as the environment of a process names it in MIDSTREAM_…; keys for tests only. */
export const SETTINGS = {
  operatorKey: OPERATOR_KEY,
  vaultKey: Buffer.alloc(32, 1).toString('base64'),
  fingerprintKey: Buffer.alloc(32, 2).toString('base64'),
  webhookKey: Buffer.alloc(32, 3).toString('base64'),
  allowPrivate: 'true',
};

export interface House extends Hub {
  readonly services: readonly RunningService[];
  /** Every line that the five have logged, debugging included. */
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

export async function databasesFor(what: string): Promise<{ urls: Record<Service, string>; drop(): Promise<void> }> {
  const postgres = await postgresForTests();
  const made: [Service, TestDatabase][] = [];
  for (const it of SERVICES) made.push([it, await postgres.database(`${what}_${it}`)]);
  return {
    urls: Object.fromEntries(made.map(([service, { url }]) => [service, url])) as Record<Service, string>,
    drop: async () => void (await Promise.all(made.map(([, it]) => it.drop()))),
  };
}

/** All five in this process, over the embedded bus and the tests' PostgreSQL, with a sandbox that plays their suppliers; an empty market. */
export async function aHouse(what: string): Promise<House> {
  const { urls, drop } = await databasesFor(what);
  const logged: string[] = [];
  // Without the redaction of our own loggers: nothing may need it.
  const logger = pino({ level: 'debug' }, { write: (line) => void logged.push(line) });
  const bus = embeddedBus();
  const services = await startAll(urls, bus, { bootstrapKey: OPERATOR_KEY, settings: SETTINGS, logger });
  const sandbox = await createSandbox({ port: 0, seed: what });
  const entrance = await openEntrance({ port: 0, upstreams: upstreamsOf(services), inside: insideOf(services) });
  return {
    ...{ url: entrance.url, sandboxUrl: sandbox.url, operatorKey: OPERATOR_KEY, services, logged },
    async stop() {
      await entrance.close();
      await Promise.all(services.map((it) => it.stop()));
      await sandbox.close();
      await bus.close();
      await drop();
    },
  };
}
