import type { AnyFact, Fact } from '@midstream/contracts';
import { assert, type Domain, reject, type RowsOf, type Timed } from '@midstream/kernel';
import { type MigrationInterface, type QueryRunner, Column, Entity, PrimaryColumn } from 'typeorm';
import { defineService, type EventMeta, type TableRows } from '../define';
import type { Handling } from '../handle';
import type { Database } from '../postgres';
import { loadedTables } from '../rows';

/**
 * The smallest services that use every part of the shell: a writer that counts and publishes each count, and a reader that writes down what
 * it heard. What they write is checked by the suite: nothing lost, nothing twice, in order.
 */

// The writer, in the place of `order`: every bump of a counter is published as the OrderClosed of that key, its count in `capturedMinor`.

export interface Counter {
  readonly merchantId: string;
  readonly count: number;
  /** Effects that were repeated until they were done, effects that were tried once, and timers. */
  readonly calls: number;
  readonly tries: Readonly<Record<'done' | 'lost', number>>;
  readonly later: number;
}
type Bump = Timed & {
  readonly type: 'Bump';
  readonly id: string;
  /** So many counts in one command: all of one transaction, whatever else is under way. */
  readonly times?: number;
  readonly limit?: number;
  readonly call?: boolean;
  readonly tryOnce?: boolean;
  readonly later?: boolean;
  /** The reader throws when it hears it; or we do ourselves. */
  readonly note?: 'poison' | 'bug';
  /** The reader sets a timer for then, to strike when it has heard all that we had published by then. */
  readonly expiresAt?: number;
};
type NoteCall = Timed & { readonly type: 'NoteCall'; readonly id: string };
type NoteTry = Timed & { readonly type: 'NoteTry'; readonly id: string; readonly outcome: 'done' | 'lost' };
type NoteLater = Timed & { readonly type: 'NoteLater'; readonly id: string };
type PutKey = Timed & { readonly type: 'PutKey'; readonly id: string };
export type WriterCommand = Bump | NoteCall | NoteTry | NoteLater | PutKey;
type CallAsked = { readonly type: 'CallAsked'; readonly id: string; readonly count: number };
type CallNoted = { readonly type: 'CallNoted'; readonly id: string };
type TryAsked = { readonly type: 'TryAsked'; readonly id: string; readonly count: number };
type TryNoted = { readonly type: 'TryNoted'; readonly id: string; readonly outcome: 'done' | 'lost' };
type LaterAsked = { readonly type: 'LaterAsked'; readonly id: string; readonly at: number };
type LaterNoted = { readonly type: 'LaterNoted'; readonly id: string };
export type WriterEvent = Fact<'OrderClosed'> | Fact<'ApiKeyState'> | CallAsked | CallNoted | TryAsked | TryNoted | LaterAsked | LaterNoted;
export interface WriterRows {
  readonly counters: RowsOf<Counter>;
  readonly keys: RowsOf<{ readonly version: number }>;
}

const ZERO: Counter = { merchantId: 'm', count: 0, calls: 0, tries: { done: 0, lost: 0 }, later: 0 };

export const writer: Domain<WriterRows, Map<string, number>, WriterCommand, WriterEvent, AnyFact, 'over-the-limit'> = {
  keysOf: (command) => [{ kind: command.type === 'PutKey' ? 'keys' : 'counters', id: command.id }],
  decide(command, rows) {
    switch (command.type) {
      case 'Bump':
        return bump(command, rows.counters[command.id] ?? ZERO);
      case 'NoteCall':
        return [{ type: 'CallNoted', id: command.id }];
      case 'NoteTry':
        return [{ type: 'TryNoted', id: command.id, outcome: command.outcome }];
      case 'NoteLater':
        return [{ type: 'LaterNoted', id: command.id }];
      case 'PutKey': {
        const version = (rows.keys[command.id]?.version ?? 0) + 1;
        return [{ type: 'ApiKeyState', keyId: command.id, version, hash: 'a'.repeat(64), scope: 'operator', revoked: false }];
      }
    }
  },
  evolve(rows, event) {
    if (event.type === 'ApiKeyState') return { ...rows, keys: { ...rows.keys, [event.keyId]: { version: event.version } } };
    const id = event.type === 'OrderClosed' ? event.orderId : event.id;
    return { ...rows, counters: { ...rows.counters, [id]: evolveCounter(rows.counters[id] ?? ZERO, event) } };
  },
  uphold(rows) {
    for (const it of Object.values(rows.counters)) assert(it.count >= 0, 'a count never falls below zero');
  },
  react: (fact) => (fact.type === 'LaterAsked' ? [{ command: { type: 'NoteLater', id: fact.id }, at: fact.at }] : []),
  view: { create: () => new Map(), apply: () => undefined },
};

