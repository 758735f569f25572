import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CANDIDATES_MAX, GATES, type GateCounts, type SelectionRequest } from '@midstream/contracts';
import { given, NOON } from '@midstream/testing/given';
import type { OfferBook } from './book';
import { PRICE_BAND_FLOOR } from './gates';
import { KNOWN, type SelectionCommand, replay, type SelectionEvent, selection, SHADE_MS } from './index';
import { aBook, aBurst, anOffer, aProduct, aRequest, aVerdict, upTo, NO_ROWS } from './selection.fixtures';

/** Decides as the shell does: own events reach the book at once. The transactions of what was asked before have ended. */
function ask(book: OfferBook, command: SelectionCommand): readonly SelectionEvent[] {
  book.made.clear();
  const decision = selection.decide(command, NO_ROWS, book);
  assert.ok(Array.isArray(decision));
  for (const event of decision as readonly SelectionEvent[]) selection.view.apply(book, event);
  return decision as readonly SelectionEvent[];
}

function ranked(book: OfferBook, request: SelectionRequest = aRequest(), at = NOON) {
  const [answer] = ask(book, { type: 'RankOffers', at, request });
  assert.ok(answer?.type === 'OffersRanked');
  return answer;
}

const offersOf = (...it: Parameters<typeof ranked>): string[] => ranked(...it).candidates.map((candidate) => candidate.offerId);
const plannedOf = (...it: Parameters<typeof ranked>) => ranked(...it).candidates.map(({ offerId, planned }) => [offerId, planned]);
const stoppedAt = (book: OfferBook, gates: GateCounts, request = aRequest()) => {
  const answer = ranked(book, request);
  assert.deepEqual(answer.candidates, []);
  assert.deepEqual(answer.gates, gates);
};

