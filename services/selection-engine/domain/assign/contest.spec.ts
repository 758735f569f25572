import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SelectionRequest } from '@midstream/contracts';
import { applyToBook, emptyBook, type Offer, type OfferBook } from '../book';
import { replay } from '../chain/record';
import { selection, type SelectionEvent } from '../index';
import { rank } from '../rank';
import { anOffer, aProduct, aRequest, NO_ROWS, NOON } from '../selection.fixtures';
import { givingUpMinor } from '../worth';
import { chanceOf } from './assign.fixtures';
import { BULK_UNITS_LEAST } from './bulk';

const bookOf = (offers: readonly Offer[]): OfferBook => {
  const book = emptyBook();
  for (const it of [aProduct('video'), ...offers]) applyToBook(book, it);
  return book;
};

/** Few units of few offers, one of them in one region only; the dearer, the surer. */
const marketOf = (rooms: readonly number[]): Offer[] =>
  rooms.map((available, n) =>
    anOffer(`s${n}`, 'video', {
      costMinor: 1950 + 80 * n,
      available,
      ...(n % 2 === 1 && { regions: ['CN-31'] }),
      leadTimeMs: n === 2 ? 4 * 3_600_000 : 5_000,
      outcomes: { fulfilled: 40, failed: 12 - 4 * n, responseMsSum: 40 * 20_000 },
    }),
  );

function linesOf(count: number, chance: () => number): SelectionRequest[] {
  const one = <T>(...all: readonly T[]): T => all[Math.floor(chance() * all.length)] as T;
  return Array.from({ length: count }, (_, n) =>
    aRequest({
      orderId: `o${n}`,
      region: one('CN-31', 'CN-44'),
      segment: one('retail', 'enterprise'),
      priceCapMinor: one(2600, 2900),
      deliverBy: one('2026-11-24T13:30:00.000Z', '2026-11-25T12:00:00.000Z'),
    }),
  );
}

/** As the shell does: the chunk is heard, then each of its lines is ranked, then inventory holds each at the first candidate with stock. */
function rankChunk(book: OfferBook, lines: readonly SelectionRequest[], { isHeard = true } = {}) {
  const { orderId: _, ...of } = { orderId: '', merchantId: 'm1', lineId: '1' };
  if (isHeard) for (const it of lines) applyToBook(book, { type: 'LineSelectionRequested', orderId: it.orderId, ...of, request: it });
  return lines.map((request): readonly SelectionEvent[] => {
    const events = selection.decide({ type: 'RankOffers', at: NOON, request }, NO_ROWS, book);
    assert.ok(Array.isArray(events));
    for (const it of events as SelectionEvent[]) applyToBook(book, it);
    return events as SelectionEvent[];
  });
}

const only = <Type extends SelectionEvent['type']>(events: readonly SelectionEvent[], type: Type) =>
  events.filter((it): it is Extract<SelectionEvent, { type: Type }> => it.type === type);

/** By line: what each offer is worth to it as the first of its chain, minor units. */
function valuesOf(offers: readonly Offer[], lines: readonly SelectionRequest[]): Map<string, number>[] {
  const book = bookOf(offers);
  return lines.map((it) => new Map(rank(it, book, NOON).options.map(({ offerId, chainMinor }) => [offerId, chainMinor])));
}

interface Held {
  readonly value: number;
  readonly empty: number;
}

function held(offers: readonly Offer[], lines: readonly SelectionRequest[], chunk: readonly (readonly SelectionEvent[])[]): Held {
  const stock = new Map(offers.map((it) => [it.offerId, it.available]));
  const values = valuesOf(offers, lines);
  let [value, empty] = [0, 0];
  lines.forEach((line, n) => {
    const [answer] = only(chunk[n] ?? [], 'OffersRanked');
    assert.ok(answer !== undefined);
    if (answer.candidates.length === 0) empty += 1;
    const inTurn = [...answer.candidates.filter((it) => it.planned > 0), ...answer.candidates];
    const found = inTurn.find((it) => (stock.get(it.offerId) ?? 0) > 0)?.offerId;
    if (found === undefined) value -= givingUpMinor(line);
    else {
      stock.set(found, (stock.get(found) ?? 0) - 1);
      value += values[n]?.get(found) ?? NaN;
    }
  });
  return { value, empty };
}

/** Every way to serve the lines. */
function bestOf(offers: readonly Offer[], lines: readonly SelectionRequest[]): number {
  const stock = new Map(offers.map((it) => [it.offerId, it.available]));
  const values = valuesOf(offers, lines);
  const from = (n: number): number => {
    const line = lines[n];
    if (line === undefined) return 0;
    let best = from(n + 1) - givingUpMinor(line);
    for (const [offerId, value] of values[n] ?? []) {
      const left = stock.get(offerId) ?? 0;
      if (left === 0) continue;
      stock.set(offerId, left - 1);
      best = Math.max(best, value + from(n + 1));
      stock.set(offerId, left);
    }
    return best;
  };
  return from(0);
}

