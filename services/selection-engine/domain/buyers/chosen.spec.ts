import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SelectionRequest } from '@midstream/contracts';
import { applyToBook, type OfferBook, type Product } from '../book';
import { aBook, anOffer, aProduct, aRequest } from '../selection.fixtures';
import { CHOICE_GOODS_MAX } from './chosen';
import { knowBuyer } from './known';

const ANN = 'a'.repeat(32);
const SKUS = ['video', 'music', 'film', 'books'];

/** Ann likes `video` best, `music` after it; `dry` and `shut` have no offer that she could have. */
function market(...more: readonly Product[]): OfferBook {
  const goods = [...SKUS.map((it) => aProduct(it)), ...more];
  const sold = goods.map(({ sku }) => anOffer('s', sku));
  const dry = anOffer('s', 'dry', { available: 0 });
  const shut = anOffer('s', 'shut', { closures: [{ cause: 'suspended' }] });
  const book = aBook(...goods, aProduct('dry'), aProduct('shut'), ...sold, dry, shut);
  const profile = { buyerKey: ANN, merchantId: 'm1', tier: 'gold', orders: 9, returns: 8, units: 9, firstAt: 0, lastAt: 0, lastOrderId: 'o', lastOffers: [] }; // prettier-ignore
  knowBuyer(book, { ...profile, goods: { video: 0.6, music: 0.2 } });
  return book;
}

function asks(book: OfferBook, it: Partial<SelectionRequest>): OfferBook {
  const request = aRequest({ buyerKey: ANN, ...it });
  const { orderId, merchantId, lineId } = request;
  applyToBook(book, { type: 'LineSelectionRequested', orderId, merchantId, lineId, request });
  return book;
}
const learnt = ({ beliefs }: OfferBook): number => beliefs.tastes.observations;
const wants = (sku: string): Partial<SelectionRequest> => ({ need: { sku } });

describe('a new line of a buyer who is remembered', () => {
  it('teaches what he takes in place of what he likes best, of all that he could have', () => {
    const book = asks(market(), wants('film'));
    assert.equal(learnt(book), 1);
    const { goods, categories } = book.beliefs.tastes;
    assert.deepEqual([...goods.keys()].sort(), [...SKUS].sort());
    assert.deepEqual([categories.get('membership')?.offered, goods.get('film')?.taken], [3, 1]);
    assert.equal(book.beliefs.loyalty.get(ANN)?.get('film'), undefined); // what he is used to his profile says, once he has it
  });

  it('teaches nothing where he wants what he likes best, is a stranger, or names no good', () => {
    const book = market();
    for (const it of [wants('video'), { ...wants('film'), buyerKey: 'b'.repeat(32) }, { need: { category: 'membership' } }]) asks(book, it);
    assert.equal(learnt(book), 0);
  });

  it('teaches once: not when it is selected again', () => {
    const replaces = { holdId: 'h', offerId: 's~film', sku: 'film', reason: 'out-of-stock', referencePriceMinor: 2500 } as const;
    const book = market();
    asks(book, { ...wants('film'), attempt: 2 });
    asks(book, { ...wants('film'), replaces });
    assert.equal(learnt(book), 0);
  });

  it('teaches nothing where the good could not stand in for what he likes best', () => {
    const shorter = aProduct('week', { attributes: { validityDays: '7' } });
    const book = market(shorter, aProduct('card', { category: 'game-card' }));
    applyToBook(book, aProduct('video', { version: 2, attributes: { validityDays: '30' } }));
    for (const it of ['week', 'card']) asks(book, wants(it));
    assert.equal(learnt(book), 0);
    assert.equal(learnt(asks(book, wants('film'))), 1);
  });

  it('is looked at among few goods, of a place in the category that the line draws', () => {
    const many = Array.from({ length: 100 }, (_, n) => aProduct(`g${n}`));
    const known = (orderId: string) => [...asks(market(...many), { ...wants('film'), orderId }).beliefs.tastes.goods.keys()];
    assert.equal(known('o1').length, CHOICE_GOODS_MAX);
    assert.deepEqual(known('o1'), known('o1'));
    assert.notDeepEqual(known('o1'), known('o2'));
  });
});
