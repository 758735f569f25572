import { asViolations, findAll, type Found, type Violation, type Witness } from './check';
import type { Databases } from './databases';

type Query = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** What order has in its books: orders, lines and money. */
export async function checkOrders(databases: Databases, witness: Witness): Promise<Violation[]> {
  const { query } = databases;
  const order: Query = (text, values) => query('order', text, values);
  const deliveries = await query<Delivered>(
    'inventory',
    `SELECT order_id AS "orderId", line_id AS "lineId", count(*)::int AS units FROM delivery GROUP BY order_id, line_id`,
  );
  return [
    ...asViolations('once/ordered', await orderedOnce(order, witness)),
    ...asViolations('once/paid', await paidOnce(order, witness)),
    ...asViolations('units/deliveries', await undelivered(order, deliveries)),
    ...(await findAll(databases, 'order', {
      'ended/lines': NOT_ENDED,
      'units/sums': UNITS_ASTRAY,
      'ledger/movements': UNBALANCED,
      'ledger/held': HELD_AT_THE_END,
      'ledger/captured': NOT_CAPTURED,
      'ledger/refunded': NOT_REFUNDED,
      'ledger/accounts': ACCOUNT_ASTRAY,
    })),
  ];
}

async function orderedOnce(order: Query, { seed, asked }: Witness): Promise<Found[]> {
  const rows = await order<{ key: string; id: string }>(
    `SELECT client_reference AS key, id FROM orders WHERE starts_with(client_reference, $1)`,
    [`torture-${seed}-`],
  );
  const found = new Map<string, string[]>();
  for (const { key, id } of rows) found.set(key, [...(found.get(key) ?? []), id]);
  const wrong = asked.flatMap(({ key, answer }) => {
    const ids = found.get(key) ?? [];
    found.delete(key);
    return ids.length === 1 && ids[0] === answer
      ? []
      : [{ where: key, what: `was answered with the order ${answer}; there are ${ids.length}: ${ids.join(', ')}` }];
  });
  return [...wrong, ...[...found].map(([key, ids]) => ({ where: key, what: `nobody was told of ${ids.join(', ')}` }))];
}

async function paidOnce(order: Query, { seed, deposits }: Witness): Promise<Found[]> {
  const rows = await order<{ key: string; n: number; amount: number }>(
    `SELECT reference AS key, count(*)::int AS n, sum(amount_minor)::float8 AS amount FROM ledger_entry
      WHERE why = 'deposited' AND account = 'merchant-available' AND starts_with(reference, $1) GROUP BY reference`,
    [`torture-${seed}-deposit-`],
  );
  const found = new Map(rows.map((it) => [it.key, it]));
  return deposits.flatMap(({ key, amountMinor }) => {
    const it = found.get(key);
    return it?.n === 1 && it.amount === amountMinor
      ? []
      : [{ where: key, what: `${amountMinor} was paid in, ${it?.amount ?? 0} in ${it?.n ?? 0} entries is booked` }];
  });
}

const LINES = `SELECT o.id AS order_id, l.key AS line_id, o.id || '/' || l.key AS name, o.status, o.state::jsonb AS whole, l.value AS line,
    (SELECT coalesce(sum((h.value ->> 'delivered')::int), 0) FROM jsonb_each(l.value -> 'holds') h) AS delivered,
    (SELECT coalesce(sum((h.value ->> 'granted')::int - (h.value ->> 'lost')::int - (h.value ->> 'released')::int), 0) FROM jsonb_each(l.value -> 'holds') h) AS kept,
    (SELECT coalesce(sum((h.value ->> 'delivered')::int * least((h.value ->> 'priceMinor')::bigint, (h.value ->> 'referencePriceMinor')::bigint)), 0)
       FROM jsonb_each(l.value -> 'holds') h) AS worth
  FROM orders o, jsonb_each(o.state::jsonb -> 'lines') l`;

const NOT_ENDED = `SELECT name AS where, 'the order is ' || status || ', the line ' || coalesce(line ->> 'end', 'has no end') || ': ' || (line - 'need' - 'substitution')::text AS what
  FROM (${LINES}) l WHERE status = 'running' OR line ->> 'end' IS NULL OR whole ->> 'end' IS NULL OR line -> 'selecting' <> '{}'`;

/** protocol 3, at the end: nothing is looked for any more, and nothing is on a hold but what was delivered. */
const UNITS_ASTRAY = `SELECT name AS where, format('%s ordered, %s delivered, %s kept on holds, %s given up', line ->> 'ordered', delivered, kept, line ->> 'givenUp') AS what
  FROM (${LINES}) l WHERE (line ->> 'ordered')::int <> kept + (line ->> 'givenUp')::int OR (line ->> 'end' IS NOT NULL AND kept <> delivered)`;

