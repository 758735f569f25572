import type { Good, Market, Supply } from './market';
import { type Random, randomOf } from './random';
import { PLACING_MS, type Timed } from './scenario';

/** Worlds in which supply has more to say: floors, another currency, promised reports, pace. What they draw, no other world draws. */
const SUPPLIED_EVERY = 11;
export const isSupplied = (seed: number): boolean => seed > SUPPLIED_EVERY && seed % SUPPLIED_EVERY === 4;

/** Who quotes in another currency than the hub sells in, and what one is worth at first; both have two digits. */
const ABROAD = 'zx-east';
export const FOREIGN = 'USD';
export const FIRST_RATE = 7;
/** The market is put up so long before the first order that what has promised reports grows stale in the middle of it. */
export const SUPPLIED_SETTLING_MS = 865_000;

const FLOORS = [0, 200, 500, 1_000] as const;

/** The same market, with floors under some margins, one supplier abroad, and some that promise to report. */
export function supplied(market: Market, seed: number): Market {
  const random = randomOf(seed, 'supply');
  const goods = new Map(market.goods.map((it) => [it.sku, { ...it, floorBp: random.pick(FLOORS) }]));
  const goodOf = (it: Good): Good => goods.get(it.sku) ?? it;
  const of = (it: Supply): Supply => ({ ...termsOf(it, random), good: goodOf(it.good) });
  return { ...market, goods: market.goods.map(goodOf), supplies: market.supplies.map(of), latecomer: of(market.latecomer) };
}

function termsOf(it: Supply, random: Random): Supply {
  const promises = !it.isVault && random.chance(0.4);
  const reports = promises ? { freshness: 'instant' as const } : {};
  if (it.supplierId !== ABROAD) return { ...it, ...reports };
  const costTiers = it.costTiers.map(({ from, costMinor }) => ({ from, costMinor: Math.floor(costMinor / FIRST_RATE) }));
  return { ...it, ...reports, currency: FOREIGN, costTiers };
}

/** What happens to supply while orders come. */
export function supplyDeeds(market: Market, seed: number): Timed[] {
  const random = randomOf(seed, 'supply deeds');
  const at = (): { readonly atMs: number; readonly busy: number } => ({
    atMs: random.whole(1_000, PLACING_MS),
    busy: random.whole(0, 1e6),
  });
  const { offerId } = random.pick(market.supplies.filter((it) => !it.isVault));
  const { sku } = random.pick(market.goods);
  const times = (n: number, make: () => Timed): Timed[] => Array.from({ length: n }, make);
  return [
    ...times(3, () => ({ kind: 'floor', sku, floorBp: random.pick([...FLOORS, 1_500, 3_000]), ...at() })),
    ...times(3, () => ({ kind: 'rate', rate: random.pick([6.4, 7, 7.35, 8.2]), lateMs: random.pick([0, 0, 30_000]), atMs: at().atMs })),
    ...times(5, () => ({
      kind: 'pace',
      offerId,
      ...at(),
      ...(random.chance(0.6) && { capacityPerMinute: random.pick([1, 2, 6, 60]) }),
      ...(random.chance(0.5) && { leadTimeMs: random.pick([1_000, 20_000, 400_000]) }),
    })),
  ];
}

/** Lines of the merchant that may do without the margin. */
export function waiving(deeds: readonly Timed[], seed: number): Timed[] {
  const random = randomOf(seed, 'waivers');
  return deeds.map((it) => {
    if (it.kind !== 'place' || it.order.merchantId !== WAIVES) return it;
    const lines = it.order.lines.map((line) => (random.chance(0.3) ? { ...line, waiveMarginFloor: true } : line));
    return { ...it, order: { ...it.order, lines } };
  });
}

/** The one merchant that may do without the margin floor. */
export const WAIVES = 'm1';
