import type { Database, Loop, LoopContext } from '@midstream/runtime';
import { reconcileStock } from './books';
import type { StockBooksView } from './books.views';

const EVERY_MS = 60_000;
const LOOK_EVERY_MS = 3_600_000;
const WHOLE_EVERY_MS = 86_400_000;
/** Who dies at it leaves it to another after this. */
const LEASE_MS = 900_000;
/** After a start other things come first. */
const FIRST_AFTER_MS = 600_000;

interface Look {
  /** Instant of the lease, in the database's words: whose look it is. */
  readonly lease: string;
  readonly after: string;
  readonly whole: boolean;
}

/** Once an hour at one replica: the offers that have moved since; all of them once a day, for what changes without a movement. */
export function booksLoop(): Loop {
  const startedAt = Date.now();
  return {
    name: 'stock-books',
    everyMs: EVERY_MS,
    async run(context) {
      if (Date.now() >= startedAt + FIRST_AFTER_MS) await lookAtBooks(context);
      return false;
    },
  };
}

/** Undefined: it is not time, or somebody else looks. */
export async function lookAtBooks(context: LoopContext): Promise<StockBooksView | undefined> {
  const { database } = context;
  const look = await claim(database);
  if (look === undefined) return undefined;
  const seen = await newestMovement(database);
  const found = await reconcileStock(context, look.whole ? undefined : look.after);
  await database.query(
    `UPDATE stock_look SET leased_until = '-infinity', next_at = clock_timestamp() + make_interval(secs => $1), before_id = seen_id, seen_id = $2,
            whole_at = CASE WHEN $3 THEN clock_timestamp() ELSE whole_at END WHERE leased_until = $4::timestamptz`,
    [LOOK_EVERY_MS / 1_000, seen, look.whole, look.lease],
  );
  return found;
}

async function claim(database: Database): Promise<Look | undefined> {
  const { rows } = await database.query<Look>(
    `UPDATE stock_look SET leased_until = clock_timestamp() + make_interval(secs => $1)
      WHERE next_at <= clock_timestamp() AND leased_until <= clock_timestamp()
      RETURNING leased_until::text AS lease, before_id::text AS after, whole_at <= clock_timestamp() - make_interval(secs => $2) AS whole`,
    [LEASE_MS / 1_000, WHOLE_EVERY_MS / 1_000],
  );
  return rows[0];
}

/** As far as numbers were given out: a movement below it that is not committed yet is below that of the next look, too. */
async function newestMovement(database: Database): Promise<string> {
  const { rows } = await database.query<{ id: string }>(
    `SELECT (CASE WHEN is_called THEN last_value ELSE 0 END)::text AS id FROM stock_movement_id_seq`,
  );
  return rows[0]?.id ?? '0';
}
