import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { priceOnly, random } from './baselines';
import { compare, playAll } from './compare';
import { play } from './play';
import type { Policy, Question } from './policy';
import { type Regime, REGIMES } from './regimes';
import { Shelf } from './shelf';
import { worldOf } from './world';

const small: Regime = { ...REGIMES.A, ordersPerDay: 80 };
const DAYS = 5;

/** Always tries the same place of the list, and keeps what became of it by order. */
function watching(place: number): { policy: Policy; outcomes: Map<string, string> } {
  const outcomes = new Map<string, string>();
  const asked = new Map<number, Question>();
  const policy: Policy = {
    name: `place-${place}`,
    answer(question) {
      asked.set(question.order, question);
      return { chain: question.offers.length > place ? [place] : [] };
    },
    hear(heard) {
      if (heard.kind === 'attempt' && heard.noStock !== true && heard.late !== true)
        outcomes.set(`${heard.offer.name} ${(heard.at - heard.responseMs).toFixed(3)}`, `${heard.outcome} ${heard.responseMs.toFixed(3)}`);
    },
  };
  return { policy, outcomes };
}

describe('a hidden market', () => {
  it('belongs to its seed', () => {
    const told = (seed: number) => compare([playAll(seed, small, 3)]);
    assert.deepEqual(told(7), told(7));
    assert.notDeepEqual(told(7), told(8));
  });

  it('is as large as it is said to be', () => {
    const world = worldOf(1, REGIMES.A, 7);
    assert.equal(world.skus.length, 200);
    assert.equal(new Set(world.suppliers.map((it) => it.group)).size, 6);
    const first = world.offers.filter((it) => (world.suppliers[it.supplier]?.from ?? 1) === 0).length;
    assert.ok(first > 1_350 && first < 1_650, `${first} offers at the beginning`);
    const perDay = world.orders.length / 7;
    assert.ok(perDay > 700 && perDay < 2_600, `${perDay} orders a day`);
  });

  it('gives the same order, attempt and offer the same fate under two policies', () => {
    const world = worldOf(3, small, DAYS);
    const one = watching(0);
    const other = watching(0);
    // the other policy also asks elsewhere in between: that must not change what becomes of the first attempts
    const two: Policy = {
      name: 'two',
      hear: (it) => other.policy.hear(it),
      answer: (question) => ({ chain: question.offers.length > 1 ? [0, 1] : [0] }),
    };
    play(world, () => one.policy);
    play(world, () => two);
    const both = [...one.outcomes].filter(([key]) => other.outcomes.has(key));
    assert.ok(both.length > 100, `${both.length} attempts in common`);
    for (const [key, outcome] of both) assert.equal(other.outcomes.get(key), outcome, key);
  });

  it('never has less than nothing in stock, and sells no unit twice', () => {
    const world = worldOf(5, small, DAYS);
    const shelf = new Shelf(world);
    for (const order of world.orders) {
      for (const offer of world.offersOf[order.sku] ?? []) {
        const before = shelf.at(offer, order.at);
        const took = shelf.take(offer, order.at, order.quantity);
        assert.equal(took, before >= order.quantity);
        assert.equal(shelf.at(offer, order.at), took ? before - order.quantity : before);
        assert.ok(shelf.at(offer, order.at) >= 0 && shelf.reported(offer, order.at).units >= 0);
      }
    }
  });

  it('lets nobody earn more than the oracle, nor the service less than chance', () => {
    const { rows } = compare([11, 12].map((seed) => playAll(seed, small, DAYS)));
    const margin = (name: string): number => rows.find((it) => it.policy === name)?.marginPercent ?? NaN;
    for (const it of rows.filter((one) => one.policy !== 'chain-oracle'))
      assert.ok(it.marginPercent < margin('chain-oracle') + 0.05, `${it.policy} earned ${it.marginPercent}`);
    assert.ok(margin('midstream') > margin('random'));
  });

  it('tells a policy nothing that is hidden', () => {
    const seen = new Set<string>();
    const spying: Policy = {
      name: 'spy',
      hear: () => undefined,
      answer(question) {
        for (const it of question.offers) for (const key of Object.keys(it)) seen.add(key);
        return { chain: [] };
      },
    };
    play(worldOf(1, small, 3), () => spying);
    const open = ['index', 'name', 'supplier', 'group', 'sku', 'category', 'priceMinor', 'costMinor', 'costTiers', 'leadTimeMs', 'stock', 'stockAt']; // prettier-ignore
    assert.deepEqual([...seen].sort(), open.sort());
  });

  it('earns by prices more than by chance where failing is cheap', () => {
    const world = worldOf(2, small, DAYS);
    const money = (policy: Policy): number => play(world, () => policy).money.reduce((a, b) => a + b, 0);
    assert.ok(money(priceOnly()) > money(random(2)));
  });
});
