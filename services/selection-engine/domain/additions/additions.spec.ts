import { describe, it } from 'node:test';
import type { SelectionRequest } from '@midstream/contracts';
import { given } from '@midstream/testing/given';
import { selection } from '../index';
import { aBook, aBurst, anOffer, aProduct, aRequest, NO_ROWS } from '../selection.fixtures';

const additions = { maxUnitPriceMinor: 2600, maxQuantity: 10 };
const line = (change: Partial<SelectionRequest> = {}) =>
  ({ type: 'WatchLine', request: aRequest({ quantity: 4, additions, ...change }) }) as const;
const asks = { type: 'ProposeAddition', orderId: 'o1', sku: 'video' } as const;
const quiet = aBook(aProduct('video'), anOffer('a', 'video'));
const bursting = (...more: Parameters<typeof aBook>) => aBook(aProduct('video'), anOffer('a', 'video'), aBurst('video'), ...more);
const proposed = (quantity: number, change: object = {}) => ({
  ...{ type: 'AdditionProposed' as const, orderId: 'o1', merchantId: 'm1', additionId: 'o1:1:video', lineId: '1', beside: 'video' },
  ...{ sku: 'video', quantity, priceMinor: 2500, currency: 'CNY', because: 'burst' as const, expiresAt: '2026-11-24T12:15:00.000Z' },
  ...change,
});
const at = (book: typeof quiet, rows = NO_ROWS) => given(selection, rows, book);
const watching = at(quiet).has(line()).rows;

describe('more units for a running order', () => {
  it('are proposed where a burst comes, as many as keep up with it, and once', () =>
    void at(bursting(), watching).when(asks).thenExactly(proposed(4)).when(asks).thenNothing());

  it('are proposed at once to a line that comes during a burst', () =>
    void at(bursting()).when(line()).thenTypes('LineWatched', 'AdditionProposed').when(line()).thenNothing());

  it('are proposed by no more than the buyer allows', () =>
    void at(bursting(), at(quiet).has(line({ additions: { ...additions, maxQuantity: 3 } })).rows)
      .when(asks)
      .thenExactly(proposed(3)));

  it('are proposed by no more than offers have room for', () =>
    void at(bursting(anOffer('a', 'video', { version: 2, available: 2 })), watching)
      .when(asks)
      .thenExactly(proposed(2)));

  it('lapse in time for what is accepted to be delivered', () => {
    const rows = at(quiet).has(line({ deliverBy: '2026-11-24T12:10:00.000Z' })).rows;
    at(bursting(), rows)
      .when(asks)
      .thenExactly(proposed(4, { expiresAt: '2026-11-24T12:05:00.000Z' }));
  });

  const silent: readonly [string, ReturnType<typeof at>][] = [
    ['without a burst', at(quiet, watching)],
    ['after a burst', at(aBook(aProduct('video'), anOffer('a', 'video'), aBurst('video', '2026-11-24T12:00:00.000Z')), watching)],
    ['to an order that nobody watches', at(bursting())],
    ['to an order that has ended', at(bursting(), at(quiet).has(line()).has({ type: 'CloseWatch', orderId: 'o1' }).rows)],
    ['above the price that the buyer allows', at(bursting(aProduct('video', { version: 2, priceMinor: 2601 })), watching)],
    ['of a good that is not sold any more', at(bursting(aProduct('video', { version: 2, listed: false })), watching)],
    ['where no offer has it', at(bursting(anOffer('a', 'video', { version: 2, available: 0 })), watching)],
    ['where the offer is too weak for a burst', at(bursting(anOffer('a', 'video', { version: 2, leadTimeMs: 3_600_000 })), watching)],
    ['that could not be delivered', at(bursting(), at(quiet).has(line({ deliverBy: '2026-11-24T12:05:59.000Z' })).rows)],
  ];
  for (const [what, to] of silent) it(`are not proposed ${what}`, () => void to.when(asks).thenNothing());

  it('are not looked for beside a line that names no good', () =>
    void at(bursting())
      .when(line({ need: { category: 'membership' } }))
      .thenNothing());

  it('are not looked for once the order has ended, and that is noted once', () =>
    void at(bursting(), watching)
      .when({ type: 'CloseWatch', orderId: 'o1' })
      .thenTypes('WatchClosed')
      .when({ type: 'CloseWatch', orderId: 'o1' })
      .thenNothing()
      .when(line({ lineId: '2' }))
      .thenNothing());

  it('cost an order that does not allow them no command', () => {
    const request = aRequest();
    const called = selection.react({ type: 'LineSelectionRequested', orderId: 'o1', merchantId: 'm1', lineId: '1', request });
    if (called.length !== 1) throw new Error(JSON.stringify(called));
    const ofOrder = { orderId: 'o1', merchantId: 'm1', status: 'completed', capturedMinor: 0, releasedMinor: 0 } as const;
    if (selection.react({ type: 'OrderClosed', ...ofOrder }).length !== 0) throw new Error('an order without additions is watched');
  });
});
