import { offerIdOf } from '@midstream/kernel';
import type { Random } from './random';

export interface Good {
  readonly sku: string;
  readonly category: string;
  readonly kind: 'PIN_PURCHASE' | 'VALUE_RECHARGE';
  readonly priceMinor: number;
  readonly faceValueMinor: number;
  readonly regions: readonly string[];
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
}

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

function good(sku: string, category: string, priceMinor: number): Good {
  return { sku, category, kind: 'PIN_PURCHASE', priceMinor, faceValueMinor: priceMinor, regions: ['*'] };
}

/** A small market, another one for every seed: a few goods of a few categories, scarce at some suppliers, and merchants that buy. */
export function marketOf(random: Random): Market {
  const supplies = GOODS.flatMap((it) => suppliesOf(it, random));
  return {
    goods: GOODS,
    supplies,
    suppliers: [...SUPPLIERS.map((supplierId) => ({ supplierId, kind: 'http' as const })), { supplierId: VAULT, kind: 'vault' }],
    traders: [
      { merchantId: 'm1', depositMinor: 50_000_000, endpoints: [] },
      { merchantId: 'm2', depositMinor: 20_000_000, endpoints: [{ endpointId: 'w1', types: ['*'] }] },
      { merchantId: 'm3', depositMinor: random.pick([200_000, 900_000]), endpoints: [] },
    ],
  };
}

function suppliesOf(it: Good, random: Random): Supply[] {
  const http = SUPPLIERS.filter(() => random.chance(0.7));
  const vault = it.kind === 'PIN_PURCHASE' && random.chance(0.35) ? [VAULT] : [];
  const of = [...(http.length === 0 ? [SUPPLIERS[0]] : http), ...vault];
  return of.map((supplierId) => supplyOf(it, supplierId, random));
}

function supplyOf(it: Good, supplierId: string, random: Random): Supply {
  const cost = Math.round(it.priceMinor * (0.8 + random.next() * 0.19));
  const costTiers = random.chance(0.2)
    ? [
        { from: 1, costMinor: cost },
        { from: 5, costMinor: cost - 50 },
      ]
    : [{ from: 1, costMinor: cost }];
  return {
    ...{ offerId: offerIdOf(supplierId, it.sku), supplierId, good: it, isVault: supplierId === VAULT, costTiers },
    regions: random.pick([['*'], ['*'], ['CN'], ['CN-31', 'US']]),
    stock: random.pick([0, 3, 8, 20, 60, 200]),
    minQuantity: random.chance(0.1) ? 2 : 1,
    maxQuantity: random.pick([4, 100, 1000]),
    capacityPerMinute: random.pick([10, 60, 600, 6000]),
    safetyStock: random.chance(0.2) ? 1 : 0,
  };
}
