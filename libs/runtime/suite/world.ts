import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Envelope, Topic } from '@midstream/contracts';
import { kafkaForTests, postgresForTests } from '@midstream/testing/infrastructure';
import pino from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { type EventBus, embeddedBus, kafkaBus, type RunningService, startService } from '../index';
import { type Checker, checker } from './checker';
import { type Outside, readerService, type WriterCommand, writerService } from './toy';

export { type Checker, checker, eventually } from './checker';

export type BusKind = 'embedded' | 'kafka';

export const quiet = pino({ level: process.env['LOG_LEVEL'] ?? 'silent' });

export async function busOf(kind: BusKind, prefix: string, sessionTimeoutMs = 6_000): Promise<EventBus> {
  if (kind === 'embedded') return embeddedBus();
  const kafka = await kafkaForTests();
  assert.ok(kafka !== undefined, 'there is a Kafka');
  return kafkaBus({ brokers: kafka.brokers, prefix, partitions: 3, logger: quiet, sessionTimeoutMs });
}

export const newPrefix = (): string => `t${randomBytes(4).toString('hex')}.`;

/** What arrives at the reader as it stands, whatever it is. */
export interface Raw {
  readonly topic?: Topic;
  readonly key: string;
  readonly envelope: unknown;
}

export interface World extends Checker {
  readonly bus: EventBus;
  readonly prefix: string;
  readonly urls: { readonly writer: string; readonly reader: string };
  readonly writer: RunningService;
  readonly reader: RunningService;
  run(
    command: Omit<Extract<WriterCommand, { type: 'Bump' }>, 'at' | 'type'> | { readonly type: 'PutKey'; readonly id: string },
  ): Promise<void>;
  /** As many bumps of one counter, all at once. */
  bump(id: string, times: number): Promise<void>;
  publish(...records: readonly Raw[]): Promise<void>;
  /** The operator's routes of the reader. */
  parked(path?: string, method?: string, body?: unknown): Promise<Answer>;
  /** A measure of the reader, summed over its labels that match. */
  metric(name: string, label?: string): Promise<number>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly body: {
    readonly items?: readonly Readonly<Record<string, string>>[];
    readonly applied?: number;
    readonly error?: string;
    readonly code?: string;
  };
}

export interface WorldOptions {
  readonly call?: Outside;
  readonly tryOnce?: Outside;
  readonly leaseMs?: number;
  readonly sessionTimeoutMs?: number;
  /** What the reader listens to, made of the bus: slower, twice, late. */
  readonly readerBus?: (bus: EventBus) => EventBus;
}

export const START = { port: 0, logger: quiet, bootstrapKey: 'operator' } as const;

/** A writer and a reader over a bus, each on a database of its own. */
export async function world(kind: BusKind, options: WorldOptions = {}): Promise<World> {
  const postgres = await postgresForTests();
  const [first, second] = await Promise.all([postgres.database('writer'), postgres.database('reader')]);
  const prefix = newPrefix();
  const bus = await busOf(kind, prefix, options.sessionTimeoutMs);
  const readerBus = options.readerBus?.(bus) ?? bus;
  const reader = await startService(readerService(), { ...START, databaseUrl: second.url, bus: readerBus });
  const definition = writerService(options.call, options.tryOnce, options.leaseMs);
  const writer = await startService(definition, { ...START, databaseUrl: first.url, bus });
  const check = checker(first.url, second.url);
  return {
    bus,
    prefix,
    urls: { writer: first.url, reader: second.url },
    writer,
    reader,
    ...check,
    ...handles(writer, reader, bus),
    async close() {
      await Promise.all([writer.stop(), reader.stop()]);
      await bus.close();
      await check.end();
      await Promise.all([first.drop(), second.drop()]);
    },
  };
}

/** Another process's writer and reader on the same databases, as long as `work` runs. */
export async function withReplica(kind: BusKind, { prefix, urls }: World, work: (writer: RunningService) => Promise<void>): Promise<void> {
  const bus = await busOf(kind, prefix);
  const reader = await startService(readerService(), { ...START, databaseUrl: urls.reader, bus });
  const writer = await startService(writerService(), { ...START, databaseUrl: urls.writer, bus });
  try {
    await work(writer);
  } finally {
    await Promise.all([writer.stop(), reader.stop()]);
    await bus.close();
  }
}

function handles(writer: RunningService, reader: RunningService, bus: EventBus) {
  let sequence = 0;
  const raw = bus.sinksOf('order').find((it) => it.cursor === 'kafka' || it.cursor === 'embedded:notification');
  const run: World['run'] = async (command) => {
    await writer.commands.run({ type: 'Bump', ...command });
  };
  return {
    run,
    bump: async (id: string, times: number) => void (await Promise.all(Array.from({ length: times }, () => run({ id })))),
    async publish(...records: readonly Raw[]) {
      await raw?.publish(
        records.map(({ topic = 'order.by-order', key, envelope }) => ({
          topic,
          key,
          value: JSON.stringify(envelope),
          sequence: String((sequence += 1)),
        })),
      );
    },
    parked: operatorOf(reader),
    async metric(name: string, label = ''): Promise<number> {
      const text = await (await fetch(`${reader.url}/metrics`)).text();
      const lines = text.split('\n').filter((it) => it.startsWith(`${name}{`) && it.includes(label));
      return lines.reduce((sum, it) => sum + Number(it.slice(it.lastIndexOf(' '))), 0);
    },
  };
}

/** The routes by which an operator sees and mends what is parked. */
export const operatorOf =
  (reader: RunningService): World['parked'] =>
  async (path = '', method = 'GET', body) => {
    const answer = await fetch(`${reader.url}/v1/ops/notification/parked${path}`, {
      method,
      headers: { authorization: 'Bearer operator', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Answer['body'] };
  };

/** A fact as the writer's relay would send it. */
export const closed = (key: string, count: number, more: Partial<Envelope> = {}, data: object = {}): Raw => ({
  key,
  envelope: {
    specversion: '1.0',
    id: uuidv7(),
    source: '/midstream/order',
    type: 'midstream.OrderClosed',
    subject: key,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: String(count),
    data: { orderId: key, merchantId: 'm', status: 'completed', capturedMinor: count, releasedMinor: 0, ...data },
    ...more,
  } satisfies Envelope,
});

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
