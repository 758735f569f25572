import type { AnyFact, Fact } from '@midstream/contracts';
import { assert, type Domain, reject, type RowsOf, type Timed } from '@midstream/kernel';
import { type MigrationInterface, type QueryRunner, Column, Entity, PrimaryColumn } from 'typeorm';
import { defineService, type EventMeta, type TableRows } from '../define';

/**
 * The smallest services that use every part of the shell: a writer that counts and publishes each count, and a reader that writes down what
 * it heard. What they write is checked by the suite: nothing lost, nothing twice, in order.
 */

// The writer, in the place of `order`: every bump of a counter is published as the OrderClosed of that key, its count in `capturedMinor`.

interface Counter {
  readonly merchantId: string;
  readonly count: number;
  readonly calls: number;
  readonly later: number;
}
type Bump = Timed & {
  readonly type: 'Bump';
  readonly id: string;
  readonly by?: string;
  readonly limit?: number;
  readonly call?: boolean;
  readonly later?: boolean;
  readonly note?: string;
};
type NoteCall = Timed & { readonly type: 'NoteCall'; readonly id: string };
type NoteLater = Timed & { readonly type: 'NoteLater'; readonly id: string };
export type WriterCommand = Bump | NoteCall | NoteLater;
type CallAsked = { readonly type: 'CallAsked'; readonly id: string; readonly count: number };
type CallNoted = { readonly type: 'CallNoted'; readonly id: string };
type LaterAsked = { readonly type: 'LaterAsked'; readonly id: string; readonly at: number };
type LaterNoted = { readonly type: 'LaterNoted'; readonly id: string };
export type WriterEvent = Fact<'OrderClosed'> | CallAsked | CallNoted | LaterAsked | LaterNoted;
export interface WriterRows {
  readonly counters: RowsOf<Counter>;
}

const ZERO: Counter = { merchantId: 'm', count: 0, calls: 0, later: 0 };

export const writer: Domain<WriterRows, Map<string, number>, WriterCommand, WriterEvent, AnyFact, 'over-the-limit'> = {
  keysOf: (command) => [{ kind: 'counters', id: command.id }],
  decide(command, rows) {
    const now = rows.counters[command.id] ?? ZERO;
    switch (command.type) {
      case 'Bump': {
        const count = now.count + 1;
        if (command.limit !== undefined && count > command.limit) return reject('over-the-limit', { limit: command.limit });
        return [
          {
            type: 'OrderClosed',
            orderId: command.id,
            merchantId: 'm',
            status: 'completed',
            capturedMinor: count,
            releasedMinor: command.note === 'poison' ? POISON : 0,
          },
          ...(command.call === true ? [{ type: 'CallAsked', id: command.id, count } as const] : []),
          ...(command.later === true ? [{ type: 'LaterAsked', id: command.id, at: command.at + 50 } as const] : []),
        ];
      }
      case 'NoteCall':
        return [{ type: 'CallNoted', id: command.id }];
      case 'NoteLater':
        return [{ type: 'LaterNoted', id: command.id }];
    }
  },
  evolve(rows, event) {
    const id = event.type === 'OrderClosed' ? event.orderId : event.id;
    const now = rows.counters[id] ?? ZERO;
    const next = {
      OrderClosed: { ...now, count: now.count + 1 },
      CallAsked: now,
      CallNoted: { ...now, calls: now.calls + 1 },
      LaterAsked: now,
      LaterNoted: { ...now, later: now.later + 1 },
    }[event.type];
    return { counters: { ...rows.counters, [id]: next } };
  },
  uphold(rows) {
    for (const it of Object.values(rows.counters)) assert(it.count >= 0, 'a count never falls below zero');
  },
  react: (fact) => (fact.type === 'LaterAsked' ? [{ command: { type: 'NoteLater', id: fact.id }, at: fact.at }] : []),
  view: { create: () => new Map(), apply: () => undefined },
};

