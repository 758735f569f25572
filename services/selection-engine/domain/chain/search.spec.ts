import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Assessed, gainOf, inTime } from './money';
import { KEPT, SEARCHED_LENGTH, searchChains, type Terms } from './search';

const SECOND = 1_000;
const chance = (max = 1) => fc.double({ min: 0, max, noNaN: true });
const ms = (max: number) => fc.integer({ min: 0, max: max * SECOND });
const anyOffer = fc
  .record({ supplierId: fc.constantFrom('a', 'b', 'c'), q: fc.double({ min: 0.01, max: 0.99, noNaN: true }), margin: fc.integer({ min: -50, max: 500 }) })
  .chain((it) =>
    fc.record({ failure: fc.integer({ max: 30, min: 0 }), late: fc.integer({ max: 400, min: 0 }), failMs: ms(60), slow: fc.oneof(fc.constant(0), chance()), slowMs: ms(200), timeB: ms(300), waitMs: fc.oneof(fc.constant(0), ms(200)) }).map((more): Assessed => ({
      ...{ offerId: '', sku: 'video', upstreamGroup: it.supplierId === 'a' ? 'north' : 'south', up: 1, stock: 1, timeA: 9, evidence: 0 },
      ...{ complaint: 0, invalid: 0, repurchase: 0, holding: 0, substitution: 0, leadTimeMs: 0, ...it, ...more },
    })),
  ); // prettier-ignore
const anyOffers = fc.array(anyOffer, { minLength: 1, maxLength: 4 });
const anyTerms = fc.record({ lost: fc.integer({ min: 0, max: 300 }), leftMs: ms(300), attemptsMax: fc.integer({ min: 1, max: 3 }) }).map(
  (it): Terms => ({ ...it, riskAversion: 0, shape: 2 }),
); // prettier-ignore

/** What a chain comes to by all ways in which it may go, one by one: each attempt delivers, fails quickly, or fails slowly. */
function played(chain: readonly Assessed[], { lost, leftMs, shape }: Terms): number {
  const go = (n: number, leftBefore: number, spent: number): number => {
    const it = chain[n];
    if (it === undefined) return -lost - spent;
    const left = Math.min(leftBefore, leftMs - it.waitMs);
    let q = it.q;
    for (const before of chain.slice(0, n))
      q *= before.supplierId === it.supplierId ? KEPT.sameSupplier : before.upstreamGroup === it.upstreamGroup ? KEPT.sameGroup : 1;
    const delivered = gainOf(it) - spent - it.late * (1 - inTime(it, shape, left));
    const failed = (usedMs: number): number => go(n + 1, left - usedMs, spent + it.failure);
    return q * delivered + (1 - q) * ((1 - it.slow) * failed(it.failMs) + (it.slow === 0 ? 0 : it.slow * failed(it.slowMs)));
  };
  return go(0, leftMs, 0);
}

/** Every order of so many of the offers at most. */
function* orders(offers: readonly Assessed[], most: number, made: readonly Assessed[] = []): Generator<readonly Assessed[]> {
  if (made.length > 0) yield made;
  if (made.length < most) for (const it of offers) if (!made.includes(it)) yield* orders(offers, most, [...made, it]);
}

const near = (a: number, b: number): void => assert.ok(Math.abs(a - b) <= 1e-7, `${a} where ${b} can be had`);

describe('chains under a deadline that failures use up', () => {
  it('are worth what all their ways come to, and no order of no subset beats the best', () =>
    fc.assert(
      fc.property(anyOffers, anyTerms, (offers, terms) => {
        const { best, byFirst } = searchChains(offers, terms);
        near(best.value, Math.max(-terms.lost, ...[...orders(offers, terms.attemptsMax)].map((it) => played(it, terms))));
        for (const { order, value } of byFirst) near(value, played(order.flatMap((it) => offers[it] ?? []), terms)); // prettier-ignore
      }),
      { numRuns: 300 },
    ));

  it('do not look at the time of slow failures where none is slow, and it does not matter of which kind one time is', () =>
    fc.assert(
      fc.property(anyOffers, anyTerms, (offers, terms) => {
        const told = (slow: number, more: Partial<Assessed> = {}) => searchChains(offers.map((it) => ({ ...it, slow, ...more })), terms); // prettier-ignore
        assert.deepEqual(told(0), told(0, { slowMs: 0 }));
        near(told(1, { slowMs: 9 * SECOND }).best.value, told(0, { failMs: 9 * SECOND }).best.value);
      }),
    ));

  it('are worth no more where slow failures are slower', () =>
    fc.assert(
      fc.property(anyOffers, anyTerms, (offers, terms) => {
        const value = (more: number) => searchChains(offers.map((it) => ({ ...it, slowMs: it.slowMs + more })), terms).best.value; // prettier-ignore
        assert.ok(value(60 * SECOND) <= value(0) + 1e-7);
      }),
    ));

  it('fear that two slow failures leave no time, though two of their mean would leave enough', () => {
    const offers = ['a', 'b', 'c'].map((supplierId, n): Assessed => ({
      ...{ offerId: supplierId, sku: 'video', supplierId, upstreamGroup: supplierId, q: 0.5, up: 1, stock: 1, timeA: 1_001, timeB: 10_000 * SECOND },
      ...{ evidence: 0, margin: 300 - n, complaint: 0, invalid: 0, repurchase: 0, holding: 0, substitution: 0, failure: 1, late: 400, leadTimeMs: 0 },
      ...{ failMs: 66 * SECOND, slow: 0, slowMs: 0, waitMs: 0 },
    })); // prettier-ignore
    const terms: Terms = { lost: 0, leftMs: 200 * SECOND, attemptsMax: SEARCHED_LENGTH, riskAversion: 0, shape: 2 };
    const twoKinds = offers.map((it) => ({ ...it, failMs: 12 * SECOND, slow: 0.5, slowMs: 120 * SECOND }));
    const [byMean, byKind] = [searchChains(offers, terms).best, searchChains(twoKinds, terms).best];
    // The third delivers 0.125 of the time, and is late in one of four cases of the two before
    near(byMean.value - byKind.value, played(offers, terms) - played(twoKinds, terms));
    assert.ok(byMean.value - byKind.value > 0.125 * 0.25 * 400 * 0.9, `${byMean.value} and ${byKind.value}`);
  });
});
