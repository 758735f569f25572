import type { OfferTerms, Purchase, PurchaseStatus } from './state';

/** Which purchase, and of which hold. */
export interface OfPurchase {
  readonly holdId: string;
  readonly purchaseId: string;
  readonly sku: string;
}

/** The intent: written before the call to the supplier, with all that the call needs. */
export interface PurchaseOpened extends OfPurchase {
  readonly type: 'PurchaseOpened';
  readonly offerId: string;
  readonly supplierId: string;
  readonly quantity: number;
  readonly maxCostMinor: number;
  readonly floorWaived?: true;
  readonly currency: string;
  readonly quoted?: Purchase['quoted'];
  readonly fulfilmentKind: OfferTerms['fulfilmentKind'];
  readonly deliverByAt: number;
  readonly at: number;
}

export interface PurchaseAsked extends OfPurchase {
  readonly type: 'PurchaseAsked';
  readonly supplierId: string;
  readonly quantity: number;
  readonly ask: number;
}

/** What one answer adds to the books of a purchase and of its offer. */
export interface PurchaseSettled {
  readonly type: 'PurchaseSettled';
  readonly purchaseId: string;
  readonly offerId: string;
  readonly status: PurchaseStatus;
  readonly done: readonly number[];
  readonly bought: number;
  readonly delivered: number;
  readonly kept: number;
  readonly quarantined: number;
  readonly writtenOff: number;
  readonly failed: number;
  /** Units that the supplier took from its stock for us by this answer. */
  readonly accepted: number;
  readonly costMinor: number;
  /** Why the rest of it never came. */
  readonly refusal?: Purchase['refusal'];
  readonly responseMs: number;
  /** Of these, what the supplier itself took, where that is known. */
  readonly answerMs?: number;
}
