import {
  type ClosureCause,
  DRAIN_BATCH,
  DRAIN_COMMANDS,
  doneAt,
  type InventoryCommand,
  type InventoryEvent,
  maxQuantityOf,
  type Offer,
  regionsOf,
  slowedOf,
} from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { Database, EffectContext } from '@midstream/runtime';

/** One step of a drain: names the holds that it may take from, some for each command. What must go, and why, is decided under the offer's lock. */
export async function drain(
  { offerId }: Extract<InventoryEvent, { readonly type: 'DrainDue' }>,
  { database }: EffectContext,
): Promise<readonly Untimed<InventoryCommand>[]> {
  return drainsOf(offerId, await youngest(database, offerId));
}

/** Some holds for each command; only the last says what comes next. */
export function drainsOf(offerId: string, holdIds: readonly string[]): readonly Untimed<InventoryCommand>[] {
  const named = [...holdIds];
  const rest = named.length % DRAIN_BATCH;
  const last = named.splice(named.length - (rest === 0 && named.length > 0 ? DRAIN_BATCH : rest));
  const before = Array.from({ length: named.length / DRAIN_BATCH }, (_, n) => named.slice(n * DRAIN_BATCH, (n + 1) * DRAIN_BATCH));
  return [
    ...before.map((holdIds) => ({ type: 'DrainOffer' as const, offerId, holdIds, more: true as const })),
    { type: 'DrainOffer', offerId, holdIds: last },
  ];
}

/** Closures that take everything, whoever holds it. */
const WHOLE: readonly ClosureCause[] = ['suspended', 'capacity', 'too-slow', 'not-valid', 'channel-down', 'channel-slow'];

/**
 * The youngest holds with something to take, read without locks: all where stock is short or the offer is closed, else those of the banned
 * regions, those that its terms or its way of delivery leave out by now, and those sold for less than they cost now. Exact, so that what is named can be taken, and a drain comes to its end.
 */
async function youngest(database: Database, offerId: string): Promise<string[]> {
  const { rows: found } = await database.pool.query<{ state: Offer }>(`SELECT state FROM offer WHERE id = $1`, [offerId]);
  const offer = found[0]?.state;
  if (offer === undefined) return [];
  const now = Date.now();
  const { closures, held, reported, accepted, settled, costTiers } = offer;
  const everything = closures.some((it) => WHOLE.includes(it.cause)) || held > Math.max(0, reported - (accepted - settled));
  const regions = closures.flatMap((it) => (it.cause === 'banned' ? (it.regions ?? ['*']) : []));
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT h.id FROM hold h
      WHERE h.offer_id = $1 AND h.strikable > 0
        AND ($2 OR EXISTS (SELECT 1 FROM unnest($3::text[]) AS r(region) WHERE r.region = '*' OR h.region = r.region OR starts_with(h.region, r.region || '-'))
                OR h.price_minor - CASE WHEN h.state -> 'floorWaived' IS NOT NULL THEN 0 ELSE ceil(h.price_minor * $8 / 10000.0) END < coalesce(
                     (SELECT t."costMinor" FROM jsonb_to_recordset($4::jsonb) AS t("from" int, "costMinor" bigint) WHERE t."from" <= h.granted ORDER BY t."from" DESC LIMIT 1), 0)
                OR h.granted NOT BETWEEN $9 AND $10
                OR NOT EXISTS (SELECT 1 FROM unnest($11::text[]) AS r(region) WHERE r.region = '*' OR h.region = r.region OR starts_with(h.region, r.region || '-'))
                OR ((h.state ->> 'deliverByAt')::bigint < $6 AND (h.state ->> 'deliverByAt')::bigint > $7))
      ORDER BY h.created_at DESC, h.id DESC LIMIT $5`,
    [
      offerId,
      everything,
      regions,
      JSON.stringify(costTiers),
      DRAIN_BATCH * DRAIN_COMMANDS,
      slowedOf(offer) === undefined ? 0 : doneAt(offer, now),
      now,
      offer.floorBp ?? 0,
      ...[offer.minQuantity, maxQuantityOf(offer), regionsOf(offer)],
    ],
  );
  return rows.map((it) => it.id);
}
