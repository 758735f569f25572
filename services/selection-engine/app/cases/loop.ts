import type { Database, Loop } from '@midstream/runtime';
import { judgeOldBuyers } from '../buyers/judge';
import { dropOldBuyers } from '../buyers/loops';
import { dropOldComplaints } from '../complaints/loop';
import { type FoldedLine, FOLDING, noteBuyers } from '../buyers/note';

const EVERY_MS = 20_000;
const FOLD_MAX = 500;
/** The bus tells nothing again that is older than a week. */
const KEPT_DAYS = 8;

/**
 * Counts lines that ended into cases: what was asked for, in bands, and what came of it; never who asked. A line joins its case in the
 * transaction that marks it, so that each counts once, whatever replica does it and however often it is told of.
 */
export const casesLoop = (): Loop => ({
  name: 'cases',
  everyMs: EVERY_MS,
  async run({ database }) {
    const folded = await fold(database);
    if (folded < FOLD_MAX) {
      await database.query(`DELETE FROM line_end WHERE folded_at < now() - make_interval(days => $1)`, [KEPT_DAYS]);
      await judgeOldBuyers(database);
      await dropOldBuyers(database);
      await dropOldComplaints(database);
    }
    return folded === FOLD_MAX;
  },
});

/** Quantity by powers of ten, price by its first figure; the country; the first good that was chosen, or the one that was asked for. */
const fold = (database: Database): Promise<number> =>
  database.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FOLDING]);
    const { rows } = await tx.query<FoldedLine>(FOLD);
    await noteBuyers(tx, rows);
    return rows.length;
  });

/** Each step has all lines, with or without a decision: where they were joined to themselves, each was compared with every other. */
const FOLD = `
  WITH ended AS (
    SELECT * FROM line_end WHERE folded_at IS NULL LIMIT ${FOLD_MAX}
  ), known AS (
    SELECT ended.*, first.request, coalesce(first.request->'need'->>'sku', first.sku) AS sku
      FROM ended LEFT JOIN LATERAL (
        SELECT record->'request' AS request, record->'candidates'->0->>'sku' AS sku
          FROM decision WHERE order_id = ended.order_id AND record->'request'->>'lineId' = ended.line_id
         ORDER BY decided_at LIMIT 1) first ON true
  ), banded AS (
    SELECT order_id, line_id, merchant_id, buyer_key, served, faulty, ended_at, ordered, delivered, request IS NOT NULL AS is_known,
           request->>'scenario' AS scenario, request->>'segment' AS segment, request->>'tier' AS tier,
           left(request->>'region', 2) AS region,
           coalesce(product.data->>'category', request->'need'->>'category', 'other') AS category, coalesce(sku, '') AS sku,
           (10 ^ floor(log((request->>'quantity')::numeric)))::int AS quantity,
           round((request->>'priceCapMinor')::numeric,
                 -floor(log(greatest(1, (request->>'priceCapMinor')::numeric)))::int)::bigint AS price_minor
      FROM known LEFT JOIN projection product ON product.topic = 'inventory.by-sku' AND product.key = sku
  ), named AS (
    SELECT CASE WHEN is_known THEN md5(concat_ws('|', scenario, segment, tier, region, category, sku, quantity, price_minor)) END AS id, *
      FROM banded
  ), marked AS (
    UPDATE line_end SET folded_at = now(), case_id = named.id
      FROM named WHERE (line_end.order_id, line_end.line_id) = (named.order_id, named.line_id)
  ), added AS (
    INSERT INTO selection_case
           (id, origin, scenario, segment, tier, region, category, skus, quantity, price_minor, orders, ordered, delivered)
    SELECT id, 'orders', scenario, segment, tier, region, category, CASE sku WHEN '' THEN '{}'::text[] ELSE ARRAY[sku] END,
           quantity, price_minor, count(DISTINCT order_id) FILTER (WHERE NOT EXISTS (
             SELECT FROM line_end before WHERE before.order_id = named.order_id AND before.case_id = named.id)),
           sum(ordered), sum(delivered)
      FROM named WHERE is_known GROUP BY id, scenario, segment, tier, region, category, sku, quantity, price_minor
        ON CONFLICT (id) DO UPDATE SET orders = selection_case.orders + excluded.orders,
           ordered = selection_case.ordered + excluded.ordered, delivered = selection_case.delivered + excluded.delivered
  )
  SELECT order_id, merchant_id, buyer_key, tier, served, faulty, ended_at FROM named ORDER BY ended_at, order_id, line_id`;
