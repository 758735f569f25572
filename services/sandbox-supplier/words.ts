/** What the sandbox does on command. All but `ok` are things that real suppliers do on a bad day. */
export const OUTCOMES = [
  'ok',
  'slow',
  'accepted',
  'refuse',
  'out-of-stock',
  'partial',
  'timeout-after-effect',
  'timeout-without-effect',
  'duplicate-answer',
  'broken-answer',
  'invalid-code',
  'repeated-code',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How long an answer waits where the script names no time of its own; `slow` and `accepted` are nothing without one. */
export const DELAY_MS: Readonly<Partial<Record<Outcome, number>>> = { slow: 3000, accepted: 1000 };

export const QUANTITY_MAX = 1000;
export const DELAY_MS_MAX = 600_000;
export const STOCK_MAX = 1_000_000;
/** Older lines are dropped: the log is for people and tests that look at once. */
export const LOG_MAX = 10_000;
export const PAGE_MAX = 1000;

export interface CostTier {
  readonly from: number;
  readonly costMinor: number;
}

export const KINDS = ['code', 'top-up'] as const;
export type Kind = (typeof KINDS)[number];

/** One good of one supplier, with the script by which it is sold. */
export interface Good {
  readonly kind: Kind;
  readonly stock: number;
  readonly costTiers: readonly CostTier[];
  readonly currency: string;
  readonly outcome: Outcome;
  /** Purchases that the outcome still lasts for; then `ok` again. Absent: for ever. */
  readonly times?: number;
  readonly delayMs?: number;
  /** Shares of outcomes, drawn by the purchase's key: `{ refuse: 0.05 }`. Asked only while `outcome` is `ok`. */
  readonly mix?: Readonly<Partial<Record<Outcome, number>>>;
  /** Serial numbers given out. */
  readonly sold: number;
}

export type GoodSettings = Partial<Omit<Good, 'sold'>>;

export type Unit =
  { readonly kind: 'code'; readonly code: string; readonly serial: string } | { readonly kind: 'top-up'; readonly confirmation: string };

export interface Purchase {
  readonly sku: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  readonly currency: string;
  readonly reference: string;
  readonly recipient?: string;
  readonly faceValueMinor?: number;
  readonly faceValueCurrency?: string;
}

export interface Sold {
  readonly supplierOrderNo: string;
  readonly costMinor: number;
  readonly units: readonly Unit[];
  /** Until then it is told as `accepted`. */
  readonly readyAt: number;
}

/** A refusal of the protocol; `code` is what the buyer's program reads. */
export interface Refused {
  readonly code: string;
  readonly detail?: Readonly<Record<string, number | string>>;
}

/** What became of a key. It never changes: a repeated key answers the same. */
export interface Kept {
  readonly purchase: Purchase;
  readonly at: number;
  readonly sold?: Sold;
  readonly refused?: Refused;
}

/** What changes a supplier: written down before it is answered, and read again at the next start. */
export type Entry =
  | {
      readonly kind: 'supplier';
      readonly supplierId: string;
      readonly balanceMinor?: number;
      readonly currency?: string;
      readonly token?: string;
    }
  | { readonly kind: 'good'; readonly supplierId: string; readonly sku: string; readonly settings: GoodSettings }
  | { readonly kind: 'purchase'; readonly supplierId: string; readonly key: string; readonly kept: Kept }
  | { readonly kind: 'ignored'; readonly supplierId: string; readonly sku: string }
  | { readonly kind: 'closed'; readonly supplierId: string; readonly key: string };

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}
