import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Fact } from '@midstream/contracts';
import { type Foretelling, foretell, FORETOLD_MAX, HORIZONS_MS } from '../cards/foretell';
import type { Offer, OfferBook } from '../book';
import { aBook, anOffer, aProduct, NOON } from '../selection.fixtures';
import { InvalidDemand } from './checks';
import {
  becameOf,
  CALIBRATION_DAYS,
  calibrationAt,
  correctionOf,
  knowCalibration,
  LABELS_LEAST,
  LOOK_LATE_MS,
  standingOf,
} from './foretold';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TODAY = Math.floor(NOON / DAY);

const asked = (sku: string, hour = 20): Fact<'MarketState'> => ({
  ...{ type: 'MarketState', sku, version: 1, prices: [], updates: [], channels: [] },
  heat: { hour, week: hour * 168, asOf: new Date(NOON).toISOString() },
});
const told = (book: OfferBook, day = TODAY, at = NOON): Foretelling[] => [...foretell(book, day, at)];
const tellsOf = (it: Partial<Offer>, hour = 20): number =>
  told(aBook(aProduct('video'), asked('video', hour), anOffer('a', 'video', it))).length;

describe('what is foretold in a night', () => {
  const many = aBook(
    ...Array.from({ length: FORETOLD_MAX + 100 }, (_, n) => [aProduct(`g${n}`), asked(`g${n}`), anOffer('a', `g${n}`)]).flat(),
  );

  it('is a sample of no more offers than one has time for, the same everywhere and another each night', () => {
    const [one, again, next] = [told(many), told(many), told(many, TODAY + 1)];
    assert.equal(one.length, FORETOLD_MAX);
    assert.deepEqual(one, again);
    assert.notDeepEqual(one.map((it) => it.offerId).sort(), next.map((it) => it.offerId).sort());
    assert.deepEqual([...new Set(one.map((it) => it.untilAt - NOON))], [...HORIZONS_MS]);
  });

  it('is of open offers with units and a fresh figure, of goods that are asked for', () => {
    assert.equal(tellsOf({}), 1);
    for (const it of [
      { closures: [{ cause: 'breaker' }] },
      { available: 0 },
      { stockAsOf: new Date(NOON - 7 * HOUR).toISOString() },
    ] as Partial<Offer>[])
      assert.equal(tellsOf(it), 0);
    assert.equal(tellsOf({ kind: 'vault', stockAsOf: new Date(NOON - 7 * HOUR).toISOString() }), 1);
    assert.equal(tellsOf({}, 0), 0);
  });

  it('is likelier where less is there, more is asked for and more time passes', () => {
    const said = (available: number, hour: number) => told(aBook(aProduct('video'), asked('video', hour), anOffer('a', 'video', { available })))[0]?.said ?? NaN; // prettier-ignore
    assert.ok(said(5, 20) > said(20, 20) && said(20, 40) > said(20, 20));
    const by = new Map(told(many).map((it) => [it.untilAt - NOON, it.said]));
    const [hour = NaN, six = NaN, day = NaN] = HORIZONS_MS.map((it) => by.get(it));
    assert.ok(hour < six && six < day && hour >= 0 && day <= 1, `${hour} ${six} ${day}`);
  });
});

describe('what became of it', () => {
  const it_ = { toldAt: NOON, untilAt: NOON + HOUR };
  const standing = (available: number, figureAt: number, isOurs = false) => ({ available, figureAt, isOurs });
  const newer = NOON + 1;

  for (const [name, offer, at, became] of [
    ['nothing yet, before its time', standing(3, newer), NOON + HOUR - 1, undefined],
    ['it is empty', standing(0, newer), NOON + 1, 'empty'],
    ['we took the last unit of a figure that is older', standing(0, NOON), NOON + 1, undefined],
    ['it has lasted', standing(1, newer), NOON + HOUR, 'lasted'],
    ['a vault needs no newer figure', standing(1, NOON - DAY, true), NOON + HOUR, 'lasted'],
    ['no figure has come', standing(1, NOON), NOON + HOUR, 'unseen'],
    ['the offer has left', undefined, NOON + HOUR, 'unseen'],
    ['nobody looked until it was too late', standing(0, newer), NOON + HOUR + LOOK_LATE_MS + 1, 'unseen'],
    ['somebody looked in the last moment', standing(0, newer), NOON + HOUR + LOOK_LATE_MS, 'empty'],
  ] as const)
    it(`${became ?? 'is open'}: ${name}`, () => assert.equal(becameOf(it_, offer, at), became));

  it('is seen by the room that is known', () => {
    const book = aBook(aProduct('video'), anOffer('a', 'video', { available: 7 }));
    assert.deepEqual(standingOf(book, 'a~video'), { available: 7, figureAt: NOON, isOurs: false });
    assert.equal(standingOf(book, 'b~video'), undefined);
  });
});

describe('the correction', () => {
  const ended = (length: number) => Array.from({ length }, () => ({ said: 0.05, came: true }));

  it('is made of enough outcomes only', () => {
    assert.equal(correctionOf(ended(LABELS_LEAST - 1)), undefined);
    assert.ok((correctionOf(ended(LABELS_LEAST))?.shift ?? 0) > 0.5);
    assert.throws(() => correctionOf([...ended(LABELS_LEAST), { said: NaN, came: true }]), InvalidDemand);
  });

  it('is the newest, and forgotten when it is old', () => {
    const book = aBook();
    const by = { slope: 1, shift: 0.5 };
    assert.equal(calibrationAt(book, NOON), undefined);
    knowCalibration(book, { day: TODAY, by });
    knowCalibration(book, { day: TODAY - 1 });
    assert.deepEqual(calibrationAt(book, NOON), by);
    assert.deepEqual(calibrationAt(book, (TODAY + CALIBRATION_DAYS) * DAY), by);
    assert.equal(calibrationAt(book, (TODAY + CALIBRATION_DAYS) * DAY + 1), undefined);
    knowCalibration(book, { day: TODAY + 1 });
    assert.equal(calibrationAt(book, NOON), undefined);
  });

  it('is refused where it is no number, or would turn the order round', () => {
    const book = aBook();
    for (const [slope, shift] of [
      [NaN, 0],
      [0, 0],
      [-1, 0],
      [Infinity, 0],
      [1, NaN],
      [1, -Infinity],
    ] as const)
      // prettier-ignore
      assert.throws(() => knowCalibration(book, { day: TODAY, by: { slope, shift } }), InvalidDemand);
    assert.deepEqual(book.calibration, { day: -1 });
  });
});
