import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { staleAfterOf } from './stale-after';

describe('how long a figure that is overdue is believed', () => {
  const ms = (stale: number, closed: number) => ({ staleAfterMs: stale * 60_000, closedAfterMs: closed * 60_000 });

  it('hangs on the category', () => {
    const usual = staleAfterOf();
    assert.deepEqual([usual.get('game-card'), usual.get('*')], [ms(15, 120), ms(60, 720)]);
  });

  it('is said otherwise by the setting, category by category, or not at all', () => {
    const said = staleAfterOf(' game-card = 5/10 ,new-kind=0/99999,membership=off');
    assert.deepEqual([said.get('game-card'), said.get('new-kind'), said.get('*')], [ms(5, 10), ms(0, 99_999), ms(60, 720)]);
    assert.ok(said.has('membership') && said.get('membership') === undefined);
    assert.deepEqual(
      [...staleAfterOf('*=off')].filter(([category]) => category === '*'),
      [['*', undefined]],
    );
  });

  it('is refused where it cannot be read', () => {
    for (const it of ['game-card', 'game-card=5', 'game-card=10/5', '*=1/100000', 'Game=1/2', '*=on', '=1/2'])
      assert.throws(() => staleAfterOf(it), /MIDSTREAM_STALE_AFTER_MINUTES/, it);
  });
});
