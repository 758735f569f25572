import type { Fact } from '@midstream/contracts';

export type CostTiers = Fact<'OfferState'>['costTiers'];

/** What an offer promises, as it was put. */
export interface OfferTerms {
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly kind: 'vault' | 'http';
  readonly upstreamGroup: string;
  readonly fulfilmentKind: 'PIN_PURCHASE' | 'VALUE_RECHARGE';
  readonly currency: string;
  readonly costTiers: CostTiers;
  readonly regions: readonly string[];
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly capacityPerMinute: number;
  readonly leadTimeMs: number;
  readonly safetyStock: number;
  /** The hub's price of the product: a cost above it closes the offer. */
  readonly ceilingMinor: number;
  /** What must be left of a price after the cost, in ten-thousandths of it; absent: nothing. */
  readonly floorBp?: number;
  /** The product's price follows a rule: it is to be told what the offer costs. */
  readonly ruled?: true;
  /** What the supplier calls the product; absent: as we do. */
  readonly supplierSku?: string;
  /** Where the supplier quotes in a currency of its own: `costTiers` are these, at the rate. */
  readonly quoted?: Quoted;
  /** How often its feed promises to report; absent: it promises nothing, and is never stale. */
  readonly freshness?: 'instant' | 'bulk';
  readonly validFromAt?: number;
  readonly validUntilAt?: number;
  /** The way of delivery that it depends on. */
  readonly channel?: string;
  /** The face values that it sells; absent: the product's. */
  readonly denomination?: Denomination;
}

/** The supplier's own currency, and a rate. */
export interface QuotedRate {
  readonly currency: string;
  /** Major units of the product's currency for one of the supplier's. */
  readonly rate: number;
}

/** A cost in the supplier's own currency, and the rate that it was converted by. */
export interface Quoted extends QuotedRate {
  readonly costTiers: CostTiers;
  readonly rateAt: number;
}

/** Minor units of the product's currency. */
export type Denomination =
  | { readonly kind: 'FIXED'; readonly valuesMinor: readonly number[] }
  | { readonly kind: 'RANGE'; readonly minMinor: number; readonly maxMinor: number; readonly stepMinor: number };

/** What one unit of a currency is worth in others, and the offers that are quoted in it. */
export interface Rate {
  readonly base: string;
  readonly quotes: Readonly<Record<string, { readonly rate: number; readonly seenAt: number }>>;
  readonly offerIds: readonly string[];
}

/** What is put of an offer; the rest follows from its supplier and product. */
export type OfferedTerms = Omit<
  OfferTerms,
  'offerId' | 'supplierId' | 'sku' | 'kind' | 'upstreamGroup' | 'fulfilmentKind' | 'ceilingMinor' | 'quoted' | 'floorBp' | 'ruled'
>;

/** How a price is made of a cost. */
export type Markup = {
  /** Prices are multiples of it, in minor units (1). */
  readonly stepMinor?: number;
  /** To which multiple (`up`); below the cost it is `up`, whatever is said. */
  readonly rounding?: 'up' | 'nearest';
} & (
  | { readonly kind: 'fixed'; readonly amountMinor: number }
  /** In ten-thousandths of the cost. */
  | { readonly kind: 'percent'; readonly percentBp: number }
);

export type MarkupRule = Markup & {
  /** `*`: any that has no rule of its own. */
  readonly category: string;
  /** The merchants of this tier; absent: any that has no rule of its own. */
  readonly tier?: string;
  /** Absent: any. */
  readonly currency?: string;
};

/** All mark-up rules, and the products that follow them or once did. */
export interface MarkupRules {
  readonly version: number;
  readonly rules: readonly MarkupRule[];
  readonly skus: readonly string[];
}
