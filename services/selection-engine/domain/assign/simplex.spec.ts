import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { instanceOf } from './assign.fixtures';
import { certify } from './certificate';
import { demandOf, grouped, inTurn } from './classes';
import { assign } from './simplex';
import { problemOf, type Transport } from './transport';
import { placeWhole } from './whole';

const two: Transport = {
  demand: Float64Array.of(2, 2),
  refund: Float64Array.of(10, 30),
  start: Int32Array.of(0, 2, 4),
  offer: Int32Array.of(0, 1, 0, 1),
  value: Float64Array.of(100, 90, 100, 20),
  stock: Float64Array.of(2, 1),
  under: Int32Array.of(-1, -1),
  offers: 2,
};

/** Tiny: at most 3 classes of 3 units, 3 offers, 1 cap. */
const tiny: fc.Arbitrary<Transport> = fc
  .record({
    demand: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    stock: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }),
    cap: fc.integer({ min: 0, max: 4 }),
    values: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 9, maxLength: 9 }),
    refunds: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ demand, stock, cap, values, refunds }) => ({
    demand: Float64Array.from(demand),
    refund: Float64Array.from(refunds.slice(0, demand.length)),
    start: Int32Array.from({ length: demand.length + 1 }, (_, k) => k * stock.length),
    offer: Int32Array.from({ length: demand.length * stock.length }, (_, arc) => arc % stock.length),
    value: Float64Array.from(values.slice(0, demand.length * stock.length)),
    stock: Float64Array.from([...stock, cap]),
    under: Int32Array.from([...stock.map((_, j) => (j < 2 ? stock.length : -1)), -1]),
    offers: stock.length,
  }));

/** Every way to place one unit after the other. */
function bruteForce(it: Transport): number {
  const units = [...it.demand].flatMap((demand, k) => Array.from({ length: demand }, () => k));
  const left = [...it.stock];
  const best = (index: number): number => {
    const k = units[index];
    if (k === undefined) return 0;
    let most = best(index + 1) - (it.refund[k] ?? 0);
    for (let arc = it.start[k] ?? 0; arc < (it.start[k + 1] ?? 0); arc++) {
      const nodes: number[] = [];
      for (let node = it.offer[arc] ?? -1; node !== -1; node = it.under[node] ?? -1) nodes.push(node);
      if (nodes.some((node) => left[node] === 0)) continue;
      for (const node of nodes) left[node] = (left[node] ?? 0) - 1;
      most = Math.max(most, best(index + 1) + (it.value[arc] ?? 0));
      for (const node of nodes) left[node] = (left[node] ?? 0) + 1;
    }
    return most;
  };
  return best(0);
}

describe('the best assignment', () => {
  it('gives scarce stock to whom it is worth most', () => {
    const solved = assign(two);
    assert.equal(solved.objective, 2 * 100 + 90 - 10);
    assert.deepEqual([...solved.flow], [0, 1, 2, 0]);
    assert.deepEqual([...solved.left], [1, 0]);
  });

  it('is as good as trying everything, and its certificate has no gap', () => {
    fc.assert(
      fc.property(tiny, (transport) => {
        const solved = assign(transport);
        assert.equal(solved.optimal, true);
        assert.equal(solved.objective, bruteForce(transport));
        const { feasible, objective, bound } = certify(transport, solved.flow, solved.price);
        assert.deepEqual({ feasible, objective, bound }, { feasible: true, objective: solved.objective, bound: solved.objective });
      }),
      { numRuns: 300 },
    );
  });

  it('holds with caps of suppliers and of upstream groups, at a size that people have', () => {
    for (const seed of [1, 2, 3]) {
      const { classOf, units, withDemand } = instanceOf({
        seed,
        lines: 5_000,
        classes: 120,
        offers: 40,
        degree: 8,
        suppliers: 10,
        groups: 3,
        unitsMax: 3,
      });
      const transport = withDemand(demandOf(120, classOf, units));
      const solved = assign(transport);
      const { feasible, gap } = certify(transport, solved.flow, solved.price);
      assert.deepEqual({ feasible, gap }, { feasible: true, gap: 0 });
    }
  });

  it('does not depend on the run', () => {
    const { classOf, withDemand } = instanceOf({ seed: 7, lines: 2_000, classes: 50, offers: 20, degree: 6 });
    assert.deepEqual(assign(withDemand(demandOf(50, classOf))), assign(withDemand(demandOf(50, classOf))));
  });

  it('says that it is not proven where it may not go on', () => {
    const { classOf, withDemand } = instanceOf({ seed: 7, lines: 2_000, classes: 50, offers: 20, degree: 6 });
    const transport = withDemand(demandOf(50, classOf));
    const stopped = assign(transport, 10);
    assert.equal(stopped.optimal, false);
    const { feasible, gap } = certify(transport, stopped.flow, stopped.price);
    assert.ok(feasible && gap > 0);
  });

  it('is nothing where nobody asks, and a refund where nobody has', () => {
    assert.equal(assign({ ...two, demand: Float64Array.of(0, 0) }).objective, 0);
    const dry = { ...two, stock: Float64Array.of(0, 0) };
    const solved = assign(dry);
    assert.equal(solved.objective, -80);
    assert.equal(certify(dry, solved.flow, solved.price).gap, 0);
  });
});

