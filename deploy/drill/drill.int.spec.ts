import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openApi } from '../sample-market/api';
import { check, type Invariant, INVARIANTS } from './check';
import { drill, type DrillResult } from './drill';
import type { DrillOptions } from './options';
import { see } from './see';
import { isHit, type Seen, type SeenLine } from './seen';
import { type Standalone, startStandalone } from './standalone.fixtures';

const START_MS = 280_000;

let standalone: Standalone;
let options: DrillOptions;
let result: DrillResult;
let seen: Seen;

const read = (): Promise<Seen> => see(openApi({ url: options.url, key: options.operatorKey }), options, result.done);
const namesIn = (it: Seen): Invariant[] => [...new Set(check(it).map(({ invariant }) => invariant))];
const lineWhere = (test: (line: SeenLine) => boolean): SeenLine =>
  seen.lines.find((it) => it.status === 'delivered' && test(it)) ?? assert.fail('the drill has such a line');

before(
  async () => {
    standalone = await startStandalone();
    options = standalone.options('--seed', 'tamper', '--orders', '160', '--replay-ms', '8000');
    result = await drill(options, { say: () => undefined, live: () => undefined });
    seen = await read();
  },
  { timeout: START_MS },
);
after(() => standalone.stop());

describe('a drill of 160 orders against a whole Midstream', () => {
  it('hits lines, replaces them, and finds everything in order', () => {
    assert.deepEqual(result.violations, []);
    assert.deepEqual(check(seen), []);
    const { hit, substituted, timed, p50Ms, heard50Ms } = result.figures;
    assert(hit > 80, `${hit} lines are hit`);
    assert(substituted > hit / 2, `${substituted} of ${hit} are substituted`);
    assert(timed > 0 && p50Ms >= heard50Ms, 'the time runs from the loss, not from when order heard of it');
  });

  it('has looked at something of everything that it checks', () => {
    const delivered = seen.lines.reduce((sum, it) => sum + it.delivered, 0);
    assert.equal(seen.deliveries.length, delivered);
    assert(delivered > 0 && seen.purchases.length > 0 && seen.entries.length > 0 && seen.dry.length > 0);
    assert(seen.ban !== undefined && seen.gauges.length >= 4 * 5, 'four gauges of five services');
    assert(seen.lines.every((it) => (it.moments.length > 0 && it.holds.length > 0) || ['unfillable', 'repacked'].includes(it.status)));
  });

  it('repacks what its only supplier has run out of', () => {
    const of = seen.lines.filter((it) => it.piecesOf !== undefined);
    assert(of.length > 0 && result.figures.repacked > 0, 'lines of 200 become two of 100 each');
    for (const it of of) assert.deepEqual([it.wanted.skus, it.status], [['sword-dream-cn-200'], 'delivered']);
  });

  it('tells the story of a video membership that became a music membership', () => {
    // which line is the quickest depends on the machine: as many units as were lost must have come back
    const story = result.story.join('\n');
    assert.match(story, /lost (\d+) × Video VIP month .*: out-of-stock\n(.*\n)*.*gets \1 × Music VIP month .* in place of Video VIP month/);
    assert.match(story, /ends delivered$/);
  });
});

/** A fault, and how it is undone. Each is put into the databases behind the services' backs. */
interface Tampering {
  readonly service: 'order' | 'inventory';
  readonly spoil: string;
  readonly mend: string;
  readonly values: (line: SeenLine) => readonly unknown[];
  /** Which line. */
  readonly of?: (line: SeenLine) => boolean;
}

const onOrder = (field: string): Pick<Tampering, 'service' | 'spoil' | 'mend' | 'values'> => {
  const set = (by: number): string =>
    `UPDATE orders SET state = jsonb_set(state::jsonb, ARRAY['lines', $2, '${field}'], to_jsonb((state #>> ARRAY['lines', $2, '${field}'])::bigint + ${by})) WHERE id = $1`;
  return { service: 'order', spoil: set(1), mend: set(-1), values: ({ orderId, lineId }) => [orderId, lineId] };
};

