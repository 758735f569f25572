import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRejection } from '@midstream/kernel';
import { A, aMarket, after, B, candidate, holdFirst, NOON, putOffer, start, vip, type Written } from './inventory.fixtures';
import { type Cap, inventory, type InventoryEvent, openUnits, type Rows, rowOf } from './index';

const putCaps = (...caps: readonly Omit<Cap, 'capId'>[]): Written => ({ type: 'PutCaps', caps });
const applied = [A, B].map((offerId): Written => ({ type: 'ApplyCaps', offerId }));
const capped = (...caps: readonly Omit<Cap, 'capId'>[]): Rows => after(aMarket(), putCaps(...caps), ...applied);
const OF_SKU = { per: 'merchant', sku: 'vip', maxUnits: 5 } as const;
const COUNT = 'merchant/sku/vip m';

/** The command, and all that it and what follows call for: as the shell does it, one after the other. */
function run(rows: Rows, command: Written): { rows: Rows; events: InventoryEvent[] } {
  const decided = inventory.decide({ at: NOON, ...command }, rows, {});
  assert(!isRejection(decided));
  const next = decided.reduce((state, event) => inventory.evolve(state, event), rows);
  inventory.uphold(next);
  const due = decided.flatMap((it) => inventory.react(it)).filter((it) => it.at === undefined);
  return due.reduce(
    (sum, it) => {
      const more = run(sum.rows, it.command);
      return { rows: more.rows, events: [...sum.events, ...more.events] };
    },
    { rows: next, events: [...decided] },
  );
}

function holding(rows: Rows, units: number, attempt: number, change: object = {}) {
  const { rows: after, events } = run(rows, holdFirst(units, [candidate('a'), candidate('b')], { attempt, ...change }));
  const answer = events.find((it) => it.type === 'OfferHeld' || it.type === 'NothingHeld');
  assert(answer?.type === 'OfferHeld' || answer?.type === 'NothingHeld');
  return { rows: after, events, tried: answer.tried, unheld: answer.unheld };
}
const usedOf = (rows: Rows, id = COUNT): number => rows.usages[id]?.units ?? 0;
const openOf = (rows: Rows): number => Object.values(rows.holds).reduce((sum, it) => sum + openUnits(it), 0);

describe('without a cap', () => {
  it('a line needs no count, and no second step', () =>
    void start(aMarket())
      .when(holdFirst(6, [candidate('a')]))
      .thenTypes('OfferHeld', 'OfferState'));
});

describe('a cap of five units of an SKU for each merchant', () => {
  it('first asks for its count, and then holds what it leaves over all suppliers', () => {
    start(capped(OF_SKU))
      .when(holdFirst(7, [candidate('a')]))
      .thenTypes('CountsAsked');
    const { rows, tried, unheld } = holding(capped(OF_SKU), 7, 1);
    assert.equal(unheld, 2);
    assert.deepEqual(
      tried.map(({ offerId, outcome, cap }) => ({ offerId, outcome, cap })),
      [{ offerId: A, outcome: 'partly-held', cap: { per: 'merchant', of: 'sku', maxUnits: 5, usedUnits: 5 } }],
    );
    assert.equal(usedOf(rows), 5);
  });

  it('says how much of it is used to who has reached it', () => {
    const { tried, unheld } = holding(holding(capped(OF_SKU), 5, 1).rows, 1, 2);
    assert.equal(unheld, 1);
    assert.deepEqual(
      tried.map((it) => [it.outcome, it.cap]),
      [A, B].map(() => ['capped', { per: 'merchant', of: 'sku', maxUnits: 5, usedUnits: 5 }]),
    );
  });

  it('counts no other merchant by it', () => {
    const { unheld } = holding(holding(capped(OF_SKU), 5, 1).rows, 5, 1, { orderId: 'p', merchantId: 'n' });
    assert.equal(unheld, 0);
  });

  it('gives back what comes to an end, once, however often it is said', () => {
    const held = holding(capped(OF_SKU), 5, 1).rows;
    const holdId = Object.keys(held.holds)[0] ?? '';
    const { rows } = run(held, { type: 'ReleaseHold', holdId, reason: 'cancelled' });
    assert.deepEqual([usedOf(rows), openOf(rows)], [0, 0]);
    start(rows)
      .when({ type: 'CountUse', holdId, usageIds: [COUNT] })
      .thenNothing();
    assert.equal(holding(rows, 5, 2).unheld, 0);
  });

  it('goes on counting with another maximum, and lets go without one', () => {
    const held = holding(capped(OF_SKU), 5, 1).rows;
    const wider = after(held, putCaps({ ...OF_SKU, maxUnits: 6 }), ...applied);
    assert.equal(holding(wider, 3, 2).unheld, 2);
    const free = after(held, putCaps(), ...applied);
    assert.equal(rowOf(free.offers, A).caps, undefined);
    assert.equal(holding(free, 6, 2).unheld, 0);
  });

  it('changes nothing when it is put again', () => {
    start(capped(OF_SKU)).when(putCaps(OF_SKU)).thenNothing();
    start(capped(OF_SKU)).when({ type: 'ApplyCaps', offerId: A }).thenNothing();
  });
});

describe('a cap for each buyer', () => {
  const cap = { per: 'buyer', category: vip.category, maxUnits: 2 } as const;

  it('counts the buyers of one merchant apart, and not whom nobody names', () => {
    const first = holding(capped(cap), 2, 1, { buyerKey: 'b-1' });
    assert.equal(holding(first.rows, 1, 2, { buyerKey: 'b-1' }).unheld, 1);
    assert.equal(holding(first.rows, 2, 2, { buyerKey: 'b-2' }).unheld, 0);
    assert.equal(holding(first.rows, 6, 2).unheld, 0);
  });

  it('follows a good into its category, and is known to a new offer from its first moment', () => {
    const moved = run(capped(cap), { type: 'PutProduct', product: { ...vip, category: 'music' } }).rows;
    assert.equal(rowOf(moved.offers, A).caps, undefined);
    const added = after(moved, { type: 'PutProduct', product: vip });
    const supplier = { ...rowOf(added.suppliers, 'a'), supplierId: 'c' };
    const put = after(added, { type: 'PutSupplier', supplier }, putOffer('c'));
    assert.equal(rowOf(put.offers, 'c~vip').caps?.length, 1);
  });
});

describe('several caps', () => {
  it('leave as much as the narrowest', () => {
    const { unheld, tried } = holding(capped(OF_SKU, { per: 'merchant', offerId: A, maxUnits: 2 }), 6, 1);
    assert.equal(unheld, 1);
    assert.deepEqual(
      tried.map((it) => it.cap?.of),
      ['sku', 'sku'],
    );
  });

  it('cannot count the same twice, nor of nothing, nor of two things', () => {
    const refusal = (...caps: readonly Omit<Cap, 'capId'>[]) => {
      const decided = inventory.decide({ type: 'PutCaps', caps, at: NOON }, aMarket(), {});
      return isRejection(decided) ? decided.rejected : 'taken';
    };
    assert.equal(refusal(OF_SKU, { ...OF_SKU, maxUnits: 9 }), 'double-cap');
    assert.equal(refusal({ per: 'buyer', maxUnits: 1 }), 'wrong-cap');
    assert.equal(refusal({ ...OF_SKU, category: 'x' }), 'wrong-cap');
  });
});
