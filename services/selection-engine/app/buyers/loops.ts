import type { Database, Loop } from '@midstream/runtime';
import {
  type AfterSales,
  type BuyerProfile,
  BUYERS_MAX,
  knowAfterSales,
  knowBuyer,
  PROFILE_MS,
  unknowBuyer,
} from '@midstream/selection-engine-domain';
import { bookOf } from '../book';
import { FOLDING } from './note';

const ERASURES_MS = 2_000;
const FOLLOW_MS = 2_000;
/** A transaction may be so long on its way to its commit: what it changed carries the time of the change. */
const LATE_MS = 10_000;
/** Replicas have heard of an erasure by then. */
const MARK_KEPT_MS = 3_600_000;

/**
 * Takes away what is kept of buyers that are to be forgotten; with that, the note of who it was. What is left is a mark without any of it, for
 * the memory of the replicas, which goes in an hour.
 */
export const erasuresLoop = (): Loop => ({
  name: 'erasures',
  everyMs: ERASURES_MS,
  async run({ database }) {
    const { rows } = await database.query<{ waits: boolean }>('SELECT EXISTS (SELECT FROM erasure) AS waits');
    if (rows[0]?.waits === true) await erase(database);
    return false;
  },
});

/** Profiles that were not touched for PROFILE_MS. */
export const dropOldBuyers = (database: Database): Promise<unknown> =>
  database.query(`DELETE FROM buyer WHERE seen_at < now() - make_interval(secs => $1)`, [PROFILE_MS / 1_000]);

const erase = (database: Database): Promise<void> =>
  database.transaction(async (tx) => {
    // Not while lines that ended become profiles
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FOLDING]);
    const { rows } = await tx.query<{ buyer_key: string }>('DELETE FROM erasure RETURNING buyer_key');
    const keys = [...new Set(rows.map((it) => it.buyer_key))].sort();
    if (keys.length === 0) return;
    await tx.query(`UPDATE line_end SET buyer_key = NULL WHERE buyer_key = ANY($1)`, [keys]);
    await tx.query(
      `INSERT INTO buyer (id, merchant_id, seen_at, erased_at)
       SELECT id, '', now() - make_interval(secs => $2), clock_timestamp() FROM unnest($1::text[]) AS id
           ON CONFLICT (id) DO UPDATE SET merchant_id = '', state = NULL, seen_at = excluded.seen_at, changed_at = clock_timestamp(),
              erased_at = excluded.erased_at`,
      [keys, (PROFILE_MS - MARK_KEPT_MS) / 1_000],
    );
  });

interface BuyerChanged {
  readonly id: string;
  readonly state: BuyerProfile | null;
  readonly changed_at: Date;
}

interface AfterSalesChanged extends AfterSales {
  readonly offer_id: string;
  readonly changed_at: Date;
}

/** Every replica has the buyers that were seen last in memory, and what became of what each offer served. */
export function buyersLoop(): Loop {
  const read = new WeakMap<Database, { buyersAt: number; offersAt: number }>();
  return {
    name: 'buyers',
    everyMs: FOLLOW_MS,
    async run({ database }) {
      const since = read.get(database) ?? { buyersAt: 0, offersAt: 0 };
      read.set(database, since);
      const buyers = await buyersSince(database, since.buyersAt);
      const book = bookOf(database);
      for (const { id, state } of buyers) {
        if (state === null) unknowBuyer(book, id);
        else knowBuyer(book, state);
      }
      const offers = await afterSalesSince(database, since.offersAt);
      for (const { offer_id, served, faulty, judged, returned, changed_at } of offers)
        knowAfterSales(book, offer_id, { served, faulty, judged, returned }, changed_at.getTime());
      since.buyersAt = buyers.at(-1)?.changed_at.getTime() ?? since.buyersAt;
      since.offersAt = offers.at(-1)?.changed_at.getTime() ?? since.offersAt;
      return false;
    },
  };
}

/** The newest, oldest first: what is left out at the first reading, or after a long pause, would be forgotten for them anyway. */
async function buyersSince(database: Database, at: number): Promise<BuyerChanged[]> {
  const { rows } = await database.query<BuyerChanged>(
    `SELECT id, state, changed_at FROM buyer WHERE changed_at > $1 ORDER BY changed_at DESC LIMIT ${BUYERS_MAX}`,
    [new Date(at - LATE_MS)],
  );
  return rows.reverse();
}

async function afterSalesSince(database: Database, at: number): Promise<AfterSalesChanged[]> {
  const { rows } = await database.query<AfterSalesChanged>(`SELECT * FROM after_sales WHERE changed_at > $1 ORDER BY changed_at`, [
    new Date(at - LATE_MS),
  ]);
  return rows;
}