describe('a certificate', () => {
  it('sees an assignment that takes more than there is, or gives more than was asked for', () => {
    const { price } = assign(two);
    assert.equal(certify(two, Float64Array.of(2, 0, 1, 0), price).feasible, false);
    assert.equal(certify(two, Float64Array.of(0, 1, 3, 0), price).feasible, false);
    assert.equal(certify(two, Float64Array.of(-1, 1, 2, 0), price).feasible, false);
  });

  it('leaves a gap at what is not the best, and believes no negative price', () => {
    const { price } = assign(two);
    assert.ok(certify(two, Float64Array.of(2, 0, 0, 1), price).gap > 0);
    assert.equal(certify(two, Float64Array.of(0, 1, 2, 0), Float64Array.of(-1, 0)).feasible, false);
  });
});

describe('a problem that is not sound', () => {
  const cases: readonly (readonly [string, Partial<Transport>, string])[] = [
    ['NaN units', { demand: Float64Array.of(NaN, 1) }, 'wrong-units'],
    ['infinite stock', { stock: Float64Array.of(Infinity, 1) }, 'wrong-units'],
    ['negative stock', { stock: Float64Array.of(-1, 1) }, 'wrong-units'],
    ['parts of a unit', { demand: Float64Array.of(0.5, 1) }, 'wrong-units'],
    ['NaN money', { value: Float64Array.of(NaN, 1, 1, 1) }, 'wrong-money'],
    ['a negative refund', { refund: Float64Array.of(-1, 0) }, 'wrong-money'],
    ['money that sums beyond what is exact', { value: Float64Array.of(1e15, 1, 1, 1) }, 'numbers-too-large'],
    ['an offer that is not there', { offer: Int32Array.of(0, 2, 0, 1) }, 'wrong-shape'],
    ['a cap under itself', { under: Int32Array.of(0, -1) }, 'wrong-shape'],
    ['arcs that run backwards', { start: Int32Array.of(0, 5, 4) }, 'wrong-shape'],
  ];
  for (const [name, change, problem] of cases)
    it(`is named and not solved: ${name}`, () => {
      assert.equal(problemOf({ ...two, ...change }), problem);
      assert.throws(() => assign({ ...two, ...change }), new RegExp(problem));
    });
});

describe('lines of a class', () => {
  it('are numbered as they are met, and served by deadline, age and id', () => {
    assert.deepEqual(
      grouped(['b', 'a', 'b'], (line) => line),
      { classOf: Int32Array.of(0, 1, 0), keys: ['b', 'a'] },
    );
    const line = (id: string, deadlineAt: number, createdAt: number) => ({ id, units: 1, deadlineAt, createdAt });
    const sorted = [line('d', 2, 1), line('c', 1, 2), line('b', 1, 1), line('a', 1, 1)].sort(inTurn);
    assert.deepEqual(
      sorted.map((it) => it.id),
      ['a', 'b', 'c', 'd'],
    );
  });

  it('stay whole with next to nothing lost', () => {
    const { classOf, units, withDemand } = instanceOf({ seed: 3, lines: 20_000, classes: 200, offers: 60, degree: 10, unitsMax: 50 });
    const transport = withDemand(demandOf(200, classOf, units));
    const solved = assign(transport);
    const whole = placeWhole(transport, solved, classOf, units, solved.objective);
    const used = new Float64Array(60);
    whole.offerOf.forEach((j, line) => {
      if (j !== -1) used[j] = (used[j] ?? 0) + (units[line] ?? 0);
    });
    assert.ok(used.every((it, j) => it <= (transport.stock[j] ?? 0)));
    assert.ok(whole.gap >= 0 && whole.gap <= solved.objective * 1e-4, `gap ${whole.gap} of ${solved.objective}`);
  });
});