function bump({ id, at, times = 1, limit, note, call, tryOnce, later, expiresAt }: Bump, now: Counter) {
  const count = now.count + 1;
  assert(note !== 'bug', 'nobody sends bugs');
  if (limit !== undefined && count > limit) return reject('over-the-limit', { limit });
  const closed = Array.from({ length: times }, (_, n): WriterEvent => ({
    type: 'OrderClosed',
    orderId: id,
    merchantId: 'm',
    status: 'completed',
    capturedMinor: count + n,
    releasedMinor: note === 'poison' ? POISON : (expiresAt ?? 0),
  }));
  return [
    ...closed,
    ...(call === true ? [{ type: 'CallAsked', id, count } as const] : []),
    ...(tryOnce === true ? [{ type: 'TryAsked', id, count } as const] : []),
    ...(later === true ? [{ type: 'LaterAsked', id, at: at + 50 } as const] : []),
  ];
}

function evolveCounter(now: Counter, event: Exclude<WriterEvent, Fact<'ApiKeyState'>>): Counter {
  switch (event.type) {
    case 'OrderClosed':
      return { ...now, count: now.count + 1 };
    case 'CallNoted':
      return { ...now, calls: now.calls + 1 };
    case 'TryNoted':
      return { ...now, tries: { ...now.tries, [event.outcome]: now.tries[event.outcome] + 1 } };
    case 'LaterNoted':
      return { ...now, later: now.later + 1 };
    case 'CallAsked':
    case 'TryAsked':
    case 'LaterAsked':
      return now;
  }
}

/** A reader that hears it throws. */
export const POISON = 666;

@Entity('counters')
export class CounterRow {
  @PrimaryColumn('text') id!: string;
  @Column('int') count!: number;
  @Column('jsonb') state!: unknown;
}

