import { Database, type Loop } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { TurnoverView } from './turnover.views';

/** How fast codes go is counted over so many days, or since the vault's first movement if that is less; a day at least. */
const SPEED_DAYS = 28;
const PAGE = 100;
const HOUR_MS = 3_600_000;
/** What a fact can say. A supplier may name any cost for its codes, and must not end the figures of all others by it. */
const MINOR_MAX = Number.MAX_SAFE_INTEGER;

export interface TurnoverAsk {
  readonly sku?: string | undefined;
  readonly supplierId?: string | undefined;
  /** The offer behind which a page begins. */
  readonly after?: string | undefined;
}

@Injectable()
export class Turnover {
  constructor(private readonly database: Database) {}

  /** A page of vault offers, by their id; full where there may be more. */
  page(ask: TurnoverAsk): Promise<TurnoverView[]> {
    return turnoverOf(this.database, ask);
  }
}

export const TURNOVER_PAGE = PAGE;

/** Tells what each vault's stock costs while it lies there, once an hour; the domain lets through what is news. Every replica may. */
export function turnoverLoop(): Loop {
  let dueAt = Date.now() + HOUR_MS;
  return {
    name: 'turnover',
    everyMs: 60_000,
    async run({ database, handle }) {
      if (Date.now() < dueAt) return false;
      dueAt = Date.now() + HOUR_MS;
      await tellHoldings(database, handle);
      return false;
    },
  };
}

export async function tellHoldings(database: Database, handle: (command: { readonly type: string }) => Promise<unknown>): Promise<void> {
  for (let after: string | undefined; ;) {
    const page = await turnoverOf(database, { after });
    const asOf = Date.now();
    await Promise.all(
      page.map(({ offerId, units, ageDays, oldestDays, perDay, coverDays, capitalMinor, expiringUnits }) =>
        handle({
          type: 'NoteHolding',
          offerId,
          holding: { asOf, units, ageDays, oldestDays, perDay, ...(coverDays !== undefined && { coverDays }), capitalMinor, expiringUnits },
        } as { readonly type: string }),
      ),
    );
    if (page.length < PAGE) return;
    after = page.at(-1)?.offerId;
  }
}

interface Row extends Omit<TurnoverView, 'coverDays' | 'nextSellUntil'> {
  readonly coverDays: number | null;
  readonly nextSellUntil: Date | null;
}

async function turnoverOf(database: Database, { sku, supplierId, after }: TurnoverAsk): Promise<TurnoverView[]> {
  const { rows } = await database.pool.query<Row>(TURNOVER, [sku ?? null, supplierId ?? null, after ?? '', PAGE, SPEED_DAYS]);
  return rows.map(({ coverDays, nextSellUntil, ...it }) => ({
    ...it,
    ...(coverDays !== null && { coverDays }),
    ...(nextSellUntil !== null && { nextSellUntil: nextSellUntil.toISOString() }),
  }));
}

/**
 * Codes are sold in the order of their expiry: the nth of them goes in n / perDay days, and its sale ends before that or not. A code's age is
 * that of its import; of what was bought and kept, that of its key.
 */
const TURNOVER = `
  WITH shelf AS MATERIALIZED (
    SELECT id, supplier_id, sku, (state -> 'costTiers' -> 0 ->> 'costMinor')::float8 AS cost, state ->> 'currency' AS currency
      FROM offer
     WHERE state ->> 'kind' = 'vault' AND ($1::text IS NULL OR sku = $1) AND ($2::text IS NULL OR supplier_id = $2) AND id > $3
     ORDER BY id LIMIT $4),
  speed AS MATERIALIZED (
    SELECT s.id, coalesce((SELECT sum(m.units) FROM stock_movement m
              WHERE m.offer_id = s.id AND m.kind = 'DELIVERY' AND m.at > clock_timestamp() - make_interval(days => $5)), 0)::float8
           / least($5, greatest(1, extract(epoch FROM clock_timestamp() -
               (SELECT m.at FROM stock_movement m WHERE m.offer_id = s.id ORDER BY m.id LIMIT 1)) / 86400))::float8 AS per_day
      FROM shelf s),
  free AS (
    SELECT c.offer_id, extract(epoch FROM clock_timestamp() - coalesce(b.started_at, k.created_at, clock_timestamp())) / 86400 AS age,
           extract(epoch FROM nullif(c.sell_until, 'infinity') - clock_timestamp()) / 86400 AS left_days,
           nullif(c.sell_until, 'infinity') AS sell_until, row_number() OVER (PARTITION BY c.offer_id ORDER BY c.expires_at, c.id) AS nth
      FROM shelf s JOIN code c ON c.offer_id = s.id AND c.state = 'free'
      LEFT JOIN code_batch b ON b.id = c.batch_id LEFT JOIN data_key k ON k.id::text = c.key_id),
  lying AS (
    SELECT f.offer_id, count(*) AS units, avg(f.age) AS age, max(f.age) AS oldest,
           count(*) FILTER (WHERE f.left_days * v.per_day < f.nth) AS expiring, min(f.sell_until) AS sell_until
      FROM free f JOIN speed v ON v.id = f.offer_id GROUP BY f.offer_id)
  SELECT s.id AS "offerId", s.supplier_id AS "supplierId", s.sku, s.currency, coalesce(l.units, 0)::int AS units,
         coalesce(round(l.age::numeric, 2), 0)::float8 AS "ageDays", coalesce(round(l.oldest::numeric, 2), 0)::float8 AS "oldestDays",
         round(v.per_day::numeric, 3)::float8 AS "perDay",
         CASE WHEN v.per_day > 0 THEN round((coalesce(l.units, 0) / v.per_day)::numeric, 2)::float8 END AS "coverDays",
         least(coalesce(l.units, 0) * s.cost, ${MINOR_MAX}) AS "capitalMinor", coalesce(l.expiring, 0)::int AS "expiringUnits",
         least(coalesce(l.expiring, 0) * s.cost, ${MINOR_MAX}) AS "expiringMinor", coalesce(t.expired, 0)::int AS "writtenOffUnits",
         least(coalesce(t.expired, 0) * s.cost, ${MINOR_MAX}) AS "writtenOffMinor", coalesce(t.withdrawn, 0)::int AS "withdrawnUnits",
         l.sell_until AS "nextSellUntil"
    FROM shelf s JOIN speed v ON v.id = s.id LEFT JOIN lying l ON l.offer_id = s.id LEFT JOIN vault_total t ON t.offer_id = s.id
   ORDER BY s.id`;
