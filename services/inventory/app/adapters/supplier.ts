import type { RecordOutcome } from '@midstream/inventory-domain';

/** A purchase, as an adapter needs to know it. */
export interface Wanted {
  readonly purchaseId: string;
  readonly holdId: string;
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  /** What the offer says that a unit costs. */
  readonly unitCostMinor: number;
  readonly currency: string;
  /** Of a top-up: the account that units go to; no code comes. */
  readonly recipient?: string;
  readonly traceparent?: string;
}

/** What came of it, as far as it is known. */
export type Answer = Pick<RecordOutcome, 'units' | 'rest' | 'unitCostMinor'>;

/** Nobody knows what came of it: neither of a purchase that failed nor of one that was made. */
export class Unanswered extends Error {}

/** Whoever units can be bought from: the vault, and suppliers over HTTP. */
export interface Seller {
  /** Buys, once for ever under the purchase's id. @throws Unanswered where the outcome is not known. */
  buy(wanted: Wanted, signal: AbortSignal): Promise<Answer>;
  /** Asks what came of it, and buys nothing. @throws Unanswered where that is still not known. */
  ask(wanted: Wanted, signal: AbortSignal): Promise<Answer>;
}