/** A reader that hears it throws. */
export const POISON = 666;

@Entity('counters')
export class CounterRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') count!: number;
  @Column('jsonb') state!: unknown;
}

@Entity('journal')
export class JournalRow {
  @PrimaryColumn('bigint', { generated: 'increment' }) n!: string;
  @Column('text') key!: string;
  @Column('int') count!: number;
}

export class Writer1 implements MigrationInterface {
  readonly name = 'Writer1700000000002';
  async up(runner: QueryRunner): Promise<void> {
    // No counter is called "forbidden": a constraint that only the database knows
    await runner.query(
      `CREATE TABLE counters (id text PRIMARY KEY CHECK (id <> 'forbidden'), count int NOT NULL CHECK (count >= 0), state jsonb NOT NULL)`,
    );
    await runner.query(`CREATE TABLE journal (n bigserial PRIMARY KEY, key text NOT NULL, count int NOT NULL)`);
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

const journalOf = (event: WriterEvent, _meta: EventMeta): TableRows[] =>
  event.type === 'OrderClosed' ? [{ entity: JournalRow, rows: [{ key: event.orderId, count: event.capturedMinor }] }] : [];

/** `call`: what the outside world is asked, with its own idempotency key. */
export const writerService = (
  call: (id: string, count: number) => Promise<void> = () => Promise.resolve(),
  name: 'order' | 'compliance' = 'order',
) =>
  defineService({
    name,
    domain: writer,
    tables: { counters: { entity: CounterRow, columns: (it: Counter) => ({ count: it.count }) } },
    entities: [JournalRow],
    migrations: [Writer1],
    recordsOf: journalOf,
    effects: {
      call: {
        on: 'CallAsked',
        leaseMs: 2_000,
        key: (event: WriterEvent) => ('id' in event ? event.id : ''),
        async run(event: WriterEvent) {
          if (event.type !== 'CallAsked') return [];
          await call(event.id, event.count);
          return [{ type: 'NoteCall' as const, id: event.id }];
        },
      },
    },
    problems: { 'over-the-limit': { status: 422, title: 'Over the limit' } },
    controllers: [],
  });

// The reader, in the place of `notification`: hears OrderClosed, and writes down every count in the order in which it came.

interface Heard {
  readonly counts: readonly number[];
}
type Hear = Timed & { readonly type: 'Hear'; readonly id: string; readonly count: number; readonly poison: boolean };
type WasHeard = { readonly type: 'WasHeard'; readonly id: string; readonly count: number };
export interface ReaderRows {
  readonly heard: RowsOf<Heard>;
}

/** What a test may do while a reader hears. */
export const readerProbe: { mended: boolean } = { mended: false };

export const reader: Domain<ReaderRows, Map<string, number>, Hear, WasHeard, AnyFact, never> = {
  keysOf: (command) => [{ kind: 'heard', id: command.id }],
  decide(command) {
    assert(!command.poison || readerProbe.mended, 'nobody sends poison');
    return [{ type: 'WasHeard', id: command.id, count: command.count }];
  },
  evolve: (rows, event) => ({ heard: { ...rows.heard, [event.id]: { counts: [...(rows.heard[event.id]?.counts ?? []), event.count] } } }),
  uphold: () => undefined,
  react: (fact) =>
    fact.type === 'OrderClosed'
      ? [{ command: { type: 'Hear', id: fact.orderId, count: fact.capturedMinor, poison: fact.releasedMinor === POISON } }]
      : [],
  view: { create: () => new Map(), apply: () => undefined },
};

@Entity('heard')
export class HeardRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

export class Reader1 implements MigrationInterface {
  readonly name = 'Reader1700000000002';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE heard (id text PRIMARY KEY, state jsonb NOT NULL)`);
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

export const readerService = () =>
  defineService({
    name: 'notification',
    domain: reader,
    tables: { heard: { entity: HeardRow } },
    migrations: [Reader1],
    problems: {},
    controllers: [],
  });
