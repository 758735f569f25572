import { partsOfHoldId } from '@midstream/kernel';
import type { Database, Loop } from '@midstream/runtime';
import { hasBackup, holdsOf, type OfferBook, placeOf } from '@midstream/selection-engine-domain';
import { v7 as uuidv7 } from 'uuid';
import { bookOf } from '../book';

const EVERY_MS = 10_000;
/** So many classes are looked at in one turn of the event loop. */
const BREATH = 100;
/** A replica that is gone tells no more of its lines; what no end was heard of goes after so long. */
const KEPT_DAYS = 8;

/** Writes down which lines in flight have no independent fallback (无独立后备): by their classes, by the market of now. */
export function backupsLoop(): Loop {
  const replica = uuidv7();
  return {
    name: 'backups',
    everyMs: EVERY_MS,
    async run({ database }) {
      const book = bookOf(database);
      await tell(database, replica, holdsOf(book, await withoutBackup(book)), book);
      return false;
    },
  };
}

async function withoutBackup(book: OfferBook): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const classes = [...book.bound.byOffer].flatMap(([offerId, of]) => [...of.values()].map((it) => ({ offerId, it })));
  for (const [n, { offerId, it }] of classes.entries()) {
    if (n % BREATH === BREATH - 1) await new Promise(setImmediate);
    if (!hasBackup(book, offerId, it, Date.now())) found.add(placeOf(offerId, it.key));
  }
  return found;
}

/** Of this replica's rows, what is new, changed or over; and whatever has ended, though its replica did not hear of it. */
async function tell(database: Database, replica: string, holds: ReturnType<typeof holdsOf>, book: OfferBook): Promise<void> {
  const { rows: waits } = await database.query<{ some: boolean }>('SELECT EXISTS (SELECT FROM unbacked) AS some');
  if (holds.length === 0 && waits[0]?.some !== true) return;
  const rows = holds.map(({ holdId, offerId, units }) => {
    const { orderId, lineId } = partsOfHoldId(holdId);
    const { supplierId = '', sku = '' } = book.offers.get(offerId) ?? {};
    return { hold_id: holdId, order_id: orderId, line_id: lineId, offer_id: offerId, supplier_id: supplierId, sku, units };
  });
  await database.query(
    `WITH told AS (
       SELECT * FROM json_to_recordset($2::json)
         AS s(hold_id text, order_id text, line_id text, offer_id text, supplier_id text, sku text, units int)
     ), gone AS (
       DELETE FROM unbacked
        WHERE hold_id NOT IN (SELECT hold_id FROM told) AND (replica = $1 OR since < now() - make_interval(days => ${KEPT_DAYS}))
           OR ${hasEnded('unbacked')}
     )
     INSERT INTO unbacked AS known (hold_id, order_id, line_id, offer_id, supplier_id, sku, units, replica)
     SELECT hold_id, order_id, line_id, offer_id, supplier_id, sku, units, $1 FROM told WHERE NOT (${hasEnded('told')})
         ON CONFLICT (hold_id) DO UPDATE SET units = excluded.units, replica = excluded.replica
      WHERE (known.units, known.replica) <> (excluded.units, excluded.replica)`,
    [replica, JSON.stringify(rows)],
  );
}

/** Its line is closed, or was selected again for the loss of this hold. */
const hasEnded = (of: string): string => `EXISTS (SELECT FROM line_end e WHERE (e.order_id, e.line_id) = (${of}.order_id, ${of}.line_id))
  OR EXISTS (SELECT FROM decision d WHERE d.order_id = ${of}.order_id AND d.record #>> '{request,replaces,holdId}' = ${of}.hold_id)`;
