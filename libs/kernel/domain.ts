/** A refusal that the caller can act on. Anything else that goes wrong is a bug and is thrown. */
export interface Rejection<Code extends string = string> {
  readonly rejected: Code;
  /** What the caller needs to mend it, in numbers and names: `{ available: 300, needed: 2600 }`. Never a secret. */
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

export const reject = <Code extends string>(rejected: Code, detail?: Rejection['detail']): Rejection<Code> => ({
  rejected,
  ...(detail && { detail }),
});

export function isRejection<Event, Code extends string>(decision: Decision<Event, Code>): decision is Rejection<Code> {
  return 'rejected' in decision;
}

/** The facts that a command causes, in order; none when it changes nothing. */
export type Decision<Event, Code extends string = never> = readonly Event[] | Rejection<Code>;

/** A command to be handled now (in the transaction that hears the fact), or once `at` has come (milliseconds of the database's clock). */
export interface Due<Command> {
  readonly command: Command;
  readonly at?: number;
  /** Wait, past `at`, until all that this topic's owner had published by then has been heard here: a backlog expires nothing (protocol 16). */
  readonly caughtUp?: string;
}

/** The rows of one kind that a command names, by id. A row that does not exist yet is absent. */
export type RowsOf<Row> = Readonly<Record<string, Row>>;

/** What every command carries. The shell stamps `at` by the database's clock, after the rows are locked (protocol 24). */
export interface Timed {
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A command as a caller writes it: the shell adds the time. */
export type Untimed<Command> = Command extends Timed ? Omit<Command, 'at'> : never;

export interface RowKey<Kind = string> {
  readonly kind: Kind;
  readonly id: string;
  /** `share`: read under a lock that other readers may hold, too; the row must not be changed (protocol 14). */
  readonly mode?: 'share';
}

/**
 * What a service is, without a clock, a database or a network.
 * `Rows`: the locked rows that a command names, by kind and id. `View`: read-only projections kept in memory (the market's book, the products).
 */
export interface Domain<
  Rows,
  View,
  Command extends Timed,
  Event extends { readonly type: string },
  Fact extends { readonly type: string },
  Code extends string,
> {
  /** The rows that a command reads or changes. The shell locks them in (kind, id) order and loads them; absent ones may be made. */
  keysOf(command: Untimed<Command> | Command): readonly RowKey<keyof Rows & string>[];
  /** Pure. `command.at` is the only clock it knows. */
  decide(command: Command, rows: Rows, view: View): Decision<Event, Code>;
  /** Total: every event that `decide` can return applies to the rows for which it returns it. */
  evolve(rows: Rows, event: Event): Rows;
  /** Asserts what must be true between any two commands. Run by the shell, by every spec and by the simulation. */
  uphold(rows: Rows): void;
  /** What a fact of another service, or of our own, calls for. A fact of our own calls for commands after its commit (through `todo`). */
  react(fact: Fact | Event): readonly Due<Untimed<Command>>[];
  /**
   * The projection that `decide` reads: made empty, then fed with every state fact, in version order per key, and with the service's own
   * events as soon as they are decided, also within a batch. Changed in place; an estimate, on which no correctness rests.
   */
  readonly view: { create(): View; apply(view: View, fact: Fact | Event): void };
}

export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`broken: ${claim}`);
}

export function assertNever(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`);
}
