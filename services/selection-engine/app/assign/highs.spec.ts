import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { instanceOf } from '@midstream/selection-engine-domain/assign/assign.fixtures';
import { certify } from '@midstream/selection-engine-domain/assign/certificate';
import { demandOf } from '@midstream/selection-engine-domain/assign/classes';
import { assign } from '@midstream/selection-engine-domain/assign/simplex';
import { assignByHighs, loadHighs } from './highs';
import type { BulkOffer } from '@midstream/selection-engine-domain/assign/bulk';
import { liveSplitter, splitBulk } from './splits';

describe('the network simplex beside HiGHS', () => {
  it('comes to the same money, whatever the seed, with caps and without', async () => {
    const highs = await loadHighs();
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer(),
          classes: fc.integer({ min: 1, max: 40 }),
          offers: fc.integer({ min: 6, max: 20 }),
          suppliers: fc.constantFrom(0, 3),
          groups: fc.constantFrom(0, 2),
          supply: fc.double({ min: 0.1, max: 2, noNaN: true }),
        }),
        ({ groups, suppliers, ...shape }) => {
          const tree = suppliers === 0 ? {} : { suppliers, groups };
          const { classOf, withDemand } = instanceOf({ ...shape, ...tree, lines: 400, degree: 5 });
          const transport = withDemand(demandOf(shape.classes, classOf));
          const [ours, theirs] = [assign(transport), assignByHighs(highs, transport)];
          assert.equal(ours.objective, Math.round(theirs.objective));
          assert.equal(certify(transport, ours.flow, ours.price).gap, 0);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a bulk order over offers with tiers', () => {
  const offer = (offerId: string, it: Partial<BulkOffer>): BulkOffer => ({
    ...{ offerId, stock: 1_000, minQuantity: 1, maxQuantity: 1_000, worthMinor: 100, costTiers: [{ from: 1, costMinor: 90 }] },
    ...it,
  });

  it('goes where the tiers make it cheapest', async () => {
    const split = splitBulk(await loadHighs(), {
      ...{ quantity: 600, refundMinor: 5 },
      offers: [
        offer('flat', { costTiers: [{ from: 1, costMinor: 80 }], stock: 300 }),
        offer('tiered', {
          costTiers: [
            { from: 1, costMinor: 95 },
            { from: 400, costMinor: 70 },
          ],
          stock: 500,
        }),
      ],
    });
    assert.deepEqual(split, {
      parts: [
        { offerId: 'flat', units: 100, costMinor: 80 },
        { offerId: 'tiered', units: 500, costMinor: 70 },
      ],
      ...{ left: 0, objectiveMinor: 100 * 20 + 500 * 30, boundMinor: 17_000, gap: 0 },
    });
  });

  it('leaves what nobody sells at a profit that is worth the trouble, and takes no tier that it does not reach', async () => {
    const split = splitBulk(await loadHighs(), {
      ...{ quantity: 10, refundMinor: 0 },
      offers: [
        offer('dear', {
          costTiers: [
            { from: 1, costMinor: 120 },
            { from: 50, costMinor: 10 },
          ],
        }),
        offer('few', { stock: 4 }),
      ],
    });
    assert.deepEqual(split.parts, [{ offerId: 'few', units: 4, costMinor: 90 }]);
    assert.equal(split.left, 6);
  });

  it('is refused where its numbers are none', async () => {
    const highs = await loadHighs();
    const bulk = { quantity: 10, refundMinor: 0, offers: [offer('a', {})] };
    for (const quantity of [NaN, Infinity, -1, 1.5]) assert.throws(() => splitBulk(highs, { ...bulk, quantity }), /wrong-units/);
    assert.throws(() => splitBulk(highs, { ...bulk, refundMinor: NaN }), /wrong-money/);
    assert.throws(() => splitBulk(highs, { ...bulk, offers: [offer('a', { worthMinor: Infinity })] }), /wrong-money/);
  });

  it('is worth as much as the best of all ways to split it', async () => {
    const highs = await loadHighs();
    const tiers = fc
      .uniqueArray(fc.record({ from: fc.integer({ min: 1, max: 8 }), costMinor: fc.integer({ min: 50, max: 120 }) }), {
        selector: (it) => it.from,
        minLength: 1,
        maxLength: 3,
      }) // prettier-ignore
      .map((all) => all.sort((a, b) => a.from - b.from));
    const one = fc.record({ stock: fc.integer({ min: 0, max: 8 }), minQuantity: fc.integer({ min: 1, max: 3 }), costTiers: tiers });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 10 }), (offers, quantity) => {
        const bulk = { quantity, refundMinor: 20, offers: offers.map((it, n) => offer(`o${n}`, it)) };
        const best = (n: number, left: number): number => {
          if (n === bulk.offers.length) return -left * bulk.refundMinor;
          const ways = Array.from({ length: left + 1 }, (_, units) => (isSold(bulk.offers[n] as BulkOffer, units) ? valueOf(bulk.offers[n] as BulkOffer, units) + best(n + 1, left - units) : -Infinity)); // prettier-ignore
          return Math.max(...ways);
        };
        const split = splitBulk(highs, bulk);
        assert.equal(split.objectiveMinor, best(0, quantity));
        assert.ok(split.gap < 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it("is split live once HiGHS is there, and is nobody's problem where its numbers are none", async () => {
    const bulk = { quantity: 10, refundMinor: 0, offers: [offer('a', {})] };
    liveSplitter(bulk);
    await loadHighs();
    assert.equal(liveSplitter(bulk)?.objectiveMinor, 100);
    assert.equal(liveSplitter({ ...bulk, quantity: NaN }), undefined);
  });
});

const isSold = ({ stock, minQuantity, costTiers }: BulkOffer, units: number): boolean =>
  units === 0 || (units <= stock && units >= minQuantity && units >= (costTiers[0]?.from ?? 0));
const valueOf = ({ worthMinor, costTiers }: BulkOffer, units: number): number =>
  units * (worthMinor - (costTiers.filter((it) => it.from <= units).at(-1)?.costMinor ?? 0));
