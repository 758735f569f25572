import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { upOf } from '../beliefs/read';
import { applyToBook } from '../book';
import { knowComplaint } from '../complaints/know';
import { aBook, anOffer, aProduct, aVerdict, NOON } from '../selection.fixtures';
import { diverse, marginal } from './diverse';
import { type CardNeed, KEPT_MS } from './need';
import { stockOutProbability } from './outlook';
import { recommend } from './recommend';
import { contributions, GROUPS, valueOf } from './value';

const aNeed = (it: Partial<CardNeed> = {}): CardNeed => ({
  ...{ need: { sku: 'video' }, region: 'CN-31', segment: 'retail', scenario: 'general', quantity: 1, currency: 'CNY' },
  deliverByAt: NOON + 86_400_000,
  ...it,
});
const none = () => 0;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const traits = fc.record({
  priceMinor: fc.integer({ min: 1, max: 1_000_000 }),
  costMinor: fc.integer({ min: 0, max: 1_000_000 }),
  ...{ fill: share, invalid: share, slowness: share, complaint: share, inStock: share },
  demand: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
});

describe('reasons', () => {
  it('sum to the difference, whatever is compared', () => {
    fc.assert(
      fc.property(traits, traits, fc.constantFrom('retail' as const, 'enterprise' as const), (one, other, segment) => {
        const parts = contributions(one, other, segment);
        const sum = GROUPS.reduce((total, it) => total + parts[it], 0);
        const difference = valueOf(one, segment) - valueOf(other, segment);
        // Money is up to a million: 1e-9 of what is added
        assert.ok(Math.abs(sum - difference) < 1e-9 * Math.max(1, one.priceMinor, other.priceMinor, one.costMinor, other.costMinor));
      }),
    );
  });

  it('give nothing to what is the same', () => {
    const one = { priceMinor: 100, costMinor: 90, fill: 0.9, invalid: 0, slowness: 0, complaint: 0.01, inStock: 1, demand: 0 };
    const parts = contributions(one, { ...one, fill: 0.8 }, 'retail');
    assert.ok(parts.reliability > 0);
    for (const it of GROUPS) if (it !== 'reliability') assert.equal(parts[it], 0, it);
  });
});

describe('stock risk', () => {
  const some = { available: 20, quantity: 5, perHour: 30, ageMs: 600_000, leadMs: 60_000 };
  it('never rises with stock, never falls with demand, age or quantity, and is a probability', () => {
    const outlook = fc.record({
      available: fc.nat(500),
      quantity: fc.integer({ min: 1, max: 500 }),
      perHour: fc.double({ min: 0, max: 1_000, noNaN: true }),
      ageMs: fc.nat(86_400_000),
      leadMs: fc.nat(3_600_000),
    });
    fc.assert(
      fc.property(outlook, fc.nat(100), (it, more) => {
        const risk = stockOutProbability(it);
        assert.ok(risk >= 0 && risk <= 1);
        assert.ok(stockOutProbability({ ...it, available: it.available + more }) <= risk + 1e-9);
        assert.ok(stockOutProbability({ ...it, perHour: it.perHour + more }) >= risk - 1e-9);
        assert.ok(stockOutProbability({ ...it, ageMs: it.ageMs + more * 60_000 }) >= risk - 1e-9);
        assert.ok(stockOutProbability({ ...it, quantity: it.quantity + more }) >= risk - 1e-9);
      }),
    );
  });
  it('is certain where there is too little', () => {
    assert.equal(stockOutProbability({ ...some, available: 4 }), 1);
  });
});

describe('a set of cards', () => {
  const items = [{ score: 0.05 }, { score: 0.049 }, { score: 0.02 }];
  const twins = (a: number, b: number) => (a === b ? 1 : a < 2 && b < 2 ? 0.98 : 0);
  it('takes the second best when it is unlike the best', () => {
    assert.deepEqual(diverse(items, twins, 2), [0, 2]);
    assert.deepEqual(marginal(items, twins, 2), [0, 2]);
  });
  it('is never larger than asked, and begins with what must be in it', () => {
    assert.deepEqual(diverse(items, twins, 5).length, 3);
    assert.equal(diverse(items, twins, 2, [2])[0], 2);
    assert.deepEqual(diverse([], twins, 5), []);
    assert.equal(diverse([{ score: NaN }, { score: 1 }], twins, 1)[0], 1);
  });
});

