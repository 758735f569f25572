import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CANDIDATES_MAX, faultOf } from '@midstream/contracts';
import { NOON } from '@midstream/testing/given';
import fc from 'fast-check';
import { applyToBook } from './book';
import { rankOffers } from './decide';
import type { SelectionEvent } from './messages';
import { evolve, type Rows, uphold } from './state';
import { aBook, anOffer, aProduct, aRequest, upTo, NO_ROWS } from './selection.fixtures';

const anyOffer = fc.record({
  supplierId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  sku: fc.constantFrom('video', 'music'),
  costMinor: fc.integer({ min: 1, max: 3000 }),
  available: fc.integer({ min: 0, max: 20 }),
  minQuantity: fc.integer({ min: 1, max: 4 }),
  maxQuantity: fc.integer({ min: 4, max: 10 }),
  leadTimeMs: fc.integer({ min: 0, max: 100_000_000 }),
  outcomes: fc.record({ fulfilled: fc.nat(100), failed: fc.nat(100), responseMsSum: fc.nat(1_000_000) }),
});
const anyMarket = fc.uniqueArray(anyOffer, { maxLength: 12, selector: (it) => `${it.supplierId}~${it.sku}` });
const anyLines = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

type Market = typeof anyMarket extends fc.Arbitrary<infer T> ? T : never;
const bookOf = (market: Market) =>
  aBook(aProduct('video'), aProduct('music'), ...market.map(({ supplierId, sku, ...it }) => anOffer(supplierId, sku, it)));

function lap(market: Market, quantities: readonly number[]) {
  const book = bookOf(market);
  let rows: Rows = NO_ROWS;
  return quantities.flatMap((quantity, n): readonly SelectionEvent[] => {
    const request = aRequest({ lineId: `${n}`, quantity, ...upTo('same-category') });
    const events = rankOffers({ type: 'RankOffers', at: NOON, request }, rows, book) as readonly SelectionEvent[];
    for (const it of events) {
      rows = evolve(rows, it);
      applyToBook(book, it);
    }
    uphold(rows);
    return events;
  });
}

it('never plans more at an offer than there is, nor more for a line than it asks for', () =>
  fc.assert(
    fc.property(anyMarket, anyLines, (market, quantities) => {
      const planned = new Map<string, number>();
      for (const it of lap(market, quantities)) {
        if (it.type !== 'OffersRanked') continue;
        assert.ok(it.candidates.length <= CANDIDATES_MAX);
        for (const { offerId, planned: units } of it.candidates) planned.set(offerId, (planned.get(offerId) ?? 0) + units);
      }
      for (const it of market) assert.ok((planned.get(`${it.supplierId}~${it.sku}`) ?? 0) <= it.available);
    }),
  ));

it('decides the same whatever order the market became known in', () =>
  fc.assert(
    fc.property(anyMarket, anyLines, (market, quantities) =>
      assert.deepEqual(lap(market, quantities), lap([...market].reverse(), quantities)),
    ),
  ));

it('says of every offer of the category why it is or is not on the list, in facts that keep their schema', () =>
  fc.assert(
    fc.property(anyMarket, fc.integer({ min: 1, max: 12 }), (market, quantity) => {
      const [answer, record] = lap(market, [quantity]);
      assert.ok(answer?.type === 'OffersRanked' && record?.type === 'SelectionDecided');
      const { type, ...data } = answer;
      assert.equal(faultOf(type, data), undefined);
      const stopped = Object.values(answer.gates).reduce((sum, it) => sum + it, 0);
      const passed = record.considered.filter((it) => it.gate === undefined).length;
      assert.equal(stopped + passed, market.length);
      assert.deepEqual(answer.candidates.map((it) => it.offerId), record.considered.slice(0, answer.candidates.length).map((it) => it.offerId)); // prettier-ignore
    }),
  ));
