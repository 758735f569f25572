import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PIECES_MAX, type SelectionRequest } from '@midstream/contracts';
import { NOON } from '@midstream/testing/given';
import type { OfferBook, Product } from '../book';
import { replay, type SelectionDecided, type SelectionEvent, selection, SHADE_MS } from '../index';
import { aBook, anOffer, aProduct, aRequest, aVerdict, NO_ROWS, upTo } from '../selection.fixtures';
import { packsOf } from './packs';
import { PACKS_MAX } from './propose';

const STAR = { game: 'star', gameRegion: 'CN' } as const;
const aCard = (face: number, change: Partial<Product> = {}): Product =>
  aProduct(`card-${face}`, { category: 'game-card', faceValueMinor: face * 100, priceMinor: face * 98, attributes: STAR, ...change });
const HUNDRED = aCard(100);
const FIFTY = aCard(50);

const asks = (change: Partial<SelectionRequest> = {}): SelectionRequest =>
  aRequest({ need: { sku: 'card-100' }, quantity: 2, priceCapMinor: 10_000, ...upTo('repack'), ...change });

/** Decides as the shell does; the transactions of what was asked before have ended. */
function decided(book: OfferBook, request = asks(), at = NOON): SelectionDecided {
  book.made.clear();
  const decision = selection.decide({ type: 'RankOffers', at, request, mayRepack: true }, NO_ROWS, book);
  assert.ok(Array.isArray(decision));
  for (const event of decision as readonly SelectionEvent[]) selection.view.apply(book, event);
  const [ranked, record] = decision as readonly SelectionEvent[];
  assert.ok(ranked?.type === 'OffersRanked' && record?.type === 'SelectionDecided');
  assert.deepEqual(ranked.repack, record.repack?.proposed);
  return record;
}
const proposedBy = (...it: Parameters<typeof decided>) => decided(...it).repack?.proposed;
const cheap = (supplier: string, sku: string, costMinor: number, change: Parameters<typeof anOffer>[2] = {}) =>
  anOffer(supplier, sku, { costMinor, ...change });

describe('the pieces of a card of 100', () => {
  const piecesOf = (...others: Product[]) => packsOf(HUNDRED, aBook(HUNDRED, ...others)).map((it) => [it.product.sku, it.pieces]);

  it('come to its face value exactly, and are few', () => {
    const faces = [100, 50, 30, 25, 20, 10, 9].map((it) => aCard(it));
    assert.deepEqual(piecesOf(...faces), [['card-50', 2], ['card-25', 4], ['card-20', 5], ['card-10', PIECES_MAX]]); // prettier-ignore
    assert.deepEqual(piecesOf(aCard(200), aProduct('free', { category: 'game-card', faceValueMinor: 0, attributes: STAR })), []);
  });

  const strangers: readonly [string, Partial<Product>][] = [
    ['another game', { attributes: { ...STAR, game: 'moon' } }],
    ['another region of the game', { attributes: { ...STAR, gameRegion: 'JP' } }],
    ['another kind of delivery', { fulfilmentKind: 'VALUE_RECHARGE' }],
    ['another category', { category: 'overseas-game-card' }],
    ['another currency', { currency: 'USD' }],
    ['another make, whatever it is worth', { attributes: { ...STAR, edition: 'festival' } }],
    ['what is not on sale', { listed: false }],
  ];
  for (const [what, change] of strangers) it(`are not of ${what}`, () => assert.deepEqual(piecesOf(aCard(50, change)), []));

  it('last as long as the card itself', () => {
    const lasting = (days: string) => ({ attributes: { ...STAR, validityDays: days } });
    const packs = (days: string) => packsOf(aCard(100, lasting('90')), aBook(aCard(50, lasting(days)))).length;
    assert.deepEqual([packs('89'), packs('90'), packs('365')], [0, 1, 1]);
  });

  it('are of a brand that is named: what is worth as much is not the same', () => {
    const bare = (face: number) => aCard(face, { attributes: { medium: 'video' } });
    assert.deepEqual(packsOf(bare(100), aBook(bare(50))), []);
  });
});

