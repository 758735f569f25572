import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coversRegion } from '@midstream/kernel';
import { codesOf } from './codes';
import { readMarket, SMALL_PRODUCTS_MAX } from './market';
import { costAt, queueOf } from './queue';
import { orderBodyOf } from './trace';
import type { Market, Offer, Product } from './words';

const market = readMarket();
const small = readMarket(undefined, { profile: 'small' });

const productOf = (sku: string, { products }: Market = market): Product => {
  const product = products.find((it) => it.sku === sku);
  assert(product !== undefined, `there is ${sku}`);
  return product;
};
const offersOf = (sku: string): Offer[] => market.offers.filter((it) => it.sku === sku);
const isVault = ({ supplierId }: Offer): boolean => market.suppliers.some((it) => it.supplierId === supplierId && it.kind === 'vault');
const firstCost = (offer: Offer): number => costAt(offer, 1);
const marginOf = (offer: Offer): number => 1 - firstCost(offer) / productOf(offer.sku).priceMinor;
const linesOf = ({ orders }: Market) => orders.flatMap((it) => it.lines);

describe('the sample market', () => {
  it('has the size of a small hub', () => {
    assert(market.suppliers.length >= 12);
    assert(new Set(market.suppliers.map((it) => it.upstreamGroup)).size >= 4);
    assert(market.products.length >= 120);
    assert(market.offers.length >= 500);
    assert(market.orders.length >= 1_000);
    assert(market.suppliers.filter((it) => it.kind === 'vault').length >= 2);
  });

  it('trades what the market trades', () => {
    assert.deepEqual([...new Set(market.products.map((it) => it.category))].sort(), [
      'cloud-storage',
      'course-card',
      'game-card',
      'international-data',
      'live-tool',
      'membership',
      'mobile-data',
      'overseas-game-card',
      'phone-top-up',
      'question-bank',
    ]);
    assert.deepEqual([...new Set(market.products.flatMap((it) => it.attributes['medium'] ?? []))].sort(), ['music', 'reading', 'video']);
  });

  it('says every name in Chinese and in English', () => {
    for (const { name } of [...market.products, ...market.suppliers])
      assert.match(`${name.zh}|${name.en}`, /[\u4e00-\u9fff].*\|[\x20-\x7e]+$/);
    assert.equal(new Set(market.products.map((it) => it.name.zh)).size, market.products.length);
  });

  it('gives every product at least two suppliers, and every supplier something to sell', () => {
    for (const { sku } of market.products) assert(offersOf(sku).length >= 2, `${sku} has two suppliers`);
    for (const { supplierId } of market.suppliers)
      assert(
        market.offers.some((it) => it.supplierId === supplierId),
        `${supplierId} sells`,
      );
  });

  it('has the margins of the trade', () => {
    const bands: Readonly<Record<string, readonly [number, number]>> = {
      'game-card': [0.01, 0.08],
      'phone-top-up': [0.002, 0.08],
      'overseas-game-card': [0.01, 0.08],
      membership: [0.05, 0.25],
      'live-tool': [0.15, 0.4],
      'cloud-storage': [0.15, 0.4],
    };
    assert(market.offers.filter((it) => marginOf(it) >= 0).length > market.offers.length * 0.95);
    for (const [category, [least, most]] of Object.entries(bands)) {
      const margins = market.offers.filter((it) => productOf(it.sku).category === category).map(marginOf);
      const within = margins.filter((it) => it >= least && it <= most);
      assert(within.length >= margins.length * 0.9, `${category}: ${within.length} of ${margins.length} between ${least} and ${most}`);
    }
  });

  it('costs less a unit the more are bought', () => {
    for (const { costTiers } of market.offers)
      costTiers.forEach((it, index) => assert(index === 0 || it.costMinor < (costTiers[index - 1]?.costMinor ?? 0)));
  });

  it('makes at least 5,000 codes, none twice, the same again from the same seed', () => {
    const vault = market.offers.filter(isVault);
    const codes = vault.flatMap((it) => codesOf(it, 'seed').map(({ code }) => code));
    assert(codes.length >= 5_000);
    assert.equal(new Set(codes).size, codes.length);
    assert.deepEqual(
      vault.flatMap((it) => codesOf(it, 'seed').map(({ code }) => code)),
      codes,
    );
    assert(
      vault.every((it) => productOf(it.sku).fulfilmentKind === 'PIN_PURCHASE'),
      'a top-up cannot lie in a vault',
    );
  });
});

