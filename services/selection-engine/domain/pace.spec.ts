import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aBook, anOffer, aProduct, aRequest, NOON } from './selection.fixtures';
import { KNOWN } from './chain/record';
import { rank } from './rank';

const MINUTE = 60_000;
const after = (ms: number): string => new Date(NOON + ms).toISOString();
const slow = { capacityPerMinute: 2, leadTimeMs: 1_000 };
const ranked = (request: Parameters<typeof aRequest>[0], ...offers: readonly ReturnType<typeof anOffer>[]) =>
  rank(aRequest(request), aBook(aProduct('video'), ...offers), NOON);
const plannedOf = ({ candidates }: ReturnType<typeof rank>) => Object.fromEntries(candidates.map((it) => [it.offerId, it.planned]));

describe('a line at an offer that delivers two units a minute', () => {
  const cheap = anOffer('cheap', 'video', { ...slow, costMinor: 1_900 });
  const other = anOffer('other', 'video');

  it('is foreseen there with what comes by its deadline', () =>
    assert.deepEqual(plannedOf(ranked({ quantity: 10, deliverBy: after(2 * MINUTE + 1_000) }, cheap, other)), { 'cheap~video': 5, 'other~video': 5 })); // prettier-ignore

  it('comes after all that waits there', () => {
    const busy = { ...cheap, busyUntil: after(MINUTE) };
    const line = { quantity: 10, deliverBy: after(2 * MINUTE + 1_000) };
    assert.deepEqual(plannedOf(ranked(line, busy, other)), { 'cheap~video': 3, 'other~video': 7 });
    assert.deepEqual(plannedOf(ranked(line, { ...busy, busyUntil: after(-MINUTE) }, other)), { 'cheap~video': 5, 'other~video': 5 });
  });

  it('goes where it is in time for sure, once little time is left after that', () => {
    const alike = { ...other, costTiers: [{ from: 1, costMinor: 1_990 }] };
    const line = { quantity: 1, deliverBy: after(2 * MINUTE) };
    const first = (it: ReturnType<typeof anOffer>) => ranked(line, it, alike).candidates[0]?.offerId;
    assert.equal(first({ ...cheap, costTiers: [{ from: 1, costMinor: 1_980 }] }), 'cheap~video');
    const busy = { ...cheap, costTiers: [{ from: 1, costMinor: 1_980 }], busyUntil: after(MINUTE + 59_000) };
    assert.equal(first(busy), 'other~video');
    const { considered } = ranked(line, busy, alike);
    assert.equal(considered.find((it) => it.offerId === 'cheap~video')?.known?.[2 + KNOWN.indexOf('waitMs')], MINUTE + 59_000);
  });

  it('does not go there where that is too long', () => {
    const busy = { ...cheap, busyUntil: after(2 * MINUTE) };
    const { candidates, gates } = ranked({ quantity: 1, deliverBy: after(2 * MINUTE + 999) }, busy, other);
    assert.deepEqual([candidates.map((it) => it.offerId), gates], [['other~video'], { 'lead-time': 1 }]);
    const enough = ranked({ quantity: 1, deliverBy: after(2 * MINUTE + 1_000) }, busy, other);
    assert.deepEqual(enough.gates, {});
  });

  it('does not go there where its least quantity takes too long', () => {
    const large = { ...cheap, minQuantity: 10 };
    const { gates } = ranked({ quantity: 10, deliverBy: after(4 * MINUTE) }, large, other);
    assert.deepEqual(gates, { 'lead-time': 1 });
  });
});
