import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Assignments, OrderFailed } from './assignments';

const event = (type: string, key: string, replaces: string | null = null) => ({ type, key, lineId: '1', replaces });

describe('assignments', () => {
  it('are found whichever comes first, the answer or the log', async () => {
    const assignments = new Assignments();
    assignments.note(event('LineAssigned', 'early'), 10);
    const late = assignments.of('late', 1);
    assignments.note(event('LineAssigned', 'late'), 20);
    assert.deepEqual([await assignments.of('early', 1), await late], [10, 20]);
  });

  it('are there when the last line is, before and after the answer alike', async () => {
    const assignments = new Assignments();
    assignments.note(event('LineAssigned', 'o'), 10);
    const both = assignments.of('o', 2);
    assignments.note(event('LineAssigned', 'o'), 30);
    assert.equal(await both, 30);
  });

  it('are not those that replace another', async () => {
    const assignments = new Assignments();
    assignments.note(event('LineAssigned', 'o', 'a~vip'), 10);
    const first = assignments.of('o', 1);
    assignments.note(event('LineAssigned', 'o'), 20);
    assert.equal(await first, 20);
  });

  it('fail where a line is given up, before and after the answer', async () => {
    const assignments = new Assignments();
    assignments.note(event('UnitsGivenUp', 'early'), 10);
    const late = assignments.of('late', 1);
    assignments.note(event('UnitsGivenUp', 'late'), 20);
    await assert.rejects(assignments.of('early', 1), OrderFailed);
    await assert.rejects(late, OrderFailed);
  });

  it('end with the order, heard before or after somebody asks', async () => {
    const assignments = new Assignments();
    assignments.note(event('OrderClosed', 'early'), 10);
    const late = assignments.closed('late');
    assignments.note(event('OrderClosed', 'late'), 20);
    assert.deepEqual([await assignments.closed('early'), await late], [10, 20]);
  });
});
