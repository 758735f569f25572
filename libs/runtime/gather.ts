import { assert } from '@midstream/kernel';
import { type Handled, type Handling, handleIn, type Outcome, type Work, type Wrote } from './handle';
import { BATCH_MAX, BATCH_TRIES_MAX, GATHER_QUEUE_MAX } from './limits';
import { type Database, isConflict, isConstraint, isTransient } from './postgres';

export class Busy extends Error {}

interface Waiting {
  readonly works: readonly Work[];
  readonly resolve: (outcomes: readonly Outcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Commands that arrive together are handled in one transaction: the more are waiting, the bigger the batch, the cheaper each. */
export interface Gather {
  /** @throws Busy where the queue is full; the database's error where it is away. */
  submit(work: Work): Promise<Outcome>;
  /** Works that are done together or not at all. */
  submitAll(works: readonly Work[]): Promise<readonly Outcome[]>;
  /** Resolves when nothing is waiting or running any more. */
  idle(): Promise<void>;
}

export function gather(database: Database, handling: Handling, committed: (wrote: Wrote) => void): Gather {
  const queue: Waiting[] = [];
  let running = false;
  let wake: (() => void)[] = [];

  const run = async (): Promise<void> => {
    // One turn of the event loop: what is being parsed now joins the batch.
    await new Promise(setImmediate);
    // Taken from the queue when the turn has come: what arrives until then joins, too
    while (queue.length > 0) await settle(() => queue.splice(0, BATCH_MAX));
    // At once with the look at the queue: a command that comes between would find nobody
    running = false;
    for (const it of wake) it();
    wake = [];
  };

  const settle = async (take: () => readonly Waiting[]): Promise<void> => {
    let batch: readonly Waiting[] = [];
    const handle = (): Promise<Handled> => {
      batch = take();
      return handleBatch(
        database,
        handling,
        batch.flatMap((it) => it.works),
      );
    };
    const handled = await database.turn(handle).catch((error: unknown) => settleApart(batch, error));
    if (handled === undefined) return;
    committed(handled.wrote);
    let index = 0;
    for (const { works, resolve } of batch) resolve(handled.outcomes.slice(index, (index += works.length)));
  };

  /** What one command has done is its own fault, be it a constraint or a bug: the halves go by themselves, a turn each. An outage is everybody's. */
  const settleApart = async (batch: readonly Waiting[], error: unknown): Promise<undefined> => {
    if (batch.length === 1 || (isTransient(error) && !isConflict(error))) {
      for (const it of batch) it.reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await settle(() => batch.slice(0, half));
    await settle(() => batch.slice(half));
  };

  const submitAll = (works: readonly Work[]): Promise<readonly Outcome[]> => {
    if (queue.length >= GATHER_QUEUE_MAX) return Promise.reject(new Busy(`${GATHER_QUEUE_MAX} commands are waiting`));
    return new Promise((resolve, reject) => {
      queue.push({ works, resolve, reject });
      if (running) return;
      running = true;
      void run();
    });
  };

  return {
    async submit(work) {
      const [outcome] = await submitAll([work]);
      assert(outcome !== undefined, 'every work has an outcome');
      return outcome;
    },
    submitAll,
    idle: () => (!running ? Promise.resolve() : new Promise((resolve) => wake.push(resolve))),
  };
}

/**
 * One batch, in a transaction of its own. A deadlock runs it again; so does, for a single command, a row or an answer that another
 * transaction made meanwhile (then it is found).
 */
export async function handleBatch(database: Database, handling: Handling, works: readonly Work[]): Promise<Handled> {
  for (let tries = 1; ; tries++) {
    try {
      return await database.transaction((tx) => handleIn(tx, handling, works));
    } catch (error) {
      const again = isConflict(error) || (works.length === 1 && isConstraint(error));
      if (!again || tries >= BATCH_TRIES_MAX) throw error;
    }
  }
}
