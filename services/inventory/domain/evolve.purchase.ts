import { assertNever } from '@midstream/kernel';
import { UNITS_MAX } from './limits';
import type { InventoryEvent, PurchaseOpened, PurchaseSettled } from './messages';
import { offerOfHold, settleOnHand, withHold, withOffer, withPurchase } from './rows';
import { timed } from './slowness';
import { type Offer, openOf, type Purchase, rowOf, type Rows } from './state';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** How a purchase comes to be, is asked for, and ends. */
export function evolvePurchase(
  rows: Rows,
  event: EventOf<'PurchasePlanned' | 'PurchaseOpened' | 'PurchaseSettled' | 'AskPlanned' | 'QuarantineEnded'>,
): Rows {
  switch (event.type) {
    case 'PurchasePlanned': {
      const after = withOffer(rows, event.offerId, (offer) => ({ ...offer, plannedUntil: event.startAt + pauseOf(offer, event.quantity) }));
      return event.again ? after : withHold(after, event.holdId, (hold) => ({ ...hold, purchases: hold.purchases + 1 }));
    }
    case 'PurchaseOpened':
      return opened(rows, event);
    case 'PurchaseSettled':
      return settled(rows, event);
    case 'AskPlanned':
      return askPlanned(rows, event);
    case 'QuarantineEnded':
      return withPurchase(rows, event.purchaseId, (purchase) => ({
        ...purchase,
        quarantined: purchase.quarantined - event.units,
        kept: purchase.kept + event.units,
      }));
    default:
      return assertNever(event);
  }
}

/** The first question about a purchase is the end of its submission: no answer has come. */
function askPlanned(rows: Rows, { purchaseId, holdId, ask, ours }: EventOf<'AskPlanned'>): Rows {
  const asked = withPurchase(rows, purchaseId, (purchase) => ({
    ...purchase,
    asks: ask,
    status: purchase.status === 'submitting' ? 'unknown' : purchase.status,
  }));
  if (rowOf(rows.purchases, purchaseId).status !== 'submitting') return asked;
  return withOffer(asked, offerOfHold(holdId), (offer) => ({ ...offer, silent: offer.silent + (ours ? 0 : 1) }));
}

/** How long a purchase of this size uses up the offer's capacity. */
export const pauseOf = (offer: Offer, quantity: number): number => Math.ceil((quantity * 60_000) / offer.capacityPerMinute);

function opened(rows: Rows, { type: _, at, fulfilmentKind: __, ...intent }: PurchaseOpened): Rows {
  const purchase: Purchase = {
    status: 'submitting',
    submittedAt: at,
    asks: 0,
    done: [],
    bought: 0,
    delivered: 0,
    kept: 0,
    quarantined: 0,
    writtenOff: 0,
    failed: 0,
    costMinor: 0,
    ...intent,
  };
  const after = withOffer(rows, intent.offerId, (offer) => ({
    ...offer,
    spentUntil: Math.max(at, offer.spentUntil) + pauseOf(offer, intent.quantity),
  }));
  return { ...after, purchases: { ...after.purchases, [intent.purchaseId]: purchase } };
}

function settled(rows: Rows, event: PurchaseSettled): Rows {
  const known = rowOf(rows.purchases, event.purchaseId);
  const purchase: Purchase = {
    ...known,
    status: event.status,
    done: [...known.done, ...event.done],
    bought: known.bought + event.bought,
    delivered: known.delivered + event.delivered,
    kept: known.kept + event.kept,
    quarantined: known.quarantined + event.quarantined,
    writtenOff: known.writtenOff + event.writtenOff,
    failed: known.failed + event.failed,
    costMinor: known.costMinor + event.costMinor,
    ...(event.refusal !== undefined && { refusal: event.refusal }),
  };
  const isDelivered = event.bought > 0 && event.responseMs > 0;
  const after = withOffer(rows, event.offerId, (offer) =>
    settleOnHand({
      ...(isDelivered ? timed(offer, event.answerMs ?? event.responseMs) : offer),
      accepted: offer.accepted + event.accepted,
      silent: 0,
      outcomes: counted(offer.outcomes, purchase, event.responseMs),
    }),
  );
  return {
    ...after,
    purchases: { ...after.purchases, [purchase.purchaseId]: openOf(purchase) === 0 ? { ...purchase, done: [] } : purchase },
  };
}

/**
 * A purchase that has ended is one trial, whatever its quantity: good if half of its units came. That the supplier had none left, or the hub
 * no money there, says nothing of how it delivers.
 */
function counted(outcomes: Offer['outcomes'], purchase: Purchase, responseMs: number): Offer['outcomes'] {
  if (openOf(purchase) > 0 || purchase.status === 'written-off') return outcomes;
  const isGood = purchase.bought * 2 >= purchase.quantity;
  if (!isGood && (purchase.refusal === 'out-of-stock' || purchase.refusal === 'no-balance')) return outcomes;
  const { fulfilled, failed, responseMsSum } = outcomes;
  return {
    fulfilled: Math.min(UNITS_MAX, fulfilled + (isGood ? 1 : 0)),
    failed: Math.min(UNITS_MAX, failed + (isGood ? 0 : 1)),
    responseMsSum: responseMsSum + responseMs,
  };
}
