import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually, type World, world } from './suite/world';

describe('the shell over the embedded bus', () => {
  let it1: World;
  before(async () => {
    it1 = await world('embedded');
  });
  after(() => it1.close());

  it('tells a reader every fact once and in order', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, n) => it1.writer.commands.run({ type: 'Bump', id: `k${n % 7}` } as never)));
    await it1.assertAllHeardOnceInOrder();
  });

  it('does what is for later, and what is to be called', async () => {
    await it1.writer.commands.run({ type: 'Bump', id: 'later', later: true, call: true } as never);
    await eventually(async () => {
      const { rows } = await it1.writer.database.pool.query<{ state: { calls: number; later: number } }>(
        `SELECT state FROM counters WHERE id = 'later'`,
      );
      assert.equal(rows[0]?.state.later, 1);
      assert.equal(rows[0]?.state.calls, 1);
    });
  });
});
