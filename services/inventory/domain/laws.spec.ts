import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draftedRows, isRejection } from '@midstream/kernel';
import fc from 'fast-check';
import { A, aMarket, after, B, candidate, holdFirst, NOON, putOffer, VAULT, type Written } from './inventory.fixtures';
import {
  countersOf,
  DRAIN_BATCH,
  inventory,
  type InventoryCommand,
  type InventoryEvent,
  type Movement,
  movementsOf,
  type Offer,
  openOf,
  rebuilt,
  roomOf,
  type Rows,
  rowOf,
  strikable,
  supplyOf,
} from './index';

/** What an offer has before anything is held: its last report. */
const opened = ({ offerId, reported, settled }: Offer): Movement => ({
  ...{ offerId, kind: 'ADJUSTMENT', units: reported, reported, settled },
  ...{ held: 0, inFlight: 0, accepted: 0 },
});

/** The domain as the shell runs it: a command sees the rows that it names and no others; what react calls for waits for its time. */
class World {
  rows: Rows;
  now = NOON;
  private readonly opening: Readonly<Record<string, readonly Movement[]>>;
  private attempt = 0;
  private readonly queue: { at: number; command: Written }[] = [];
  private readonly drains: string[] = [];
  private readonly ledger: Movement[] = [];
  private readonly told = new Map<string, { version: number; delivered: number; lost: number; released: number }>();

  constructor(rows: Rows) {
    this.rows = rows;
    this.opening = Object.fromEntries(Object.values(rows.offers).map((it) => [it.offerId, [opened(it)]]));
  }

  handle(command: Written): void {
    const whole = { at: this.now, ...command };
    const keys = inventory.keysOf(whole);
    const seen: Record<string, Record<string, unknown>> = Object.fromEntries(Object.keys(this.rows).map((kind) => [kind, {}]));
    for (const { kind, id } of keys) if (this.rows[kind][id] !== undefined) (seen[kind] ?? {})[id] = this.rows[kind][id];
    const before = seen as unknown as Rows;
    const decision = inventory.decide(whole, before, {});
    if (isRejection(decision)) return;
    let now = before;
    for (const event of decision) {
      if (event.type === 'OfferHeld') this.neverOversold(now, event);
      now = inventory.evolve(now, event);
      this.ledger.push(...movementsOf(event));
      this.hear(event);
    }
    assert.deepEqual(draftedRows(decision) ?? now, now, 'a draft makes of its rows what its events make of them');
    inventory.uphold(now);
    this.keep(whole, before, now);
  }

  private keep(command: InventoryCommand, before: Rows, now: Rows): void {
    const keys = inventory.keysOf(command);
    const merged: Record<string, Record<string, unknown>> = {};
    for (const kind of Object.keys(this.rows) as (keyof Rows)[]) {
      for (const [id, row] of Object.entries(now[kind])) {
        if (row === before[kind][id]) continue;
        const named = keys.filter((it) => it.kind === kind && it.id === id);
        assert.ok(named.length > 0, `${command.type} names ${kind}/${id} that it changes`);
        assert.ok(
          named.some((it) => it.mode !== 'share'),
          `${command.type} changes ${kind}/${id} that it only reads`,
        );
      }
      merged[kind] = { ...this.rows[kind], ...now[kind] };
    }
    this.rows = merged as unknown as Rows;
  }

  private hear(event: InventoryEvent): void {
    if (event.type === 'DrainDue') this.drains.push(event.offerId);
    for (const { command, at } of inventory.react(event)) this.queue.push({ command, at: at ?? this.now });
    if (!('tally' in event)) return;
    const { holdId, version, delivered, lost, released } = event.tally;
    const known = this.told.get(holdId) ?? { version: 1, delivered: 0, lost: 0, released: 0 };
    assert.ok(version > known.version, 'versions grow');
    assert.ok(delivered >= known.delivered && lost >= known.lost && released >= known.released, 'a tally never goes backwards');
    this.told.set(holdId, event.tally);
  }

  private neverOversold(rows: Rows, event: Extract<InventoryEvent, { type: 'OfferHeld' }>): void {
    for (const { offerId, tally } of event.holds) assert.ok(tally.granted <= roomOf(rowOf(rows.offers, offerId)), 'a hold finds room');
  }

  /** Every counter, from the movements alone (and from the holds, what of it is queued). */
  upholdLedger(): void {
    for (const offer of Object.values(this.rows.offers)) {
      const queued = Object.values(this.rows.holds).reduce((sum, it) => sum + (it.offerId === offer.offerId ? it.queued : 0), 0);
      const movements = [...(this.opening[offer.offerId] ?? []), ...this.ledger.filter((it) => it.offerId === offer.offerId)];
      assert.deepEqual(rebuilt(movements, queued), countersOf(offer), 'the ledger says what the offer counts');
    }
  }

