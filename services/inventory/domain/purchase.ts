import { type Decision, reject } from '@midstream/kernel';
import { lossOf } from './drain';
import { arm, draftOf, type Draft, lose, move, ofHold, tellState, withClosure } from './draft';
import { ASK_AFTER_MS, ASKS_MAX, PACE_BURST_MS, PURCHASE_UNITS_MAX, REST_MS, SILENT_MAX } from './limits';
import type { AskPurchase, InventoryCode, InventoryEvent, MarkUnknown, NoteSilence, SubmitPurchase, WriteOff } from './messages';
import { type Hold, maxCostOf, openOf, type Purchase, type Rows, rowOf } from './state';
import { armIfShort } from './supply';
import { waitForBalance } from './wait';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** Purchases of a bounded size, one after the other as the offer's capacity allows. */
export function planPurchases(draft: Draft, { holdId, offerId, sku }: Hold, units: number, at: number): void {
  let left = units;
  while (left > 0) {
    const offer = rowOf(draft.rows.offers, offerId);
    const quantity = Math.min(left, PURCHASE_UNITS_MAX, offer.capacityPerMinute);
    const purchaseId = `${holdId}/${rowOf(draft.rows.holds, holdId).purchases + 1}`;
    draft.emit({
      type: 'PurchasePlanned',
      holdId,
      purchaseId,
      sku,
      offerId,
      quantity,
      startAt: Math.max(at, offer.plannedUntil),
      again: false,
    });
    left -= quantity;
  }
}

/** The last look before money moves: what is banned, closed, too dear or sold out by now is lost, not bought. */
export function submitPurchase({ purchaseId, holdId, sku, quantity, at }: SubmitPurchase, rows: Rows): Decided {
  const hold = rows.holds[holdId];
  if (rows.purchases[purchaseId] !== undefined || hold === undefined || hold.queued === 0) return [];
  const offer = rowOf(rows.offers, hold.offerId);
  const draft = draftOf(rows);
  const reason = lossOf(offer, rows.verdicts[sku], hold, at);
  // Where an operator has stopped the drain, only a ban still takes units away.
  if (reason !== undefined && (reason === 'banned' || !rows.drains[offer.offerId]?.stopped)) {
    lose(draft, hold, [['queued', hold.queued]], reason);
    tellState(draft, offer.offerId);
    return draft.events;
  }
  const wanting = Math.min(quantity, hold.queued - (hold.waiting ?? 0));
  if (offer.unpaid) {
    if (wanting > 0) waitForBalance(draft, hold, wanting, at);
    return draft.events;
  }
  if (offer.spentUntil - at > PACE_BURST_MS) {
    const startAt = Math.max(offer.spentUntil - PACE_BURST_MS, offer.plannedUntil);
    return [{ type: 'PurchasePlanned', holdId, purchaseId, sku, offerId: offer.offerId, quantity, startAt, again: true }];
  }
  const units = Math.min(quantity, hold.queued);
  const { offerId, supplierId, priceMinor, currency, deliverByAt, floorWaived } = hold;
  const maxCostMinor = maxCostOf(offer, priceMinor, floorWaived);
  const { fulfilmentKind, quoted } = offer;
  move(draft, hold, 'queued', 'submitting', units);
  draft.emit({
    type: 'PurchaseOpened',
    purchaseId,
    holdId,
    offerId,
    supplierId,
    sku,
    quantity: units,
    maxCostMinor,
    currency,
    ...(quoted && { quoted: { currency: quoted.currency, rate: quoted.rate } }),
    fulfilmentKind,
    deliverByAt,
    at,
    ...(floorWaived && { floorWaived }),
  });
  draft.emit({ type: 'PurchaseSubmitted', ...ofHold(draft, holdId), purchaseId, quantity: units });
  return draft.events;
}

