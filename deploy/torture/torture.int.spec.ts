import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Service } from '@midstream/contracts';
import { type Check, check, CHECKS, type Violation } from './check';
import type { Databases } from './databases';
import type { Quiet } from './judge';
import { torture, type TortureResult } from './torture';

const SPEC_MS = 290_000;

/** A row that is changed behind everybody's back. Undone as soon as it was looked at. */
interface Tampering {
  readonly what: string;
  /** All that it breaks are of one invariant; these are among them. */
  readonly names: readonly Check[];
  readonly service: Service;
  readonly statements: readonly string[];
  readonly values?: (quiet: Quiet) => readonly unknown[];
  /** What has been said beside what was. */
  readonly says?: (quiet: Quiet) => string;
}

const LINE = `(SELECT o.id AS order_id, l.key AS line_id FROM orders o, jsonb_each(o.state::jsonb -> 'lines') l ORDER BY o.id, l.key LIMIT 1)`;
const VAULT_PURCHASE = `SELECT min(p.id) FROM purchase p JOIN offer o ON o.id = p.offer_id WHERE o.state ->> 'kind' = 'vault' AND p.id NOT LIKE '%quarantined' AND EXISTS (SELECT 1 FROM code c WHERE c.offer_id = o.id AND c.state = 'free') AND NOT EXISTS (SELECT 1 FROM verdict v WHERE v.id = o.sku AND v.state::text LIKE '%"banned"%')`;
const ofHttp = `offer_id IN (SELECT id FROM offer WHERE state ->> 'kind' = 'http')`;