describe('a line asks for a video membership', () => {
  const book = () => aBook(aProduct('video'), anOffer('a', 'video', { costMinor: 2100 }), anOffer('b', 'video', { costMinor: 2000 }));

  it('gets the offers that earn most first, with what is foreseen at each', () => {
    const { decisionId, candidates, gates } = ranked(book());
    assert.equal(decisionId, 'o1:1:1:1');
    assert.deepEqual(gates, {});
    const shared = { sku: 'video', priceMinor: 2500, currency: 'CNY', version: 1 };
    assert.deepEqual(candidates, [
      { ...shared, offerId: 'b~video', supplierId: 'b', expectedMinor: 389, planned: 1 },
      { ...shared, offerId: 'a~video', supplierId: 'a', expectedMinor: 303, planned: 0 },
    ]);
  });

  it('is priced as its merchant’s tier is: what it may cost, and what it earns, follow', () => {
    const market = () => aBook(aProduct('video', { tierPrices: { gold: 2300, late: 2700 } }), anOffer('a', 'video'));
    const of = (merchantTier?: string) => ranked(market(), aRequest(merchantTier === undefined ? {} : { merchantTier }));
    const seen = [of(), of('gold'), of('silver')].map(({ candidates: [it] }) => [it?.priceMinor, it?.expectedMinor]);
    assert.deepEqual(seen, [[2500, 389], [2300, 220], [2500, 389]]); // prettier-ignore
    stoppedAt(market(), { price: 1 }, aRequest({ merchantTier: 'late' }));
    const dear = aBook(aProduct('video', { tierPrices: { gold: 1900 } }), anOffer('a', 'video'));
    stoppedAt(dear, { price: 1 }, aRequest({ merchantTier: 'gold' }));
  });

  it('is answered once an attempt', () => {
    given(selection, NO_ROWS, book())
      .has({ type: 'RankOffers', request: aRequest() })
      .when({ type: 'RankOffers', request: aRequest() })
      .thenNothing();
  });

  it('leaves a record of all that the decision was made of', () => {
    const market = aBook(aProduct('video'), anOffer('a', 'video'), anOffer('b', 'video', { available: 0, version: 7 }));
    const [, record] = ask(market, { type: 'RankOffers', at: NOON, request: aRequest() });
    assert.ok(record?.type === 'SelectionDecided');
    assert.deepEqual(record.request, aRequest());
    assert.deepEqual(record.considered, [
      {
        ...{ offerId: 'a~video', sku: 'video', version: 1, available: 100, room: 100 },
        known: ['a', '', 0.857406, 0.987993, 1, 9, 20000, 0, 500, -27.6138, -5, 0, 0, 0, 10.7629, 37.5, 5150, 5000, 0, 0, 0],
      },
      { offerId: 'b~video', sku: 'video', version: 7, available: 0, room: 0, gate: 'stock' },
    ]);
  });

  it('can be made again from its record, to the same result, and says what differs where it cannot', () => {
    const market = book();
    ask(market, { type: 'RankOffers', at: NOON, request: aRequest({ orderId: 'o0', quantity: 100 }) }); // leaves b without room
    const [, record] = ask(market, { type: 'RankOffers', at: NOON, request: aRequest() });
    assert.ok(record?.type === 'SelectionDecided');
    assert.equal(record.considered[1]?.crowded, true);
    const kept = JSON.parse(JSON.stringify(record)) as typeof record;
    assert.deepEqual(replay(kept), { identical: true, differs: [] });
    const tampered = { ...kept, chosen: { ...kept.chosen, propensity: 0.5 } };
    assert.deepEqual(replay(tampered).differs, [{ field: 'propensity', recorded: 0.5, replayed: 1 }]);
  });

  it('prefers the supplier that keeps its word to one that is a little cheaper', () => {
    const market = aBook(
      aProduct('video'),
      anOffer('cheap', 'video', { costMinor: 1998, outcomes: { fulfilled: 50, failed: 50, responseMsSum: 0 } }),
      anOffer('sure', 'video', { costMinor: 2000, outcomes: { fulfilled: 100, failed: 0, responseMsSum: 0 } }),
    );
    assert.deepEqual(offersOf(market), ['sure~video', 'cheap~video']);
  });

  it('prefers stock that was seen just now to as much whose figure is past its time', () => {
    const of = (freshUntil: string) => aBook(aProduct('video'), anOffer('a', 'video', { available: 1, freshUntil }), anOffer('b', 'video', { available: 1 })); // prettier-ignore
    assert.deepEqual(offersOf(of('2026-11-24T12:00:01.000Z')), ['a~video', 'b~video']);
    assert.deepEqual(offersOf(of('2026-11-24T12:00:00.000Z')), ['b~video', 'a~video']);
  });

  it('prefers codes that lie and expire to equal ones that do not, and can be made again from its record', () => {
    const holding = { asOf: '2026-11-24T12:00:00.000Z', units: 100, ageDays: 3, oldestDays: 9, perDay: 2, coverDays: 50 };
    const vault = (name: string, expiringUnits: number) =>
      anOffer(name, 'video', { kind: 'vault', holding: { ...holding, capitalMinor: 200_000, expiringUnits } });
    const market = aBook(aProduct('video'), vault('a', 0), vault('b', 10), anOffer('c', 'video', { kind: 'vault' }));
    const [, record] = ask(market, { type: 'RankOffers', at: NOON, request: aRequest() });
    assert.ok(record?.type === 'SelectionDecided');
    const saved = KNOWN.indexOf('holding') + 2;
    assert.deepEqual(record.considered.map(({ offerId, known }) => [offerId, known?.[saved]]), [['b~video', 227.3973], ['a~video', 27.3973], ['c~video', 0]]); // prettier-ignore
    assert.equal(replay(record).identical, true);
  });

  it('prefers the faster of two equals, and is settled by name between twins', () => {
    const slow = anOffer('a', 'video', { leadTimeMs: 3_600_000 });
    assert.deepEqual(offersOf(aBook(aProduct('video'), slow, anOffer('c', 'video'), anOffer('b', 'video'))), [
      'b~video',
      'c~video',
      'a~video',
    ]);
  });

  it('reckons a substitution by what the buyer paid for, not by the dearer good', () => {
    const replaces = { holdId: 'o1/1/1/x', offerId: 'x', sku: 'video', reason: 'out-of-stock', referencePriceMinor: 2300 } as const;
    assert.equal(ranked(book(), aRequest({ replaces })).candidates[0]?.expectedMinor, 220);
  });

  it('buys at the tier of its quantity', () => {
    const tiers = anOffer('t', 'video', { costTiers: [{ from: 1, costMinor: 2200 }, { from: 10, costMinor: 1900 }] }); // prettier-ignore
    const market = aBook(aProduct('video'), anOffer('a', 'video'), tiers);
    assert.deepEqual(offersOf(market), ['a~video', 't~video']);
    assert.deepEqual(offersOf(market, aRequest({ quantity: 10 })), ['t~video', 'a~video']);
  });

  it(`sends at most ${CANDIDATES_MAX} offers on the lap`, () => {
    const offers = (count: number) => Array.from({ length: count }, (_, n) => anOffer(`s${n}`, 'video'));
    assert.equal(offersOf(aBook(aProduct('video'), ...offers(CANDIDATES_MAX))).length, CANDIDATES_MAX);
    assert.equal(offersOf(aBook(aProduct('video'), ...offers(CANDIDATES_MAX + 1))).length, CANDIDATES_MAX);
  });
});

