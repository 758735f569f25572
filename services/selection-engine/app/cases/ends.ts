import type { Database, Loop } from '@midstream/runtime';
import type { EndedLine, OfferBook } from '@midstream/selection-engine-domain';
import { bookOf } from '../book';

const EVERY_MS = 1_000;
/** Lines in one statement. */
const WRITTEN_MAX = 500;

/**
 * Writes down the lines that ended, as the book has heard: one row a line, by the hundred, and none within an order's own transactions. A
 * replica that is killed forgets the ends of its last second; one that is stopped, none.
 */
export const endsLoop = (): Loop => ({
  name: 'ends',
  everyMs: EVERY_MS,
  run: async ({ database }) => (await writeEnds(database, bookOf(database))) === WRITTEN_MAX,
});

/** Says how many it has written. A line that is told of again has its row already. */
export async function writeEnds(database: Database, { ended }: OfferBook): Promise<number> {
  const lines = [...ended].slice(0, WRITTEN_MAX);
  if (lines.length === 0) return 0;
  await database.query(
    `INSERT INTO line_end (order_id, line_id, merchant_id, ordered, delivered, buyer_key, served, faulty)
     SELECT order_id, line_id, merchant_id, ordered, delivered, buyer_key, served, faulty
       FROM json_to_recordset($1::json)
            AS s(order_id text, line_id text, merchant_id text, ordered int, delivered int, buyer_key text, served jsonb, faulty jsonb)
         ON CONFLICT DO NOTHING`,
    [JSON.stringify(lines.map(([, it]) => rowOf(it)))],
  );
  for (const [key, it] of lines) if (ended.get(key) === it) ended.delete(key);
  return lines.length;
}

const rowOf = ({ orderId, lineId, merchantId, ordered, delivered, buyerKey, served, faulty }: EndedLine) => ({
  order_id: orderId,
  line_id: lineId,
  merchant_id: merchantId,
  ordered,
  delivered,
  buyer_key: buyerKey ?? null,
  served: served ?? null,
  faulty: faulty ?? null,
});
