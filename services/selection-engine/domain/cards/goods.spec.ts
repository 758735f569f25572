import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyFact } from '@midstream/contracts';
import fc from 'fast-check';
import { aBook, anOffer, aProduct, aVerdict, NOON } from '../selection.fixtures';
import { applyToBook } from '../book';
import { evaluate } from './evaluate';
import { goodOf, goodsFor } from './goods';
import { type CardNeed, GOODS_MAX, KEPT_MS } from './need';
import { recommend } from './recommend';

const aNeed = (it: Partial<CardNeed> = {}): CardNeed => ({
  ...{ need: { category: 'membership' }, region: 'CN-31', segment: 'retail', scenario: 'general', quantity: 1, currency: 'CNY' },
  deliverByAt: NOON + 86_400_000,
  ...it,
});
const none = () => 0;

const at = { version: fc.integer({ min: 2, max: 20 }) };
const news = fc.oneof(
  fc
    .record({ ...at, n: fc.nat(4), category: fc.constantFrom('membership', 'game-card'), priceMinor: fc.constantFrom(2300, 2600) })
    .map(({ n, ...it }): AnyFact => aProduct(`g${n}`, it)),
  fc
    .record({
      ...at,
      n: fc.nat(4),
      supplier: fc.constantFrom('a', 'b', 'c'),
      available: fc.nat(50),
      costMinor: fc.constantFrom(1900, 2100),
    })
    .map(({ n, supplier, ...it }): AnyFact => anOffer(supplier, `g${n}`, it)),
  fc
    .record({ ...at, n: fc.nat(4), status: fc.constantFrom('compliant' as const, 'banned' as const) })
    .map(({ n, version, status }): AnyFact => ({ ...aVerdict(`g${n}`, 'CN', status), version })),
);

describe('the goods of a category', () => {
  it('come out the same, whether they were looked at before the news or not', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 40 }), fc.nat(40), (facts, looks) => {
        const [seen, unseen] = [aBook(), aBook()];
        facts.forEach((fact, n) => {
          applyToBook(seen, fact);
          applyToBook(unseen, fact);
          if (n % (looks + 1) === 0) recommend(aNeed(), seen, NOON, none);
        });
        const later = NOON + KEPT_MS;
        for (const category of ['membership', 'game-card']) {
          const need = aNeed({ need: { category } });
          assert.deepEqual(recommend(need, seen, later, none), recommend(need, unseen, later, none));
        }
      }),
    );
  });

  it('are the best of all of them, those that are asked for first, and equal ones by their names', () => {
    const prices = Array.from({ length: GOODS_MAX + 60 }, (_, n) => 2_400 + ((n * 7) % 40));
    const book = aBook(...prices.flatMap((priceMinor, n) => [aProduct(`g${n}`, { priceMinor }), anOffer('a', `g${n}`)]));
    const of = (need: CardNeed['need']) => {
      const { goods, considered } = goodsFor(aNeed({ need }), book, NOON, none);
      assert.equal(considered, prices.length);
      assert.equal(goods.length, GOODS_MAX);
      return goods.map((one) => one.shelf.sku);
    };
    const byPrice = prices.map((priceMinor, n) => ({ sku: `g${n}`, priceMinor }));
    const expected = byPrice.sort((a, b) => b.priceMinor - a.priceMinor || (a.sku < b.sku ? -1 : 1)).map((one) => one.sku);
    assert.deepEqual(of({ category: 'membership' }), expected.slice(0, GOODS_MAX));
    const worst = String(expected.at(-1));
    assert.deepEqual(of({ sku: worst }), [worst, ...expected.slice(0, GOODS_MAX - 1)]);
  });
});

it('for a running line are top-ups where it names an account, and codes where it names none', () => {
  const book = aBook(aProduct('card'), aProduct('credit', { fulfilmentKind: 'VALUE_RECHARGE' }), anOffer('a', 'card'), anOffer('a', 'credit')); // prettier-ignore
  const of = (it: Partial<CardNeed>) => goodsFor(aNeed(it), book, NOON, none);
  const skus = (it: Partial<CardNeed>) => of(it).goods.map((one) => one.shelf.sku);
  assert.deepEqual([skus({}), skus({ hasRecipient: true }), skus({ hasRecipient: false })], [['card', 'credit'], ['credit'], ['card']]); // prettier-ignore
  assert.deepEqual(of({ hasRecipient: true }).gates, { policy: 1 });
});

describe('a merchant of a tier', () => {
  const market = aBook(
    aProduct('video', { tierPrices: { gold: 2300, thin: 2010 }, marginFloorBp: 500 }),
    aProduct('music', { priceMinor: 2400 }),
    anOffer('a', 'video'),
    anOffer('a', 'music'),
  );
  const priceOf = (merchantTier?: string, it: Partial<CardNeed> = {}) =>
    recommend(aNeed({ need: { sku: 'video' }, ...it, ...(merchantTier !== undefined && { merchantTier }) }), market, NOON, none).cards.map(
      ({ good }) => [good.product.sku, good.product.priceMinor, good.traits.priceMinor],
    );

  it('is shown what it would pay, and others what they would', () => {
    assert.deepEqual(priceOf(), [['video', 2500, 2500], ['music', 2400, 2400]]); // prettier-ignore
    assert.deepEqual(priceOf('gold'), [['video', 2300, 2300], ['music', 2400, 2400]]); // prettier-ignore
    assert.deepEqual(priceOf('silver'), priceOf());
  });

  it('passes the gates at its own price: under its cap, and not below the margin floor', () => {
    assert.deepEqual(priceOf('gold', { priceCapMinor: 2350 }), [['video', 2300, 2300]]);
    assert.deepEqual(priceOf(undefined, { priceCapMinor: 2350 }), []);
    assert.deepEqual(priceOf('thin', { priceCapMinor: 2350 }), []);
  });

  it('is judged by it, too', () => {
    const asked = { sku: 'video', quantity: 1, region: 'CN', segment: 'retail' as const, currency: 'CNY', deliverByAt: NOON + 86_400_000 };
    const shareOf = (merchantTier?: string) =>
      evaluate({ ...asked, ...(merchantTier !== undefined && { merchantTier }) }, market, NOON)?.outlook?.expectedMargin.meanMinor ?? NaN;
    assert.ok(shareOf() - shareOf('gold') > 150);
    assert.equal(evaluate({ ...asked, merchantTier: 'thin' }, market, NOON)?.gates.price, 1);
  });

  it('finds a good at one price, among many and on its card', () => {
    const { goods } = goodsFor(aNeed({ merchantTier: 'gold' }), market, NOON, none);
    assert.deepEqual(goods.map((one) => [one.priceMinor, goodOf(one)?.product.priceMinor]), [[2400, 2400], [2300, 2300]]); // prettier-ignore
  });
});
