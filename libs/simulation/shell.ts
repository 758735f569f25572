import { faultOf, topicOf, TOPICS, type Topic } from '@midstream/contracts';
import { assert, isRejection, type Due, type Rejection, type RowKey } from '@midstream/kernel';
import type { Agenda } from './agenda';
import { Todo } from './todo';
import type { AnyCommand, AnyEvent, AnyRows, Wired } from './wiring';

/** An event of a service's log. */
export interface Appended {
  readonly event: AnyEvent;
  /** Its own number, in the order in which all events of the world were made. */
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly topic?: Topic;
  readonly key: string;
}

export interface Work {
  readonly command: AnyCommand;
  readonly actor: string;
  readonly cause?: number;
  /** The effect that this finishes, and the token of its lease. */
  readonly finishes?: { readonly id: number; readonly token: number };
  /** Of a request with an Idempotency-Key: the key, and what was sent with it. */
  readonly wanted?: { readonly key: string; readonly body: string };
}

export type Outcome =
  | { readonly kind: 'done'; readonly events: readonly AnyEvent[] }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'replayed'; readonly refused?: string }
  | { readonly kind: 'overtaken' };

/** What a fact that was heard brings into the transaction, beside its commands. */
export interface Hearing {
  readonly claims: readonly number[];
  readonly later: readonly { readonly due: Due<AnyCommand>; readonly cause: number }[];
}

interface Batch {
  readonly now: Map<string, Map<string, unknown>>;
  readonly shared: ReadonlySet<string>;
  readonly appended: Appended[];
  readonly at: number;
}

export interface ShellOptions {
  readonly agenda: Agenda;
  readonly nextEventId: () => number;
  /** What was committed, told to whoever checks it. */
  readonly committed: (shell: Shell, appended: readonly Appended[]) => void;
  /** Rows and facts as the database gives them back: JSON, its properties sorted; and every fact is held against its schema. */
  readonly strict: boolean;
}

/**
 * The model of the shell: one service's rows, log, inbox, answers, projection and `todo`, and the transaction over them. What libs/runtime
 * does with SQL happens here in memory, all at once or not at all.
 */
export class Shell {
  readonly rows = new Map<string, Map<string, unknown>>();
  readonly log: Appended[] = [];
  readonly inbox = new Set<number>();
  readonly answers = new Map<string, { readonly body: string; readonly refused?: string }>();
  readonly projection = new Map<string, { readonly version: number; readonly fact: AnyEvent }>();
  /** Rows of append-only tables, by entity. */
  private readonly records = new Map<string, Readonly<Record<string, unknown>>[]>();
  readonly todo: Todo;
  view: unknown;
  /** Counts the processes that have run this service: what an earlier one began, nobody ends. */
  generation = 0;
  isDown = false;
  downSince = 0;
  private readonly empty: AnyRows;
  private readonly views: { readonly at: number; readonly fact: AnyEvent }[] = [];

  constructor(
    readonly wired: Wired,
    readonly options: ShellOptions,
  ) {
    for (const kind of wired.kinds) this.rows.set(kind, new Map());
    this.empty = Object.fromEntries(wired.kinds.map((it) => [it, {}]));
    this.view = wired.domain.view.create();
    this.todo = new Todo(wired);
  }

  get name(): Wired['name'] {
    return this.wired.name;
  }

  rowsOf<Row>(kind: string): ReadonlyMap<string, Row> {
    return (this.rows.get(kind) ?? new Map()) as ReadonlyMap<string, Row>;
  }

  /** The process has died and another is up: what was only in memory is made anew from the projection. */
  restart(): void {
    this.generation += 1;
    this.view = this.wired.domain.view.create();
    this.views.length = 0;
    for (const { fact } of this.projection.values()) this.wired.domain.view.apply(this.view, fact);
  }

