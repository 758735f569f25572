import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyFact, Fact } from '@midstream/contracts';
import { doubledOf, qualityOf, upOf } from './beliefs/read';
import { stockChance } from './beliefs/stock';
import { acceptanceOf } from './beliefs/substitutes';
import { USUAL, weightsOf } from './beliefs/tastes';
import { applyToBook, type OfferBook } from './book';
import { UNANSWERED_MS } from './learn';
import { aBook, aBurst, anOffer, aProduct, aRequest, NOON } from './selection.fixtures';

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

  it('believes the same of failures that come three in a state as of each alone', () => {
    const after = (each: number): number => {
      const book = market();
      for (let failed = each, version = 2; failed <= 12; failed += each, version++)
        applyToBook(book, anOffer('a', 'video', { version, outcomes: { fulfilled: 0, failed, responseMsSum: failed * 1_000 } }));
      return upOf(book.beliefs, { supplierId: 'a' }, NOON);
    };
    assert.ok(after(1) < 0.1);
    assert.ok(Math.abs(after(3) - after(1)) < 1e-6);
  });

  it('takes a failure that was known late for one that nobody answered', () => {
    const slowOf = (ms: number): number => {
      const book = market();
      applyToBook(book, anOffer('a', 'video', { version: 2, outcomes: { fulfilled: 0, failed: 1, responseMsSum: ms } }));
      return believed(book).failure.slow;
    };
    assert.deepEqual([slowOf(UNANSWERED_MS - 1), slowOf(UNANSWERED_MS)], [0, 1]);
  });

  it('judges what was foreseen of outcomes that come in one state by what was foreseen before all of them', () => {
    const [book, failed] = [market(), market()];
    applyToBook(book, anOffer('a', 'video', { version: 2, outcomes: { fulfilled: 6, failed: 6, responseMsSum: 12_000 } }));
    applyToBook(failed, anOffer('a', 'video', { version: 2, outcomes: { fulfilled: 0, failed: 1, responseMsSum: 1_000 } }));
    const bins = ({ beliefs: { foreseen } }: typeof book) => [...foreseen].flatMap((tried, n) => (n % 4 === 0 && tried > 0 ? [[n, tried, foreseen[n + 2]]] : [])); // prettier-ignore
    const [place] = bins(failed)[0] ?? [];
    assert.deepEqual([bins(book), bins(failed)], [[[place, 12, 6]], [[place, 1, 0]]]);
  });

  it('takes for others’ drain what falls with a new figure of the stock, and not what the hub holds between two', () => {
    const chance = (others: number): number => {
      const book = market();
      for (let hour = 0, available = 2_000; hour < 24; hour++, available -= 20 + others) {
        const stockAsOf = new Date(NOON + hour * 3_600_000).toISOString();
        applyToBook(book, anOffer('a', 'video', { version: 2 * hour + 2, available, stockAsOf }));
        applyToBook(book, anOffer('a', 'video', { version: 2 * hour + 3, available: available - 20, stockAsOf }));
      }
      return stockChance(book.beliefs, { offerId: 'a~video', stock: 20, stockAt: NOON + 23 * 3_600_000 }, 1, NOON + 24 * 3_600_000);
    };
    assert.ok(chance(0) > 0.99); // all that went was the hub's
    assert.ok(chance(40) < 0.7);
  });

  it('hears how hot a good is: it is taken sooner in place of another', () => {
    const [book, cool] = [market(), market()];
    const heat = { hour: 100, week: 200, asOf: '2026-11-24T12:00:00.000Z' };
    applyToBook(book, { ...aBurst('music'), heat });
    const pair = { sku: 'music', insteadOf: 'video', sameCategory: true, referenceMinor: 2500, priceMinor: 2300, preApproved: false };
    assert.ok(acceptanceOf(book.beliefs, pair, NOON) > acceptanceOf(cool.beliefs, pair, NOON));
  });

  it('takes an answer that does not come as unknown, not as a failure', () => {
    const book = market();
    applyToBook(book, { type: 'PurchaseUnknown', ...HOLD, purchaseId: 'p' });
    assert.ok(believed(book).ambiguous > believed(market()).ambiguous);
    assert.ok(Math.abs(believed(book).fill - believed(market()).fill) < 1e-9);
  });

  it('believes less in buying twice each time that a supplier said it after all, once a hold', () => {
    const doubled = (book: OfferBook): number => doubledOf(book.beliefs, 0.5, NOON);
    const [said, writtenOff, usual] = [market(), market(), doubled(market())];
    for (const it of [said, writtenOff]) applyToBook(it, { type: 'PurchaseUnknown', ...HOLD, purchaseId: 'p' });
    for (const reason of ['refused', 'refused'] as const) applyToBook(said, lost(reason));
    applyToBook(writtenOff, { type: 'HoldReleased', ...HOLD, reason: 'written-off' });
    applyToBook(writtenOff, lost('refused'));
    assert.ok(doubled(said) < usual && doubled(said) > (usual * 10) / 12);
    assert.equal(doubled(writtenOff), usual);
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

  it('hears with what they say what the substitute looked like, and of no buyer', () => {
    const book = aBook(aProduct('video'), aProduct('music', { priceMinor: 2000, attributes: { kind: 'x' } }), anOffer('a', 'video'));
    const question = { ...LINE, holdId: 'h', sku: 'music', consentId: 'c' };
    const asked = { ...question, quantity: 1, insteadOf: 'video', priceMinor: 2000, currency: 'CNY' };
    applyToBook(book, { type: 'ConsentRequested', ...asked, deadlineAt: '2026-11-24T12:15:00.000Z', default: 'refund' });
    applyToBook(book, { type: 'ConsentAnswered', ...question, answer: 'no' });
    const [level, likeness, saving, loyalty] = weightsOf(book.beliefs.tastes, 'membership').map((it, n) => it - (USUAL[n] ?? NaN));
    assert.ok(level !== undefined && level < 0 && likeness !== undefined && likeness < 0 && saving !== undefined && saving < 0);
    assert.equal(loyalty, 0);
  });

  it('takes a substitute as kept when it is delivered to who agreed beforehand, once for all units, and as given back when it is cancelled', () => {
    type End = (n: number) => AnyFact;
    const at = { ...LINE, offerId: 'm~music', supplierId: 'm', sku: 'music' };
    const tallyOf = (n: number) => ({ ...tally, holdId: `h${n}`, granted: 2 });
    const delivered: End = (n) => ({
      ...{ type: 'UnitsDelivered', ...at, purchaseId: 'p', tally: { ...tallyOf(n), delivered: 1 } },
      deliveries: [{ deliveryId: 'd', kind: 'code' }],
    });
    const second: End = (n) => ({ ...delivered(n), tally: { ...tallyOf(n), delivered: 2 } }) as AnyFact;
    const released = (reason: Fact<'HoldReleased'>['reason']): End => (n) => ({ type: 'HoldReleased', ...at, tally: tallyOf(n), quantity: 2, reason }); // prettier-ignore
    const accepted = (consent: 'pre-approved' | 'ask', ...ends: End[]): number => {
      const book = market();
      const request = aRequest({ quantity: 2, substitution: { ...aRequest().substitution, upTo: 'same-category', consent } });
      const hold = { ...at, priceMinor: 2300, currency: 'CNY', expiresAt: '2026-11-25T12:00:00.000Z', tally: tallyOf(1) };
      const held = { ...LINE, attempt: 1, decisionId: 'd', request, holds: [hold], unheld: 0, tried: [], candidates: [], gates: {} };
      applyToBook(book, { type: 'OfferHeld', ...held });
      for (const it of ends) applyToBook(book, it(1));
      const pair = { sku: 'music', insteadOf: 'video', sameCategory: true, referenceMinor: 2500, priceMinor: 2300, preApproved: false };
      return acceptanceOf(book.beliefs, pair, NOON);
    };
    const unheard = accepted('ask');
    const kept = accepted('pre-approved', delivered);
    assert.ok(kept > unheard);
    assert.equal(accepted('pre-approved', delivered, second), kept);
    assert.equal(accepted('ask', delivered), unheard);
    assert.ok(accepted('ask', released('cancelled')) < unheard);
    assert.equal(accepted('pre-approved', released('deadline')), unheard);
  });
});
