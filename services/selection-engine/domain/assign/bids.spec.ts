import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact, SelectionRequest } from '@midstream/contracts';
import { applyToBook, type OfferBook } from '../book';
import { replay } from '../chain/record';
import { USUAL } from '../chain/settings';
import { selection, type SelectionEvent } from '../index';
import { rank } from '../rank';
import { aBook, anOffer, aProduct, aRequest, NO_ROWS, NOON } from '../selection.fixtures';
import { boundTo, classKeyOf } from './bound';
import { planStorm } from './storm';

const LOST = 'dry~video';
/** One has few units and is quick, the other has enough and is slow: who can wait loses little there. */
const OFFERS = [
  anOffer('quick', 'video', { costMinor: 1950, available: 24 }),
  anOffer('slow', 'video', { costMinor: 1955, available: 1_000, leadTimeMs: 3_300_000 }),
];

const heldAtDry = (request: SelectionRequest): Fact<'OfferHeld'> => ({
  ...{ type: 'OfferHeld', orderId: request.orderId, merchantId: 'm1', lineId: '1', attempt: 1, decisionId: 'd', request },
  ...{ unheld: 0, tried: [], candidates: [], gates: {} },
  holds: [
    {
      tally: { holdId: `h-${request.orderId}`, version: 1, granted: 1, delivered: 0, lost: 0, released: 0 },
      ...{ offerId: LOST, supplierId: 'dry', sku: 'video', priceMinor: 2500, currency: 'CNY', expiresAt: '2026-11-25T12:00:00.000Z' },
    },
  ],
});

const asksAgain = (request: SelectionRequest): SelectionRequest => ({
  ...request,
  ...{ attempt: 2, depth: 2, priceCapMinor: 2500, excluded: [{ offerId: LOST, reason: 'out-of-stock' }] },
  replaces: { holdId: `h-${request.orderId}`, offerId: LOST, sku: 'video', reason: 'out-of-stock', referencePriceMinor: 2500 },
});

const STORM = Array.from({ length: 40 }, (_, n) => aRequest({ orderId: `o${n}` }));
const newLines = (count: number, it: Partial<SelectionRequest>): SelectionRequest[] =>
  Array.from({ length: count }, (_, n) => aRequest({ orderId: `new${n}`, ...it }));
const URGENT = { segment: 'enterprise', deliverBy: '2026-11-24T13:00:00.000Z' } as const;

function inStorm(): OfferBook {
  const book = aBook(aProduct('video'), anOffer('dry', 'video', { costMinor: 1900, available: 1_000 }), ...OFFERS);
  for (const it of STORM) applyToBook(book, heldAtDry(it));
  applyToBook(book, anOffer('dry', 'video', { version: 2, available: 0, held: 40, closures: [{ cause: 'out-of-stock' }] }));
  return book;
}

/** One line after the other; inventory holds each where it was sent, while there is stock. The value of all, and the new lines' decisions. */
function run(fresh: readonly SelectionRequest[], bids: boolean) {
  const book = inStorm();
  const stock = new Map(OFFERS.map((it) => [it.offerId, it.available]));
  const market = aBook(aProduct('video'), ...OFFERS);
  const worth = (line: SelectionRequest, offerId: string): number => {
    const found = rank(line, market, NOON).options.find((it) => it.offerId === offerId);
    return (line.replaces === undefined ? found?.chainMinor : found?.valueMinor) ?? NaN;
  };
  let value = 0;
  const decisions: Extract<SelectionEvent, { type: 'SelectionDecided' }>[] = [];
  const lines = [...STORM.slice(0, 10).map(asksAgain), ...fresh, ...STORM.slice(10).map(asksAgain)];
  lines.forEach((request, n) => {
    const events = selection.decide({ type: 'RankOffers', at: NOON + n, request }, NO_ROWS, book);
    assert.ok(Array.isArray(events));
    for (const it of events as SelectionEvent[]) {
      applyToBook(book, it);
      if (it.type === 'SelectionDecided' && request.replaces === undefined) decisions.push(it);
      if (it.type === 'OffersRanked') {
        const inTurn = [...it.candidates.filter(({ planned }) => planned > 0), ...it.candidates];
        const offerId = inTurn.find((one) => (stock.get(one.offerId) ?? 0) > 0)?.offerId ?? '';
        stock.set(offerId, (stock.get(offerId) ?? 0) - 1);
        value += worth(request, offerId);
      }
    }
    const plan = book.storms.get(LOST);
    if (!bids && plan !== undefined) book.storms.set(LOST, { ...plan, bids: new Map([['quick~video', Infinity]]) });
  });
  const classes = [
    ...boundTo(inStorm().bound, LOST),
    ...(fresh[0] === undefined ? [] : [{ key: classKeyOf(fresh[0]), request: fresh[0], units: fresh.length }]),
  ];
  const optionsOf = (line: SelectionRequest) =>
    rank(line, market, NOON).options.map((it) => (line.replaces === undefined ? { ...it, valueMinor: it.chainMinor } : it));
  const best = planStorm(LOST, classes, optionsOf, { planId: 'best', share: 1, settings: USUAL, at: NOON, versionOf: () => 1 });
  return { value, best: best.objective / 10, decisions };
}

describe('a bid price', () => {
  it('lets a new line take what a storm keeps where it is worth more to it, and all come to what one exact assignment of both does', () => {
    const fresh = newLines(8, URGENT);
    const [priced, kept] = [run(fresh, true), run(fresh, false)];
    assert.ok(Math.abs(priced.best - priced.value) < 0.1 * (STORM.length + fresh.length), `${priced.value} of ${priced.best}`);
    assert.ok(kept.value < priced.value - 8, `${kept.value} without bid prices, ${priced.value} with them`);
    for (const it of priced.decisions) assert.deepEqual([it.candidates[0]?.offerId, it.candidates[0]?.planned], ['quick~video', 1]);
    for (const it of kept.decisions) assert.equal(it.candidates[0]?.offerId, 'slow~video');
  });

  it('leaves to a storm what a line that can wait is worth less at', () => {
    const { value, best, decisions } = run(newLines(8, {}), true);
    assert.ok(Math.abs(best - value) < 0.1 * 48);
    for (const it of decisions) assert.equal(it.candidates[0]?.offerId, 'slow~video');
  });

  it('is part of the record: such a decision is made again as it was', () => {
    for (const it of run(newLines(8, URGENT), true).decisions) {
      assert.equal(it.considered.find(({ offerId }) => offerId === 'quick~video')?.crowded, undefined);
      assert.deepEqual(replay(it).differs, []);
    }
  });
});
