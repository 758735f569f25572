import type { Database, Loop } from '@midstream/runtime';

const EVERY_MS = 20_000;
const FOLD_MAX = 500;

/**
 * Counts lines that ended into cases: what was asked for, in bands, and what came of it; never who asked. A line joins its case in the
 * transaction that deletes it, so that each counts once, whatever replica does it.
 */
export const casesLoop = (): Loop => ({
  name: 'cases',
  everyMs: EVERY_MS,
  run: async ({ database }) => (await fold(database)) === FOLD_MAX,
});

/** Quantity by powers of ten, price by its first figure; the country; the first good that was chosen, or the one that was asked for. */
async function fold(database: Database): Promise<number> {
  const { rows } = await database.pool.query<{ folded: string }>(
    `WITH ended AS (
       DELETE FROM line_end WHERE (order_id, line_id) IN (SELECT order_id, line_id FROM line_end LIMIT ${FOLD_MAX} FOR UPDATE SKIP LOCKED)
       RETURNING *
     ), known AS (
       SELECT ended.*, first.request, coalesce(first.request->'need'->>'sku', first.sku) AS sku
         FROM ended CROSS JOIN LATERAL (
           SELECT record->'request' AS request, record->'candidates'->0->>'sku' AS sku
             FROM decision WHERE order_id = ended.order_id AND record->'request'->>'lineId' = ended.line_id
            ORDER BY decided_at LIMIT 1) first
     ), banded AS (
       SELECT order_id, request->>'scenario' AS scenario, request->>'segment' AS segment, left(request->>'region', 2) AS region,
              coalesce(product.data->>'category', request->'need'->>'category', 'other') AS category, coalesce(sku, '') AS sku,
              (10 ^ floor(log((request->>'quantity')::numeric)))::int AS quantity,
              round((request->>'priceCapMinor')::numeric,
                    -floor(log(greatest(1, (request->>'priceCapMinor')::numeric)))::int)::bigint AS price_minor,
              ordered, delivered
         FROM known LEFT JOIN projection product ON product.topic = 'inventory.by-sku' AND product.key = sku
     ), added AS (
       INSERT INTO selection_case (id, origin, scenario, segment, region, category, skus, quantity, price_minor, orders, ordered, delivered)
       SELECT md5(concat_ws('|', scenario, segment, region, category, sku, quantity, price_minor)), 'orders', scenario, segment, region, category,
              CASE sku WHEN '' THEN '{}'::text[] ELSE ARRAY[sku] END, quantity, price_minor, count(DISTINCT order_id), sum(ordered), sum(delivered)
         FROM banded GROUP BY scenario, segment, region, category, sku, quantity, price_minor
       ON CONFLICT (id) DO UPDATE SET orders = selection_case.orders + excluded.orders,
              ordered = selection_case.ordered + excluded.ordered, delivered = selection_case.delivered + excluded.delivered
     )
     SELECT count(*) AS folded FROM ended`,
  );
  return Number(rows[0]?.folded ?? 0);
}
