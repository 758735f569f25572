import type { Rejection, Timed, Untimed } from '@midstream/kernel';
import type { Answered, Idempotency } from './answers';
import type { ServiceDefinition } from './define';
import { Busy, type Gather } from './gather';
import type { AnyCommand, AnyEvent, Cause, Outcome, Work } from './handle';
import { type Caller, tenantOf } from './keys';
import type { Watched } from './parking';
import { isTransient } from './postgres';
import { Problem, problemOfRejection } from './problems';
import { type Storage, tryAgain } from './storage';

export interface RunOptions {
  readonly caller?: Caller;
  readonly key?: Idempotency;
  /** The status of a success, as it is stored with the answer; 200 unless said. */
  readonly status?: number;
  /** What the caller gets to see: pure, made in the transaction from the command's rows after it. */
  readonly answer?: (rows: never, events: readonly AnyEvent[]) => unknown;
  /** What is stored of it under the key, where that differs: never a secret. */
  readonly stored?: (body: unknown) => unknown;
}

export type CommandOutcome =
  { readonly rejected: Rejection } | { readonly body: unknown; readonly events: readonly AnyEvent[]; readonly replayed: boolean };

/** The way of a controller into the domain: a command in, an answer or a problem out. */
export class Commands<Command extends Timed = Timed> {
  private readonly running = new Set<string>();

  constructor(
    private readonly gather: Gather,
    private readonly problems: ServiceDefinition<never, unknown, never, never, string>['problems'],
    private readonly domainView: unknown,
    private readonly parked: Pick<Watched, 'among'>,
    private readonly storage: Storage,
  ) {}

  /** The domain's view in memory: read-only. */
  view<View>(): View {
    return this.domainView as View;
  }

  /** @throws Problem where the domain refuses, the key is in use, or the database is away or full. */
  async run<Body = unknown>(command: Untimed<Command>, options: RunOptions = {}): Promise<Body> {
    const outcome = await this.outcome(command, options);
    if ('rejected' in outcome) throw problemOfRejection(outcome.rejected, this.problems);
    return outcome.body as Body;
  }

  /** Like `run`, with a refusal as a value. */
  async outcome(command: Untimed<Command>, options: RunOptions = {}): Promise<CommandOutcome> {
    const { key } = options;
    const name = key && `${key.tenant}\n${key.key}`;
    if (name !== undefined && this.running.has(name)) {
      throw new Problem(409, 'idempotency-key-in-use', 'A request with this Idempotency-Key is still running; wait for its answer');
    }
    if (name !== undefined) this.running.add(name);
    try {
      return outcomeOf(await this.submit(command, options));
    } finally {
      if (name !== undefined) this.running.delete(name);
    }
  }

  /**
   * Of commands that come together, each for itself; refusals as values, also that a key is parked. They share transactions, and what is
   * asked before a command is asked once for all.
   */
  outcomes(commands: readonly Untimed<Command>[], { caller, answer }: Pick<RunOptions, 'caller' | 'answer'>): Promise<CommandOutcome[]> {
    const cause = causeOf(caller);
    return this.orTryAgain(async () => {
      const parked = await this.parked.among(commands);
      const one = async (command: Untimed<Command>): Promise<CommandOutcome> =>
        parked.has(command) ? { rejected: PARKED } : outcomeOf(await this.gather.submit({ command, cause, ...answering(answer) }));
      return Promise.all(commands.map(one));
    });
  }

  private submit(command: AnyCommand, { caller, key, status = 200, answer, stored }: RunOptions): Promise<Outcome> {
    return this.orTryAgain(async () => {
      const parked = await this.parked.among([command]);
      if (parked.size > 0) throw problemOfRejection(PARKED, {});
      const wanted = key && { wanted: { ...key, status, ...(stored && { stored }) } };
      return this.gather.submit({ command, cause: causeOf(caller), ...wanted, ...answering(answer) });
    });
  }

  private async orTryAgain<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const full = this.storage.problemOf(error);
      if (full !== undefined) throw full;
      if (error instanceof Busy || isTransient(error)) throw tryAgain();
      throw error;
    }
  }
}

const PARKED: Rejection = { rejected: 'key-parked' };

const causeOf = (caller: Caller | undefined): Cause => ({
  actor: caller ? `${tenantOf(caller)}:${caller.keyId}` : 'shell',
  ...(caller?.traceparent !== undefined && { traceparent: caller.traceparent }),
});

const answering = (answer: RunOptions['answer']): Pick<Work, 'answer'> =>
  answer === undefined ? {} : { answer: answer as (rows: unknown, events: readonly AnyEvent[]) => unknown };

function outcomeOf(outcome: Outcome): CommandOutcome {
  switch (outcome.kind) {
    case 'done':
      return { body: outcome.body, events: outcome.events, replayed: false };
    case 'refused':
      return { rejected: outcome.rejection };
    case 'replayed':
      return replayed(outcome.answer);
    case 'overtaken':
      throw new Error('a request finishes no todo');
  }
}

/** A stored refusal is refused again, with its own code. */
const replayed = (answer: Answered): CommandOutcome =>
  answer.status === 0 ? { rejected: answer.body as Rejection } : { body: answer.body, events: [], replayed: true };
