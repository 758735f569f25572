import { CURRENCY, type Good, type Market, REGIONS, suppliesOf } from './market';
import { type Random, randomOf } from './random';
import { type LineWish, PLACING_MS, type Timed } from './scenario';
import { isFed } from './fed';
import { isSupplied } from './supply';

/** Worlds in which brands sell their cards in packs, and lines let them stand in for each other. What they draw, no other world draws. */
const PACKED_EVERY = 13;
export const isPacked = (seed: number): boolean => seed % PACKED_EVERY === 4 && !isSupplied(seed) && !isFed(seed);

const card = (sku: string, face: number, priceMinor: number, attributes: Readonly<Record<string, string>>): Good => ({
  sku,
  category: 'card',
  kind: 'PIN_PURCHASE',
  priceMinor,
  faceValueMinor: face * 100,
  regions: ['*'],
  attributes,
});
const DRAGON = { game: 'dragon', gameRegion: 'CN' } as const;
const TEL = { brand: 'tel' } as const;
const topUp = (it: Good): Good => ({ ...it, category: 'credit', kind: 'VALUE_RECHARGE' });

/** What is scarce, and what stands in for it; and what looks like it: another game, another make, what comes to less, what is dearer. */
const WHOLE: readonly Good[] = [card('dragon-100', 100, 9_800, DRAGON), topUp(card('mobile-tel-100', 100, 9_900, TEL))];
const PACKS: readonly Good[] = [
  card('dragon-50', 50, 4_850, DRAGON),
  card('dragon-20', 20, 1_950, DRAGON),
  card('dragon-40', 40, 3_000, DRAGON),
  card('dragon-25', 25, 2_500, DRAGON),
  card('tiger-50', 50, 3_000, { ...DRAGON, game: 'tiger' }),
  card('dragon-gift', 50, 3_000, { ...DRAGON, edition: 'gift' }),
  card('dragon-plus', 100, 9_000, { ...DRAGON, edition: 'plus' }),
  topUp(card('mobile-tel-50', 50, 4_950, TEL)),
];

/** The same market, and packs beside it. */
export function packed(market: Market, seed: number): Market {
  const random = randomOf(seed, 'packs');
  const supplies = [
    ...WHOLE.flatMap((it) => suppliesOf(it, [0, 1, 2, 6], random)),
    ...PACKS.flatMap((it) => suppliesOf(it, [0, 5, 40, 200], random)),
  ];
  const [goods, last] = [market.goods.slice(0, -2), market.goods.slice(-2)];
  return { ...market, goods: [...goods, ...WHOLE, ...PACKS, ...last], supplies: [...market.supplies, ...supplies] };
}

const ORDERS = 16;

/** Orders of what is scarce; its offers, and those of its packs, run dry, dearer and out of favour meanwhile. */
export function packDeeds(seed: number, { supplies }: Market, startAt: number): Timed[] {
  if (!isPacked(seed)) return [];
  const random = randomOf(seed, 'pack deeds');
  const of = supplies.filter((it) => [...WHOLE, ...PACKS].some(({ sku }) => sku === it.good.sku));
  const offers = of.map((it) => it.offerId);
  const bought = of.filter((it) => !it.isVault).map((it) => it.offerId);
  const at = (): number => random.whole(1_000, PLACING_MS);
  const times = (n: number, make: (n: number) => Timed): Timed[] => Array.from({ length: n }, (_, index) => make(index));
  return [
    ...times(ORDERS, (n) => {
      const atMs = random.whole(0, PLACING_MS);
      const lines = Array.from({ length: random.pick([1, 2, 3]) }, (_, index) => lineOf(random, `${index + 1}`, startAt + atMs));
      const order = { orderId: `pack${n}`, merchantId: random.pick(['m1', 'm2', 'm3']), region: random.pick(REGIONS), lines };
      return { kind: 'place', again: 'no', atMs, order };
    }),
    ...times(3, () => ({ kind: 'cancel', orderId: `pack${random.whole(0, ORDERS - 1)}`, twice: false, foreign: false, atMs: at() })),
    ...times(8, () => {
      const quantity = random.pick([0, 0, 1, 4, 30]);
      return { kind: 'report', offerId: random.pick(offers), busy: random.whole(0, 1e6), quantity, how: 'push', atMs: at() };
    }),
    ...times(4, () => ({ kind: 'restock', offerId: random.pick(bought), quantity: random.whole(1, 40), atMs: at() })),
    ...times(3, () => ({ kind: 'reprice', sku: random.pick(PACKS).sku, factor: random.pick([0.97, 1.02, 1.04]), atMs: at() })),
    ...[0, 1, 2, 3].flatMap((n) => bans(random, `pack${n}`, at())),
  ];
}

/** A pack may not be sold for a while, and selection hears of it late: it goes on proposing what compliance must strike out. */
function bans(random: Random, ruleId: string, atMs: number): Timed[] {
  const match = { sku: random.pick(PACKS.slice(0, 2)).sku };
  const effect = random.pick(['banned', 'high-risk'] as const);
  const ms = random.pick([0, 20_000]);
  return [
    { kind: 'slow', service: 'selection-engine', topic: 'compliance.by-sku', ms, atMs },
    { kind: 'rule', ruleId, effect, match, regions: random.pick([['*'], ['CN']]), forMs: random.whole(41_000, 120_000), atMs },
  ];
}

function lineOf(random: Random, lineId: string, placedAt: number): LineWish {
  const good = random.pick(WHOLE);
  const deliverByAt = placedAt + random.pick([45_000, 90_000, 600_000, 86_000_000]);
  return {
    lineId,
    currency: CURRENCY,
    deliverByAt,
    need: { sku: good.sku },
    quantity: random.pick([1, 1, 2, 3, 6]),
    maxUnitPriceMinor: good.priceMinor + random.pick([-61, 0, 1, 7, 300]),
    ...(good.kind === 'VALUE_RECHARGE' && { recipient: `acc-${random.whole(1, 1e6)}` }),
    substitution: {
      upTo: random.pick(['repack', 'repack', 'repack', 'same-category', 'cross-category', 'other-supplier', 'none'] as const),
      consent: random.pick(['pre-approved', 'ask'] as const),
      consentDefault: random.pick(['refund', 'accept'] as const),
      consentMs: random.pick([5_000, 30_000, 900_000]),
      ...(random.chance(0.2) && { waitUntilAt: placedAt + random.whole(20_000, 120_000) }),
    },
  };
}