  /**
   * Handles a batch in one transaction (libs/runtime/handle.ts). `abort`: the transaction comes to its end and is rolled back.
   * @throws what the domain throws; then nothing has happened.
   */
  handle(works: readonly Work[], hearing?: Hearing, abort = false): readonly Outcome[] {
    this.followViews();
    const { domain } = this.wired;
    const keys = works.map((it) => domain.keysOf(it.command));
    const batch: Batch = { now: new Map(), shared: sharedOf(keys), appended: [], at: this.options.agenda.now };
    const finished = new Set<number>();
    for (const { finishes } of works) if (finishes !== undefined && this.todo.holds(finishes.id, finishes.token)) finished.add(finishes.id);
    const stored = new Map<string, { readonly body: string; readonly refused?: string }>();
    const outcomes = works.map((work, index): Outcome => {
      if (work.finishes !== undefined && !finished.has(work.finishes.id)) return { kind: 'overtaken' };
      const known = work.wanted && (stored.get(work.wanted.key) ?? this.answers.get(work.wanted.key));
      if (work.wanted !== undefined && known !== undefined) {
        if (known.body !== work.wanted.body) return { kind: 'refused', rejection: { rejected: 'idempotency-key-reused' } };
        return { kind: 'replayed', ...(known.refused !== undefined && { refused: known.refused }) };
      }
      const outcome = this.decideOne(work, keys[index] ?? [], batch);
      if (work.wanted !== undefined)
        stored.set(work.wanted.key, {
          body: work.wanted.body,
          ...(outcome.kind === 'refused' && { refused: outcome.rejection.rejected }),
        });
      return outcome;
    });
    if (!abort) this.commit(batch, { finished, stored, hearing });
    return outcomes;
  }

  private decideOne({ command, actor }: Work, keys: readonly RowKey[], batch: Batch): Outcome {
    const { domain } = this.wired;
    const before = this.rowsFor(keys, batch);
    const decision = domain.decide({ ...command, at: batch.at } as AnyCommand, before, this.view);
    if (isRejection(decision)) return { kind: 'refused', rejection: decision };
    let after: object = before;
    for (const event of decision) {
      after = domain.evolve(after, event);
      domain.view.apply(this.view, event);
      const topic = topicOf(event.type);
      batch.appended.push({
        ...{ event, id: this.options.nextEventId(), at: batch.at, actor },
        ...(topic === undefined ? { key: '' } : { topic, key: keyOf(topic, event) }),
      });
    }
    domain.uphold(after);
    this.keep(keys, before, after as AnyRows, batch);
    return { kind: 'done', events: decision };
  }

  /** The rows that a command sees: those that it names, no others. */
  private rowsFor(keys: readonly RowKey[], batch: Batch): AnyRows {
    const seen: Record<string, Readonly<Record<string, unknown>>> = { ...this.empty };
    const own = new Map<string, Record<string, unknown>>();
    for (const { kind, id } of keys) {
      const row = batch.now.get(kind)?.get(id) ?? this.rows.get(kind)?.get(id);
      if (row === undefined) continue;
      const known = own.get(kind);
      if (known !== undefined) known[id] = row;
      else {
        const made = { [id]: row };
        own.set(kind, made);
        seen[kind] = made;
      }
    }
    return seen;
  }

  private keep(keys: readonly RowKey[], before: AnyRows, after: AnyRows, batch: Batch): void {
    for (const kind of this.wired.kinds) {
      const [was, is] = [before[kind], after[kind]];
      if (is === was || is === undefined) continue;
      for (const id of Object.keys(is)) {
        const row = is[id];
        if (row === was?.[id]) continue;
        assert(
          keys.some((it) => it.kind === kind && it.id === id),
          `the command names the row ${kind}/${id} that it changes`,
        );
        assert(!batch.shared.has(`${kind}/${id}`), `the row ${kind}/${id} was locked to be read, not to be changed`);
        const rows = batch.now.get(kind);
        if (rows === undefined) batch.now.set(kind, new Map([[id, row]]));
        else rows.set(id, row);
      }
    }
  }