const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'an order that nobody has asked for by this name',
    names: ['once/ordered'],
    service: 'order',
    statements: [`UPDATE orders SET client_reference = client_reference || '-again' WHERE id = (SELECT min(id) FROM orders)`],
  },
  {
    what: 'an order that still runs',
    names: ['ended/lines'],
    service: 'order',
    statements: [`UPDATE orders SET status = 'running' WHERE id = (SELECT min(id) FROM orders)`],
  },
  {
    what: 'a unit that is given up once more',
    names: ['units/sums'],
    service: 'order',
    statements: [
      `UPDATE orders o SET state = jsonb_set(state::jsonb, ARRAY['lines', l.line_id, 'givenUp'], to_jsonb((state #>> ARRAY['lines', l.line_id, 'givenUp'])::int + 1))
         FROM ${LINE} l WHERE o.id = l.order_id`,
    ],
  },
  {
    what: 'a cent that comes from nowhere',
    names: ['ledger/movements'],
    service: 'order',
    statements: [
      'SET LOCAL session_replication_role = replica',
      `UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE n = (SELECT min(n) FROM ledger_entry WHERE why <> 'deposited')`,
    ],
  },
  {
    what: 'an account that has more than its entries say',
    names: ['ledger/accounts'],
    service: 'order',
    statements: [`UPDATE accounts SET available_minor = available_minor + 1`],
  },
  {
    what: 'an offer that counts a held unit too many',
    names: ['supply/counted'],
    service: 'inventory',
    statements: [
      `UPDATE offer SET held = held + 1, state = jsonb_set(state::jsonb, '{held}', to_jsonb(held + 1))
        WHERE id = (SELECT min(id) FROM offer WHERE held + in_flight < on_hand)`,
    ],
  },
  {
    what: 'a free code that is gone',
    names: ['supply/vaults'],
    service: 'inventory',
    statements: [`DELETE FROM code WHERE id = (SELECT min(id::text)::uuid FROM code WHERE state = 'free' AND offer_id NOT LIKE 'hub~%')`],
  },
  {
    what: 'a hold of which inventory has lost more than it told',
    names: ['holds/tallies'],
    service: 'inventory',
    statements: [
      `UPDATE hold SET granted = granted + 1, lost = lost + 1, state = state::jsonb || jsonb_build_object('granted', granted + 1, 'lost', lost + 1)
        WHERE id = (SELECT min(id) FROM hold)`,
    ],
  },
  {
    what: "a code that is given to another's unit",
    names: ['codes/units'],
    service: 'inventory',
    statements: [
      'ALTER TABLE code DROP CONSTRAINT code_unit_id_key',
      `UPDATE code SET unit_id = (SELECT min(unit_id) FROM code WHERE state = 'assigned') WHERE unit_id = (SELECT max(unit_id) FROM code WHERE state = 'assigned')`,
    ],
  },
  {
    what: 'a purchase that counts a unit that nobody has sold',
    names: ['books/sales'],
    service: 'inventory',
    statements: [
      `UPDATE purchase SET bought = bought + 1, written_off = written_off + 1, state = state::jsonb || jsonb_build_object('bought', bought + 1, 'writtenOff', written_off + 1)
        WHERE id = (SELECT min(id) FROM purchase WHERE ${ofHttp})`,
    ],
  },
  {
    what: 'a sale of which no purchase is left',
    names: ['books/sales'],
    service: 'inventory',
    statements: [`UPDATE purchase SET id = id || '/other' WHERE id = (SELECT min(purchase_id) FROM delivery WHERE kind = 'top-up')`],
  },
  {
    what: 'a fact that order has not heard',
    names: ['events/heard'],
    service: 'order',
    statements: [`DELETE FROM inbox WHERE event_id = (SELECT min(event_id::text)::uuid FROM inbox)`],
  },
  {
    what: 'a fact that was told and is not in its log',
    names: ['events/heard'],
    service: 'selection-engine',
    statements: [`DELETE FROM event WHERE id = (SELECT min(id) FROM event WHERE type = 'OffersRanked')`],
  },
  {
    what: 'an offer that selection knows as it was',
    names: ['events/newest'],
    service: 'selection-engine',
    statements: [
      `UPDATE projection SET version = version - 1 WHERE topic = 'inventory.by-offer' AND key = (SELECT min(key) FROM projection WHERE topic = 'inventory.by-offer')`,
    ],
  },
  {
    what: 'a code in plain text',
    names: ['secrets/tables'],
    service: 'inventory',
    statements: [
      `UPDATE event SET data = (data::jsonb || jsonb_build_object('note', $1::text))::json WHERE id = (SELECT min(id) FROM event)`,
    ],
    values: ({ witness }) => [witness.sales.flatMap((it) => it.units.flatMap(({ code }) => code ?? []))[0]],
  },
  {
    what: 'a ban that was in force all the time',
    names: ['ban/bought'],
    service: 'inventory',
    statements: [
      `UPDATE event SET data = (data::jsonb || '{"verdicts": [{"region": "*", "status": "banned", "fromAt": 0}]}')::json
        WHERE id = (SELECT min(id) FROM event WHERE type = 'VerdictNoted' AND data ->> 'sku' = (SELECT min(state ->> 'sku') FROM purchase))`,
    ],
  },
  {
    what: 'a timer that is stuck',
    names: ['todo/left'],
    service: 'order',
    statements: [`UPDATE todo SET stuck = true WHERE id = (SELECT min(id) FROM todo)`],
  },
  {
    what: 'a key that is parked',
    names: ['parked/keys'],
    service: 'notification',
    statements: [`INSERT INTO parked_key (consumer, key, error) VALUES ('notification', 'o1', 'poison')`],
  },
  {
    what: 'a deposit that is booked under no name of ours',
    names: ['once/paid'],
    service: 'order',
    statements: [
      'SET LOCAL session_replication_role = replica',
      `UPDATE ledger_entry SET reference = 'other' WHERE n = (SELECT min(n) FROM ledger_entry WHERE account = 'merchant-available' AND reference LIKE 'torture-%-deposit-%')`,
    ],
  },
  {
    what: "a unit that is delivered to another line's number",
    names: ['units/deliveries'],
    service: 'inventory',
    statements: [`UPDATE delivery SET line_id = line_id || '0' WHERE id = (SELECT min(id) FROM delivery)`],
  },
  {
    what: 'an order that has ended and keeps money',
    names: ['ledger/held'],
    service: 'order',
    statements: [
      'ALTER TABLE orders DROP CONSTRAINT orders_check',
      `UPDATE orders SET held_minor = held_minor + 1 WHERE id = (SELECT min(id) FROM orders)`,
    ],
  },
  {
    what: 'a line that has captured more than it got',
    names: ['ledger/captured'],
    service: 'order',
    statements: [
      `UPDATE orders o SET state = jsonb_set(state::jsonb, ARRAY['lines', l.line_id, 'capturedMinor'], to_jsonb((state #>> ARRAY['lines', l.line_id, 'capturedMinor'])::int + 1))
         FROM ${LINE} l WHERE o.id = l.order_id`,
    ],
  },
  {
    what: 'a refund that no complaint has brought',
    names: ['ledger/refunded'],
    service: 'order',
    statements: [
      `UPDATE orders o SET state = jsonb_set(state::jsonb, ARRAY['lines', l.line_id, 'refundedMinor'], to_jsonb(coalesce((state #>> ARRAY['lines', l.line_id, 'refundedMinor'])::int, 0) + 1))
         FROM ${LINE} l WHERE o.id = l.order_id`,
    ],
  },
  {
    what: 'a refund that is booked once more',
    names: ['ledger/refunded', 'ledger/accounts'],
    service: 'order',
    statements: [
      `INSERT INTO ledger_entry (movement_id, merchant_id, order_id, line_id, at, why, account, amount_minor, currency)
         SELECT '00000000-0000-7000-8000-000000000001'::uuid, merchant_id, order_id, line_id, at, 'complaint-refunded', account, amount, currency FROM (
           SELECT merchant_id, order_id, line_id, at, currency FROM ledger_entry WHERE why = 'units-delivered' AND account = 'hub-revenue' ORDER BY n LIMIT 1) d
           CROSS JOIN (VALUES ('hub-revenue', -1), ('merchant-available', 1)) e(account, amount)`,
    ],
  },
  {
    what: 'an offer that has sold what it has not',
    names: ['supply/oversold'],
    service: 'inventory',
    statements: [
      'ALTER TABLE offer DROP CONSTRAINT never_oversell',
      `UPDATE offer SET on_hand = -1, state = jsonb_set(state::jsonb, '{onHand}', '-1') WHERE id = (SELECT min(id) FROM offer WHERE held + in_flight = 0)`,
    ],
  },
  {
    what: 'a hold whose row and state tell differently',
    names: ['holds/rows'],
    service: 'inventory',
    statements: [`UPDATE hold SET state = jsonb_set(state::jsonb, '{lost}', to_jsonb(lost + 1)) WHERE id = (SELECT min(id) FROM hold)`],
  },
  {
    what: 'a code that was delivered while it was banned',
    names: ['ban/delivered'],
    service: 'inventory',
    statements: [
      `UPDATE event SET data = (data::jsonb || '{"verdicts": [{"region": "*", "status": "banned", "fromAt": 0}]}')::json
        WHERE id = (SELECT min(id) FROM event WHERE type = 'VerdictNoted' AND data ->> 'sku' = (SELECT min(sku) FROM delivery WHERE kind = 'code'))`,
    ],
  },
  {
    what: 'a delivered unit whose code is of no purchase',
    names: ['codes/units'],
    service: 'inventory',
    statements: [`UPDATE code SET purchase_id = NULL WHERE unit_id = (SELECT min(id) FROM delivery WHERE kind = 'code')`],
  },
  {
    what: 'a code that is sealed for another',
    names: ['codes/opened'],
    service: 'inventory',
    statements: [
      `UPDATE code SET sealed = (SELECT sealed FROM code WHERE state = 'assigned' ORDER BY id DESC LIMIT 1)
        WHERE id = (SELECT id FROM code WHERE state = 'assigned' ORDER BY id LIMIT 1)`,
    ],
  },
  {
    what: 'a purchase of which the end is not known',
    names: ['books/purchases'],
    service: 'inventory',
    statements: [`UPDATE purchase SET status = 'unknown' WHERE id = (SELECT min(id) FROM purchase)`],
  },
  {
    what: 'a purchase for a hold that is not there',
    names: ['books/holds'],
    service: 'inventory',
    statements: [
      `UPDATE purchase SET state = jsonb_set(state::jsonb, '{holdId}', '"other"') WHERE id = (SELECT min(id) FROM purchase WHERE delivered > 0)`,
    ],
  },
  {
    what: 'a unit that was kept and is in no stock',
    names: ['books/stock'],
    service: 'inventory',
    statements: [
      `UPDATE purchase SET kept = kept + 1, delivered = delivered - 1 WHERE id = (SELECT min(id) FROM purchase WHERE delivered > 0)`,
    ],
  },
  {
    what: 'a code that stays in quarantine though no ban is in force',
    names: ['books/quarantine'],
    service: 'inventory',
    statements: [
      // bought from a vault: a purchase like another, with a free code of its offer, which counts it as given out
      `INSERT INTO purchase (id, offer_id, supplier_id, status, bought, delivered, kept, quarantined, written_off, state)
         SELECT p.id || '/quarantined', p.offer_id, p.supplier_id, 'fulfilled', 1, 0, 0, 1, 0, p.state::jsonb || '{"bought": 1, "quantity": 1, "failed": 0}'
           FROM purchase p WHERE p.id = (${VAULT_PURCHASE})`,
      `UPDATE code SET state = 'quarantined', unit_id = 'quarantined/1', purchase_id = (${VAULT_PURCHASE}) || '/quarantined'
        WHERE id = (SELECT c.id FROM code c JOIN purchase p USING (offer_id) WHERE p.id = (${VAULT_PURCHASE}) AND c.state = 'free' ORDER BY c.id LIMIT 1)`,
      `UPDATE offer SET state = jsonb_set(state::jsonb, '{settled}', to_jsonb((state ->> 'settled')::int - 1))
        WHERE id = (SELECT offer_id FROM purchase WHERE id = (${VAULT_PURCHASE}))`,
    ],
  },
  {
    what: 'an order of which more was told than there is',
    names: ['events/told'],
    service: 'notification',
    statements: [`INSERT INTO order_told (id, sequence, state) VALUES ('other', 1, '{}')`],
  },
  {
    what: 'a message that is parked',
    names: ['parked/messages'],
    service: 'notification',
    statements: [`INSERT INTO parked_message (consumer, key, topic, envelope) VALUES ('notification', 'o1', 'order.by-order', '{}')`],
  },
  {
    what: 'a code in a log',
    names: ['secrets/logs'],
    service: 'inventory',
    statements: [],
    says: ({ witness }) => `sold ${witness.sales.flatMap((it) => it.units.flatMap(({ code }) => code ?? []))[0]}`,
  },
];