describe('a recommendation', () => {
  const market = aBook(
    aProduct('video', { attributes: { medium: 'video' } }),
    aProduct('music', { priceMinor: 2300, attributes: { medium: 'music' } }),
    aProduct('books', { priceMinor: 2000, attributes: { medium: 'books' } }),
    ...['a', 'b', 'c', 'd'].map((it, index) => anOffer(it, 'video', { costMinor: 2000 + index, leadTimeMs: 5_000 })),
    anOffer('a', 'music', { costMinor: 1900, leadTimeMs: 1_000 }),
    anOffer('e', 'books', { costMinor: 1500, available: 3 }),
    aVerdict('video', 'CN', 'compliant'),
  );

  it('shows each good once, the one that was asked for first, and a substitute', () => {
    const { cards } = recommend(aNeed(), market, NOON, none);
    assert.deepEqual(cards.map((it) => it.good.product.sku).sort(), ['books', 'music', 'video']);
    const [first] = cards;
    assert.equal(first?.good.product.sku, 'video');
    assert.deepEqual(first?.roles, ['best', 'steadiest', 'cheapest', 'fastest']);
    assert.equal(first?.good.chain.length, 3);
    assert.equal(first?.scores.compliance, 100);
    assert.ok(cards.some((it) => it.roles.includes('substitute')));
  });

  it('gives parts to different goods of a category', () => {
    const { cards } = recommend(aNeed({ need: { category: 'membership' } }), market, NOON, none);
    const partOf = (role: string) => cards.find((it) => it.roles.some((one) => one === role))?.good.product.sku;
    assert.equal(partOf('fastest'), 'music');
    assert.equal(partOf('cheapest'), 'books');
    assert.ok(cards.length >= 3 && cards.length <= 5);
  });

  it('says at which gate all were stopped, where nothing is left', () => {
    assert.deepEqual(recommend(aNeed({ priceCapMinor: 100 }), market, NOON, none).gates, { price: 6 });
    assert.deepEqual(recommend(aNeed({ need: { sku: 'nothing' } }), market, NOON, none), {
      ...{ cards: [], gates: { 'unknown-product': 1 }, considered: 0 },
    });
    const down = aBook(
      aProduct('video'),
      anOffer('a', 'video', { closures: [{ cause: 'suspended' }] }),
      anOffer('b', 'video', { available: 0 }),
    );
    assert.deepEqual(recommend(aNeed(), down, NOON, none).gates, { closed: 1, stock: 1 });
  });

  it('knows a supplier without a history by its prior, and no figure of it is broken', () => {
    const { cards } = recommend(aNeed(), aBook(aProduct('video'), anOffer('new', 'video')), NOON, none);
    const [card] = cards;
    assert.ok(card !== undefined && cards.length === 1);
    assert.ok(card.good.traits.fill > 0.8 && card.good.traits.fill < 0.9);
    for (const it of [card.good.valueMinor, card.outlook.stockRisk.probability, card.good.onTime, card.outlook.expectedMargin.share])
      assert.ok(Number.isFinite(it));
    assert.equal(card.explained, undefined);
  });

  it('believes of complaints, fill and response what a line believes', () => {
    const outcomes = (fulfilled: number, failed: number, responseMsSum = 0) => ({ outcomes: { fulfilled, failed, responseMsSum } });
    const book = aBook(aProduct('video'), anOffer('a', 'video', { ...outcomes(200, 0), stockAsOf: '2026-11-04T12:00:00.000Z' }));
    const of = (at: number) => recommend(aNeed({ deliverByAt: at + 86_400_000 }), book, at, none).cards[0]?.good;
    const before = of(NOON);
    for (let n = 0; n < 200; n++) {
      const hold = { holdId: `h${n}`, offerId: 'a~video', supplierId: 'a', sku: 'video', complaints: { c: true } };
      knowComplaint(book, { ...hold, firstAt: NOON, changedAt: NOON });
    }
    const complained = of(NOON + KEPT_MS);
    assert.ok((before?.traits.complaint ?? 1) < 0.012 && (complained?.traits.complaint ?? 0) > 0.3);
    assert.ok((complained?.valueMinor ?? 0) < (before?.valueMinor ?? 0));
    applyToBook(book, anOffer('a', 'video', { version: 2, ...outcomes(200, 9, 9 * 60_000) }));
    const down = of(NOON + KEPT_MS);
    assert.ok((down?.traits.fill ?? 1) < 0.3);
    assert.equal(down?.chain[0]?.up.toFixed(2), upOf(book.beliefs, { supplierId: 'a' }, NOON + KEPT_MS).toFixed(2));
  });

  it('puts a set together for a scenario', () => {
    const book = aBook(
      aProduct('course', { category: 'course-card' }),
      aProduct('bank', { category: 'question-bank' }),
      ...['course', 'bank'].map((it) => anOffer('a', it)),
    );
    const { cards, package: set } = recommend(aNeed({ need: {}, scenario: 'online-education' }), book, NOON, none);
    assert.deepEqual(cards.map((it) => it.good.product.sku), ['course', 'bank']); // prettier-ignore
    assert.equal(set?.scenario, 'online-education');
  });

  it('sends a company to the next step of the price list, and a small buyer not', () => {
    const tiers = [{ from: 1, costMinor: 2000 }, { from: 50, costMinor: 1700 }]; // prettier-ignore
    const book = aBook(aProduct('video'), anOffer('a', 'video', { costTiers: tiers }));
    const of = (segment: 'retail' | 'enterprise') =>
      recommend(aNeed({ segment, quantity: 45 }), book, NOON, none).cards[0]?.suggestedQuantity;
    assert.deepEqual([of('enterprise'), of('retail')], [50, 45]);
  });
});
