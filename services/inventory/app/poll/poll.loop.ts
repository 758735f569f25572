import type { InventoryCommand, Supplier } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { Database, Loop, LoopContext } from '@midstream/runtime';
import { House } from '../house';
import { type Found, pauseAfter, poll, POLL_WAIT_MS, type PolledOffer } from './poll';

const EVERY_MS = 1_000;
/** Suppliers that one process asks at once: a slow one keeps no other waiting. */
const AT_ONCE = 4;
const LEASE_MS = POLL_WAIT_MS + 30_000;
/** Figures that go to the domain at once. */
const NOTED_AT_ONCE = 200;
const WORDS_MAX = 200;

/** Asks suppliers that push nothing what they have. One replica each, by a lease; a supplier that fails is asked less often, and its figures stay. */
export function pollLoop(): Loop {
  let running = 0;
  return {
    name: 'poll',
    everyMs: EVERY_MS,
    async run(context) {
      const due = running >= AT_ONCE ? [] : await claim(context.database, AT_ONCE - running);
      for (const supplier of due) {
        running += 1;
        void pollOne(supplier, context)
          .catch(() => undefined) // the lease ends, and it is asked again
          .finally(() => (running -= 1));
      }
      return false;
    },
  };
}

async function claim(database: Database, most: number): Promise<readonly Supplier[]> {
  const { rows } = await database.query<{ state: Supplier }>(
    `WITH due AS MATERIALIZED (
       SELECT s.id FROM supplier s LEFT JOIN supplier_poll p ON p.supplier_id = s.id
        WHERE s.state ? 'pollEveryMs' AND coalesce(greatest(p.next_at, p.leased_until), '-infinity') <= clock_timestamp()
        ORDER BY p.next_at NULLS FIRST LIMIT $1),
     leased AS (
       INSERT INTO supplier_poll AS p (supplier_id, leased_until, polled_at)
       SELECT id, clock_timestamp() + make_interval(secs => $2), clock_timestamp() FROM due ORDER BY id
           ON CONFLICT (supplier_id) DO UPDATE SET leased_until = excluded.leased_until, polled_at = excluded.polled_at
             WHERE greatest(p.next_at, p.leased_until) <= clock_timestamp()
       RETURNING supplier_id)
     SELECT s.state FROM leased l JOIN supplier s ON s.id = l.supplier_id`,
    [most, LEASE_MS / 1_000],
  );
  return rows.map((it) => it.state);
}

async function pollOne(supplier: Supplier, { database, handle }: LoopContext): Promise<void> {
  const { supplierId } = supplier;
  try {
    const offers = await offersOf(database, supplierId);
    const seller = House.of(database).sellerOf(supplier);
    const found = offers.length === 0 ? [] : await poll(seller, offers, AbortSignal.timeout(POLL_WAIT_MS));
    for (let from = 0; from < found.length; from += NOTED_AT_ONCE)
      await Promise.all(found.slice(from, from + NOTED_AT_ONCE).map((it) => handle(toCommand(supplier, it))));
    await noteEnd(database, supplier, { goods: found.filter((it) => it.item !== undefined).length });
  } catch (error) {
    await noteEnd(database, supplier, { error: wordsOf(error) });
  }
}

async function offersOf(database: Database, supplierId: string): Promise<PolledOffer[]> {
  const { rows } = await database.pool.query<{ state: PolledOffer }>(
    `SELECT jsonb_strip_nulls(jsonb_build_object('offerId', id, 'sku', sku, 'supplierSku', state -> 'supplierSku', 'sequence', state -> 'sequence',
              'accepted', state -> 'accepted', 'stockAsOf', state -> 'stockAsOf')) AS state
       FROM offer WHERE supplier_id = $1 ORDER BY id`,
    [supplierId],
  );
  return rows.map((it) => it.state);
}

function toCommand({ supplierId, pollEveryMs }: Supplier, { offer, item }: Found): Untimed<InventoryCommand> {
  const { offerId, sequence, accepted, stockAsOf } = offer;
  return {
    type: 'NotePolled',
    supplierId,
    offerId,
    quantity: item?.available ?? 0,
    seen: { sequence, accepted, stockAsOf },
    ...(pollEveryMs !== undefined && { everyMs: pollEveryMs }),
    ...(item && { costMinor: item.costMinor, ...(item.costTiers && { costTiers: item.costTiers }), currency: item.currency }),
  };
}

async function noteEnd(
  database: Database,
  supplier: Supplier,
  end: { readonly goods: number } | { readonly error: string },
): Promise<void> {
  const isGood = 'goods' in end;
  const { rows } = await database.query<{ failures: number }>(
    `UPDATE supplier_poll SET leased_until = '-infinity', failures = CASE WHEN $2::text IS NULL THEN 0 ELSE failures + 1 END, error = $2,
            goods = coalesce($3, goods), answered_at = CASE WHEN $2::text IS NULL THEN clock_timestamp() ELSE answered_at END
      WHERE supplier_id = $1 RETURNING failures`,
    [supplier.supplierId, isGood ? null : end.error, isGood ? end.goods : null],
  );
  await database.query(`UPDATE supplier_poll SET next_at = clock_timestamp() + make_interval(secs => $2) WHERE supplier_id = $1`, [
    supplier.supplierId,
    pauseAfter(supplier, rows[0]?.failures ?? 0) / 1_000,
  ]);
}

/** Our own words and those of the connection; nothing that a supplier has said. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, WORDS_MAX) : 'it did not answer';
