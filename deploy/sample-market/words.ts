import type { Fact, Need, Segment } from '@midstream/contracts';
import type { Static } from '@sinclair/typebox';
import type { PolicyShape, RuleShape, SupplierShape } from './shapes';

/** `full`: everything; `small`: the quick start's twenty products. */
export type Profile = 'full' | 'small';

export type Supplier = Static<typeof SupplierShape>;
export type Rule = Static<typeof RuleShape>;
/** What a line allows when its goods are lost, in durations: the trace is replayed on any day. */
export type Policy = Static<typeof PolicyShape>;

export interface Product extends Omit<Fact<'ProductState'>, 'type' | 'version' | 'listed'> {
  /** Belongs to the small profile. */
  readonly core: boolean;
}

export interface Offer extends Pick<
  Fact<'OfferState'>,
  'supplierId' | 'sku' | 'costTiers' | 'currency' | 'regions' | 'minQuantity' | 'maxQuantity' | 'capacityPerMinute' | 'leadTimeMs'
> {
  readonly safetyStock: number;
  /** Units that the supplier reports at first; of a vault: codes that are imported. */
  readonly stock: number;
}

export interface Buyer {
  readonly reference: string;
  readonly region: string;
  readonly segment: Segment;
  readonly tier: string;
}

export interface TraceLine {
  readonly lineId: string;
  readonly need: Need;
  /** The products that the need means. */
  readonly skus: readonly string[];
  readonly quantity: number;
  readonly maxUnitPriceMinor: number;
  readonly currency: string;
  /** Of a top-up: the account that it goes to. */
  readonly recipient?: string;
  readonly policy: Policy;
}

export interface TraceOrder {
  /** Unique in the trace: `185107-lin-wei`. */
  readonly reference: string;
  /** Milliseconds after midnight. */
  readonly atMs: number;
  readonly buyer: Buyer;
  readonly scenario: string;
  readonly lines: readonly TraceLine[];
}

export interface Market {
  readonly suppliers: readonly Supplier[];
  readonly products: readonly Product[];
  readonly offers: readonly Offer[];
  readonly rules: readonly Rule[];
  readonly buyers: readonly Buyer[];
  /** The trace of a day, in its order. */
  readonly orders: readonly TraceOrder[];
}