describe('a line whose card nobody has', () => {
  const market = (...more: Parameters<typeof aBook>) => aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_000), ...more);

  it('is told of two cards of 50 for each', () => {
    assert.deepEqual(proposedBy(market()), { sku: 'card-50', pieces: 2, units: 2, priceCapMinor: 4_900 });
  });

  it('is told of none where its order takes none, or its buyer does not', () => {
    for (const step of ['none', 'other-supplier'] as const) assert.equal(proposedBy(market(), asks(upTo(step))), undefined);
    const [ranked] = selection.decide({ type: 'RankOffers', at: NOON, request: asks() }, NO_ROWS, market()) as readonly SelectionEvent[];
    assert.ok(ranked?.type === 'OffersRanked' && ranked.repack === undefined);
  });

  it('is told of none for a need that names no good', () => {
    assert.equal(proposedBy(market(), asks({ need: { category: 'game-card', faceValueMinor: 10_000 } })), undefined);
  });

  it('is told of none that would be dearer in all, by a cent', () => {
    const at = (priceMinor: number, cap = 10_000) =>
      proposedBy(aBook(HUNDRED, aCard(50, { priceMinor }), cheap('a', 'card-50', 4_000)), asks({ priceCapMinor: cap }));
    assert.equal(at(4_901), undefined);
    assert.equal(at(4_900)?.priceCapMinor, 4_900);
    assert.equal(at(4_900, 9_799), undefined);
    assert.equal(at(4_800, 9_601)?.priceCapMinor, 4_800);
  });

  it('is told of none at first where the card itself is foreseen for all of it, and no other good could come before', () => {
    const of = (available: number, change: Partial<SelectionRequest> = {}) =>
      proposedBy(market(cheap('a', 'card-100', 9_000, { available })), asks(change))?.sku;
    assert.deepEqual([of(2), of(1), of(2, { ranking: 2 })], [undefined, 'card-50', 'card-50']);
    const sibling = [aCard(100, { sku: 'other', priceMinor: 9_000 }), cheap('z', 'other', 8_000)] as const;
    const both = market(cheap('a', 'card-100', 9_000), ...sibling);
    assert.deepEqual([proposedBy(both)?.sku, proposedBy(both, asks(upTo('same-category')))?.sku], [undefined, 'card-50']);
  });

  it('is priced as its merchant’s tier is', () => {
    const book = aBook(HUNDRED, aCard(50, { priceMinor: 5_000, tierPrices: { gold: 4_850 } }), cheap('a', 'card-50', 4_000));
    assert.equal(proposedBy(book), undefined);
    assert.equal(proposedBy(book, asks({ merchantTier: 'gold' }))?.sku, 'card-50');
  });

  const stopped: readonly [string, OfferBook][] = [
    ['sold in another region', aBook(HUNDRED, aCard(50, { regions: ['US'] }), cheap('a', 'card-50', 4_000))],
    ['banned where the buyer is', market(aVerdict('card-50', 'CN', 'banned'))],
    ['sold out', aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_000, { available: 0 }))],
    ['of offers that are closed', aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_000, { closures: [{ cause: 'suspended' }] }))],
    ['too late', aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_000, { leadTimeMs: 3 * 86_400_000 }))],
    ['above their price', aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_950))],
  ];
  for (const [what, book] of stopped) it(`is told of none that are ${what}`, () => assert.equal(proposedBy(book), undefined));

  it('is told of top-ups of its own account only', () => {
    const topUp = { fulfilmentKind: 'VALUE_RECHARGE' } as const;
    const book = aBook(aCard(100, topUp), aCard(50, topUp), cheap('a', 'card-50', 4_000));
    assert.equal(proposedBy(book), undefined);
    assert.equal(proposedBy(book, asks({ hasRecipient: true }))?.pieces, 2);
  });

  it('gets as many units as there are pieces for, over all who have them', () => {
    const of = (...stocks: number[]) =>
      proposedBy(
        aBook(HUNDRED, FIFTY, ...stocks.map((available, n) => cheap(`s${n}`, 'card-50', 4_000, { available }))),
        asks({ quantity: 5 }),
      );
    assert.equal(of(1), undefined);
    assert.equal(of(1, 1)?.units, 1);
    assert.equal(of(4, 3)?.units, 3);
    assert.equal(of(40)?.units, 5);
  });

  it('gets the pack that is worth most, enough for all before that, and the fewest pieces among equals', () => {
    const both = (fifty: Parameters<typeof anOffer>[2], twenty: Parameters<typeof anOffer>[2]) =>
      proposedBy(aBook(HUNDRED, FIFTY, aCard(20), anOffer('a', 'card-50', fifty), anOffer('b', 'card-20', twenty)))?.sku;
    assert.equal(both({ costMinor: 4_500 }, { costMinor: 1_500 }), 'card-20');
    assert.equal(both({ costMinor: 4_000 }, { costMinor: 1_900 }), 'card-50');
    assert.equal(both({ costMinor: 4_500 }, { costMinor: 1_500, available: 9 }), 'card-50');
    const free = { complaintShare: 0, complaintMinor: 0 };
    const equal = aBook(HUNDRED, FIFTY, aCard(20), cheap('a', 'card-20', 1_600), cheap('a', 'card-50', 4_000));
    equal.models = { ...equal.models, champion: { ...equal.models.champion, settings: { ...equal.models.champion.settings, ...free } } };
    assert.equal(proposedBy(equal)?.sku, 'card-50');
  });

  it(`weighs at most ${PACKS_MAX} packs`, () => {
    const many = Array.from({ length: PACKS_MAX + 1 }, (_, n) => aCard(50, { sku: `fifty-${n}` }));
    const book = aBook(HUNDRED, ...many, ...many.map((it) => cheap('a', it.sku, 4_000)));
    assert.equal(decided(book).repack?.packs.length, PACKS_MAX);
  });

  it('keeps what was weighed, so that the choice can be made again', () => {
    const record = decided(
      aBook(HUNDRED, FIFTY, aCard(20), cheap('a', 'card-50', 4_000), cheap('c', 'card-50', 4_100), cheap('b', 'card-20', 1_600)),
    );
    const kept = JSON.parse(JSON.stringify(record)) as SelectionDecided;
    assert.deepEqual(replay(kept), { identical: true, differs: [] });
    const other = { ...kept, repack: { ...kept.repack, proposed: { ...kept.repack?.proposed, pieces: 3 } } } as SelectionDecided;
    assert.deepEqual(replay(other).differs.map((it) => it.field), ['repack']); // prettier-ignore
    const [first, ...rest] = kept.repack?.packs ?? [];
    const forged = {
      ...kept,
      repack: { ...kept.repack, packs: [{ ...first, chosen: { ...first?.chosen, success: 1 } }, ...rest] },
    } as SelectionDecided;
    assert.deepEqual(replay(forged).differs.map((it) => it.field), ['repack.card-50.success']); // prettier-ignore
  });

  it('is told of pieces that others were told of, but not where another good could serve it', () => {
    const book = () => aBook(HUNDRED, FIFTY, cheap('a', 'card-50', 4_000, { available: 4 }), ...sibling());
    const sibling = () => [aCard(100, { sku: 'other', priceMinor: 9_000, attributes: STAR }), cheap('z', 'other', 8_000)] as const;
    const second = (request: SelectionRequest, at = NOON) => {
      const shared = book();
      decided(shared, asks({ orderId: 'o0', ...upTo('repack') }));
      return proposedBy(shared, request, at)?.units;
    };
    assert.equal(second(asks(upTo('repack'))), 2);
    assert.equal(second(asks(upTo('same-category'))), undefined);
    assert.equal(second(asks(upTo('same-category')), NOON + SHADE_MS + 250), 2);
  });
});
