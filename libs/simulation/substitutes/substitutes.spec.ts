import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buyersOf, DAY_MS, type Good, Tastes } from './buyers';
import { keptShares, playSubstitutes } from './index';

const DAYS = 12;
const { goods, wishes } = buyersOf(3, DAYS);
const lacking = wishes.filter((it) => it.substitutes !== undefined);

describe('buyers whose good is missing', () => {
  it('belong to their seed', () => {
    assert.deepEqual(playSubstitutes(3, 7), playSubstitutes(3, 7));
    assert.notDeepEqual(playSubstitutes(3, 7), playSubstitutes(4, 7));
  });

  it('are some of all, and are offered goods of the category that are no dearer', () => {
    const share = lacking.length / wishes.length;
    assert.ok(share > 0.06 && share < 0.18, `${share}`);
    for (const { good, substitutes = [] } of lacking)
      for (const it of substitutes)
        assert.ok(it !== good && it.category === good.category && it.priceMinor <= good.priceMinor && it.priceMinor >= good.priceMinor / 2);
    assert.ok(wishes.every((it) => it.at < DAYS * DAY_MS));
  });

  it('keep rather what they are used to, and give back rather what stands for it', () => {
    const tastes = new Tastes(3);
    const wish = lacking.find((it) => (it.substitutes?.length ?? 0) > 1);
    assert.ok(wish?.substitutes);
    const [one, other] = wish.substitutes as [Good, Good];
    const before = [one, other].map((it) => tastes.keeps(wish, it));
    for (let n = 0; n < 4; n++) tastes.bought({ buyer: wish.buyer, good: one });
    assert.ok(tastes.keeps(wish, one) > (before[0] ?? 1) && tastes.keeps(wish, other) === before[1]);
    for (let n = 0; n < 4; n++) tastes.bought({ buyer: wish.buyer, good: wish.good });
    assert.ok(tastes.keeps(wish, other) < (before[1] ?? 0));
  });

  it('keep no more than of an oracle’s choice, and more of the service’s than of the likest good, which is more than of a random one', () => {
    const shares = new Map(keptShares([1, 2, 3, 4].map((seed) => playSubstitutes(seed, 25))).map((it) => [it.chooser, it.share]));
    const of = (chooser: string): number => shares.get(chooser) ?? NaN;
    for (const share of shares.values()) assert.ok(share <= of('oracle') + 0.01);
    assert.ok(of('midstream') > of('likest') && of('likest') > of('random'));
  });

  it('are told to a chooser without what they like', () => {
    assert.deepEqual(Object.keys(goods[0] ?? {}).sort(), ['attributes', 'category', 'costMinor', 'index', 'priceMinor']);
    assert.deepEqual(Object.keys(lacking[0] ?? {}).sort(), ['at', 'buyer', 'good', 'nth', 'substitutes']);
  });
});
