import { topicNames, type Topic } from '@midstream/contracts';
import { evolved, isRejection, type Due, type Rejection, type RowKey } from '@midstream/kernel';
import { type Answered, type Answers, answersOf, loadAnswers, type Wanted } from './answers';
import { type Appended, appends } from './appends';
import { newId } from './ids';
import type { EventMeta, ServiceDefinition } from './define';
import { point } from './fault';
import type { Tx } from './postgres';
import { keep, type LoadedTable, lockRows, type Rows, rowsFor, writesOf } from './rows';
import { type Write, writeAll } from './writes';

export interface AnyCommand {
  readonly type: string;
}
export interface AnyEvent {
  readonly type: string;
}

/** Who asks, and why: what every event of the command carries on. */
export interface Cause {
  readonly actor: string;
  readonly cause?: string;
  readonly traceparent?: string;
}

export interface Work {
  readonly command: AnyCommand;
  readonly cause: Cause;
  /** Of a REST command with a key: the stored answer, and what is to be stored. */
  readonly wanted?: Wanted;
  /** The `todo` row that this finishes; where it is gone, another has finished it, and the work is not done. */
  readonly finishes?: { readonly id: string; readonly token: string };
  /** What a caller gets to see, made in the transaction from the command's rows after it. */
  readonly answer?: (rows: unknown, events: readonly AnyEvent[]) => unknown;
}

export type Outcome =
  | { readonly kind: 'done'; readonly events: readonly AnyEvent[]; readonly rows: unknown; readonly body: unknown }
  | { readonly kind: 'refused'; readonly rejection: Rejection }
  | { readonly kind: 'replayed'; readonly answer: Answered }
  | { readonly kind: 'overtaken' };

export type AnyDefinition = ServiceDefinition<never, unknown, never, never, string>;

/** A domain as the shell sees it: every type that is the service's own is opaque here. */
export interface OpaqueDomain {
  keysOf(command: AnyCommand): readonly RowKey[];
  decide(command: AnyCommand, rows: unknown, view: unknown): readonly AnyEvent[] | Rejection;
  evolve(rows: unknown, event: AnyEvent): unknown;
  uphold(rows: unknown): void;
  react(fact: AnyEvent): readonly Due<AnyCommand>[];
  readonly view: { create(): unknown; apply(view: unknown, fact: AnyEvent): void };
}

export interface Handling {
  readonly domain: OpaqueDomain;
  readonly view: unknown;
  readonly tables: readonly LoadedTable[];
  readonly follows: ReadonlySet<Topic>;
  readonly effects: readonly {
    readonly name: string;
    readonly on: string;
    readonly key: (event: never) => string;
    readonly lane?: (event: never) => string;
  }[];
  readonly recordsOf: (event: AnyEvent, meta: EventMeta) => readonly { readonly table: string; readonly rows: readonly object[] }[];
  readonly count: (name: 'refused' | 'idle' | 'handled', type: string) => void;
}

/** What a transaction has written that somebody waits for: who follows it looks at once, and nobody else. */
export interface Wrote {
  readonly topics: ReadonlySet<Topic>;
  /** Something that is due at once. */
  readonly due: boolean;
  /** State that a view follows. */
  readonly states: boolean;
}

export const EVERYTHING: Wrote = { topics: new Set(topicNames), due: true, states: true };

export interface Handled {
  readonly outcomes: Outcome[];
  readonly wrote: Wrote;
}

/** A batch before its transaction: which rows its commands name. */
export interface Plan {
  readonly works: readonly Work[];
  readonly keys: readonly (readonly RowKey[])[];
}

export const planOf = ({ domain }: Handling, works: readonly Work[]): Plan => ({
  works,
  keys: works.map((it) => domain.keysOf(it.command)),
});

/** What a batch decides on. */
export interface Read {
  readonly rows: Rows;
  readonly answered: Answers;
  readonly alive: (work: Work) => boolean;
  readonly at: number;
}

/** A batch of commands in the transaction `tx`. A refusal is an outcome like another; anything thrown undoes the batch. */
export async function handleIn(tx: Tx, handling: Handling, works: readonly Work[]): Promise<Handled> {
  const plan = planOf(handling, works);
  return decideIn(tx, handling, plan, await readFor(tx, handling, plan));
}

