import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Told } from './heard';
import { BATCH_MAX } from './limits';
import { isConflict, isTransient } from './postgres';

/** What a chunk of one partition tells. */
export interface ChunkTold {
  /** The partition. */
  readonly place: string;
  readonly told: readonly Told[];
}

interface Joining {
  /** How long one that is not full waits for others; none: for what is being parsed now. */
  readonly lingerMs?: number;
  /** One transaction; `take` is asked when its turn has come. */
  readonly commit: (take: () => readonly Told[]) => Promise<void>;
  /** What becomes of a chunk that failed by itself. Rejects where the bus is to give it again. */
  readonly failed: (chunk: ChunkTold, error: unknown) => Promise<void>;
}

interface Waiting extends ChunkTold {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Chunks of several partitions that wait for the same turn are one transaction: the more wait, the cheaper each. Where it fails, each is
 * one by itself; an outage is everybody's. No limit of its own: a partition waits with one chunk at a time.
 */
export function joinChunks({ lingerMs = 0, commit, failed }: Joining): (chunk: ChunkTold) => Promise<void> {
  const queue: Waiting[] = [];
  let running = false;

  const settle = async (): Promise<void> => {
    let taken: readonly Waiting[] = [];
    // Taken from the queue when the turn has come: what arrives until then joins
    const take = (): readonly Told[] => {
      taken = takeUpTo(queue, BATCH_MAX);
      return taken.flatMap((it) => it.told);
    };
    const trouble = await commit(take).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (taken.length === 0) taken = queue.splice(0);
    await Promise.all(taken.map((it) => applied(it, taken.length, trouble).then(it.resolve, it.reject)));
  };

  const applied = async (it: Waiting, together: number, trouble: { readonly error: unknown } | undefined): Promise<void> => {
    if (trouble === undefined) return;
    const { error } = trouble;
    if (together === 1 || (isTransient(error) && !isConflict(error))) return failed(it, error);
    await commit(() => it.told).catch((its: unknown) => failed(it, its));
  };

  const run = async (): Promise<void> => {
    const isFull = queue.some(({ told }) => told.length >= BATCH_MAX);
    await (lingerMs > 0 && !isFull ? sleep(lingerMs) : turn());
    while (queue.length > 0) await settle();
    running = false;
  };

  return ({ place, told }) =>
    new Promise((resolve, reject) => {
      queue.push({ place, told, resolve, reject });
      if (running) return;
      running = true;
      void run();
    });
}

/** As many as fit into one transaction, and at least one. */
function takeUpTo(queue: Waiting[], most: number): Waiting[] {
  let size = 0;
  const beyond = queue.findIndex(({ told }, index) => (size += told.length) > most && index > 0);
  return queue.splice(0, beyond === -1 ? queue.length : beyond);
}