const SLOW = { fulfilled: 100, failed: 0, responseMsSum: 100 * 600_000 };

describe('a hard gate', () => {
  const offered = (offer: Parameters<typeof anOffer>[2], product: Parameters<typeof aProduct>[1] = {}) =>
    aBook(aProduct('video', product), anOffer('a', 'video', offer));

  it('is asked in the order of the house', () => {
    const [offer, product, request] = [anOffer('a', 'video'), aProduct('video'), aRequest({ ...upTo('cross-category'), quantity: 5 })];
    const lost = { excluded: [{ offerId: 'a~video', reason: 'refused' as const }] };
    let broken = {
      product: { ...product, listed: false, priceMinor: 9000, regions: ['US'] },
      offer: { ...offer, closures: [{ cause: 'suspended' as const }], minQuantity: 6, leadTimeMs: 1e9, available: 0, outcomes: SLOW },
      verdict: 'banned' as 'banned' | 'compliant',
      request: { ...request, ...lost, need: { sku: 'music' }, substitution: aRequest().substitution },
    };
    const mends: ((it: typeof broken) => typeof broken)[] = [
      (it) => ({ ...it, product: { ...it.product, listed: true } }),
      (it) => ({ ...it, request: { ...it.request, need: { sku: 'video' } } }),
      (it) => ({ ...it, product: { ...it.product, regions: ['CN'] } }),
      (it) => ({ ...it, product: { ...it.product, priceMinor: 2500 } }),
      (it) => ({ ...it, request: { ...it.request, excluded: [] } }),
      (it) => ({ ...it, offer: { ...it.offer, closures: [] } }),
      (it) => ({ ...it, offer: { ...it.offer, minQuantity: 1 } }),
      (it) => ({ ...it, offer: { ...it.offer, leadTimeMs: 0 } }),
      (it) => ({ ...it, offer: { ...it.offer, available: 5 } }),
      (it) => ({ ...it, verdict: 'compliant' }),
    ];
    const stops = [undefined, ...mends].map((mend) => {
      broken = mend?.(broken) ?? broken;
      const book = aBook(aProduct('music'), broken.product, broken.offer, aVerdict('video', 'CN', broken.verdict), aBurst('video'));
      return Object.keys(ranked(book, broken.request).gates);
    });
    assert.deepEqual(stops, GATES.map((it) => [it])); // prettier-ignore
  });

  it('lets only offers that are quick serve new lines while demand bursts, and lines that lost a hold go anywhere', () => {
    const book = (it: Parameters<typeof anOffer>[2]) => aBook(aProduct('video'), anOffer('a', 'video', it), aBurst('video'));
    assert.deepEqual(ranked(book({ outcomes: SLOW }), aRequest()).gates, { surge: 1 });
    assert.deepEqual(offersOf(book({ outcomes: SLOW }), aRequest({ depth: 2 })), ['a~video']);
    assert.deepEqual(offersOf(book({})), ['a~video']);
    const over = aBook(aProduct('video'), anOffer('a', 'video', { outcomes: SLOW }), aBurst('video', '2026-11-24T11:59:00.000Z'));
    assert.deepEqual(offersOf(over), ['a~video']);
  });

  it('stops a product that nobody knows or that is not listed', () => {
    stoppedAt(aBook(), { 'unknown-product': 1 });
    stoppedAt(offered({}, { listed: false }), { 'unknown-product': 1 });
  });

  it('stops a region that product or offer does not cover', () => {
    stoppedAt(offered({}, { regions: ['CN-11'] }), { region: 1 });
    stoppedAt(offered({ regions: ['US'] }), { region: 1 });
  });

  it('stops a price above the cap, another currency, and a cost above the price', () => {
    assert.equal(offersOf(offered({}, { priceMinor: 2600 })).length, 1);
    stoppedAt(offered({}, { priceMinor: 2601 }), { price: 1 });
    stoppedAt(offered({}, { currency: 'USD' }), { price: 1 });
    assert.equal(offersOf(offered({ costMinor: 2500 })).length, 1);
    stoppedAt(offered({ costMinor: 2501 }), { price: 1 });
  });

  it('stops a cost that leaves the hub less than its margin: it would be refused as soon as it is held', () => {
    assert.equal(offersOf(offered({ costMinor: 2250 }, { marginFloorBp: 1_000 })).length, 1);
    stoppedAt(offered({ costMinor: 2251 }, { marginFloorBp: 1_000 }), { price: 1 });
    // What must be left is rounded up: 0.01 % of 2,500 is a whole minor unit
    stoppedAt(offered({ costMinor: 2500 }, { marginFloorBp: 1 }), { price: 1 });
  });

  it('lets a line that does without the margin pass up to the price, though the offer is closed for it', () => {
    const waived = aRequest({ marginFloorWaived: true });
    const dear = { closures: [{ cause: 'price-risen' as const }], costMinor: 2500 };
    assert.equal(offersOf(offered(dear, { marginFloorBp: 1_000 }), waived).length, 1);
    stoppedAt(offered({ ...dear, costMinor: 2501 }, { marginFloorBp: 1_000 }), { price: 1 }, waived);
    stoppedAt(offered({ ...dear, closures: [...dear.closures, { cause: 'suspended' }] }), { closed: 1 }, waived);
  });

  it('stops an offer that the line has lost, and one that had nothing for it until the book knows better', () => {
    stoppedAt(offered({}), { excluded: 1 }, aRequest({ excluded: [{ offerId: 'a~video', reason: 'refused' }] }));
    stoppedAt(offered({ version: 3 }), { excluded: 1 }, aRequest({ tried: [{ offerId: 'a~video', version: 3 }] }));
    assert.equal(offersOf(offered({ version: 4 }), aRequest({ tried: [{ offerId: 'a~video', version: 3 }] })).length, 1);
  });

  it('stops an offer that is closed, here or everywhere', () => {
    stoppedAt(offered({ closures: [{ cause: 'suspended' }] }), { closed: 1 });
    stoppedAt(offered({ closures: [{ cause: 'too-slow', regions: ['CN'] }] }), { closed: 1 });
    assert.equal(offersOf(offered({ closures: [{ cause: 'banned', regions: ['US'] }] })).length, 1);
  });

  it('says of an offer that a ban has closed that it is banned', () =>
    stoppedAt(offered({ closures: [{ cause: 'banned', regions: ['CN'] }] }), { verdict: 1 }));

  it('stops a quantity below what the supplier sells', () => {
    stoppedAt(offered({ minQuantity: 6 }), { quantity: 1 }, aRequest({ quantity: 5 }));
    assert.equal(offersOf(offered({ minQuantity: 5 }), aRequest({ quantity: 5 })).length, 1);
  });

  it('stops what would come too late', () => {
    assert.equal(offersOf(offered({ leadTimeMs: 86_400_000 })).length, 1);
    stoppedAt(offered({ leadTimeMs: 86_400_001 }), { 'lead-time': 1 });
  });

  it('stops what is not there', () => stoppedAt(offered({ available: 0 }), { stock: 1 }));

  it('stops what is banned or of high risk in the region, and nothing that is so elsewhere', () => {
    const market = (region: string, status: 'high-risk' | 'banned') =>
      aBook(aProduct('video'), anOffer('a', 'video'), aVerdict('video', region, status));
    stoppedAt(market('CN', 'banned'), { verdict: 1 });
    stoppedAt(market('*', 'high-risk'), { verdict: 1 });
    assert.equal(offersOf(market('CN-11', 'banned')).length, 1);
  });
});

