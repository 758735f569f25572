import type { Denomination } from '@midstream/inventory-domain';
import { offerIdOf } from '@midstream/kernel';
import type { Random } from './random';

export interface Good {
  readonly sku: string;
  readonly category: string;
  readonly kind: 'PIN_PURCHASE' | 'VALUE_RECHARGE';
  readonly priceMinor: number;
  readonly faceValueMinor: number;
  readonly regions: readonly string[];
  readonly attributes?: Readonly<Record<string, string>>;
  /** What must be left of its price after the cost, in ten-thousandths; absent: nothing. */
  readonly floorBp?: number;
}

export interface Supply {
  readonly offerId: string;
  readonly supplierId: string;
  readonly good: Good;
  readonly isVault: boolean;
  readonly regions: readonly string[];
  readonly costTiers: readonly { readonly from: number; readonly costMinor: number }[];
  readonly stock: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly capacityPerMinute: number;
  readonly safetyStock: number;
  /** In which it quotes; absent: the hub's. */
  readonly currency?: string;
  /** It has promised to report. */
  readonly freshness?: 'instant';
  /** The way of delivery that it goes by. */
  readonly channel?: string;
  /** The face values that it is sold in; absent: the good's. */
  readonly denomination?: Denomination;
}

export interface Trader {
  readonly merchantId: string;
  readonly depositMinor: number;
  readonly endpoints: readonly { readonly endpointId: string; readonly types: readonly string[] }[];
}

export interface Market {
  readonly goods: readonly Good[];
  readonly supplies: readonly Supply[];
  readonly suppliers: readonly { readonly supplierId: string; readonly kind: 'http' | 'vault' }[];
  readonly traders: readonly Trader[];
  /** Comes later, if at all. */
  readonly latecomer: Supply;
}

/** What kind of world it is: most are plain, some are made for what is rare elsewhere. */
export const CLIMATES = [
  'plain',
  'choosy', // little of everything: lines are split over substitutes, and buyers are asked
  'grim', // most suppliers fail, one after the other
  'storm', // thousands of units on one offer that runs dry
  'crowd', // more lines on one offer than a drain takes at once
] as const;
export type Climate = (typeof CLIMATES)[number];

export const CURRENCY = 'CNY';
export const REGIONS = ['CN-31', 'CN-11', 'US'] as const;
/** Who a supplier is, no merchant ever sees: so it has a name that can be looked for. */
const SUPPLIERS = ['zx-north', 'zx-south', 'zx-east'] as const;
const VAULT = 'zx-vault';

const GOODS: readonly Good[] = [
  good('video-vip', 'video', 2500),
  good('video-plus', 'video', 2400),
  good('video-lite', 'video', 1500),
  good('music-vip', 'music', 2300),
  { ...good('game-100', 'game', 9800), faceValueMinor: 10_000 },
  { ...good('game-cn', 'game', 9700), faceValueMinor: 10_000, regions: ['CN'] },
  { ...good('mobile-50', 'mobile', 4900), kind: 'VALUE_RECHARGE' },
];

/** What everybody wants in a rush; and what is new. */
export const RUSHED = good('rush-hour', 'rush', 1_000);
const LATE: Good = { ...good('game-new', 'game', 9_600), faceValueMinor: 10_000 };

function good(sku: string, category: string, priceMinor: number): Good {
  return { sku, category, kind: 'PIN_PURCHASE', priceMinor, faceValueMinor: priceMinor, regions: ['*'] };
}

/** A small market, another one for every seed: a few goods of a few categories, scarce at some suppliers, and merchants that buy. */
export function marketOf(random: Random, climate: Climate): Market {
  // Some goods are scarce everywhere: their lines live on substitutes.
  const scarce = new Set(GOODS.filter(() => random.chance(0.25)).map((it) => it.sku));
  const stocksOf = (sku: string): readonly number[] =>
    climate === 'choosy' ? [0, 1, 2, 3] : scarce.has(sku) ? [0, 0, 2, 5] : climate === 'grim' ? [40, 200] : [0, 8, 20, 60, 200];
  const supplies = GOODS.flatMap((it) => suppliesOf(it, stocksOf(it.sku), random));
  if (climate === 'storm' || climate === 'crowd') supplies.push(rushed(random));
  return {
    goods: [...GOODS, RUSHED, LATE],
    supplies,
    latecomer: supplyOf(LATE, SUPPLIERS[1], [20, 60], random),
    suppliers: [...SUPPLIERS.map((supplierId) => ({ supplierId, kind: 'http' as const })), { supplierId: VAULT, kind: 'vault' }],
    traders: [
      { merchantId: 'm1', depositMinor: 50_000_000, endpoints: [] },
      { merchantId: 'm2', depositMinor: 20_000_000, endpoints: [{ endpointId: 'w1', types: ['*'] }] },
      { merchantId: 'm3', depositMinor: random.pick([500_000, 2_000_000]), endpoints: [] },
    ],
  };
}

/** The one offer that everybody wants. */
const rushed = (random: Random): Supply => ({
  ...supplyOf(RUSHED, SUPPLIERS[0], [60_000], random),
  regions: ['*'],
  minQuantity: 1,
  maxQuantity: 10_000,
  capacityPerMinute: 20,
  safetyStock: 0,
});

export function suppliesOf(it: Good, stocks: readonly number[], random: Random): Supply[] {
  const http = SUPPLIERS.filter(() => random.chance(0.8));
  const vault = it.kind === 'PIN_PURCHASE' && random.chance(0.35) ? [VAULT] : [];
  const of = [...(http.length === 0 ? [SUPPLIERS[0]] : http), ...vault];
  return of.map((supplierId) => supplyOf(it, supplierId, stocks, random));
}

function supplyOf(it: Good, supplierId: string, stocks: readonly number[], random: Random): Supply {
  const cost = Math.round(it.priceMinor * (0.8 + random.next() * 0.15));
  const costTiers = random.chance(0.2)
    ? [
        { from: 1, costMinor: cost },
        { from: 5, costMinor: cost - 50 },
      ]
    : [{ from: 1, costMinor: cost }];
  return {
    offerId: offerIdOf(supplierId, it.sku),
    supplierId,
    good: it,
    isVault: supplierId === VAULT,
    costTiers,
    regions: random.pick([['*'], ['*'], ['*'], ['CN'], ['CN-31', 'US']]),
    stock: random.pick(stocks),
    minQuantity: random.chance(0.1) ? 2 : 1,
    maxQuantity: random.pick([4, 100, 1000]),
    capacityPerMinute: random.pick([6, 12, 20, 60, 600]),
    safetyStock: random.chance(0.2) ? 1 : 0,
  };
}