  private commit(
    batch: Batch,
    made: {
      readonly finished: ReadonlySet<number>;
      readonly stored: ReadonlyMap<string, { readonly body: string; readonly refused?: string }>;
      readonly hearing: Hearing | undefined;
    },
  ): void {
    for (const [kind, rows] of batch.now) {
      const table = this.rows.get(kind);
      for (const [id, row] of rows) table?.set(id, this.options.strict ? asStored(row) : row);
    }
    for (const id of made.finished) this.todo.finish(id);
    for (const [key, answer] of made.stored) this.answers.set(key, answer);
    for (const id of made.hearing?.claims ?? []) this.inbox.add(id);
    for (const { due, cause } of made.hearing?.later ?? []) this.todo.addCommand(due, due.at ?? batch.at, cause);
    const kept = coalesce(batch.appended);
    for (const appended of kept) this.append(appended, batch.at);
    for (const appended of batch.appended) this.record(appended);
    if (kept.length > 0) this.options.committed(this, kept);
  }

  private append(appended: Appended, at: number): void {
    const { event, topic, id } = appended;
    if (this.options.strict && topic !== undefined) {
      const { type, ...data } = event;
      const fault = faultOf(type, data) ?? faultOf(type, asStored(data), 'in');
      assert(fault === undefined, `a fact keeps its schema: ${fault ?? ''}`);
    }
    this.log.push(appended);
    for (const due of this.wired.domain.react(event)) this.todo.addCommand(due, due.at ?? at, id);
    this.todo.addEffects(this.options.strict ? asStored(event) : event, at);
  }

  private record({ event, id, at, actor }: Appended): void {
    for (const { entity, rows } of this.wired.recordsOf(event, { eventId: String(id), at, actor })) {
      const { name } = entity as { readonly name: string };
      const known = this.records.get(name);
      if (known === undefined) this.records.set(name, [...rows]);
      else known.push(...rows);
    }
  }

  /** The rows of an append-only table, by the name of its entity. */
  recorded(entity: string): readonly Readonly<Record<string, unknown>>[] {
    return this.records.get(entity) ?? [];
  }

  /** A state of a compacted topic was heard; true where it was newer. The view follows a moment later (libs/runtime/follow.ts). */
  project(topic: Topic, key: string, fact: AnyEvent, followAt: number): boolean {
    const { version } = fact as AnyEvent & { readonly version: number };
    const name = `${topic}/${key}`;
    const known = this.projection.get(name);
    if (known !== undefined && known.version >= version) return false;
    this.projection.set(name, { version, fact });
    this.views.push({ at: followAt, fact });
    return true;
  }

  private followViews(): void {
    const { now } = this.options.agenda;
    while (this.views[0] !== undefined && this.views[0].at <= now) {
      const next = this.views.shift();
      if (next !== undefined) this.wired.domain.view.apply(this.view, next.fact);
    }
  }
}

const keyOf = (topic: Topic, event: AnyEvent): string => {
  const key = (event as AnyEvent & Readonly<Record<string, unknown>>)[TOPICS[topic].key];
  assert(typeof key === 'string', `a ${event.type} has the key ${TOPICS[topic].key}`);
  return key;
};

/** What no command of the batch may change. */
function sharedOf(keys: readonly (readonly RowKey[])[]): ReadonlySet<string> {
  const shared = new Set<string>();
  for (const of of keys) for (const { kind, id, mode } of of) if (mode === 'share') shared.add(`${kind}/${id}`);
  if (shared.size > 0) for (const of of keys) for (const { kind, id, mode } of of) if (mode !== 'share') shared.delete(`${kind}/${id}`);
  return shared;
}

/** Of several states of one key in one transaction only the last leaves it (protocol 26). */
function coalesce(appended: readonly Appended[]): readonly Appended[] {
  const last = new Map<string, Appended>();
  let states = 0;
  for (const it of appended) {
    if (it.topic === undefined || !TOPICS[it.topic].compacted) continue;
    last.set(`${it.topic}/${it.key}`, it);
    states += 1;
  }
  if (last.size === states) return appended;
  return appended.filter((it) => it.topic === undefined || !TOPICS[it.topic].compacted || last.get(`${it.topic}/${it.key}`) === it);
}

/** As jsonb gives it back: what is undefined is gone, and properties are sorted. */
export function asStored<T>(value: T): T {
  return sorted(value) as T;
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const of = value as Readonly<Record<string, unknown>>;
  const made: Record<string, unknown> = {};
  for (const name of Object.keys(of).sort()) if (of[name] !== undefined) made[name] = sorted(of[name]);
  return made;
}
