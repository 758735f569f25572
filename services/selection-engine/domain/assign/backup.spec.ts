import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SelectionRequest } from '@midstream/contracts';
import { holdIdOf } from '@midstream/kernel';
import { applyToBook, type OfferBook } from '../book';
import { planOf } from '../plan';
import { rank } from '../rank';
import { aBook, anOffer, aProduct, aRequest, aVerdict, NOON, upTo } from '../selection.fixtures';
import { hasBackup, holdsOf, placeOf } from './backup';

const hold = (book: OfferBook, request: SelectionRequest, offerId = 'a~video'): OfferBook => {
  const { orderId, lineId, merchantId, attempt, quantity } = request;
  const tally = { holdId: holdIdOf(orderId, lineId, attempt, offerId), version: 1, granted: quantity, delivered: 0, lost: 0, released: 0 };
  const held = { tally, offerId, supplierId: 'a', sku: 'video', priceMinor: 2500, currency: 'CNY', expiresAt: request.deliverBy };
  const answer = { orderId, merchantId, lineId, attempt, decisionId: 'd', request, unheld: 0, tried: [], candidates: [], gates: {} };
  applyToBook(book, { type: 'OfferHeld', ...answer, holds: [held] });
  return book;
};
const backed = (book: OfferBook, offerId = 'a~video') =>
  [...(book.bound.byOffer.get(offerId)?.values() ?? [])].map((it) => hasBackup(book, offerId, it, NOON));
const market = (b: Parameters<typeof anOffer>[2] = {}) =>
  aBook(
    aProduct('video'),
    aProduct('music'),
    anOffer('a', 'video', { upstreamGroup: 'g' }),
    anOffer('b', 'video', b),
    anOffer('m', 'music'),
  );

describe('a class of lines in flight', () => {
  it('has a backup where an offer of another source would take them', () => assert.deepEqual(backed(hold(market(), aRequest())), [true]));

  for (const [why, b] of [
    ['shares the source', { upstreamGroup: 'g' }],
    ['has run dry', { available: 0 }],
    ['is too dear', { costMinor: 2600 }],
    ['has been lost before', {}],
  ] as const)
    it(`has none where the other offer ${why}, as the plan of each of its lines says`, () => {
      const excluded = why === 'has been lost before' ? [{ offerId: 'b~video', reason: 'refused' as const }] : [];
      const [request, book] = [aRequest({ excluded }), market(b)];
      assert.deepEqual(backed(hold(book, request)), [false]);
      assert.equal(planOf({ request, ...rank(request, book, NOON, 's') }, book, NOON).independent, false);
    });

  it('has one in another good only where its buyers take one', () => {
    const line = { ...aRequest(), excluded: [{ offerId: 'b~video', reason: 'refused' as const }] };
    assert.deepEqual(backed(hold(market(), { ...line, ...upTo('same-category') })), [true]);
    const banned = market();
    applyToBook(banned, aVerdict('music', '*', 'banned'));
    assert.deepEqual(backed(hold(banned, { ...line, ...upTo('same-category') })), [false]);
  });

  it('is told by its holds, the newest first, and no other', () => {
    const book = market({ available: 0 });
    for (const orderId of ['o1', 'o2']) hold(book, aRequest({ orderId }));
    hold(book, aRequest({ orderId: 'o3', quantity: 2 }));
    const [first, other] = [...(book.bound.byOffer.get('a~video')?.values() ?? [])];
    const named = (...classes: (typeof first)[]) => holdsOf(book, new Set(classes.map((it) => placeOf('a~video', it?.key ?? '')))).map((it) => it.holdId); // prettier-ignore
    assert.deepEqual(named(first), ['o2/1/1/a~video', 'o1/1/1/a~video']);
    assert.deepEqual(named(first, other), ['o3/1/1/a~video', 'o2/1/1/a~video', 'o1/1/1/a~video']);
    assert.deepEqual(named(), []);
  });
});