/** What the checker names while the row is changed. */
async function namedBy(quiet: Quiet, { service, statements, values, says }: Tampering): Promise<Violation[]> {
  const query: Databases['query'] = quiet.databases.query;
  await query(service, 'BEGIN');
  try {
    for (const it of statements) await query(service, it, it.includes('$1') ? values?.(quiet) : []);
    return await check(quiet.databases, { ...quiet.witness, said: `${quiet.witness.said}\n${says?.(quiet) ?? ''}` });
  } finally {
    await query(service, 'ROLLBACK');
  }
}

describe('a Midstream that is killed twice while it works', () => {
  let result: TortureResult;
  let seen: { sales: number; codes: number; ranked: number } | undefined;
  const named = new Map<string, Violation[]>();

  before(
    async () => {
      result = await torture({ kills: 2, seed: 'spec-1986', keep: false, json: false }, () => undefined, {
        // 2.7 s and 1 s after it was ready, the second with its database: a schedule of this seed that is soon over
        endByItselfMs: 3_000,
        async afterwards(quiet) {
          const count = async (service: Service, from: string): Promise<number> =>
            (await quiet.databases.query<{ n: number }>(service, `SELECT count(*)::int AS n FROM ${from}`))[0]?.n ?? 0;
          seen = {
            sales: quiet.witness.sales.length,
            codes: await count('inventory', `delivery WHERE kind = 'code'`),
            ranked: await count('selection-engine', `event WHERE type = 'OffersRanked'`),
          };
          for (const it of TAMPERINGS) named.set(it.what, await namedBy(quiet, it));
        },
      });
    },
    { timeout: SPEC_MS },
  );

  it('has lost nothing and doubled nothing', () => {
    assert.deepEqual(result.violations, []);
    assert.equal(result.killsWithWorkInFlight, 2);
  });

  it('has done enough to be looked at', () => {
    assert(result.orders > 10, `${result.orders} orders`);
    assert(seen !== undefined && seen.sales > 5 && seen.codes > 5 && seen.ranked > 10, JSON.stringify(seen));
  });

  for (const { what, names } of TAMPERINGS)
    it(`names ${names.join()}, and no other invariant, for ${what}`, () => {
      const found = named.get(what) ?? [];
      const invariants = new Set(names.map((it) => it.split('/')[0]));
      assert.deepEqual([...new Set(found.map((it) => it.invariant))], [...invariants], JSON.stringify(found.slice(0, 5)));
      for (const it of names)
        assert.ok(
          found.some((other) => other.check === it),
          JSON.stringify(found.slice(0, 5)),
        );
    });

  it('is tampered with in every invariant that it checks', () => {
    const invariantOf = (it: Check): string => it.split('/')[0] ?? '';
    const tried = new Set(TAMPERINGS.flatMap(({ names }) => names.map(invariantOf)));
    assert.deepEqual(
      CHECKS.filter((it) => !tried.has(invariantOf(it))),
      [],
    );
  });
});