const TAMPERINGS: Readonly<Record<Invariant, Tampering>> = {
  end: {
    service: 'order',
    spoil: `UPDATE timeline SET what = 'hidden' WHERE order_id = $1 AND line_id = $2 AND what = 'line-closed'`,
    mend: `UPDATE timeline SET what = 'line-closed' WHERE order_id = $1 AND line_id = $2 AND what = 'hidden'`,
    values: ({ orderId, lineId }) => [orderId, lineId],
    of: isHit,
  },
  units: onOrder('givenUp'),
  tallies: {
    service: 'order',
    spoil: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{hub,tally,lost}', to_jsonb((detail::jsonb #>> '{hub,tally,lost}')::int - 1)) WHERE order_id = $1 AND line_id = $2 AND what = 'lost'`,
    mend: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{hub,tally,lost}', to_jsonb((detail::jsonb #>> '{hub,tally,lost}')::int + 1)) WHERE order_id = $1 AND line_id = $2 AND what = 'lost'`,
    values: ({ orderId, lineId }) => [orderId, lineId],
    of: isHit,
  },
  deliveries: {
    service: 'inventory',
    spoil: `UPDATE delivery SET order_id = 'away:' || order_id WHERE order_id = $1 AND line_id = $2`,
    mend: `UPDATE delivery SET order_id = $1 WHERE order_id = 'away:' || $1 AND line_id = $2`,
    values: ({ orderId, lineId }) => [orderId, lineId],
  },
  procurement: {
    service: 'inventory',
    spoil: `UPDATE purchase SET state = jsonb_set(state::jsonb, '{bought}', to_jsonb((state ->> 'bought')::int + 1)) WHERE id = $1`,
    mend: `UPDATE purchase SET state = jsonb_set(state::jsonb, '{bought}', to_jsonb((state ->> 'bought')::int - 1)) WHERE id = $1`,
    values: ({ orderId, lineId }) => [seen.purchases.find((it) => it.orderId === orderId && it.lineId === lineId)?.procurementId],
  },
  ledger: {
    service: 'order',
    spoil: `UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE order_id = $1 AND line_id = $2 AND account = 'hub-revenue'`,
    mend: `UPDATE ledger_entry SET amount_minor = amount_minor - 1 WHERE order_id = $1 AND line_id = $2 AND account = 'hub-revenue'`,
    values: ({ orderId, lineId }) => [orderId, lineId],
  },
  capture: onOrder('capturedMinor'),
  consent: {
    service: 'order',
    spoil: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{holds,0,sku}', '"phone-a-50"') WHERE order_id = $1 AND line_id = $2 AND what = 'substituted'`,
    mend: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{holds,0,sku}', to_jsonb($3::text)) WHERE order_id = $1 AND line_id = $2 AND what = 'substituted'`,
    values: ({ orderId, lineId, wanted }) => [orderId, lineId, wanted.skus[0]],
    of: ({ moments, wanted }) =>
      !wanted.skus.includes('phone-a-50') &&
      wanted.policy.upTo === 'other-supplier' &&
      moments.filter((it) => it.what === 'assigned' && it.replaces !== undefined).length === 1,
  },
  price: {
    service: 'order',
    spoil: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{holds,0,priceMinor}', to_jsonb((detail::jsonb #>> '{holds,0,priceMinor}')::int * 1000)) WHERE order_id = $1 AND line_id = $2 AND what = 'assigned'`,
    mend: `UPDATE timeline SET detail = jsonb_set(detail::jsonb, '{holds,0,priceMinor}', to_jsonb((detail::jsonb #>> '{holds,0,priceMinor}')::int / 1000)) WHERE order_id = $1 AND line_id = $2 AND what = 'assigned'`,
    values: ({ orderId, lineId }) => [orderId, lineId],
  },
  ban: {
    service: 'inventory',
    spoil: `UPDATE purchase SET state = jsonb_set(state::jsonb, '{submittedAt}', to_jsonb((state ->> 'submittedAt')::bigint + 3600000)) WHERE id = $1`,
    mend: `UPDATE purchase SET state = jsonb_set(state::jsonb, '{submittedAt}', to_jsonb((state ->> 'submittedAt')::bigint - 3600000)) WHERE id = $1`,
    values: () => [seen.purchases.find((it) => it.sku === seen.ban?.sku)?.procurementId],
  },
  drained: {
    service: 'inventory',
    spoil: `UPDATE offer SET state = jsonb_set(state::jsonb, '{held}', to_jsonb((state ->> 'held')::bigint + 1000000)) WHERE id = $1`,
    mend: `UPDATE offer SET state = jsonb_set(state::jsonb, '{held}', to_jsonb((state ->> 'held')::bigint - 1000000)) WHERE id = $1`,
    values: () => [seen.dry[0]?.offerId],
  },
  relay: {
    service: 'inventory',
    // a transaction that no snapshot has seen: the event waits for ever
    spoil: `INSERT INTO event (xid, at, event_id, topic, key, type, actor, data)
            SELECT '9000000000000000000', clock_timestamp() - interval '60 s', gen_random_uuid(), topic, $1, type, 'tamper', data FROM event WHERE topic = 'inventory.by-order' LIMIT 1`,
    mend: `DELETE FROM event WHERE actor = 'tamper' AND key = $1`,
    values: () => ['tamper'],
  },
  parked: {
    service: 'order',
    spoil: `INSERT INTO parked_key (consumer, key, error, parked_at) VALUES ('tamper', $1, 'tampered with', now())`,
    mend: `DELETE FROM parked_key WHERE consumer = 'tamper' AND key = $1`,
    values: () => ['tamper'],
  },
};

describe('somebody tampers with the databases', () => {
  for (const invariant of INVARIANTS) {
    it(`and the drill names ${invariant}, and nothing else`, async () => {
      const { service, spoil, mend, values, of = () => true } = TAMPERINGS[invariant];
      const bound = values(lineWhere((it) => of(it) && it.moments.some(({ what }) => what === 'assigned')));
      assert(
        bound.every((it) => it !== undefined),
        'there is something to tamper with',
      );
      const run = (statement: string): Promise<unknown> => change(service, statement, bound);
      await run(spoil);
      const names = namesIn(await read());
      await run(mend);
      assert.deepEqual(names, [invariant]);
      assert.deepEqual(check(await read()), [], 'mended again');
    });
  }
});

/** Runs a statement with the guards of an append-only table turned off; how many values it wants is seen from its text. */
async function change(service: 'order' | 'inventory', statement: string, bound: readonly unknown[]): Promise<void> {
  const [, table = ''] = /^(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)/.exec(statement) ?? [];
  const guarded = table === 'ledger_entry' || table === 'timeline';
  const used = bound.filter((_, index) => statement.includes(`$${index + 1}`));
  if (guarded) await standalone.sql(service, `ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await standalone.sql(service, statement, used);
  if (guarded) await standalone.sql(service, `ALTER TABLE ${table} ENABLE TRIGGER USER`);
}
