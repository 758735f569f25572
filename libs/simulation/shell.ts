import { faultOf, topicOf, TOPICS, type Topic } from '@midstream/contracts';
import { assert, evolved, isRejection, type Due, type Rejection, type RowKey } from '@midstream/kernel';
import type { Agenda } from './agenda';
import { LateCommits } from './late';
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
  readonly keys: readonly (readonly RowKey[])[];
  readonly appended: Appended[];
  readonly at: number;
  /** Of a transaction that is rolled back: how its rows were before. */
  readonly undo?: { readonly rows: Map<string, unknown>; readonly id: string; readonly row: unknown }[];
}

interface Stored {
  readonly body: string;
  readonly refused?: string;
}

export interface ShellOptions {
  readonly agenda: Agenda;
  readonly nextEventId: () => number;
  /** The log has grown. */
  readonly logged: (shell: Shell) => void;
  /** What was committed, told to whoever checks it. */
  readonly committed: (shell: Shell, appended: readonly Appended[]) => void;
  /** For how long the transaction goes on after its ids are drawn and its rows are locked; mostly not at all. */
  readonly lateMs: (shell: Shell) => number;
  /** Rows and facts as the database gives them back: JSON, its properties sorted; and every fact is held against its schema. */
  readonly strict: boolean;
  /** The rows that movements of stock leave behind are kept, too. */
  readonly keepsBooks: boolean;
}

/**
 * The model of the shell: one service's rows, log, inbox, answers, projection and `todo`, and the transaction over them. What libs/runtime
 * does with SQL happens here in memory, all at once or not at all.
 */
export class Shell {
  readonly rows = new Map<string, Map<string, unknown>>();
  readonly log: Appended[] = [];
  readonly inbox = new Set<number>();
  readonly answers = new Map<string, Stored>();
  readonly projection = new Map<string, { readonly version: number; readonly fact: AnyEvent }>();
  /** Rows of append-only tables, by entity. */
  private readonly records = new Map<string, Readonly<Record<string, unknown>>[]>();
  readonly todo: Todo;
  view: unknown;
  /** Counts the processes that have run this service: what an earlier one began, nobody ends. */
  generation = 0;
  isDown = false;
  downSince = 0;
  upSince = 0;
  private readonly empty: Record<string, Record<string, unknown>>;
  private readonly late: LateCommits<Appended>;
  private readonly views: { readonly at: number; readonly fact: AnyEvent }[] = [];

  constructor(
    readonly wired: Wired,
    readonly options: ShellOptions,
  ) {
    for (const kind of wired.kinds) this.rows.set(kind, new Map());
    this.empty = Object.fromEntries(wired.kinds.map((it) => [it, {}]));
    this.view = wired.domain.view.create();
    this.todo = new Todo(wired);
    this.late = new LateCommits(options.agenda, (events) => {
      this.log.push(...events);
      options.logged(this);
    });
  }

  get name(): Wired['name'] {
    return this.wired.name;
  }

  rowsOf<Row>(kind: string): ReadonlyMap<string, Row> {
    return (this.rows.get(kind) ?? new Map()) as ReadonlyMap<string, Row>;
  }

  /** The process dies: what it was still to commit is committed, or has never been; here, it is. */
  die(): void {
    this.isDown = true;
    this.downSince = this.options.agenda.now;
    this.late.endAll();
  }

  /** The process has died and another is up: what was only in memory is made anew from the projection. */
  restart(): void {
    this.generation += 1;
    this.upSince = this.options.agenda.now;
    this.view = this.wired.domain.view.create();
    this.views.length = 0;
    for (const { fact } of this.projection.values()) this.wired.domain.view.apply(this.view, fact);
  }

