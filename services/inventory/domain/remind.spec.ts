import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aHold, after, codes, NOON, ofP, outcome, P, start, type Written } from './inventory.fixtures';
import { rowOf } from './index';

const remind = (about: 'due-soon' | 'late'): Written => ({ type: 'RemindWork', ...ofP, about });
const accepted = (units: number) => after(aHold('submitting'), outcome({ units: codes(...Array.from({ length: units }, (_, n) => n + 1)), rest: 'pending' })); // prettier-ignore

describe('work by hand', () => {
  it('is reminded of once before its deadline, and once after it, with what is left to do', () => {
    const type = 'WorkItemReminded' as const;
    const told = {
      ...{ type, orderId: 'o', merchantId: 'm', lineId: '1', workItemId: P, supplierId: 'a', sku: 'vip' },
      ...{ quantity: 6, dueAt: new Date(NOON + 3_600_000).toISOString() },
    };
    void start(accepted(2))
      .when(remind('due-soon'))
      .thenExactly({ ...told, openUnits: 4, about: 'due-soon' })
      .when(remind('due-soon'))
      .thenNothing()
      .when(remind('late'))
      .thenExactly({ ...told, openUnits: 4, about: 'late' })
      .when(remind('late'))
      .thenNothing()
      .when(remind('due-soon'))
      .thenNothing();
  });

  it('is not reminded of when it is done, given up, or was never begun', () => {
    void start(after(accepted(2), outcome()))
      .when(remind('late'))
      .thenNothing();
    void start(aHold('queued')).when(remind('late')).thenNothing();
    const unknown = after(aHold('unknown'), { type: 'WriteOff', ...ofP });
    assert.equal(rowOf(unknown.purchases, P).status, 'written-off');
    void start(unknown).when(remind('late')).thenNothing();
  });
});
