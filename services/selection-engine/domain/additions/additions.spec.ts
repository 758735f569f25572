import { describe, it } from 'node:test';
import type { Fact, SelectionRequest } from '@midstream/contracts';
import { given } from '@midstream/testing/given';
import { CALL_PER_HOUR_LEAST, selection, UPDATE_CALLS_MS } from '../index';
import { aBook, aBurst, anOffer, aProduct, aRequest, NO_ROWS, NOON } from '../selection.fixtures';

const additions = { maxUnitPriceMinor: 2600, maxQuantity: 10 };
const line = (change: Partial<SelectionRequest> = {}) =>
  ({ type: 'WatchLine', request: aRequest({ quantity: 4, additions, ...change }) }) as const;
const market = (sku: string, it: Partial<Fact<'MarketState'>>): Fact<'MarketState'> => {
  const { burst: _, ...calm } = aBurst(sku);
  return { ...calm, ...it };
};
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

  describe('are called for without a burst', () => {
    const updated = (observedAt: string) => market('video', { updates: [{ game: 'g', title: '2.0', observedAt }] });
    const heated = (hour: number, week = 0) => market('video', { heat: { hour, week, asOf: '2026-11-24T12:00:00.000Z' } });
    const after = (it: ReturnType<typeof market>) => at(aBook(aProduct('video'), anOffer('a', 'video'), it), watching).when(asks);

    it('by a new version, by two thirds at once, and while it makes a quarter more of demand', () => {
      after(updated('2026-11-24T11:59:00.000Z')).thenExactly(proposed(3, { because: 'version-update' }));
      after(updated(new Date(NOON - UPDATE_CALLS_MS + 1).toISOString())).thenExactly(proposed(1, { because: 'version-update' }));
      after(updated(new Date(NOON - UPDATE_CALLS_MS - 1).toISOString())).thenNothing();
    });

    it('by interest that has grown far beyond its own week, and is no handful of orders', () => {
      const [few, many] = [CALL_PER_HOUR_LEAST / Math.LN2 - 0.01, CALL_PER_HOUR_LEAST / Math.LN2 + 0.01];
      after(heated(many)).thenExactly(proposed(1, { because: 'heat' }));
      after(heated(few)).thenNothing();
      after(heated(many, 168 * many)).thenNothing();
    });
  });

  describe('may be of a sibling of the good, where the market calls for that', () => {
    const game = { attributes: { game: 'farm', gameRegion: 'CN' } };
    const goods = [aProduct('video', game), aProduct('festival', { ...game, priceMinor: 2400 }), anOffer('f', 'festival')];
    const other = [aProduct('music', { attributes: { game: 'arena', gameRegion: 'CN' } }), anOffer('m', 'music')];
    const calm = () => aBook(...goods, ...other);
    const festive = () => aBook(...goods, ...other, aBurst('festival'), aBurst('music'));
    const beside = { additionId: 'o1:1:festival', sku: 'festival', beside: 'video', priceMinor: 2400 };
    const asksFor = (sku: string) => ({ ...asks, sku });

    it('beside the plain card, and of no other game', () => {
      const { rows } = at(calm()).has(line());
      at(festive(), rows)
        .when(asksFor('festival'))
        .thenExactly(proposed(4, beside))
        .when(asksFor('festival'))
        .thenNothing()
        .when(asksFor('music'))
        .thenNothing();
    });

    it('at once, together with more of the good itself within one limit', () => {
      const both = aBook(...goods, anOffer('a', 'video'), aBurst('festival'), aBurst('video'));
      at(both)
        .when(line({ additions: { ...additions, maxQuantity: 6 } }))
        .thenAmong(proposed(4))
        .thenAmong(proposed(2, beside));
    });

    it('never above the price that the buyer allows', () => {
      const { rows } = at(calm()).has(line({ additions: { ...additions, maxUnitPriceMinor: 2399 } }));
      at(festive(), rows).when(asksFor('festival')).thenNothing();
    });
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