  hold(quantity: number, suppliers: readonly string[]): void {
    this.handle(
      holdFirst(
        quantity,
        suppliers.map((it) => candidate(it)),
        { attempt: (this.attempt += 1) },
      ),
    );
  }

  /** All that is due by then, in its order; a drain picks its holds as the app does, the youngest first. */
  pass(ms: number): void {
    this.now += ms;
    for (let steps = 0; ; steps++) {
      assert.ok(steps < 20_000, 'it comes to rest');
      const offerId = this.drains.shift();
      if (offerId !== undefined) {
        const holds = Object.values(this.rows.holds).filter((it) => it.offerId === offerId && strikable(it) > 0);
        this.handle({
          type: 'DrainOffer',
          offerId,
          holdIds: holds
            .toReversed()
            .slice(0, DRAIN_BATCH)
            .map((it) => it.holdId),
        });
        continue;
      }
      this.queue.sort((a, b) => a.at - b.at);
      const next = this.queue[0];
      if (next === undefined || next.at > this.now) return;
      this.queue.shift();
      this.handle(next.command);
    }
  }

  check(): void {
    const holds = Object.values(this.rows.holds);
    const sum = <T>(of: readonly T[], units: (it: T) => number) => of.reduce((total, it) => total + units(it), 0);
    for (const offer of Object.values(this.rows.offers)) {
      const own = holds.filter((it) => it.offerId === offer.offerId);
      assert.equal(offer.held, sum(own, strikable), 'an offer counts what its holds hold');
      assert.equal(offer.queued, sum(own, (it) => it.queued), 'and what they have in the queue'); // prettier-ignore
      assert.equal(offer.inFlight, sum(own, (it) => it.submitting + it.unknown), 'and in flight'); // prettier-ignore
      const drain = this.rows.drains[offer.offerId];
      const short = offer.held > Math.max(0, supplyOf(offer));
      assert.ok(!short || drain?.armed || drain?.stopped, 'an offer that is short is drained');
    }
    for (const hold of holds) {
      const own = Object.values(this.rows.purchases).filter((it) => it.holdId === hold.holdId);
      for (const stage of ['submitting', 'unknown', 'accepted'] as const) {
        const open = own.filter((it) => it.status === stage);
        assert.equal(hold[stage], sum(open, openOf), `what a hold has ${stage} is open in its purchases`);
      }
    }
  }
}

const SUPPLIERS = ['a', 'b', 'hub'];
const pick = <T>(of: readonly T[], n: number): T | undefined => (of.length === 0 ? undefined : of[n % of.length]);

type Step = (world: World) => void;
const n = fc.nat({ max: 1_000 });

const holdStep = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.shuffledSubarray(SUPPLIERS, { minLength: 1 })).map(
  ([units, of]): Step =>
    (world) =>
      world.hold(units, of),
);
const ofHold = (make: (holdId: string) => Written) =>
  n.map((at): Step => (world) => {
    const hold = pick(Object.values(world.rows.holds), at);
    if (hold) world.handle(make(hold.holdId));
  });
const ofPurchase = (make: (of: { purchaseId: string; holdId: string; sku: string }, quantity: number) => Written) =>
  n.map((at): Step => (world) => {
    const open = Object.values(world.rows.purchases).filter((it) => openOf(it) > 0);
    const purchase = pick(open, at);
    if (purchase) world.handle(make({ purchaseId: purchase.purchaseId, holdId: purchase.holdId, sku: purchase.sku }, purchase.quantity));
  });

const answerStep = fc
  .record({
    at: n,
    good: fc.nat({ max: 100 }),
    kind: fc.constantFrom('code', 'top-up', 'invalid'),
    rest: fc.constantFrom('pending', 'refused', 'out-of-stock', 'price-risen', 'no-balance'),
  })
  .chain(({ good, kind, rest }) =>
    ofPurchase((of, quantity) => ({
      ...{ type: 'RecordOutcome', ...of, rest, unitCostMinor: 2000 },
      units: Array.from({ length: Math.min(good, quantity) }, (_, unit) => ({ unit: unit + 1, kind })),
    })),
  );

