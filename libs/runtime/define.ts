import type { AnyFact, Service, Topic } from '@midstream/contracts';
import type { Domain, Timed, Untimed } from '@midstream/kernel';
import type { Type } from '@nestjs/common';
import type { EntityTarget, MigrationInterface } from 'typeorm';
import type { Database, Tx } from './postgres';

/**
 * Where one kind of row lives: a TypeORM entity with `id text` and `state jsonb`, and a column for each thing that a constraint, a query or
 * a key needs (style 13). The shell reads and writes it with set-based SQL.
 */
export interface RowTable<Row> {
  readonly entity: EntityTarget<object>;
  /** The values of the other columns, by column name. */
  readonly columns?: (row: Row, id: string) => Readonly<Record<string, unknown>>;
}

/** Rows of an append-only table, written in the transaction of the event that they tell of: timeline, ledger, decisions, audit. */
export interface TableRows {
  readonly entity: EntityTarget<object>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** What the shell knows of an event beside its data. */
export interface EventMeta {
  /** UUIDv7. */
  readonly eventId: string;
  /** Milliseconds, the database's clock. */
  readonly at: number;
  /** The event or request that caused it. */
  readonly cause?: string;
  readonly traceparent?: string;
  /** `merchant:m1`, `operator:…`, `timer`, `fact:HoldLost`: who did it. */
  readonly actor: string;
}

export interface EffectContext {
  readonly database: Database;
  readonly traceparent?: string;
  /** How often this effect was tried before. */
  readonly attempts: number;
  /** Aborted when the effect's lease ends: no outside call may outlive it. */
  readonly signal: AbortSignal;
}

/** A call to the outside world, from an own event to commands (architecture 3). */
export interface Effect<Event, Command extends Timed> {
  /** The event that calls for it. */
  readonly on: string;
  /** Effects of one key run one after the other. */
  readonly key: (event: Event) => string;
  /** Whom the call goes to: at most LANE_AT_ONCE_MAX run there at once, so that one who is slow keeps nobody else waiting. Default: the effect. */
  readonly lane?: (event: Event) => string;
  readonly run: (event: Event, context: EffectContext) => Promise<readonly Untimed<Command>[]>;
  /**
   * With it the effect is tried at most once: when `run` throws (`failed`) or the process dies (`died`), this command is handled instead
   * (protocol 11).
   * Without it the effect is repeated with back-off, at most EFFECT_ATTEMPTS_MAX times.
   */
  readonly lost?: (event: Event, why: 'failed' | 'died') => Untimed<Command>;
  readonly leaseMs?: number;
}

export interface ProblemOf {
  readonly status: number;
  readonly title: string;
}

export interface ServiceDefinition<Rows, View, Command extends Timed, Event extends { readonly type: string }, Code extends string> {
  readonly name: Service;
  readonly domain: Domain<Rows, View, Command, Event, AnyFact, Code>;
  /** By kind; the order of its properties is the order in which rows are locked. */
  readonly tables: { readonly [Kind in keyof Rows]: RowTable<Rows[Kind] extends Readonly<Record<string, infer Row>> ? Row : never> };
  /** Further entities, for append-only tables and for queries. */
  readonly entities?: readonly EntityTarget<object>[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Pure: the rows of append-only tables that an event leaves behind. */
  readonly recordsOf?: (event: Event, meta: EventMeta) => readonly TableRows[];
  readonly effects?: Readonly<Record<string, Effect<Event, Command>>>;
  /** State topics whose facts reach `domain.react`, too (once a version), beside the projection. */
  readonly hears?: readonly Topic[];
  /** How long what it hears may wait for more, so that all of it costs less: for a service that no lap goes through. */
  readonly lingerMs?: number;
  /** Own state topics that this service's own view follows. */
  readonly follows?: readonly Topic[];
  /** How a refusal is told over HTTP; a code that is missing here is a 409. */
  readonly problems: Readonly<Partial<Record<Code, ProblemOf>>>;
  readonly controllers: readonly Type<object>[];
  readonly providers?: readonly (Type<object> | { provide: unknown; useValue: unknown })[];
  /** Loops of the service's own (drains, reminders), started with the shell and stopped before it. */
  readonly loops?: readonly Loop[];
}

/** Something that happens again and again: `run` once, then wait. It must be safe to run on every replica at once. */
export interface Loop {
  readonly name: string;
  readonly everyMs: number;
  /** Returns true if there is more to do at once. */
  readonly run: (context: LoopContext) => Promise<boolean>;
}

export interface LoopContext {
  readonly database: Database;
  /** Handles a command as an operator of the machine would; gathered with the others. */
  readonly handle: (command: { readonly type: string }) => Promise<unknown>;
}

export const defineService = <Rows, View, Command extends Timed, Event extends { readonly type: string }, Code extends string>(
  definition: ServiceDefinition<Rows, View, Command, Event, Code>,
): ServiceDefinition<Rows, View, Command, Event, Code> => definition;

export type { Database, Tx };
