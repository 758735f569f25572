import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyFact, Fact } from '@midstream/contracts';
import { qualityOf } from './beliefs/read';
import { acceptanceOf } from './beliefs/substitutes';
import { applyToBook, type OfferBook } from './book';
import { aBook, anOffer, aProduct, NOON } from './selection.fixtures';

const market = (): OfferBook => {
  const book = aBook(aProduct('video'), anOffer('a', 'video'));
  book.heardAt = NOON;
  return book;
};
const believed = (book: OfferBook) =>
  qualityOf(book.beliefs, { offerId: 'a~video', supplierId: 'a', category: 'membership', leadTimeMs: 5_000 }, NOON);
const LINE = { orderId: 'o1', merchantId: 'm1', lineId: '1' };
const tally = { holdId: 'h', version: 1, granted: 1, delivered: 0, lost: 0, released: 0 };
const HOLD = { ...LINE, offerId: 'a~video', supplierId: 'a', sku: 'video', tally, quantity: 1 };
const lost = (reason: Fact<'HoldLost'>['reason']): AnyFact => ({ type: 'HoldLost', ...HOLD, reason });

describe('what selection learns', () => {
  it('counts deliveries and failures from the states of offers, each once', () => {
    const [good, bad] = [market(), market()];
    const outcomes = { fulfilled: 0, failed: 0, responseMsSum: 1_000 };
    for (const version of [2, 2, 1]) {
      applyToBook(good, anOffer('a', 'video', { version, outcomes: { ...outcomes, fulfilled: 1 } }));
      applyToBook(bad, anOffer('a', 'video', { version, outcomes: { ...outcomes, failed: 1 } }));
    }
    assert.ok(believed(bad).fill < believed(market()).fill && believed(market()).fill < believed(good).fill);
    assert.ok(believed(good).evidence <= 1);
  });

  it('takes an answer that does not come as unknown, not as a failure', () => {
    const book = market();
    applyToBook(book, { type: 'PurchaseUnknown', ...HOLD, purchaseId: 'p' });
    assert.ok(believed(book).ambiguous > believed(market()).ambiguous);
    assert.ok(Math.abs(believed(book).fill - believed(market()).fill) < 1e-9);
  });

  it('takes a code that does not work as invalid, and no other loss', () => {
    const book = market();
    for (const reason of ['out-of-stock', 'banned', 'too-slow'] as const) applyToBook(book, lost(reason));
    assert.deepEqual(believed(book), believed(market()));
    applyToBook(book, lost('invalid-code'));
    assert.ok(believed(book).invalid > believed(market()).invalid);
  });

  it('hears what buyers say of a substitute', () => {
    const accepted = (...answers: Fact<'ConsentAnswered'>['answer'][]): number => {
      const book = market();
      const question = { ...LINE, holdId: 'h', sku: 'music' };
      answers.forEach((answer, n) => {
        const asked = { ...question, consentId: `c${n}`, quantity: 1, insteadOf: 'video', priceMinor: 1, currency: 'CNY' };
        applyToBook(book, { type: 'ConsentRequested', ...asked, deadlineAt: '2026-11-24T12:15:00.000Z', default: 'refund' });
        applyToBook(book, { type: 'ConsentAnswered', ...question, consentId: `c${n}`, answer });
      });
      assert.equal(book.questions.size, 0);
      const pair = { sku: 'music', insteadOf: 'video', sameCategory: true, referenceMinor: 2500, priceMinor: 2300, preApproved: false };
      return acceptanceOf(book.beliefs, pair, NOON);
    };
    assert.ok(accepted('no', 'no') < accepted('expired', 'expired') && accepted('expired', 'expired') < accepted());
    assert.ok(accepted() < accepted('yes', 'yes'));
    assert.equal(accepted('withdrawn'), accepted());
  });
});