/** No answer came: the outcome is asked for, never bought again (protocol 10). */
export function markUnknown({ purchaseId, holdId, sku, ours, at }: MarkUnknown, rows: Rows): Decided {
  const purchase = rows.purchases[purchaseId];
  if (purchase?.status !== 'submitting') return [];
  const draft = draftOf(rows);
  const quantity = openOf(purchase);
  draft.emit({ type: 'AskPlanned', purchaseId, holdId, sku, ask: 1, askAt: at + ASK_AFTER_MS.first, ...(ours && { ours }) });
  move(draft, rowOf(rows.holds, holdId), 'submitting', 'unknown', quantity);
  draft.emit({ type: 'PurchaseUnknown', ...ofHold(draft, holdId), purchaseId, quantity });
  const { silent, closures } = rowOf(draft.rows.offers, purchase.offerId);
  if (silent >= SILENT_MAX && !closures.some((it) => it.cause === 'too-slow')) rest(draft, purchase.offerId, 'too-slow', at);
  return draft.events;
}

/** A supplier that does not keep up is left in peace for a while; what waits for it goes elsewhere meanwhile (protocol 6). */
export function rest(draft: Draft, offerId: string, cause: 'too-slow' | 'capacity', at: number): void {
  const { closures } = rowOf(draft.rows.offers, offerId);
  draft.emit({ type: 'ClosuresSet', offerId, closures: withClosure(closures, { cause }), reopens: { cause, at: at + REST_MS } });
  arm(draft, offerId);
  tellState(draft, offerId);
}

export function askPurchase({ purchaseId, holdId, sku, ask }: AskPurchase, rows: Rows): Decided {
  const purchase = rows.purchases[purchaseId];
  if (purchase === undefined) return ask === undefined ? reject('unknown-purchase') : [];
  if (openOf(purchase) === 0) return ask === undefined ? reject('purchase-is-settled') : [];
  if (ask !== undefined && ask !== purchase.asks) return [];
  const { supplierId, quantity, asks } = purchase;
  return [{ type: 'PurchaseAsked', purchaseId, holdId, sku, supplierId, quantity, ask: asks }];
}

export function noteSilence({ purchaseId, at }: NoteSilence, rows: Rows): Decided {
  const purchase = rows.purchases[purchaseId];
  if (purchase === undefined || openOf(purchase) === 0) return [];
  return askLater(purchase, at);
}

/** Each question comes later than the one before; after the last only an operator asks. */
export function askLater({ purchaseId, holdId, sku, asks }: Purchase, at: number): InventoryEvent[] {
  if (asks >= ASKS_MAX) return [];
  const pauseMs = Math.min(ASK_AFTER_MS.max, ASK_AFTER_MS.first * 2 ** Math.min(asks, 20));
  return [{ type: 'AskPlanned', purchaseId, holdId, sku, ask: asks + 1, askAt: at + pauseMs }];
}

/** An operator gives up on the answer: the units are released to the buyer. What still comes of them is the hub's (protocol 8, 10). */
export function writeOff({ purchaseId, holdId, at }: WriteOff, rows: Rows): Decided {
  const purchase = rows.purchases[purchaseId];
  if (purchase === undefined) return reject('unknown-purchase');
  const { status, offerId } = purchase;
  if (status === 'submitting') return reject('purchase-not-unknown');
  if (status !== 'unknown' && status !== 'accepted') return reject('purchase-is-settled');
  const quantity = openOf(purchase);
  const draft = draftOf(rows);
  // In doubt the supplier has taken them from its stock; its next report heals it (protocol 9).
  const accepted = status === 'unknown' ? quantity : 0;
  const nothing = { done: [], bought: 0, delivered: 0, kept: 0, quarantined: 0, writtenOff: 0, failed: 0, costMinor: 0 };
  draft.emit({
    type: 'PurchaseSettled',
    purchaseId,
    offerId,
    status: 'written-off',
    ...nothing,
    accepted,
    responseMs: at - purchase.submittedAt,
  });
  move(draft, rowOf(rows.holds, holdId), status, 'released', quantity);
  draft.emit({ type: 'HoldReleased', ...ofHold(draft, holdId), quantity, reason: 'written-off' });
  armIfShort(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}
