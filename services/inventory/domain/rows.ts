import { partsOfHoldId } from '@midstream/kernel';
import { type Hold, type Offer, type Purchase, rowOf, type Rows, supplyOf } from './state';

export const withOffer = (rows: Rows, offerId: string, change: (offer: Offer) => Offer): Rows => ({
  ...rows,
  offers: { ...rows.offers, [offerId]: change(rowOf(rows.offers, offerId)) },
});

export const withHold = (rows: Rows, holdId: string, change: (hold: Hold) => Hold): Rows => ({
  ...rows,
  holds: { ...rows.holds, [holdId]: change(rowOf(rows.holds, holdId)) },
});

export const withPurchase = (rows: Rows, purchaseId: string, change: (purchase: Purchase) => Purchase): Rows => ({
  ...rows,
  purchases: { ...rows.purchases, [purchaseId]: change(rowOf(rows.purchases, purchaseId)) },
});

/** What supply and holds leave on hand: lowered by what a drain takes, never below what is held or in flight. */
export const settleOnHand = (offer: Offer): Offer => ({ ...offer, onHand: Math.max(supplyOf(offer), offer.held + offer.inFlight) });

/** The offer of a hold, by the hold's id: a hold's command names its offer without a look at the hold. */
export const offerOfHold = (holdId: string): string => partsOfHoldId(holdId).offerId;
