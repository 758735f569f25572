import type { Timed } from '@midstream/kernel';
import type { HoldFirst } from './messages';

/** The one row of them. */
export const CAPS_ID = 'hub';

/** At most so many units at once for each merchant, or each of its buyers, of one offer, SKU or category. */
export interface Cap {
  readonly capId: string;
  readonly per: 'merchant' | 'buyer';
  readonly maxUnits: number;
  readonly offerId?: string;
  readonly sku?: string;
  readonly category?: string;
}

/** What an offer knows of the caps that count its holds. */
export type AppliedCap = Pick<Cap, 'capId' | 'per' | 'maxUnits'>;

export interface Caps {
  readonly version: number;
  readonly caps: readonly Cap[];
}

/** Open units of the holds that one cap counts for one merchant or buyer. */
export interface Usage {
  readonly usageId: string;
  readonly units: number;
}

/** All caps, whole. */
export interface PutCaps extends Timed {
  readonly type: 'PutCaps';
  readonly caps: readonly Omit<Cap, 'capId'>[];
}
/** Goes on with the offers after this one. */
export interface SpreadCaps extends Timed {
  readonly type: 'SpreadCaps';
  readonly after: string;
}
export interface ApplyCaps extends Timed {
  readonly type: 'ApplyCaps';
  readonly offerId: string;
}
/** Units of a counted hold have come to an end. */
export interface CountUse extends Timed {
  readonly type: 'CountUse';
  readonly holdId: string;
  readonly usageIds: readonly string[];
}
export type CapCommand = PutCaps | SpreadCaps | ApplyCaps | CountUse;

export type CapEvent =
  | { readonly type: 'CapsPut'; readonly version: number; readonly caps: readonly Cap[] }
  | { readonly type: 'CategoryChanged'; readonly sku: string; readonly offerIds: readonly string[] }
  | { readonly type: 'CapsDue'; readonly after?: string }
  | { readonly type: 'CapsApplied'; readonly offerId: string; readonly caps: readonly AppliedCap[] }
  /** Candidates are capped: the line is held once the counts are locked. */
  | ({ readonly type: 'CountsAsked'; readonly usageIds: readonly string[] } & Omit<HoldFirst, 'type' | 'at' | 'usageIds'>)
  /** So much of the hold is open now. */
  | { readonly type: 'UseCounted'; readonly holdId: string; readonly usageIds: readonly string[]; readonly units: number };