describe('the trace', () => {
  it('covers a day, every segment, every scenario and every step of substitution but none that is unknown', () => {
    assert(Math.max(...market.orders.map((it) => it.atMs)) - Math.min(...market.orders.map((it) => it.atMs)) > 23 * 3_600_000);
    assert.deepEqual(new Set(market.orders.map((it) => it.buyer.segment)), new Set(['retail', 'enterprise']));
    assert.equal(new Set(market.orders.map((it) => it.scenario)).size, 6);
    assert.deepEqual(
      new Set(linesOf(market).map((it) => it.policy.upTo)),
      new Set(['none', 'other-supplier', 'repack', 'same-category', 'cross-category']),
    );
    assert.deepEqual(new Set(linesOf(market).map((it) => it.policy.consent)), new Set(['pre-approved', 'ask']));
    assert.equal(new Set(market.orders.map((it) => it.reference)).size, market.orders.length);
  });

  it('names an account for every top-up, and for nothing else', () => {
    const bodies = market.orders.flatMap((it) => orderBodyOf(it, { now: 0, clientReference: it.reference }).lines);
    assert.equal(bodies.length, linesOf(market).length);
    linesOf(market).forEach(({ skus }, index) => {
      const isTopUp = skus.some((it) => productOf(it).fulfilmentKind === 'VALUE_RECHARGE');
      assert.equal(bodies[index]?.recipient !== undefined, isTopUp, skus.join());
    });
    assert(bodies.filter((it) => it.recipient?.startsWith('138')).length > 100);
  });

  it('asks for nothing that nobody sells in the region of the buyer', () => {
    const lost = market.orders.filter(({ buyer, lines }) =>
      lines.some(
        ({ skus }) =>
          !market.offers.some((it) => skus.includes(it.sku) && coversRegion(it.regions, buyer.region)) ||
          !skus.some((sku) => coversRegion(productOf(sku).regions, buyer.region)),
      ),
    );
    assert.deepEqual(lost, []);
  });

  for (const [name, it_] of Object.entries({ full: market, small })) {
    it(`keeps at least 500 lines waiting for a minute and more at three suppliers when it is replayed in a minute (${name})`, () => {
      const waiting = queueOf(it_, it_.orders, 60_000).filter(({ waitMs }) => waitMs >= 60_000);
      assert(waiting.length >= 500, `${waiting.length} lines wait`);
      assert.deepEqual(new Set(waiting.map(({ supplierId }) => supplierId)), new Set(['jiangnan-games', 'skyline-rights', 'swift-line']));
    });
  }
});

describe('the video membership', () => {
  const video = productOf('video-vip-month');
  const music = productOf('music-vip-month');

  it('costs what the music membership costs', () => assert.deepEqual([video.priceMinor, music.priceMinor], [2500, 2500]));

  it('is bought from suppliers only, which can run dry by their own report', () => assert.equal(offersOf(video.sku).some(isVault), false));

  it('has the music membership as its best substitute, with stock for every line that asks for it', () => {
    const best = (sku: string): Offer => offersOf(sku).toSorted((a, b) => firstCost(a) - firstCost(b))[0] ?? assert.fail(sku);
    const band = market.products.filter(
      (it) => it.category === video.category && it.sku !== video.sku && it.priceMinor <= 2500 && it.priceMinor >= 1250,
    );
    const gain = (it: Product): number => it.priceMinor - firstCost(best(it.sku));
    for (const other of band.filter((it) => it.sku !== music.sku)) {
      assert(gain(music) > gain(other), `music earns more than ${other.sku}`);
      // also where selection takes a share of the substitute's own price off it (0.3, at a fill rate of 0.87)
      assert(
        gain(music) * 0.87 - music.priceMinor * 0.3 > gain(other) * 0.87 - other.priceMinor * 0.3,
        `music is worth more than ${other.sku}`,
      );
    }
    const units = linesOf(market)
      .filter((it) => it.policy.upTo === 'same-category' && it.skus.includes(video.sku))
      .reduce((sum, it) => sum + it.quantity, 0);
    assert(best(music.sku).stock > units, `${best(music.sku).stock} codes for ${units} units`);
  });
});

describe('the small market', () => {
  it('is the twenty core products with all that belongs to them', () => {
    assert.equal(small.products.length, SMALL_PRODUCTS_MAX);
    const skus = new Set(small.products.map((it) => it.sku));
    assert(small.offers.every((it) => skus.has(it.sku)));
    assert(small.suppliers.every(({ supplierId }) => small.offers.some((it) => it.supplierId === supplierId)));
    assert(linesOf(small).every((it) => it.skus.some((sku) => skus.has(sku))));
    assert(skus.has('video-vip-month') && skus.has('music-vip-month'));
  });
});