describe('the policy of a line', () => {
  const market = () =>
    aBook(
      aProduct('video'),
      aProduct('music', { priceMinor: 2400 }),
      aProduct('game', { category: 'game-card' }),
      aProduct('trifle', { priceMinor: 2600 * PRICE_BAND_FLOOR - 1 }),
      ...['video', 'music', 'game', 'trifle'].map((sku) => anOffer('a', sku)),
      anOffer('b', 'video', { costMinor: 2050 }),
    );
  const replaces = { holdId: 'o1/1/1/a~video', offerId: 'a~video', sku: 'video', reason: 'expired', referencePriceMinor: 2500 } as const;

  it('keeps to the good that was asked for, unless it says more', () => {
    const { candidates, gates } = ranked(market());
    assert.deepEqual(candidates.map((it) => it.offerId), ['a~video', 'b~video']); // prettier-ignore
    assert.deepEqual(gates, { policy: 2 });
  });

  it('takes no other supplier in place of the first where it allows no substitution', () => {
    assert.deepEqual(offersOf(market(), aRequest(upTo('none'))), ['a~video', 'b~video']);
    assert.deepEqual(offersOf(market(), aRequest({ ...upTo('none'), replaces })), ['a~video']);
  });

  it('takes a good of the same category and price band, behind the good itself', () =>
    assert.deepEqual(offersOf(market(), aRequest(upTo('same-category'))), ['a~video', 'b~video', 'a~music']));

  it('takes any good of the price band where it says so', () =>
    assert.deepEqual(offersOf(market(), aRequest(upTo('cross-category'))).toSorted(), ['a~game', 'a~music', 'a~video', 'b~video']));

  it('does not swap the good that was asked for against a fatter margin', () => {
    const fat = aBook(
      aProduct('video'),
      aProduct('music'),
      anOffer('a', 'video', { costMinor: 2450 }),
      anOffer('a', 'music', { costMinor: 1800 }),
    );
    assert.deepEqual(offersOf(fat, aRequest(upTo('same-category'))), ['a~video', 'a~music']);
  });

  it('takes no card of a lesser face value of the same game; of a good of another kind, face values say nothing', () => {
    const card = (sku: string, faceValueMinor: number, game?: string) =>
      aProduct(sku, { faceValueMinor, attributes: game === undefined ? {} : { game } });
    const cards = aBook(
      ...[card('c100', 10_000, 'x'), card('c50', 5_000, 'x'), card('c110', 11_000, 'x'), card('plain', 5_000), card('gift', 0, 'x')],
      ...['c50', 'c110', 'plain', 'gift'].map((sku) => anOffer('a', sku)),
    );
    const line = aRequest({ need: { sku: 'c100' }, ...upTo('same-category') });
    assert.deepEqual(offersOf(cards, line).toSorted(), ['a~c110', 'a~gift', 'a~plain']);
  });

  it('takes any good that a need describes as the good itself', () => {
    const games = aBook(
      ...['g1', 'g2', 'g3'].map((sku, n) => aProduct(sku, { category: 'game-card', attributes: { game: n === 2 ? 'y' : 'x' } })),
      ...['g1', 'g2', 'g3'].map((sku) => anOffer('a', sku)),
    );
    assert.deepEqual(offersOf(games, aRequest({ need: { category: 'game-card', attributes: { game: 'x' } } })), ['a~g1', 'a~g2']);
    assert.deepEqual(offersOf(games, aRequest({ need: { category: 'game-card', faceValueMinor: 1 } })), []);
  });
});

