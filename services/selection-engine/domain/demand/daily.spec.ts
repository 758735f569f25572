import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidDemand } from './checks';
import { DayUnits, DEMAND_DAYS_MAX, DEMAND_GOODS_MAX } from './daily';

const TODAY = 20_000;

describe('units by days', () => {
  it('begin with the first day that a good was asked for, and are 0 on days without one', () => {
    const units = new DayUnits(TODAY);
    units.note('video', TODAY - 3, 7);
    units.note('music', TODAY - 1, 1);
    units.note('video', TODAY - 1, 503);
    assert.deepEqual([units.get('video'), units.get('music'), units.get('none')], [[7, 0, 503, 0], [1, 0], undefined]); // prettier-ignore
    assert.deepEqual([...units.series()], [[1, 0], [7, 0, 503, 0]]); // prettier-ignore
  });

  it('go back so many days, and know of no day to come', () => {
    const units = new DayUnits(TODAY);
    units.note('old', TODAY - DEMAND_DAYS_MAX, 1);
    units.note('new', TODAY + 1, 1);
    assert.equal(units.size, 0);
    units.note('first', TODAY - DEMAND_DAYS_MAX + 1, 5);
    assert.deepEqual([units.get('first')?.length, units.get('first')?.[0]], [DEMAND_DAYS_MAX, 5]);
  });

  it('are kept of so many goods, each its own', () => {
    const units = new DayUnits(TODAY);
    for (let day = TODAY - 1; day <= TODAY; day++) for (let n = 0; n <= DEMAND_GOODS_MAX; n++) units.note(`g${n}`, day, n);
    assert.equal(units.size, DEMAND_GOODS_MAX);
    for (const n of [0, 255, 256, DEMAND_GOODS_MAX - 1]) assert.deepEqual(units.get(`g${n}`), [n, n]);
    assert.equal(units.get(`g${DEMAND_GOODS_MAX}`), undefined);
  });

  it('are counts', () => {
    const units = new DayUnits(TODAY);
    for (const it of [NaN, Infinity, -1]) assert.throws(() => units.note('video', TODAY, it), InvalidDemand);
    units.note('video', TODAY, 2 ** 33);
    assert.deepEqual(units.get('video'), [2 ** 32 - 1]);
  });
});
