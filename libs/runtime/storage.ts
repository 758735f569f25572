import type { Logger } from 'pino';
import type { Metrics } from './metrics';
import { isStorageFull } from './postgres';
import { Problem } from './problems';

/** So long after the last refusal the disk counts as full; who was refused is asked to wait as long. */
const FULL_MS = 10_000;

/** Whether the database's disk is full, as far as anybody has seen who wanted to write. */
export interface Storage {
  readonly isFull: () => boolean;
  /** Takes note where an error says so, and gives the problem to answer with. */
  readonly problemOf: (error: unknown) => Problem | undefined;
}

export function storageOf(logger: Logger, metrics: Metrics): Storage {
  let refusedAt = -Infinity;
  const isFull = () => Date.now() - refusedAt < FULL_MS;
  metrics.gauge('midstream_storage_full', 'Whether the database has refused a write in the last 10 s since its disk is full', () =>
    Number(isFull()),
  );
  return {
    isFull,
    problemOf(error) {
      if (!isStorageFull(error)) return undefined;
      // Once in a while: on a full disk there is no room for a long log either
      if (!isFull())
        logger.error(
          { err: error },
          'the disk of the database is full: make room; nothing that was acknowledged is lost, and it goes on by itself',
        );
      refusedAt = Date.now();
      return new Problem(
        503,
        'storage-full',
        'The disk of the database is full: nothing was done. Try again with the same Idempotency-Key once the operator has made room',
        undefined,
        { retryAfter: FULL_MS / 1_000 },
      );
    },
  };
}

/** What is answered where the database is away or in trouble that may pass. */
export const tryAgain = (): Problem =>
  new Problem(503, 'try-again', 'The service is busy or its database is away; try again with the same Idempotency-Key', undefined, {
    retryAfter: 1,
  });
