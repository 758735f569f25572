import { EVENT_DAYS } from './limits';
import { oldestDayOfLog } from './partitions';
import { type Database, isTransient, STATEMENT_MS_MAX } from './postgres';
import { Problem } from './problems';

/**
 * Where a listener is in the log of one database: within the tick between two snapshots, past the event `after`. As the `id:` of a
 * server-sent event it resumes at any replica, without loss and without repetition (protocol 30).
 */
export interface Place {
  readonly previous: string;
  readonly current: string;
  /** The id of an event; -1: none of the tick. */
  readonly after: string;
  /** When `current` was taken; milliseconds of the database's clock. */
  readonly at: number;
}

export const idOf = (owner: string, { previous, current, after, at }: Place): string =>
  Buffer.from([owner, previous, current, after, at].join('|')).toString('base64url');

const SNAPSHOT = /^\d{1,20}:\d{1,20}:[\d,]*$/;

function decode(owner: string, id: string): Place | undefined {
  const [from, previous = '', current = '', after = '', at = ''] = Buffer.from(id, 'base64url').toString().split('|');
  const isValid =
    from === owner && SNAPSHOT.test(previous) && SNAPSHOT.test(current) && /^(-1|\d{1,18})$/.test(after) && /^\d{1,15}$/.test(at);
  return isValid ? { previous, current, after, at: Number(at) } : undefined;
}

const broken = (): Problem =>
  new Problem(
    400,
    'invalid-last-event-id',
    'Last-Event-ID is the `id:` of an event of this stream, as it came; leave it out to hear what is new',
  );

/**
 * The place that a Last-Event-ID names; `gone` where the log does not reach back to it, or was restored to a time before it.
 * @throws Problem where it is no id that we have given.
 */
export async function placeOf(database: Database, owner: string, id: string): Promise<Place | 'gone'> {
  const place = decode(owner, id);
  if (place === undefined) throw broken();
  const { rows } = await database.pool
    .query<{ ordered: boolean; known: boolean }>(
      `SELECT pg_snapshot_xmax($1::pg_snapshot) <= pg_snapshot_xmax($2::pg_snapshot) AS ordered,
              pg_snapshot_xmax($2::pg_snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) AS known`,
      [place.previous, place.current],
    )
    .catch((error: unknown) => {
      // Digits that make no snapshot
      if (isTransient(error)) throw error;
      throw broken();
    });
  if (rows[0]?.ordered !== true) throw broken();
  return rows[0].known && place.at - STATEMENT_MS_MAX >= (await oldestDayOfLog(database)) ? place : 'gone';
}

/** What a listener is told whose place is gone: it goes on from now. */
export const GONE = {
  keptDays: EVENT_DAYS,
  detail: 'What happened since your Last-Event-ID is not in the log any more: read what you follow anew. From here on you miss nothing.',
} as const;