describe('new lines that come together', () => {
  it('are worth as much as by the best of all ways to serve them, whoever comes first', () => {
    let [contests, better] = [0, 0];
    for (let seed = 1; seed <= 80; seed++) {
      const chance = chanceOf(seed);
      const offers = marketOf(Array.from({ length: 3 }, () => 1 + Math.floor(chance() * 3)));
      const lines = linesOf(2 + Math.floor(chance() * 5), chance);
      const chunk = rankChunk(bookOf(offers), lines);
      const isContest = chunk.some((it) => only(it, 'StormPlanned').length > 0);
      const [best, ours] = [bestOf(offers, lines), held(offers, lines, chunk).value];
      const alone = held(offers, lines, rankChunk(bookOf(offers), lines, { isHeard: false })).value;
      // Rounded to tenths of a minor unit, line by line
      if (isContest) assert.ok(Math.abs(best - ours) < 0.1 * lines.length, `seed ${seed}: ${ours} of ${best}, alone ${alone}`);
      else assert.equal(ours, alone, `seed ${seed}`);
      if (isContest) contests += 1;
      if (ours > alone + 1) better += 1;
    }
    assert.ok(contests > 40 && better > 20, `${contests} contests, ${better} of them worth more than one line after the other`);
  });

  it('are worth all that 500 of them can be, with one plan that is proven, and each can be made again from its record', () => {
    const offers = marketOf([120, 120, 120, 140]);
    const lines = linesOf(500, chanceOf(7));
    const chunk = rankChunk(bookOf(offers), lines);
    const plans = chunk.flatMap((it) => only(it, 'StormPlanned'));
    assert.deepEqual([plans.length, plans[0]?.good, plans[0]?.gap, plans[0]?.units], [1, 'video', 0, 500]);
    const { value, empty } = held(offers, lines, chunk);
    const alone = held(offers, lines, rankChunk(bookOf(offers), lines, { isHeard: false }));
    assert.ok(Math.abs(value * 10 - (plans[0]?.objective ?? NaN)) < 500, `${value} of ${plans[0]?.objective}`);
    assert.ok(alone.value < value * 0.4, `${alone.value} alone, ${value} together`);
    assert.equal(empty, plans[0]?.left);
    for (const it of chunk.flatMap((events) => only(events, 'SelectionDecided'))) {
      assert.equal(it.storm?.planId, plans[0]?.planId);
      assert.deepEqual(replay(it).differs, []);
    }
  });

  it('are ranked one by one where there is enough for all, where they are all alike, and where one of them is a bulk line', () => {
    const plans = (lines: readonly SelectionRequest[], rooms: readonly number[]) =>
      rankChunk(bookOf(marketOf(rooms)), lines).flatMap((it) => only(it, 'StormPlanned')).length;
    const [retail, enterprise] = [aRequest({ orderId: 'a' }), aRequest({ orderId: 'b', segment: 'enterprise' })];
    assert.equal(plans([retail, enterprise], [2, 2, 2]), 0);
    assert.equal(plans([retail, { ...retail, orderId: 'b' }], [1, 1, 1]), 0);
    assert.equal(plans([retail, enterprise], [1, 1, 1]), 1);
    assert.equal(plans([retail, { ...enterprise, quantity: BULK_UNITS_LEAST }], [1, 90, 90]), 0);
  });

  it('do not outlive their chunk: the next one starts without their requests and their plan', () => {
    const book = bookOf(marketOf([1, 1, 1]));
    const lines = [aRequest({ orderId: 'a' }), aRequest({ orderId: 'b', segment: 'enterprise' }), aRequest({ orderId: 'c' })];
    rankChunk(book, lines);
    assert.deepEqual([book.asked.lines.size, book.asked.contests.size], [0, 1]);
    const [next] = rankChunk(book, [aRequest({ orderId: 'd' })]);
    assert.equal(only(next ?? [], 'StormPlanned').length, 0);
    assert.equal(book.asked.contests.size, 0);
  });

  it('are not given up for stock that others only may have taken', () => {
    const book = bookOf(marketOf([2]));
    rankChunk(book, [aRequest({ orderId: 'before' })]);
    const lines = [aRequest({ orderId: 'a' }), aRequest({ orderId: 'b', segment: 'enterprise' })];
    const lists = rankChunk(book, lines).map((it) =>
      only(it, 'OffersRanked')[0]?.candidates.map(({ offerId, planned }) => [offerId, planned]),
    );
    assert.deepEqual(lists, [[['s0~video', 1]], [['s0~video', 0]]]); // prettier-ignore
  });
});
