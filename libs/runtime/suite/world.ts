import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { kafkaForTests, postgresForTests, type TestDatabase } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { Pool } from 'pg';
import { type EventBus, embeddedBus, kafkaBus, type RunningService, startService } from '../index';
import { readerService, writerService } from './toy';

export type BusKind = 'embedded' | 'kafka';

export const quiet = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

export async function busOf(kind: BusKind, prefix: string): Promise<EventBus> {
  if (kind === 'embedded') return embeddedBus();
  const kafka = await kafkaForTests();
  assert.ok(kafka !== undefined, 'there is a Kafka');
  return kafkaBus({ brokers: kafka.brokers, prefix, partitions: 3, logger: quiet, sessionTimeoutMs: 6_000 });
}

export const newPrefix = (): string => `t${randomBytes(4).toString('hex')}.`;

export interface World {
  readonly writer: RunningService;
  readonly reader: RunningService;
  /** All that the writer says it has published, and all that the reader says it has heard, by key. */
  written(): Promise<Map<string, number[]>>;
  heard(): Promise<Map<string, number[]>>;
  /** Waits until the reader has heard all; then checks that it heard each once and in order. */
  assertAllHeardOnceInOrder(timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly call?: (id: string, count: number) => Promise<void>;
  readonly readerDatabaseUrl?: (url: string) => string;
}

/** A writer and a reader over a bus, each on a database of its own. */
export async function world(kind: BusKind, options: WorldOptions = {}): Promise<World> {
  const postgres = await postgresForTests();
  const databases = await Promise.all([postgres.database('writer'), postgres.database('reader')]);
  const [first, second] = databases;
  const bus = await busOf(kind, newPrefix());
  const reader = await startService(readerService(), { databaseUrl: second.url, bus, port: 0, logger: quiet, bootstrapKey: 'operator' });
  const writer = await startService(writerService(options.call), {
    databaseUrl: first.url,
    bus,
    port: 0,
    logger: quiet,
    bootstrapKey: 'operator',
  });
  const check = checker(first.url, second.url);
  return {
    writer,
    reader,
    ...check,
    async close() {
      await Promise.all([writer.stop(), reader.stop()]);
      await bus.close();
      await check.end();
      await Promise.all(databases.map((it: TestDatabase) => it.drop()));
    },
  };
}

export interface Checker extends Pick<World, 'written' | 'heard' | 'assertAllHeardOnceInOrder'> {
  end(): Promise<void>;
}

/** Reads both databases from outside, as an auditor would. */
export function checker(writerUrl: string, readerUrl: string): Checker {
  const [ofWriter, ofReader] = [writerUrl, readerUrl].map((url) => {
    const pool = new Pool({ connectionString: url, max: 2 });
    pool.on('error', () => undefined);
    return pool;
  }) as [Pool, Pool];
  const written = async () => {
    const { rows } = await ofWriter.query<{ id: string; count: number }>('SELECT id, count FROM counters ORDER BY id');
    return new Map(rows.map((it) => [it.id, Array.from({ length: it.count }, (_, n) => n + 1)]));
  };
  const heard = async () => {
    const { rows } = await ofReader.query<{ id: string; counts: number[] }>(
      `SELECT id, state -> 'counts' AS counts FROM heard ORDER BY id`,
    );
    return new Map(rows.map((it) => [it.id, it.counts]));
  };
  const total = (of: Map<string, number[]>) => [...of.values()].reduce((sum, it) => sum + it.length, 0);
  return {
    written,
    heard,
    async assertAllHeardOnceInOrder(timeoutMs = 20_000) {
      const wanted = await written();
      await eventually(
        async () => assert.ok(total(await heard()) >= total(wanted), `heard ${total(await heard())} of ${total(wanted)}`),
        timeoutMs,
      );
      assert.deepEqual(await heard(), wanted);
    },
    async end() {
      await Promise.all([ofWriter.end(), ofReader.end()]);
    },
  };
}

/** Tries until it holds; the last failure is thrown. */
export async function eventually(check: () => Promise<void>, timeoutMs = 10_000, everyMs = 50): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
