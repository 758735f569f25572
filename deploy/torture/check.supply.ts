import { asViolations, findAll, type Found, type Violation } from './check';
import type { Databases } from './databases';

/** What inventory has: offers and holds, and whether order knows the same of them. */
export async function checkSupply(databases: Databases): Promise<Violation[]> {
  const ours = await databases.query<Tally>('inventory', TALLIES_OF_INVENTORY);
  const theirs = await databases.query<Tally>('order', TALLIES_OF_ORDER);
  return [
    ...asViolations('holds/tallies', disagreements(ours, theirs)),
    ...(await findAll(databases, 'inventory', {
      'supply/counted': MISCOUNTED,
      'supply/oversold': OVERSOLD,
      'supply/vaults': VAULT_ASTRAY,
      'holds/rows': HALF_OPEN,
      'ban/bought': BOUGHT_WHILE_BANNED,
      'ban/delivered': DELIVERED_WHILE_BANNED,
    })),
  ];
}

/** I1: the counters by which nothing is oversold are what the holds really hold. */
const MISCOUNTED = `SELECT o.id AS where, format('counts %s held, %s queued and %s in flight; its holds have %s, %s and %s (the row says %s and %s)',
    o.state ->> 'held', o.state ->> 'queued', o.state ->> 'inFlight', h.held, h.queued, h.in_flight, o.held, o.in_flight) AS what
  FROM offer o LEFT JOIN LATERAL (
    SELECT coalesce(sum((state ->> 'held')::int + (state ->> 'queued')::int), 0) AS held, coalesce(sum((state ->> 'queued')::int), 0) AS queued,
           coalesce(sum((state ->> 'submitting')::int + (state ->> 'unknown')::int), 0) AS in_flight
      FROM hold WHERE hold.offer_id = o.id) h ON true
 WHERE (o.state ->> 'held')::int <> h.held OR (o.state ->> 'queued')::int <> h.queued OR (o.state ->> 'inFlight')::int <> h.in_flight
    OR o.held <> h.held OR o.in_flight <> h.in_flight OR o.on_hand <> (o.state ->> 'onHand')::int`;

const OVERSOLD = `SELECT id AS where, format('%s held and %s in flight of %s on hand', held, in_flight, on_hand) AS what FROM offer WHERE held + in_flight > on_hand`;

/** A vault has as many free codes as its supply says, and no more can be sold than came in. */
const VAULT_ASTRAY = `SELECT o.id AS where, format('a supply of %s (%s came in, %s given out), and %s free codes of %s that came in',
    (o.state ->> 'reported')::int - (o.state ->> 'accepted')::int + (o.state ->> 'settled')::int, o.state ->> 'reported', o.state ->> 'accepted', c.free, c.stocked) AS what
  FROM offer o LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'free') AS free, coalesce(sum(stocked), 0) - count(*) FILTER (WHERE state = 'expired') AS stocked FROM code WHERE code.offer_id = o.id) c ON true
 WHERE o.state ->> 'kind' = 'vault'
   AND ((o.state ->> 'reported')::int - (o.state ->> 'accepted')::int + (o.state ->> 'settled')::int <> c.free OR (o.state ->> 'reported')::int <> c.stocked)`;

interface Tally {
  readonly holdId: string;
  readonly tally: string;
  readonly isOpen: boolean;
  readonly delivered: number;
}

const TALLIES_OF_INVENTORY = `SELECT id AS "holdId", delivered, strikable + at_supplier > 0 AS "isOpen",
    format('version %s: %s granted, %s delivered, %s lost, %s released', state ->> 'version', granted, delivered, lost, released) AS tally FROM hold`;

const TALLIES_OF_ORDER = `SELECT h.key AS "holdId", (h.value ->> 'delivered')::int AS delivered,
    (h.value ->> 'granted')::int > (h.value ->> 'delivered')::int + (h.value ->> 'lost')::int + (h.value ->> 'released')::int AS "isOpen",
    format('version %s: %s granted, %s delivered, %s lost, %s released', h.value ->> 'version', h.value ->> 'granted', h.value ->> 'delivered', h.value ->> 'lost', h.value ->> 'released') AS tally
  FROM orders o, jsonb_each(o.state::jsonb -> 'lines') l, jsonb_each(l.value -> 'holds') h`;

/** I8. A hold that order turned away at once is in no line's tallies (protocol 8): it must have given everything back. */
function disagreements(ours: readonly Tally[], theirs: readonly Tally[]): Found[] {
  const known = new Map(theirs.map((it) => [it.holdId, it]));
  const wrong = ours.flatMap(({ holdId, tally, isOpen, delivered }): Found[] => {
    const other = known.get(holdId);
    known.delete(holdId);
    if (other !== undefined && other.tally !== tally) return [{ where: holdId, what: `inventory has ${tally}; order has ${other.tally}` }];
    if (isOpen) return [{ where: holdId, what: `is open when all is over: ${tally}` }];
    return other === undefined && delivered > 0 ? [{ where: holdId, what: `no line knows it, and it has delivered: ${tally}` }] : [];
  });
  return [...wrong, ...[...known.values()].map(({ holdId, tally }) => ({ where: holdId, what: `only order knows it: ${tally}` }))];
}

const HALF_OPEN = `SELECT id AS where, 'the row and its state tell different tallies: ' || state::text AS what FROM hold
  WHERE granted <> (state ->> 'granted')::int OR delivered <> (state ->> 'delivered')::int OR lost <> (state ->> 'lost')::int OR released <> (state ->> 'released')::int`;

/** Each time that a verdict was noted, until the next: inventory's own log, in the order of the verdict row's lock (protocol 14). */
const BANS = `SELECT sku, at AS from_at, until_at FROM (
    SELECT data ->> 'sku' AS sku, at, lead(at, 1, 'infinity') OVER (PARTITION BY data ->> 'sku' ORDER BY id) AS until_at,
           EXISTS (SELECT 1 FROM json_array_elements(data -> 'verdicts') v WHERE v ->> 'status' = 'banned' AND v ->> 'region' = '*' AND (v ->> 'fromAt')::bigint <= extract(epoch FROM at) * 1000) AS banned
      FROM event WHERE type = 'VerdictNoted') v
  WHERE banned`;

const BOUGHT_WHILE_BANNED = `SELECT p.id AS where, format('%s was bought at %s, banned from %s until %s', b.sku, to_timestamp((p.state ->> 'submittedAt')::bigint / 1000.0), b.from_at, b.until_at) AS what
  FROM (${BANS}) b JOIN purchase p ON p.state ->> 'sku' = b.sku
   AND (p.state ->> 'submittedAt')::bigint > extract(epoch FROM b.from_at) * 1000
   AND (b.until_at = 'infinity' OR (p.state ->> 'submittedAt')::bigint < extract(epoch FROM b.until_at) * 1000)`;

const DELIVERED_WHILE_BANNED = `SELECT d.id AS where, format('a code of %s was delivered at %s, banned from %s until %s', b.sku, d.delivered_at, b.from_at, b.until_at) AS what
  FROM (${BANS}) b JOIN delivery d ON d.sku = b.sku AND d.kind = 'code' AND d.delivered_at > b.from_at AND d.delivered_at < b.until_at`;
