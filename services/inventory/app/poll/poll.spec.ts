import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Seller, StockItem } from '../adapters/port';
import { pauseAfter, poll, type PolledOffer } from './poll';

const offers = (count: number): PolledOffer[] =>
  Array.from({ length: count }, (_, n) => ({ offerId: `s~g${n}`, sku: `g${n}`, sequence: 1, accepted: 0, stockAsOf: n }));
const item = (supplierSku: string): StockItem => ({ supplierSku, available: 3, costMinor: 5, currency: 'CNY' });

function shop(listed: readonly string[], named: readonly string[]): { seller: Seller; asked: (readonly string[] | undefined)[] } {
  const asked: (readonly string[] | undefined)[] = [];
  const never = (): Promise<never> => Promise.reject(new Error('it buys nothing'));
  const stock = async (skus: readonly string[] | undefined) => {
    asked.push(skus);
    return (skus === undefined ? listed : skus.filter((it) => named.includes(it))).map(item);
  };
  return { seller: { buy: never, ask: never, stock }, asked };
}
const ask = (of: ReturnType<typeof shop>, count: number) => poll(of.seller, offers(count), AbortSignal.timeout(5_000));

describe('a poll', () => {
  it('asks for a few goods by name, and for many by the list', async () => {
    const few = shop([], ['g0', 'g1']);
    assert.deepEqual((await ask(few, 2)).map((it) => it.item?.available), [3, 3]); // prettier-ignore
    assert.deepEqual(few.asked, [['g0', 'g1']]);
    const many = shop(['g0', 'g1', 'g2', 'g3', 'g4'], []);
    assert.equal((await ask(many, 5)).length, 5);
    assert.deepEqual(many.asked, [undefined]);
  });

  it('asks by name for what the list leaves out, the oldest first and not all at once, and finds that some are gone', async () => {
    const of = shop(['g0'], ['g1']);
    const found = await ask(of, 40);
    assert.equal(of.asked[1]?.length, 20);
    assert.deepEqual([found.length, found.filter((it) => it.item !== undefined).length], [21, 2]);
  });

  it('does not believe that all is gone', async () => {
    await assert.rejects(ask(shop([], []), 3), /knows none of our goods/);
  });

  it('comes later after each failure, half an hour at most, and never sooner than usual', () => {
    const of = (pollEveryMs: number) => ({ supplierId: 's', kind: 'http', name: { zh: '', en: '' }, upstreamGroup: 's', pollEveryMs });
    assert.deepEqual([0, 1, 3, 50].map((it) => pauseAfter(of(60_000), it)), [60_000, 120_000, 480_000, 1_800_000]); // prettier-ignore
    assert.equal(pauseAfter(of(86_400_000), 9), 86_400_000);
  });
});