  /**
   * Handles a batch in one transaction (libs/runtime/handle.ts). `abort`: the transaction comes to its end and is rolled back.
   * @throws what the domain throws; the world is at its end then, and its rows are not looked at any more.
   */
  handle(works: readonly Work[], hearing?: Hearing, abort = false): readonly Outcome[] {
    if (works.length === 0) {
      if (!abort) this.hear(hearing, this.options.agenda.now);
      return [];
    }
    this.followViews();
    const keys = works.map((it) => this.wired.domain.keysOf(it.command));
    this.late.waitFor(keys.flat());
    const batch: Batch = { keys, appended: [], at: this.options.agenda.now, ...(abort && { undo: [] }) };
    const alive = works.map(({ finishes }) => finishes === undefined || this.todo.holds(finishes.id, finishes.token));
    const stored = new Map<string, Stored>();
    const outcomes = works.map((work, index): Outcome => {
      if (alive[index] !== true) return { kind: 'overtaken' };
      return this.answered(work, stored) ?? this.decideAndStore(work, index, batch, stored);
    });
    if (batch.undo !== undefined) {
      for (const { rows, id, row } of batch.undo.reverse())
        if (row === undefined) rows.delete(id);
        else rows.set(id, row);
      return outcomes;
    }
    for (const { finishes } of works)
      if (finishes !== undefined && this.todo.holds(finishes.id, finishes.token)) this.todo.finish(finishes.id);
    for (const [key, answer] of stored) this.answers.set(key, answer);
    this.hear(hearing, batch.at);
    this.commit(batch);
    return outcomes;
  }

  /** What was answered before under the same key; nothing for a request that is new, or has none. */
  private answered({ wanted }: Work, stored: ReadonlyMap<string, Stored>): Outcome | undefined {
    const known = wanted && (stored.get(wanted.key) ?? this.answers.get(wanted.key));
    if (wanted === undefined || known === undefined) return undefined;
    if (known.body !== wanted.body) return { kind: 'refused', rejection: { rejected: 'idempotency-key-reused' } };
    return { kind: 'replayed', ...(known.refused !== undefined && { refused: known.refused }) };
  }

  private decideAndStore(work: Work, index: number, batch: Batch, stored: Map<string, Stored>): Outcome {
    const outcome = this.decideOne(work, index, batch);
    const { wanted } = work;
    if (wanted !== undefined)
      stored.set(wanted.key, { body: wanted.body, ...(outcome.kind === 'refused' && { refused: outcome.rejection.rejected }) });
    return outcome;
  }

  private decideOne({ command, actor }: Work, index: number, batch: Batch): Outcome {
    const { domain } = this.wired;
    const keys = batch.keys[index] ?? [];
    const before = this.rowsFor(keys);
    const decision = domain.decide({ ...command, at: batch.at } as AnyCommand, before, this.view);
    if (isRejection(decision)) return { kind: 'refused', rejection: decision };
    if (decision.length === 0) return { kind: 'done', events: decision };
    const after = evolved<object, AnyEvent>((rows, it) => domain.evolve(rows, it), before, decision);
    for (const event of decision) {
      domain.view.apply(this.view, event);
      const topic = topicOf(event.type);
      const key = topic === undefined ? '' : keyOf(topic, event);
      batch.appended.push({ event, id: this.options.nextEventId(), at: batch.at, actor, topic, key });
    }
    domain.uphold(after);
    this.keep(keys, before, after as AnyRows, batch);
    return { kind: 'done', events: decision };
  }

  /** The rows that a command sees: those that it names, no others. */
  private rowsFor(keys: readonly RowKey[]): AnyRows {
    const seen: Record<string, Record<string, unknown>> = { ...this.empty };
    for (const { kind, id } of keys) {
      const row = this.rows.get(kind)?.get(id);
      if (row === undefined) continue;
      const of = seen[kind];
      if (of === undefined || of === this.empty[kind]) seen[kind] = { [id]: row };
      else of[id] = row;
    }
    return seen;
  }

