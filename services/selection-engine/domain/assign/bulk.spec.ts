import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rank } from '../rank';
import { aBook, anOffer, aProduct, aRequest, NOON } from '../selection.fixtures';
import { type Bulk, BULK_UNITS_LEAST, filledUp, splitBetter, type Splitter } from './bulk';

/** Every way to split over two offers. */
const byTrial: Splitter = ({ quantity, refundMinor, offers: [a, b] }) => {
  if (a === undefined || b === undefined) return undefined;
  let best = { objective: -Infinity, units: 0 };
  for (let units = 0; units <= quantity; units++) {
    const of = (it: typeof a, quantityHere: number) => filledUp({ quantity: quantityHere, refundMinor, offers: [it] });
    const objective = of(a, units) + of(b, quantity - units);
    if (objective > best.objective) best = { objective, units };
  }
  const parts = [
    { offerId: a.offerId, units: best.units, costMinor: 0 },
    { offerId: b.offerId, units: quantity - best.units, costMinor: 0 },
  ].filter((it) => it.units > 0);
  return { parts, left: 0, objectiveMinor: best.objective, boundMinor: best.objective, gap: 0 };
};

const flat = anOffer('flat', 'video', { costMinor: 2000, available: 90 });
const tiered = anOffer('tiered', 'video', {
  available: 80,
  costTiers: [
    { from: 1, costMinor: 2300 },
    { from: 60, costMinor: 2020 },
  ],
});
const market = (split?: Splitter) => ({ ...aBook(aProduct('video'), flat, tiered), ...(split && { split }) });
const plannedOf = (quantity: number, split?: Splitter) => {
  const ranking = rank(aRequest({ quantity }), market(split), NOON, '');
  return { planned: Object.fromEntries(ranking.candidates.map((it) => [it.offerId, it.planned])), split: ranking.split };
};

describe('a bulk line', () => {
  it('is filled up from the best offer on where nobody can split it', () => {
    assert.deepEqual(plannedOf(100), { planned: { 'flat~video': 90, 'tiered~video': 10 }, split: undefined });
  });

  it('leaves the best offer room where that reaches a tier elsewhere, and the record says what it brings', () => {
    const { planned, split } = plannedOf(100, byTrial);
    assert.deepEqual(planned, { 'flat~video': 40, 'tiered~video': 60 });
    assert.ok(split !== undefined && split.valueMinor > split.filledMinor && split.valueMinor <= split.boundMinor);
    assert.deepEqual(split.units, planned);
  });

  it('asks nobody for few units, and nobody where there are no tiers', () => {
    const never: Splitter = () => assert.fail('asked');
    plannedOf(BULK_UNITS_LEAST - 1, never);
    const book = { ...aBook(aProduct('video'), flat, anOffer('b', 'video')), split: never };
    rank(aRequest({ quantity: 100 }), book, NOON, '');
  });

  it('takes no split that is worth less than filling up, and none where the splitter has none', () => {
    const bulk: Bulk = {
      ...{ quantity: 10, refundMinor: 1 },
      offers: ['a', 'b'].map((offerId) => ({
        ...{ offerId, stock: 10, minQuantity: 1, maxQuantity: 10, worthMinor: 10 },
        costTiers: [1, 5].map((from) => ({ from, costMinor: 6 - from })),
      })),
    };
    assert.equal(filledUp(bulk), 90);
    assert.equal(splitBetter(bulk, () => ({ parts: [], left: 10, objectiveMinor: -10, boundMinor: -10, gap: 0 })), undefined); // prettier-ignore
    assert.equal(splitBetter(bulk, () => undefined), undefined); // prettier-ignore
  });

  it('plans nothing at a tier that costs more than the good does', () => {
    const dear = { ...tiered, costTiers: [{ from: 1, costMinor: 2600 }, { from: 60, costMinor: 2400 }] }; // prettier-ignore
    const seen: Bulk[] = [];
    const book = { ...aBook(aProduct('video'), flat, dear, anOffer('c', 'video', { costTiers: tiered.costTiers })), split: (it: Bulk) => void seen.push(it) }; // prettier-ignore
    rank(aRequest({ quantity: 100 }), book, NOON, '');
    assert.deepEqual(seen[0]?.offers.find((it) => it.offerId === 'tiered~video')?.costTiers.map((it) => it.from), [60]); // prettier-ignore
  });
});