/** Locks the rows that the commands name, and reads the clock after: all asked at once, one round trip. */
export async function readFor(tx: Tx, handling: Handling, { works, keys }: Plan): Promise<Read> {
  const [alive, answered, rows, at] = await Promise.all([
    finishTodos(tx, works),
    loadAnswers(
      tx,
      works.flatMap((it) => it.wanted ?? []),
    ),
    lockRows(tx, handling.tables, keys.flat()),
    now(tx),
  ]);
  point('handle:after-read');
  return { alive, answered, rows, at };
}

/** So many commands are decided in one turn of the event loop: a large batch must not keep a small request waiting. */
const BREATH = 25;

/**
 * Decides one command after the other in memory, and sends all that they write with the commit that follows. `plan` may leave out works
 * for which rows were read. `extra`: what else belongs into the same statement.
 */
export async function decideIn(
  tx: Tx,
  handling: Handling,
  { works, keys }: Plan,
  read: Read,
  extra: readonly Write[] = [],
): Promise<Handled> {
  const { rows, answered, alive, at } = read;
  const appended: Appended[] = [];
  const stored: { wanted: Wanted; answer: Answered }[] = [];
  const outcomeOf = (work: Work, named: readonly RowKey[]): Outcome => {
    if (!alive(work)) return { kind: 'overtaken' };
    const known = work.wanted && answered.of(work.wanted);
    if (known !== undefined)
      return known.kind === 'answer' ? { kind: 'replayed', answer: known.answer } : { kind: 'refused', rejection: known.rejection };
    const outcome = decideOne(handling, work, rows, named, at, appended);
    if (work.wanted !== undefined) stored.push({ wanted: work.wanted, answer: answered.keep(work.wanted, outcome) });
    return outcome;
  };
  const outcomes: Outcome[] = [];
  for (const [index, work] of works.entries()) {
    if (index % BREATH === BREATH - 1) await new Promise(setImmediate);
    outcomes.push(outcomeOf(work, keys[index] ?? []));
  }
  const { writes, wrote } = appends(handling, appended, at);
  writeAll(tx, [...extra, ...writesOf(rows, handling.tables), ...answersOf(stored), ...writes]);
  point('handle:after-write');
  return { outcomes, wrote };
}

function decideOne(handling: Handling, work: Work, rows: Rows, keys: readonly RowKey[], at: number, appended: Appended[]): Outcome {
  const { domain, view } = handling;
  const before = rowsFor(rows, handling.tables, keys);
  // First, so that all commands of a type are of one shape; and again: the clock is the shell's, whatever a command brings
  const command = { at, ...work.command };
  command.at = at;
  const decision = domain.decide(command, before, view);
  if (isRejection(decision)) {
    handling.count('refused', work.command.type);
    return { kind: 'refused', rejection: decision };
  }
  handling.count(decision.length === 0 ? 'idle' : 'handled', work.command.type);
  const after = evolved<unknown, AnyEvent>((rows, it) => domain.evolve(rows, it), before, decision);
  for (const event of decision) {
    domain.view.apply(view, event);
    appended.push({ event, meta: { eventId: newId(at), at, ...work.cause } });
  }
  domain.uphold(after);
  keep(rows, handling.tables, keys, before, after as typeof before);
  return { kind: 'done', events: decision, rows: after, body: work.answer?.(after, decision) };
}

/** The database's clock, read after the rows are locked: what comes later in a row's history has a later time (protocol 24). */
async function now(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ at: string }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at');
  return Number(rows[0]?.at);
}

/**
 * Deletes the `todo` rows that the works finish, and tells which works are still theirs to do. By token: one whose lease ran out may end
 * in the same batch as the one that took over from it.
 */
async function finishTodos(tx: Tx, works: readonly Work[]): Promise<(work: Work) => boolean> {
  const finishing = works.flatMap((it) => it.finishes ?? []);
  if (finishing.length === 0) return () => true;
  const { rows } = await tx.query<{ id: string; token: string }>(
    `DELETE FROM todo t USING json_to_recordset($1::json) AS f(id bigint, token uuid) WHERE t.id = f.id AND t.token = f.token RETURNING t.id, t.token`,
    [JSON.stringify(finishing)],
  );
  point('handle:after-finish');
  const tokens = new Map(rows.map((it) => [it.id, it.token]));
  return ({ finishes }) => finishes === undefined || tokens.get(finishes.id) === finishes.token;
}
