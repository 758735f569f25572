import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sellMarginsOf, sellUntilOf } from './sell-margin';

describe('the days before its expiry in which a code is no longer sold', () => {
  it('are those of its category, else those of any', () => {
    const usual = sellMarginsOf();
    assert.deepEqual([usual('course-card'), usual('game-card'), usual('whatever')], [30, 3, 1]);
    const said = sellMarginsOf(' game-card = 5 , *=0,');
    assert.deepEqual([said('game-card'), said('course-card'), said('whatever')], [5, 30, 0]);
  });

  it('are not started with where the setting cannot be read', () => {
    for (const it of ['game-card', 'game-card=-1', 'game-card=1.5', 'game-card=366', 'Game=1'])
      assert.throws(() => sellMarginsOf(it), /MIDSTREAM_SELL_MARGIN_DAYS/, it);
  });

  it('end its sale at that time of the day', () => {
    assert.equal(sellUntilOf(new Date('2027-03-02T08:00:00Z'), 2).toISOString(), '2027-02-28T08:00:00.000Z');
  });
});
