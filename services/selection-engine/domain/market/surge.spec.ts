import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyToBook, type OfferBook } from '../book';
import { knowAfterSales } from '../buyers/after-sales';
import { gateOf, wantedBy } from '../gates';
import { aBook, aBurst, anOffer, aProduct, aRequest, NOON } from '../selection.fixtures';

const [GOOD, BAD] = [anOffer('good', 'video'), anOffer('bad', 'video')] as const;
const AFTER_SALES = { served: 400, faulty: 0, judged: 200, returned: 100 };

const gates = (book: OfferBook, request = aRequest()) =>
  [GOOD, BAD].map((offer) => gateOf({ request, wanted: wantedBy(request, book), offer, product: aProduct('video'), book, at: NOON }));

describe('while demand bursts', () => {
  const market = (bad: Partial<typeof AFTER_SALES> = {}) => {
    const book = aBook(aProduct('video'), aBurst('video'), GOOD, BAD);
    knowAfterSales(book, GOOD.offerId, AFTER_SALES, NOON);
    knowAfterSales(book, BAD.offerId, { ...AFTER_SALES, ...bad }, NOON);
    return book;
  };

  it('an offer without a history is held up by nothing', () =>
    assert.deepEqual(gates(aBook(aProduct('video'), aBurst('video'), GOOD, BAD)), [undefined, undefined]));

  it('an offer whose codes do not work gets no new line; it serves again without a burst, and lines that have lost a hold', () => {
    const book = market({ faulty: 20 });
    assert.deepEqual(gates(book), [undefined, 'surge']);
    assert.deepEqual(gates(book, aRequest({ depth: 2 })), [undefined, undefined]);
    applyToBook(book, { ...aBurst('video', '2026-11-24T11:59:00.000Z'), version: 2 });
    assert.deepEqual(gates(book), [undefined, undefined]);
  });

  it('an offer to which buyers do not come back gets no new line; where they come back nowhere, that is held against nobody', () => {
    assert.deepEqual(gates(market({ returned: 2 })), [undefined, 'surge']);
    const nowhere = market({ returned: 1 });
    knowAfterSales(nowhere, GOOD.offerId, { ...AFTER_SALES, returned: 1 }, NOON);
    assert.deepEqual(gates(nowhere), [undefined, undefined]);
  });
});