describe('a line of a category that has card codes and top-ups', () => {
  const topUp = { category: 'game', fulfilmentKind: 'VALUE_RECHARGE' } as const;
  const market = () =>
    aBook(
      aProduct('card', { category: 'game' }),
      aProduct('credit', topUp),
      aProduct('credit-100', topUp),
      aProduct('phone', { ...topUp, category: 'phone' }),
      aProduct('voucher', { category: 'phone' }),
      ...['card', 'credit', 'credit-100', 'phone', 'voucher'].map((sku) => anOffer('a', sku)),
    );

  it('is served by card codes only where it names no account, however far its policy goes', () => {
    assert.deepEqual(offersOf(market(), aRequest({ need: { category: 'game' } })), ['a~card']);
    assert.deepEqual(offersOf(market(), aRequest({ need: { category: 'game' }, ...upTo('cross-category') })), ['a~card', 'a~voucher']);
    stoppedAt(aBook(aProduct('credit', topUp), anOffer('a', 'credit')), { policy: 1 }, aRequest({ need: { category: 'game' } }));
  });

  it('is served, and substituted, by top-ups only where it names one', () => {
    const line = { hasRecipient: true, need: { sku: 'credit' } };
    assert.deepEqual(offersOf(market(), aRequest({ ...line, need: { category: 'game' } })), ['a~credit', 'a~credit-100']);
    assert.deepEqual(offersOf(market(), aRequest(line)), ['a~credit']);
    assert.deepEqual(offersOf(market(), aRequest({ ...line, ...upTo('same-category') })), ['a~credit', 'a~credit-100']);
    assert.deepEqual(offersOf(market(), aRequest({ ...line, ...upTo('cross-category') })), ['a~credit', 'a~credit-100', 'a~phone']);
  });
});

