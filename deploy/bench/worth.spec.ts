import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageProblem } from '../drill/options';
import { kindsAt, scarceMarketOf, siblingOf } from './scarce';
import { type HitLine, type PlanRow, ratioOf, type Traces, worthOf } from './worth';

/** Both may go to `a`, only `free` to `b`. The best: `bound` at a, `free` at b. */
const plan: PlanRow = {
  objective: 1_500,
  bound: 1_500,
  offers: [
    { offerId: 'a', version: 1, room: 2, price: 100 },
    { offerId: 'b', version: 1, room: 5, price: 0 },
  ],
  quotas: [
    { key: 'bound', units: 2, refund: 300, at: [[0, 400, 2]] },
    { key: 'free', units: 2, refund: 300, at: [[0, 450, 0], [1, 350, 2]] }, // prettier-ignore
  ],
};
const line = (key: string, kept: Record<string, number> = {}): HitLine => ({ key, units: 1, kept: new Map(Object.entries(kept)) });
const rooms = new Map([['a', 2], ['b', 5], ['elsewhere', 9]]); // prettier-ignore
const worth = (lines: readonly HitLine[], it: Partial<Traces> = {}, other = 1_500) =>
  worthOf({ plans: [plan], lines, rooms, ...it }, () => other);

describe('what a storm came to', () => {
  it('is the best that there is where each line is held where the plan would have it', () => {
    const found = worth([line('free', { b: 1 }), line('free', { b: 1 }), line('bound', { a: 1 }), line('bound', { a: 1 })]);
    assert.deepEqual(found, { value: 1_500, optimum: 1_500, firstCome: 2 * 450 - 2 * 300, givenUp: 0, plans: 1, errors: [] });
  });

  it('counts a unit that nobody holds at what giving it up costs, and not the wish but the hold', () => {
    const lines = [line('free', { a: 1 }), line('free', { b: 1 }), line('bound', { a: 1 }), line('bound')];
    const { value, givenUp, errors } = worth(lines);
    assert.deepEqual([value, givenUp, errors], [450 + 350 + 400 - 300, 1, []]);
  });

  it('takes the values of the first plan that knows a class, and the rooms of inventory, whatever later plans say', () => {
    const later: PlanRow = { ...plan, objective: 0, bound: 0, offers: [], quotas: [{ key: 'late', units: 0, refund: 100, at: [] }] };
    const dearer: PlanRow = { ...plan, objective: 16, bound: 16, offers: [{ offerId: 'a', version: 2, room: 2, price: 0 }], quotas: [{ key: 'bound', units: 2, refund: 1, at: [[0, 8, 2]] }] }; // prettier-ignore
    const found = worth([line('bound', { a: 1 }), line('late')], { plans: [plan, dearer, later], rooms: new Map([['a', 1]]) }, 300);
    assert.deepEqual([found.value, found.optimum, found.plans, found.errors], [300, 300, 3, []]);
  });

  it('is told with all that is wrong: a hold past the room, a hold or a class that no plan knew, a plan that proves nothing, another solver that disagrees', () => {
    const faults = (lines: readonly HitLine[], it: Partial<Traces> = {}, other?: number) => worth(lines, it, other).errors;
    const three = [line('bound', { a: 1 }), line('bound', { a: 1 }), line('free', { a: 1 })];
    assert.deepEqual(faults(three, {}, 1_150), ['more is held than there was']);
    assert.deepEqual(faults([line('bound', { b: 1 })], {}, 400), ['1 units are held at b, which no plan knew for bound']);
    assert.deepEqual(faults([line('new', { a: 1 })], {}, 0), ['no plan knows the class new']);
    assert.deepEqual(faults([line('bound', { a: 1 })], { plans: [{ ...plan, objective: 1_499 }] }, 400), ['1 plans are not proven by their certificates']); // prettier-ignore
    assert.deepEqual(faults([line('bound', { a: 1 })], {}, 399), ['the best is 400, another solver says 399']);
  });

  it('is a share, rounded down, where there is something to gain', () => {
    assert.equal(ratioOf({ value: 999_999, optimum: 1_000_000 }), 0.99999);
    assert.equal(ratioOf({ value: -5, optimum: 0 }), undefined);
  });
});

describe('a scarce market', () => {
  const plan = { name: 'm', products: 2, substitutes: 5, capacityPerMinute: 600, leadTimeMs: 0, hotCapacityPerMinute: 1 };

  it('has less elsewhere than lines that will ask for it, and enough at the offer that holds them', () => {
    const { offers, products } = scarceMarketOf(plan, 1_000);
    for (const { sku } of products.slice(0, 2)) {
      const its = offers.filter((it) => [sku, siblingOf(sku)].includes(it.sku)).toSorted((a, b) => b.stock - a.stock);
      const [hot, ...others] = its;
      assert.equal(hot?.capacityPerMinute, 1);
      assert.ok(hot.stock > 1_000 && others.every((it) => (it.costTiers[0]?.costMinor ?? 0) !== hot.costTiers[0]?.costMinor));
      const left = others.reduce((sum, it) => sum + it.stock, 0);
      assert.ok(left > 800 && left < 1_000, `${left}`);
    }
  });

  it('is asked by buyers that differ, and refuses to have no substitutes', () => {
    assert.equal(new Set(kindsAt(0).map((it) => JSON.stringify(it))).size, 16);
    const told = (error: unknown) => error instanceof UsageProblem && error.message.startsWith('the market has no substitutes');
    assert.throws(() => scarceMarketOf({ ...plan, substitutes: 0 }, 1_000), told);
  });
});
