import type { InventoryCommand } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { Database, Loop } from '@midstream/runtime';
import { House } from './house';
import type { StaleAfter } from './stale-after';

const EVERY_MS = 20_000;
const BATCH = 500;

/**
 * Closes offers whose feed has promised to report by now and has not; and ages those that are fed in a rhythm, have promised nothing, and are
 * silent. Each is looked at again under its lock, by the database's clock.
 */
export const freshnessLoop: Loop = {
  name: 'freshness',
  everyMs: EVERY_MS,
  async run({ database, handle }) {
    const [broken, silent] = await Promise.all([promised(database), overdue(database)]);
    const commands: Untimed<InventoryCommand>[] = [
      ...broken.map((offerId) => ({ type: 'CloseStale' as const, offerId })),
      ...silent.map((it) => ({ type: 'AgeFigure' as const, ...it })),
    ];
    await Promise.all(commands.map((it) => handle(it)));
    return broken.length === BATCH || silent.length === BATCH;
  },
};

async function promised(database: Database): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT id FROM offer WHERE fresh_until < clock_timestamp() ORDER BY fresh_until LIMIT ${BATCH}`,
  );
  return rows.map((it) => it.id);
}

/** Of suppliers that are no people: who reports by hand has no rhythm to miss. By the statement's time, which an index can be asked for. */
async function overdue(database: Database): Promise<(StaleAfter & { readonly offerId: string })[]> {
  const limits = [...House.of(database).staleAfter];
  const least = Math.min(...limits.map(([, it]) => it?.staleAfterMs ?? Infinity));
  if (least === Infinity) return [];
  const { rows } = await database.query<{ offer_id: string; stale_ms: string; closed_ms: string }>(
    `SELECT o.id AS offer_id, l.stale_ms, l.closed_ms
       FROM offer o JOIN product p ON p.id = o.sku JOIN supplier s ON s.id = o.supplier_id
      CROSS JOIN LATERAL (SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS l(category, stale_ms, closed_ms)
                           WHERE l.category IN (p.state ->> 'category', '*') ORDER BY l.category = '*' LIMIT 1) AS l
      WHERE o.overdue_at <= statement_timestamp() - make_interval(secs => $4) AND s.state ->> 'kind' <> 'manual'
        AND o.overdue_at <= statement_timestamp() - make_interval(secs => CASE WHEN o.state -> 'staleAt' IS NULL THEN l.stale_ms ELSE l.closed_ms END / 1000.0)
      ORDER BY o.overdue_at LIMIT ${BATCH}`,
    [
      limits.map(([category]) => category),
      ...[limits.map(([, it]) => it?.staleAfterMs ?? null), limits.map(([, it]) => it?.closedAfterMs ?? null)],
      least / 1_000,
    ],
  );
  return rows.map((it) => ({ offerId: it.offer_id, staleAfterMs: Number(it.stale_ms), closedAfterMs: Number(it.closed_ms) }));
}
