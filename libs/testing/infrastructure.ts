import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { describe, it } from 'node:test';
import { startKafka, whyNoKafka } from '@midstream/local/kafka';
import { startPostgres } from '@midstream/local/postgres';
import { scratchFolder } from '@midstream/local/scratch';
import { Client } from 'pg';

export interface TestDatabase {
  /** As superuser. */
  url: string;
  drop(): Promise<void>;
}

export interface TestPostgres {
  adminUrl: string;
  /** A new, empty database; the name only helps to recognise it. */
  database(name?: string): Promise<TestDatabase>;
}

export interface TestKafka {
  brokers: string[];
}

/** The runner's servers, if it started some (run.ts); a spec file that runs alone starts its own. */
export const POSTGRES_ENV = 'MIDSTREAM_TEST_PG_URL';
export const KAFKA_ENV = 'KAFKA_BROKERS';
/** Why the runner could not start a Kafka. */
export const NO_KAFKA_ENV = 'MIDSTREAM_TEST_NO_KAFKA';

let postgres: Promise<string> | undefined;
let kafka: Promise<TestKafka | undefined> | undefined;

export async function postgresForTests(): Promise<TestPostgres> {
  postgres ??= adminUrlForTests();
  const adminUrl = await postgres;
  return { adminUrl, database: (name = 'test') => createDatabase(adminUrl, name) };
}

/** Undefined where there is no way to a broker; rejects when there is one and it does not start. */
export async function kafkaForTests(): Promise<TestKafka | undefined> {
  kafka ??= startKafkaForTests();
  return kafka;
}

/**
 * A suite that needs a broker. Without one it is counted as skipped and says why; with CI=true it fails. `fn` gets the way to the
 * broker, for use in `before`.
 */
export function describeWithKafka(name: string, fn: (broker: () => Promise<TestKafka>) => void): void {
  describe(name, async () => {
    const reason = await hindrance();
    if (reason === undefined) return fn(brokerOrThrow);
    if (process.env['CI'] === 'true') {
      it('has a Kafka broker to run against', () => {
        throw new Error(reason);
      });
      return;
    }
    console.error(`SKIPPED: ${name}: ${reason}`);
    it('has a Kafka broker to run against', { skip: reason }, () => undefined);
  });
}

async function brokerOrThrow(): Promise<TestKafka> {
  const found = await kafkaForTests();
  if (found === undefined) throw new Error((await hindrance()) ?? 'No Kafka');
  return found;
}

async function hindrance(): Promise<string | undefined> {
  return process.env[NO_KAFKA_ENV] || whyNoKafka();
}

async function startKafkaForTests(): Promise<TestKafka | undefined> {
  if (await hindrance()) return undefined;
  if (process.env[KAFKA_ENV]) return startKafka({ dir: '', means: 'env' });
  const scratch = scratchFolder('kafka');
  return startKafka({ dir: scratch, scratch });
}

async function adminUrlForTests(): Promise<string> {
  const url = process.env[POSTGRES_ENV];
  if (url) return url;
  const scratch = scratchFolder('postgres');
  const server = await startPostgres({ dataDir: path.join(scratch, 'data'), durable: false, scratch });
  return server.url('postgres');
}

async function createDatabase(adminUrl: string, name: string): Promise<TestDatabase> {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const database = `${words.slice(0, 40)}_${randomBytes(6).toString('hex')}`;
  await administer(adminUrl, `create database "${database}"`);
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return { url: url.toString(), drop: () => administer(adminUrl, `drop database if exists "${database}" with (force)`) };
}

async function administer(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