@Entity('keys')
export class KeyRow {
  @PrimaryColumn('text') id!: string;
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
    await runner.query(`CREATE TABLE keys (id text PRIMARY KEY, state jsonb NOT NULL)`);
    await runner.query(`CREATE TABLE journal (n bigserial PRIMARY KEY, key text NOT NULL, count int NOT NULL)`);
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

const journalOf = (event: WriterEvent, _meta: EventMeta): TableRows[] =>
  event.type === 'OrderClosed' ? [{ entity: JournalRow, rows: [{ key: event.orderId, count: event.capturedMinor }] }] : [];

/** What the outside world is asked, by the counter and its count. */
export type Outside = (id: string, count: number, signal: AbortSignal) => Promise<void>;

const nowhere: Outside = () => Promise.resolve();

/** `call` is repeated until it is done, `tryOnce` is not. */
export const writerService = (call: Outside = nowhere, tryOnce: Outside = nowhere, leaseMs = 2_000) =>
  defineService({
    name: 'order',
    domain: writer,
    tables: {
      counters: { entity: CounterRow, columns: (it: Counter) => ({ count: it.count }) },
      keys: { entity: KeyRow },
    },
    entities: [JournalRow],
    migrations: [Writer1],
    recordsOf: journalOf,
    effects: {
      call: {
        on: 'CallAsked',
        leaseMs,
        key: (event: WriterEvent) => ('id' in event ? event.id : ''),
        async run(event: WriterEvent, { signal }) {
          if (event.type !== 'CallAsked') return [];
          await call(event.id, event.count, signal);
          return [{ type: 'NoteCall' as const, id: event.id }];
        },
      },
      tryOnce: {
        on: 'TryAsked',
        leaseMs,
        key: (event: WriterEvent) => ('id' in event ? event.id : ''),
        async run(event: WriterEvent, { signal }) {
          if (event.type !== 'TryAsked') return [];
          await tryOnce(event.id, event.count, signal);
          return [{ type: 'NoteTry' as const, id: event.id, outcome: 'done' as const }];
        },
        lost: (event: WriterEvent) => ({ type: 'NoteTry' as const, id: 'id' in event ? event.id : '', outcome: 'lost' as const }),
      },
    },
    problems: { 'over-the-limit': { status: 422, title: 'Over the limit' } },
    controllers: [],
  });

/** The writer's domain for a test that opens its transactions itself. */
export const handlingOf = (database: Database): Handling => ({
  domain: writer,
  view: new Map(),
  tables: loadedTables(database, writerService().tables),
  follows: new Set(),
  effects: [],
  recordsOf: () => [],
  count: () => undefined,
});

// The reader, in the place of `notification`: hears OrderClosed, and writes down every count in the order in which it came.

export interface Heard {
  readonly counts: readonly number[];
  /** How many counts it had heard when a timer struck. */
  readonly expiredAfter?: readonly number[];
}
type Hear = Timed & { readonly type: 'Hear'; readonly id: string; readonly count: number; readonly poison: boolean };
type Expire = Timed & { readonly type: 'Expire'; readonly id: string };
type SeeKey = Timed & { readonly type: 'SeeKey'; readonly id: string; readonly version: number };
type WasHeard = { readonly type: 'WasHeard'; readonly id: string; readonly count: number };
type Expired = { readonly type: 'Expired'; readonly id: string };
type KeySeen = { readonly type: 'KeySeen'; readonly id: string; readonly version: number };
export interface ReaderRows {
  readonly heard: RowsOf<Heard>;
  readonly seen: RowsOf<{ readonly versions: readonly number[] }>;
}

/** What a test may do while a reader hears. */
export const readerProbe: { mended: boolean } = { mended: false };

const NOTHING: Heard = { counts: [] };

export const reader: Domain<ReaderRows, Map<string, number>, Hear | Expire | SeeKey, WasHeard | Expired | KeySeen, AnyFact, never> = {
  keysOf: (command) => [{ kind: command.type === 'SeeKey' ? 'seen' : 'heard', id: command.id }],
  decide(command) {
    switch (command.type) {
      case 'Hear':
        assert(!command.poison || readerProbe.mended, 'nobody sends poison');
        return [{ type: 'WasHeard', id: command.id, count: command.count }];
      case 'Expire':
        return [{ type: 'Expired', id: command.id }];
      case 'SeeKey':
        return [{ type: 'KeySeen', id: command.id, version: command.version }];
    }
  },
  evolve(rows, event) {
    if (event.type === 'KeySeen') {
      const versions = [...(rows.seen[event.id]?.versions ?? []), event.version];
      return { ...rows, seen: { ...rows.seen, [event.id]: { versions } } };
    }
    const now = rows.heard[event.id] ?? NOTHING;
    const next =
      event.type === 'WasHeard'
        ? { ...now, counts: [...now.counts, event.count] }
        : { ...now, expiredAfter: [...(now.expiredAfter ?? []), now.counts.length] };
    return { ...rows, heard: { ...rows.heard, [event.id]: next } };
  },
  uphold: () => undefined,
  react(fact) {
    if (fact.type === 'ApiKeyState') return [{ command: { type: 'SeeKey', id: fact.keyId, version: fact.version } }];
    if (fact.type !== 'OrderClosed') return [];
    const { orderId: id, capturedMinor: count, releasedMinor } = fact;
    const timer = { command: { type: 'Expire' as const, id }, at: releasedMinor, caughtUp: 'order.by-order' };
    return [{ command: { type: 'Hear', id, count, poison: releasedMinor === POISON } }, ...(releasedMinor > POISON ? [timer] : [])];
  },
  view: { create: () => new Map(), apply: () => undefined },
};

@Entity('heard')
export class HeardRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

@Entity('seen')
export class SeenRow {
  @PrimaryColumn('text') id!: string;
  @Column('jsonb') state!: unknown;
}

export class Reader1 implements MigrationInterface {
  readonly name = 'Reader1700000000002';
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE heard (id text PRIMARY KEY, state jsonb NOT NULL)`);
    await runner.query(`CREATE TABLE seen (id text PRIMARY KEY, state jsonb NOT NULL)`);
  }
  down(): Promise<void> {
    return Promise.resolve();
  }
}

export const readerService = () =>
  defineService({
    name: 'notification',
    domain: reader,
    tables: { heard: { entity: HeardRow }, seen: { entity: SeenRow } },
    migrations: [Reader1],
    hears: ['order.by-api-key'],
    problems: {},
    controllers: [],
  });