  private keep(keys: readonly RowKey[], before: AnyRows, after: AnyRows, batch: Batch): void {
    for (const kind of this.wired.kinds) {
      const [was, is, rows] = [before[kind], after[kind], this.rows.get(kind)];
      if (is === was || is === undefined || rows === undefined) continue;
      for (const id in is) {
        const row = is[id];
        if (row === was?.[id]) continue;
        assertMayChange(keys, batch.keys, kind, id);
        batch.undo?.push({ rows, id, row: rows.get(id) });
        rows.set(id, this.options.strict ? asStored(row) : row);
      }
    }
  }

  private hear(hearing: Hearing | undefined, at: number): void {
    if (hearing === undefined) return;
    for (const id of hearing.claims) this.inbox.add(id);
    for (const { due, cause } of hearing.later) this.todo.addCommand(due, due.at ?? at, cause);
  }

  private commit({ keys, appended, at }: Batch): void {
    if (appended.length === 0) return;
    const kept = coalesce(appended);
    const lateMs = this.options.lateMs(this);
    if (lateMs === 0) for (const it of kept) this.log.push(it);
    else this.late.add(keys.flat(), kept, lateMs);
    for (const it of kept) this.append(it, at);
    for (const it of appended) this.record(it);
    this.options.committed(this, kept);
  }

  private append(appended: Appended, at: number): void {
    const { event, topic, id } = appended;
    if (this.options.strict && topic !== undefined) {
      const { type, ...data } = event;
      const fault = faultOf(type, data) ?? faultOf(type, asStored(data), 'in');
      assert(fault === undefined, `a fact keeps its schema: ${fault ?? ''}`);
    }
    for (const due of this.wired.domain.react(event)) this.todo.addCommand(due, due.at ?? at, id);
    this.todo.addEffects(this.options.strict ? asStored(event) : event, at);
  }

  /** Timelines and the like are looked at in strict worlds only: they cost as much as the decisions that they tell of. */
  private record({ event, id, at, actor }: Appended): void {
    const { strict, keepsBooks } = this.options;
    if (!strict && event.type !== 'MoneyMoved' && event.type !== 'UnitsDelivered' && !(keepsBooks && MOVES.has(event.type))) return;
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

/** Of what stock does: what the ledger of movements is made of. */
const MOVES: ReadonlySet<string> = new Set(['OfferHeld', 'UnitsMoved', 'PurchaseSettled', 'StockReported']);

const keyOf = (topic: Topic, event: AnyEvent): string => {
  const key = (event as AnyEvent & Readonly<Record<string, unknown>>)[TOPICS[topic].key];
  assert(typeof key === 'string', `a ${event.type} has the key ${TOPICS[topic].key}`);
  return key;
};

/** A command changes what it names, and not what every command of its batch only reads. */
function assertMayChange(keys: readonly RowKey[], all: readonly (readonly RowKey[])[], kind: string, id: string): void {
  const named = keys.filter((it) => it.kind === kind && it.id === id);
  if (named.some((it) => it.mode !== 'share')) return;
  assert(named.length > 0, `the command names the row ${kind}/${id} that it changes`);
  const isOwned = all.some((of) => of.some((it) => it.kind === kind && it.id === id && it.mode !== 'share'));
  assert(isOwned, `the row ${kind}/${id} was locked to be read, not to be changed`);
}

const isState = ({ topic }: Appended): boolean => topic !== undefined && TOPICS[topic].compacted;

/** Of several states of one key in one transaction only the last leaves it (protocol 26). */
function coalesce(appended: readonly Appended[]): readonly Appended[] {
  let states = 0;
  for (const it of appended) if (isState(it)) states += 1;
  if (states < 2) return appended;
  const last = new Map<string, Appended>();
  for (const it of appended) if (isState(it)) last.set(it.key, it);
  return appended.filter((it) => !isState(it) || last.get(it.key)?.topic !== it.topic || last.get(it.key) === it);
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
