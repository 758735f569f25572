import type { Database, Loop } from '@midstream/runtime';
import { type Complained, COMPLAINTS_MAX, knowComplaint } from '@midstream/selection-engine-domain';
import { bookOf } from '../book';

const FOLLOW_MS = 2_000;
/** A transaction may be so long on its way to its commit: what it changed carries the time of its locks. */
const LATE_MS = 10_000;
/** Eight half-lives of what is learnt of complaints. */
const KEPT_DAYS = 120;

interface Changed {
  readonly state: Complained;
  readonly changed_at: Date;
}

/** Every replica learns of every complaint, also of those before it began. */
export function complaintsLoop(): Loop {
  const read = new WeakMap<Database, number>();
  return {
    name: 'complaints',
    everyMs: FOLLOW_MS,
    async run({ database }) {
      const since = read.get(database);
      const rows = await changedSince(database, since ?? 0);
      const book = bookOf(database);
      for (const { state } of rows) knowComplaint(book, state, since === undefined);
      read.set(database, rows.at(-1)?.changed_at.getTime() ?? since ?? 0);
      return false;
    },
  };
}

/** The newest, oldest first: what is left out would be forgotten for them anyway. */
async function changedSince(database: Database, at: number): Promise<Changed[]> {
  const { rows } = await database.query<Changed>(
    `SELECT state, changed_at FROM complaint WHERE changed_at > $1 ORDER BY changed_at DESC LIMIT ${COMPLAINTS_MAX}`,
    [new Date(at - LATE_MS)],
  );
  return rows.reverse();
}

export const dropOldComplaints = (database: Database): Promise<unknown> =>
  database.query(`DELETE FROM complaint WHERE changed_at < now() - make_interval(days => $1)`, [KEPT_DAYS]);
