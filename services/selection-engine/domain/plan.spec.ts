import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyToBook, type Offer } from './book';
import { nextStep, planOf } from './plan';
import { rank } from './rank';
import { aBook, anOffer, aProduct, aRequest, aVerdict, NOON } from './selection.fixtures';

const offers = (it: Partial<Record<'a' | 'b' | 'c', Partial<Offer>>> = {}) => [
  anOffer('a', 'video', { costMinor: 1900, ...it.a }),
  anOffer('b', 'video', { costMinor: 2000, ...it.b }),
  anOffer('c', 'video', { costMinor: 2100, ...it.c }),
];
const decidedBy = (book: ReturnType<typeof aBook>) => ({ request: aRequest(), ...rank(aRequest(), book, NOON, 's') });
const offersOf = (plan: ReturnType<typeof planOf>) => plan.steps.map((it) => [it.offerId, it.gate]);

describe('the plan of a line in flight', () => {
  it('holds in reserve what comes next, and takes it by a look-up', () => {
    const book = aBook(aProduct('video'), ...offers());
    const plan = planOf(decidedBy(book), book, NOON);
    assert.deepEqual([plan.first?.offerId, plan.independent, plan.stale, plan.renewed], ['a~video', true, false, false]);
    assert.deepEqual(offersOf(plan), [['b~video', undefined], ['c~video', undefined]]); // prettier-ignore
    assert.equal(nextStep(plan)?.offerId, 'b~video');
    assert.equal(nextStep(plan, (id) => id !== 'b~video')?.offerId, 'c~video');
    assert.equal(
      nextStep(plan, () => false),
      undefined,
    );
  });

  it('is flagged where all of it hangs on one source', () => {
    const book = aBook(aProduct('video'), ...offers({ a: { upstreamGroup: 'g' }, b: { upstreamGroup: 'g' }, c: { upstreamGroup: 'g' } }));
    assert.equal(planOf(decidedBy(book), book, NOON).independent, false);
    const alone = aBook(aProduct('video'), anOffer('a', 'video'));
    assert.deepEqual(planOf(decidedBy(alone), alone, NOON).steps, []);
  });

  it('goes through the gates again when stock, price or a verdict has moved since', () => {
    const book = aBook(aProduct('video'), ...offers());
    const decided = decidedBy(book);
    applyToBook(book, anOffer('b', 'video', { version: 2, available: 0 }));
    const plan = planOf(decided, book, NOON);
    assert.deepEqual([plan.stale, offersOf(plan)], [true, [['b~video', 'stock'], ['c~video', undefined]]]); // prettier-ignore
    assert.equal(nextStep(plan)?.offerId, 'c~video');
    applyToBook(book, aVerdict('video', 'CN', 'banned'));
    assert.deepEqual([nextStep(planOf(decided, book, NOON)), planOf(decided, book, NOON).independent], [undefined, false]);
  });

  it('is told as stale where the hub’s price has moved, or only a verdict', () => {
    const staleAfter = (...facts: Parameters<typeof applyToBook>[1][]): boolean => {
      const book = aBook(aProduct('video'), ...offers());
      const decided = decidedBy(book);
      for (const it of facts) applyToBook(book, it);
      return planOf(decided, book, NOON).stale;
    };
    assert.equal(staleAfter(aVerdict('video', 'CN', 'compliant'), aProduct('video', { version: 2 })), false);
    assert.equal(staleAfter(aProduct('video', { version: 2, priceMinor: 2400 })), true);
    assert.equal(staleAfter(aVerdict('video', 'CN', 'banned')), true);
  });

  it('is made anew from the market of now when nothing of it is left', () => {
    const book = aBook(aProduct('video'), ...offers().slice(0, 2));
    const decided = decidedBy(book);
    applyToBook(book, anOffer('b', 'video', { version: 2, closures: [{ cause: 'suspended' }] }));
    applyToBook(book, anOffer('c', 'video'));
    const plan = planOf(decided, book, NOON);
    assert.deepEqual([plan.renewed, plan.independent, offersOf(plan)], [true, true, [['c~video', undefined]]]);
  });
});
