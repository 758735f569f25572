import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Service } from '@midstream/contracts';
import { check, type Invariant, INVARIANTS } from './check';
import type { Databases } from './databases';
import type { Quiet } from './judge';
import { torture, type TortureResult } from './torture';

const SPEC_MS = 290_000;

/** A row that is changed behind everybody's back. Undone as soon as it was looked at. */
interface Tampering {
  readonly what: string;
  readonly names: Invariant;
  readonly service: Service;
  readonly statements: readonly string[];
  readonly values?: (quiet: Quiet) => readonly unknown[];
}

const LINE = `(SELECT o.id AS order_id, l.key AS line_id FROM orders o, jsonb_each(o.state -> 'lines') l ORDER BY o.id, l.key LIMIT 1)`;
const ofHttp = `offer_id IN (SELECT id FROM offer WHERE state ->> 'kind' = 'http')`;

const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'an order that nobody has asked for by this name',
    names: 'once',
    service: 'order',
    statements: [`UPDATE orders SET client_reference = client_reference || '-again' WHERE id = (SELECT min(id) FROM orders)`],
  },
  {
    what: 'an order that still runs',
    names: 'ended',
    service: 'order',
    statements: [`UPDATE orders SET status = 'running' WHERE id = (SELECT min(id) FROM orders)`],
  },
  {
    what: 'a unit that is given up once more',
    names: 'units',
    service: 'order',
    statements: [
      `UPDATE orders o SET state = jsonb_set(state, ARRAY['lines', l.line_id, 'givenUp'], to_jsonb((state #>> ARRAY['lines', l.line_id, 'givenUp'])::int + 1))
         FROM ${LINE} l WHERE o.id = l.order_id`,
    ],
  },
  {
    what: 'a cent that comes from nowhere',
    names: 'ledger',
    service: 'order',
    statements: [
      'SET LOCAL session_replication_role = replica',
      `UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE n = (SELECT min(n) FROM ledger_entry WHERE why <> 'deposited')`,
    ],
  },
  {
    what: 'an account that has more than its entries say',
    names: 'ledger',
    service: 'order',
    statements: [`UPDATE accounts SET available_minor = available_minor + 1`],
  },
  {
    what: 'an offer that counts a held unit too many',
    names: 'supply',
    service: 'inventory',
    statements: [
      `UPDATE offer SET held = held + 1, state = jsonb_set(state, '{held}', to_jsonb(held + 1))
        WHERE id = (SELECT min(id) FROM offer WHERE held + in_flight < on_hand)`,
    ],
  },
  {
    what: 'a free code that is gone',
    names: 'supply',
    service: 'inventory',
    statements: [`DELETE FROM code WHERE id = (SELECT min(id::text)::uuid FROM code WHERE state = 'free')`],
  },
  {
    what: 'a hold of which inventory has lost more than it told',
    names: 'holds',
    service: 'inventory',
    statements: [
      `UPDATE hold SET granted = granted + 1, lost = lost + 1, state = state || jsonb_build_object('granted', granted + 1, 'lost', lost + 1)
        WHERE id = (SELECT min(id) FROM hold)`,
    ],
  },
  {
    what: "a code that is given to another's unit",
    names: 'codes',
    service: 'inventory',
    statements: [
      'ALTER TABLE code DROP CONSTRAINT code_unit_id_key',
      `UPDATE code SET unit_id = (SELECT min(unit_id) FROM code WHERE state = 'assigned') WHERE unit_id = (SELECT max(unit_id) FROM code WHERE state = 'assigned')`,
    ],
  },
  {
    what: 'a purchase that counts a unit that nobody has sold',
    names: 'books',
    service: 'inventory',
    statements: [
      `UPDATE purchase SET bought = bought + 1, written_off = written_off + 1, state = state || jsonb_build_object('bought', bought + 1, 'writtenOff', written_off + 1)
        WHERE id = (SELECT min(id) FROM purchase WHERE ${ofHttp})`,
    ],
  },
  {
    what: 'a sale of which no purchase is left',
    names: 'books',
    service: 'inventory',
    statements: [`UPDATE purchase SET id = id || '/other' WHERE id = (SELECT min(purchase_id) FROM delivery WHERE kind = 'top-up')`],
  },
  {
    what: 'a fact that order has not heard',
    names: 'events',
    service: 'order',
    statements: [`DELETE FROM inbox WHERE event_id = (SELECT min(event_id::text)::uuid FROM inbox)`],
  },
  {
    what: 'a fact that was told and is not in its log',
    names: 'events',
    service: 'selection-engine',
    statements: [`DELETE FROM event WHERE id = (SELECT min(id) FROM event WHERE type = 'OffersRanked')`],
  },
  {
    what: 'an offer that selection knows as it was',
    names: 'events',
    service: 'selection-engine',
    statements: [
      `UPDATE projection SET version = version - 1 WHERE topic = 'inventory.by-offer' AND key = (SELECT min(key) FROM projection WHERE topic = 'inventory.by-offer')`,
    ],
  },
  {
    what: 'a code in plain text',
    names: 'secrets',
    service: 'inventory',
    statements: [
      `UPDATE event SET data = (data::jsonb || jsonb_build_object('note', $1::text))::json WHERE id = (SELECT min(id) FROM event)`,
    ],
    values: ({ witness }) => [witness.sales.flatMap((it) => it.units.flatMap(({ code }) => code ?? []))[0]],
  },
  {
    what: 'a ban that was in force all the time',
    names: 'ban',
    service: 'inventory',
    statements: [
      `UPDATE event SET data = (data::jsonb || '{"verdicts": [{"region": "*", "status": "banned", "fromAt": 0}]}')::json
        WHERE id = (SELECT min(id) FROM event WHERE type = 'VerdictNoted' AND data ->> 'sku' = (SELECT min(state ->> 'sku') FROM purchase))`,
    ],
  },
  {
    what: 'a timer that is stuck',
    names: 'todo',
    service: 'order',
    statements: [`UPDATE todo SET stuck = true WHERE id = (SELECT min(id) FROM todo)`],
  },
  {
    what: 'a key that is parked',
    names: 'parked',
    service: 'notification',
    statements: [`INSERT INTO parked_key (consumer, key, error) VALUES ('notification', 'o1', 'poison')`],
  },
];

/** What the checker names while the row is changed. */
async function namedBy(quiet: Quiet, { service, statements, values }: Tampering): Promise<Invariant[]> {
  const query: Databases['query'] = quiet.databases.query;
  await query(service, 'BEGIN');
  try {
    for (const it of statements) await query(service, it, it.includes('$1') ? values?.(quiet) : []);
    return [...new Set((await check(quiet.databases, quiet.witness)).map((it) => it.invariant))];
  } finally {
    await query(service, 'ROLLBACK');
  }
}

describe('a Midstream that is killed twice while it works', () => {
  let result: TortureResult;
  let seen: { sales: number; codes: number; ranked: number } | undefined;
  const named = new Map<string, Invariant[]>();

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
    it(`names ${names}, and nothing else, for ${what}`, () => {
      assert.deepEqual(named.get(what), [names]);
    });

  it('is tampered with in every way that it checks', () => {
    assert.deepEqual(
      INVARIANTS.filter((it) => !TAMPERINGS.some(({ names }) => names === it)),
      [],
    );
  });
});