const reportStep = fc
  .record({ to: fc.constantFrom('a', 'b'), quantity: fc.nat({ max: 60 }), cost: fc.constantFrom(2000, 2600, 2601) })
  .map(({ to, quantity, cost }): Step => {
    return (world) => {
      const { sequence, offerId } = rowOf(world.rows.offers, to === 'a' ? A : B);
      world.handle({
        type: 'ReportStock',
        supplierId: to,
        offerId,
        quantity,
        sequence: sequence + 1,
        costTiers: [{ from: 1, costMinor: cost }],
      });
    };
  });

const banStep = fc.constantFrom([], ['CN'], ['CN-11'], ['*']).map((regions): Step => (world) => {
  const verdicts = regions.map((region) => ({ region, status: 'banned' as const, fromAt: world.now }));
  world.handle({ type: 'NoteVerdict', sku: 'vip', version: (world.rows.verdicts['vip']?.version ?? 0) + 1, verdicts });
});

const closeStep = fc
  .constantFrom<Written[]>(
    { type: 'CloseOffer', offerId: A, cause: 'suspended' },
    { type: 'OpenOffer', offerId: A, cause: 'suspended' },
    { type: 'StopDrain', offerId: B },
    { type: 'AllowDrain', offerId: B },
  )
  .map(
    (command): Step =>
      (world) =>
        world.handle(command),
  );

const stockStep = fc.integer({ min: 1, max: 60 }).map((units): Step => (world) => {
  world.handle({ type: 'CountVault', offerId: VAULT, stocked: rowOf(world.rows.offers, VAULT).reported + units });
});

const timeStep = fc.constantFrom(0, 50, 2_000, 70_000, 700_000).map(
  (ms): Step =>
    (world) =>
      world.pass(ms),
);

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: holdStep },
    { weight: 6, arbitrary: ofHold((holdId) => ({ type: 'AssignHold', holdId })) },
    { weight: 2, arbitrary: ofHold((holdId) => ({ type: 'ReleaseHold', holdId, reason: 'cancelled' })) },
    { weight: 1, arbitrary: ofHold((holdId) => ({ type: 'ExtendHold', holdId, deadlineAt: NOON + 900_000 })) },
    { weight: 6, arbitrary: timeStep },
    { weight: 8, arbitrary: answerStep },
    { weight: 3, arbitrary: ofPurchase((of) => ({ type: 'MarkUnknown', ...of })) },
    { weight: 1, arbitrary: ofPurchase((of) => ({ type: 'WriteOff', ...of })) },
    { weight: 4, arbitrary: reportStep },
    { weight: 2, arbitrary: stockStep },
    { weight: 1, arbitrary: banStep },
    { weight: 1, arbitrary: closeStep },
  ),
  { minLength: 5, maxLength: 60 },
);

const aWorld = (): World => {
  const hub: Written = {
    type: 'PutSupplier',
    supplier: { supplierId: 'hub', kind: 'vault', name: { zh: 'hub', en: 'hub' }, upstreamGroup: 'hub' },
  };
  const stocked: Written = { type: 'CountVault', offerId: VAULT, stocked: 30 };
  return new World(after(aMarket({ a: 50, b: 50 }), hub, putOffer('hub', { capacityPerMinute: 30 }), stocked));
};

describe('whatever comes, in whatever order', () => {
  const seed = Number(process.env['SEED'] ?? 20_261_124);

  it(`nothing is oversold, every unit is in one place, and no tally goes backwards (seed ${seed})`, () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = aWorld();
        for (const step of all) {
          step(world);
          world.check();
        }
        world.upholdLedger();
      }),
      { seed, numRuns: 400 },
    );
  });

  it(`all comes to an end once every purchase is answered (seed ${seed})`, () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = aWorld();
        for (const step of all) step(world);
        world.handle({ type: 'AllowDrain', offerId: B });
        for (let rounds = 0; rounds < 40; rounds++) {
          world.pass(1_000_000);
          for (const it of Object.values(world.rows.purchases)) {
            if (openOf(it) === 0) continue;
            const of = { purchaseId: it.purchaseId, holdId: it.holdId, sku: it.sku };
            world.handle({ type: 'RecordOutcome', ...of, units: [], rest: 'refused', unitCostMinor: 0 });
          }
        }
        for (const it of Object.values(world.rows.holds))
          assert.equal(it.delivered + it.lost + it.released, it.granted, 'no hold is left open');
        for (const it of Object.values(world.rows.offers)) assert.equal(it.held + it.inFlight + it.queued, 0);
        for (const it of Object.values(world.rows.drains)) assert.ok(!it.armed, 'every drain has come to its end');
      }),
      { seed, numRuns: 200 },
    );
  });
});
