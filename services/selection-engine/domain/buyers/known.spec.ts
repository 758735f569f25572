import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { qualityOf } from '../beliefs/read';
import { BUYERS_MAX } from '../beliefs/substitutes';
import type { OfferBook } from '../book';
import { rank } from '../rank';
import { aBook, anOffer, aProduct, aRequest, NOON } from '../selection.fixtures';
import { AFTER_SALES_HALF_MS, knowAfterSales } from './after-sales';
import { knowBuyer, unknowBuyer } from './known';
import type { BuyerProfile } from './profile';

const aProfile = (buyerKey: string, goods: BuyerProfile['goods'] = {}): BuyerProfile => ({
  ...{ buyerKey, merchantId: 'm1', tier: 'gold', orders: 9, returns: 8, units: 9, firstAt: 0, lastAt: NOON },
  ...{ lastOrderId: 'o', lastOffers: [], goods },
});
const [ANN, BOB] = ['a'.repeat(32), 'b'.repeat(32)] as [string, string];

describe('a buyer who is remembered', () => {
  const market = () => aBook(...['video', 'music', 'film'].flatMap((it) => [aProduct(it), ...(it === 'video' ? [] : [anOffer('a', it)])]));
  const substitution = { ...aRequest().substitution, upTo: 'same-category', consent: 'pre-approved' } as const;
  const firstFor = (book: ReturnType<typeof market>, buyerKey: string) =>
    rank(aRequest({ buyerKey, substitution }), book, NOON, '').candidates[0]?.sku;

  it('is given the substitute that he likes, each his own; whoever is forgotten is a stranger', () => {
    const book = market();
    const stranger = firstFor(book, ANN);
    knowBuyer(book, aProfile(ANN, { music: 0.9 }));
    knowBuyer(book, aProfile(BOB, { film: 0.9 }));
    assert.deepEqual([firstFor(book, ANN), firstFor(book, BOB)], ['music', 'film']);
    for (const it of [ANN, BOB]) unknowBuyer(book, it);
    assert.deepEqual([firstFor(book, ANN), firstFor(book, BOB)], [stranger, stranger]);
    assert.equal(book.buyers.size + book.beliefs.loyalty.size, 0);
  });

  it('is sent, at equal terms, to the offer that buyers come back to', () => {
    const book = aBook(aProduct('video'), anOffer('a', 'video'), anOffer('z', 'video'));
    knowAfterSales(book, 'z~video', { served: 100, faulty: 0, judged: 100, returned: 90 }, NOON);
    knowAfterSales(book, 'a~video', { served: 100, faulty: 0, judged: 100, returned: 1 }, NOON);
    const first = () => rank(aRequest({ buyerKey: ANN }), book, NOON, '').candidates[0]?.offerId;
    assert.equal(first(), 'a~video'); // of equals the lesser name
    knowBuyer(book, aProfile(ANN));
    assert.equal(first(), 'z~video');
  });

  it('is believed to come back as often as those did of whom it is known, before a restart and after it', () => {
    const history = { outcomes: { fulfilled: 900, failed: 0, responseMsSum: 0 } };
    const believed = (book: OfferBook) =>
      qualityOf(book.beliefs, { offerId: 'a~video', supplierId: 'a', category: 'membership' }, NOON + 60_000).repurchase;
    const restarted = aBook(aProduct('video'), anOffer('a', 'video', history));
    knowAfterSales(restarted, 'a~video', { served: 900, faulty: 0, judged: 900, returned: 250 }, NOON);
    const running = aBook(aProduct('video'), anOffer('a', 'video', history));
    knowAfterSales(running, 'a~video', { served: 900, faulty: 0, judged: 1_200, returned: 300 }, NOON - AFTER_SALES_HALF_MS);
    knowAfterSales(running, 'a~video', { served: 900, faulty: 0, judged: 900, returned: 250 }, NOON);
    for (const book of [restarted, running]) assert.ok(Math.abs(believed(book) - 250 / 900) < 0.01, String(believed(book)));
  });

  it('makes room when there are too many', () => {
    const book = market();
    for (let n = 0; n <= BUYERS_MAX; n++) knowBuyer(book, aProfile(`k${n}`));
    assert.equal(book.buyers.size, BUYERS_MAX);
    assert.equal(book.beliefs.loyalty.size, BUYERS_MAX);
    assert.equal(book.buyers.has('k0'), false);
  });
});