describe('lines that come together', () => {
  const market = () =>
    aBook(aProduct('video'), anOffer('a', 'video', { available: 3 }), anOffer('b', 'video', { costMinor: 2100, available: 3 }));
  const line = (lineId: string, quantity = 2) => aRequest({ lineId, quantity });

  it('share scarce stock instead of racing for it', () => {
    const book = market();
    assert.deepEqual(plannedOf(book, line('1')), [['a~video', 2], ['b~video', 0]]); // prettier-ignore
    assert.deepEqual(plannedOf(book, line('2')), [['a~video', 1], ['b~video', 1]]); // prettier-ignore
    assert.deepEqual(plannedOf(book, line('3')), [['b~video', 2], ['a~video', 0]]); // prettier-ignore
  });

  it('never lose a candidate to what was only planned by others', () => {
    const book = market();
    ranked(book, line('1', 6));
    assert.deepEqual(plannedOf(book, line('2')), [['a~video', 0], ['b~video', 0]]); // prettier-ignore
  });

  it('forget it when it must have been held or not', () => {
    const book = market();
    ranked(book, line('1', 3));
    assert.deepEqual(plannedOf(book, line('2', 1), NOON + SHADE_MS - 250)[0], ['b~video', 1]);
    assert.deepEqual(plannedOf(book, line('3', 1), NOON + SHADE_MS)[0], ['a~video', 1]);
  });
});

describe('what inventory found at an offer', () => {
  const tell = (book: OfferBook, available: number, version: number, outcome: 'no-stock' | 'closed' = 'no-stock') => {
    const { orderId, merchantId, lineId } = aRequest();
    const answer = { orderId, merchantId, lineId, attempt: 1, decisionId: 'd', request: aRequest(), unheld: 1, candidates: [], gates: {} };
    selection.view.apply(book, { type: 'NothingHeld', ...answer, tried: [{ offerId: 'a~video', outcome, available, version }] });
  };
  const market = () => aBook(aProduct('video'), anOffer('a', 'video', { version: 5 }));

  it('holds for every line until the book has a newer version', () => {
    const book = market();
    tell(book, 0, 5);
    stoppedAt(book, { stock: 1 });
    selection.view.apply(book, anOffer('a', 'video', { version: 6, available: 9 }));
    assert.deepEqual(offersOf(book), ['a~video']);
  });

  it('is no news where the book is newer, or where it says nothing of stock', () => {
    const book = market();
    tell(book, 0, 4);
    tell(book, 0, 5, 'closed');
    assert.deepEqual(offersOf(book), ['a~video']);
  });
});