interface Delivered {
  readonly orderId: string;
  readonly lineId: string;
  readonly units: number;
}

async function undelivered(order: Query, deliveries: readonly Delivered[]): Promise<Found[]> {
  const lines = await order<Delivered>(`SELECT order_id AS "orderId", line_id AS "lineId", delivered::int AS units FROM (${LINES}) l`);
  const known = new Map(deliveries.map((it) => [`${it.orderId}/${it.lineId}`, it.units]));
  const wrong = lines.flatMap(({ orderId, lineId, units }) => {
    const name = `${orderId}/${lineId}`;
    const there = known.get(name) ?? 0;
    known.delete(name);
    return there === units ? [] : [{ where: name, what: `order counts ${units} delivered units, inventory has ${there} deliveries` }];
  });
  return [...wrong, ...[...known].map(([where, units]) => ({ where, what: `${units} deliveries of a line that is not there` }))];
}

const UNBALANCED = `SELECT movement_id::text AS where, format('the movement (%s, order %s) sums to %s', min(why), min(order_id), sum(amount_minor)) AS what
  FROM ledger_entry GROUP BY movement_id HAVING sum(amount_minor) <> 0`;

const HELD_AT_THE_END = `SELECT o.id AS where, format('the order has ended and holds %s by its row, %s by the ledger', o.held_minor, e.held) AS what
  FROM orders o LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS held FROM ledger_entry e WHERE e.order_id = o.id AND e.account = 'order-held') e ON true
 WHERE o.state ->> 'end' IS NOT NULL AND (o.held_minor <> 0 OR e.held <> 0)`;

/** captured = value of the units delivered, by the ledger, by the line and by its holds; the rest of what was held is back. */
const NOT_CAPTURED = `SELECT l.name AS where, format('%s delivered is worth %s; the line has captured %s, the ledger %s', l.delivered, l.worth, l.line ->> 'capturedMinor', e.captured) AS what
  FROM (${LINES}) l
  LEFT JOIN (SELECT order_id, line_id, sum(amount_minor) AS captured FROM ledger_entry
              WHERE account = 'hub-revenue' AND why <> 'complaint-refunded' GROUP BY order_id, line_id) e USING (order_id, line_id)
 WHERE l.worth <> (l.line ->> 'capturedMinor')::bigint OR l.worth <> coalesce(e.captured, 0)`;

/** What came back, by the line, by its complaints and by the ledger; never more than was captured, and for no more units than were delivered. */
const NOT_REFUNDED = `SELECT name AS where, format('of %s captured %s came back; its complaints, of %s of %s units, say %s, the ledger %s', worth, refunded, complained, delivered, answered, booked) AS what
  FROM (
    SELECT l.*, coalesce((line ->> 'refundedMinor')::bigint, 0) AS refunded, coalesce(e.booked, 0) AS booked, c.answered, c.complained
      FROM (${LINES}) l
      LEFT JOIN (SELECT order_id, line_id, -sum(amount_minor) AS booked FROM ledger_entry
                  WHERE account = 'hub-revenue' AND why = 'complaint-refunded' GROUP BY order_id, line_id) e USING (order_id, line_id)
      CROSS JOIN LATERAL (SELECT coalesce(sum((c.value ->> 'refundedMinor')::bigint), 0) AS answered, coalesce(sum((c.value ->> 'units')::int), 0) AS complained
                            FROM jsonb_each(coalesce(line -> 'complaints', '{}')) c) c) r
 WHERE refunded <> answered OR refunded <> booked OR refunded > worth OR complained > delivered`;

const ACCOUNT_ASTRAY = `SELECT a.id AS where, format('available %s and held %s; its entries say %s and %s', a.available_minor, a.held_minor, e.available, e.held) AS what
  FROM accounts a LEFT JOIN (
    SELECT merchant_id, coalesce(sum(amount_minor) FILTER (WHERE account = 'merchant-available'), 0) AS available,
           coalesce(sum(amount_minor) FILTER (WHERE account = 'order-held'), 0) AS held
      FROM ledger_entry GROUP BY merchant_id) e ON e.merchant_id = a.id
 WHERE a.available_minor <> coalesce(e.available, 0) OR a.held_minor <> coalesce(e.held, 0)
    OR a.available_minor <> (a.state ->> 'availableMinor')::bigint OR a.held_minor <> (a.state ->> 'heldMinor')::bigint`;
