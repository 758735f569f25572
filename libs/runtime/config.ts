import { readFileSync } from 'node:fs';
import type { Timed } from '@midstream/kernel';
import type { ServiceDefinition } from './define';
import { embeddedBus } from './embedded';
import { kafkaBus } from './kafka';
import { CONNECTIONS } from './limits';
import { rateLimitsOf } from './rates';
import { startService } from './service';
import { loggerOf, stopTracing } from './telemetry';

/** A setting of the environment; `NAME_FILE` names a file that holds it, so that a secret need not be in the environment. */
export function setting(name: string): string | undefined {
  const file = process.env[`${name}_FILE`];
  return file === undefined ? process.env[name] : readFileSync(file, 'utf8').trim();
}

function required(name: string, what: string): string {
  const value = setting(name);
  if (value === undefined || value === '') throw new Error(`${name} is not set: ${what}`);
  return value;
}

const SETTING_PREFIX = 'MIDSTREAM_';

/** Every MIDSTREAM_… variable, and every MIDSTREAM_…_FILE read, by its name in lower camel case: what a service's providers may need. */
export function settings(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith(SETTING_PREFIX) || value === undefined) continue;
    const isFile = name.endsWith('_FILE');
    const bare = (isFile ? name.slice(0, -'_FILE'.length) : name).slice(SETTING_PREFIX.length);
    const camel = bare.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    found[camel] = isFile ? readFileSync(value, 'utf8').trim() : value;
  }
  return found;
}

/** Connections of a replica to its database. @throws Error for what is no number, or too few or too many */
export function connectionsOf(value: string | undefined): number {
  const { least, usual, most } = CONNECTIONS;
  if (value === undefined || value === '') return usual;
  const connections = /^\d{1,3}$/.test(value) ? Number(value) : NaN;
  if (connections >= least && connections <= most) return connections;
  throw new Error(`DATABASE_CONNECTIONS is ${value}: a number from ${least} to ${most}`);
}

/**
 * Runs one service as a process: DATABASE_URL, DATABASE_CONNECTIONS (of each replica), KAFKA_BROKERS (comma separated), KAFKA_PREFIX, PORT, HOST, MIDSTREAM_OPERATOR_KEY (or …_FILE),
 * REDIS_URL (where replicas count a caller's requests together), MIDSTREAM_RATE_LIMIT_PER_KEY and …_PER_ADDRESS (requests per 10 s, or `off`),
 * MIDSTREAM_TRUST_PROXY (whose X-Forwarded-For is believed; `loopback` unless said).
 * SIGTERM drains and ends it.
 */
export async function runService<Rows, View, Command extends Timed, Event extends { readonly type: string }, Code extends string>(
  definition: ServiceDefinition<Rows, View, Command, Event, Code>,
): Promise<void> {
  const logger = loggerOf(definition.name);
  const brokers = setting('KAFKA_BROKERS');
  const bus =
    brokers === undefined
      ? embeddedBus()
      : kafkaBus({
          brokers: brokers.split(','),
          prefix: setting('KAFKA_PREFIX') ?? '',
          partitions: Number(setting('KAFKA_PARTITIONS') ?? 6),
          replication: Number(setting('KAFKA_REPLICATION') ?? 1),
          logger,
        });
  const all = settings();
  const service = await startService(definition, {
    databaseUrl: required('DATABASE_URL', `the PostgreSQL database of ${definition.name}, postgres://role:password@host/database`),
    connections: connectionsOf(setting('DATABASE_CONNECTIONS')),
    bus,
    port: Number(setting('PORT') ?? 3000),
    host: setting('HOST') ?? '127.0.0.1',
    logger,
    settings: all,
    rates: rateLimitsOf(all, setting('REDIS_URL')),
    ...(all['trustProxy'] !== undefined && { trustProxy: all['trustProxy'] }),
    ...(all['operatorKey'] !== undefined && { bootstrapKey: all['operatorKey'] }),
  });
  let ending = false;
  const end = async (signal: string): Promise<void> => {
    if (ending) return;
    ending = true;
    logger.info({ signal }, 'draining');
    await service.stop();
    await bus.close();
    await stopTracing();
    process.exit(0);
  };
  process.on('SIGTERM', (signal) => void end(signal));
  process.on('SIGINT', (signal) => void end(signal));
}
