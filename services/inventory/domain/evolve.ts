import type { Fact } from '@midstream/contracts';
import { assert, assertNever, attemptIdOf, partsOfHoldId } from '@midstream/kernel';
import type { InventoryEvent, PurchaseOpened, PurchaseSettled } from './messages';
import { STORM_PATIENCE_MS, UNITS_MAX } from './limits';
import {
  type Drain,
  type Hold,
  type Offer,
  type OfferTerms,
  openOf,
  type Product,
  type Purchase,
  type Rows,
  rowOf,
  type Stage,
  supplyOf,
  tallyOf,
} from './state';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** The only place where rows change. */
export function evolve(rows: Rows, event: InventoryEvent): Rows {
  switch (event.type) {
    case 'ProductState':
      return withProduct(rows, event);
    case 'SupplierPut':
      return { ...rows, suppliers: { ...rows.suppliers, [event.supplier.supplierId]: event.supplier } };
    case 'OfferPut':
      return withTerms(rows, event);
    case 'OfferState':
      return withOffer(rows, event.offerId, (offer) => ({ ...offer, version: event.version }));
    case 'StockReported':
      return withOffer(rows, event.offerId, (offer) => reported(offer, event));
    case 'VerdictNoted': {
      const { sku, version, verdicts } = event;
      return { ...rows, verdicts: { ...rows.verdicts, [sku]: { sku, version, verdicts } } };
    }
    case 'ClosuresSet':
      return withOffer(rows, event.offerId, (offer) => ({ ...offer, closures: event.closures, silent: 0 }));
    case 'OfferHeld':
      return held(rows, event);
    case 'NothingHeld':
      return withAttempt(rows, event, []);
    case 'HoldExtended':
      return withHold(rows, event.holdId, (hold) => ({ ...hold, expiresAt: event.expiresAt }));
    case 'ReleaseNoted':
      return withHold(rows, event.holdId, (hold) => ({ ...hold, releaseAsked: event.reason }));
    case 'UnitsMoved':
      return moved(rows, event);
    case 'PurchasePlanned':
    case 'PurchaseOpened':
    case 'PurchaseSettled':
    case 'AskPlanned':
    case 'QuarantineEnded':
      return evolvePurchase(rows, event);
    case 'PurchaseSubmitted':
    case 'PurchaseUnknown':
    case 'UnitsDelivered':
    case 'HoldLost':
    case 'HoldReleased':
      return told(rows, event);
    case 'DrainDue':
    case 'DrainEnded':
    case 'DrainStopped':
    case 'UnitsWentAway':
    case 'UnitsCameBack':
      return { ...rows, drains: { ...rows.drains, [event.offerId]: evolveDrain(drainOf(rows, event.offerId), event) } };
    case 'ProductRepriced':
    case 'PurchaseAsked':
    case 'CodesKept':
    case 'CodesQuarantined':
    case 'DrainPaused':
      return rows;
    default:
      return assertNever(event);
  }
}

const withOffer = (rows: Rows, offerId: string, change: (offer: Offer) => Offer): Rows => ({
  ...rows,
  offers: { ...rows.offers, [offerId]: change(rowOf(rows.offers, offerId)) },
});

const withHold = (rows: Rows, holdId: string, change: (hold: Hold) => Hold): Rows => ({
  ...rows,
  holds: { ...rows.holds, [holdId]: change(rowOf(rows.holds, holdId)) },
});

const withPurchase = (rows: Rows, purchaseId: string, change: (purchase: Purchase) => Purchase): Rows => ({
  ...rows,
  purchases: { ...rows.purchases, [purchaseId]: change(rowOf(rows.purchases, purchaseId)) },
});

function withProduct(rows: Rows, { type: _, ...state }: Fact<'ProductState'>): Rows {
  const product: Product = { ...state, offerIds: rows.products[state.sku]?.offerIds ?? [] };
  return { ...rows, products: { ...rows.products, [state.sku]: product } };
}

function withTerms(rows: Rows, { terms, at }: EventOf<'OfferPut'>): Rows {
  const known = rows.offers[terms.offerId];
  const product = rows.products[terms.sku];
  const offer = known === undefined ? newOffer(terms, at) : { ...known, ...terms };
  const offers = { ...rows.offers, [terms.offerId]: offer };
  if (known !== undefined || product === undefined) return { ...rows, offers };
  return { ...rows, offers, products: { ...rows.products, [terms.sku]: { ...product, offerIds: [...product.offerIds, terms.offerId] } } };
}

const newOffer = (terms: OfferTerms, at: number): Offer => ({
  ...terms,
  version: 0,
  reported: 0,
  sequence: -1,
  stockAsOf: at,
  accepted: 0,
  settled: 0,
  acceptedAtReport: 0,
  held: 0,
  inFlight: 0,
  queued: 0,
  onHand: 0,
  closures: [],
  outcomes: { fulfilled: 0, failed: 0, responseMsSum: 0 },
  silent: 0,
  plannedUntil: 0,
  spentUntil: 0,
});

/** What supply and holds leave on hand: lowered by what a drain takes, never below what is held or in flight. */
const settleOnHand = (offer: Offer): Offer => ({ ...offer, onHand: Math.max(supplyOf(offer), offer.held + offer.inFlight) });

function reported(offer: Offer, { reported, sequence, settled, at }: EventOf<'StockReported'>): Offer {
  return settleOnHand({ ...offer, reported, sequence, settled, acceptedAtReport: offer.accepted, stockAsOf: at });
}

function held(rows: Rows, event: Fact<'OfferHeld'>): Rows {
  const { request } = event;
  const holds: Record<string, Hold> = {};
  const offers: Record<string, Offer> = {};
  for (const { tally, offerId, supplierId, sku, priceMinor, currency, expiresAt } of event.holds) {
    holds[tally.holdId] = {
      ...{ holdId: tally.holdId, offerId, supplierId, sku, priceMinor, currency },
      ...{ orderId: event.orderId, merchantId: event.merchantId, lineId: event.lineId, region: request.region },
      ...{ deliverByAt: Date.parse(request.deliverBy), expiresAt: Date.parse(expiresAt) },
      ...{ version: tally.version, granted: tally.granted, purchases: 0 },
      ...{ held: tally.granted, queued: 0, submitting: 0, unknown: 0, accepted: 0, delivered: 0, lost: 0, released: 0 },
    };
    const offer = rowOf(rows.offers, offerId);
    offers[offerId] = { ...offer, held: offer.held + tally.granted };
  }
  const after = { ...rows, offers: { ...rows.offers, ...offers }, holds: { ...rows.holds, ...holds } };
  return withAttempt(after, event, Object.keys(holds));
}

function withAttempt(rows: Rows, event: Fact<'OfferHeld' | 'NothingHeld'>, holdIds: readonly string[]): Rows {
  const attemptId = attemptIdOf(event.orderId, event.lineId, event.attempt);
  return { ...rows, attempts: { ...rows.attempts, [attemptId]: { attemptId, holdIds, unheld: event.unheld } } };
}

const HELD: readonly Stage[] = ['held', 'queued'];
const IN_FLIGHT: readonly Stage[] = ['submitting', 'unknown'];

function moved(rows: Rows, { holdId, offerId, from, to, units }: EventOf<'UnitsMoved'>): Rows {
  const delta = (stages: readonly Stage[]): number => (stages.includes(to) ? units : 0) - (stages.includes(from) ? units : 0);
  const after = withOffer(rows, offerId, (offer) => {
    const queued = offer.queued + delta(['queued']);
    return settleOnHand({
      ...offer,
      held: offer.held + delta(HELD),
      inFlight: offer.inFlight + delta(IN_FLIGHT),
      queued,
      // With nothing left in the queue, the slots of what was struck from it are free again.
      plannedUntil: queued === 0 ? offer.spentUntil : offer.plannedUntil,
    });
  });
  return withHold(after, holdId, (hold) => ({ ...hold, [from]: hold[from] - units, [to]: hold[to] + units }));
}

/** A fact about a hold has left: its version is the hold's, and what it says is what the row says. */
function told(rows: Rows, { tally }: Fact<'PurchaseSubmitted' | 'PurchaseUnknown' | 'UnitsDelivered' | 'HoldLost' | 'HoldReleased'>): Rows {
  const hold = { ...rowOf(rows.holds, tally.holdId), version: tally.version };
  const known = tallyOf(hold);
  assert(
    known.granted === tally.granted &&
      known.delivered === tally.delivered &&
      known.lost === tally.lost &&
      known.released === tally.released,
    'a fact carries the tally of its hold',
  );
  return { ...rows, holds: { ...rows.holds, [hold.holdId]: hold } };
}

function evolvePurchase(
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
function askPlanned(rows: Rows, { purchaseId, holdId, ask }: EventOf<'AskPlanned'>): Rows {
  const asked = withPurchase(rows, purchaseId, (purchase) => ({
    ...purchase,
    asks: ask,
    status: purchase.status === 'submitting' ? 'unknown' : purchase.status,
  }));
  if (rowOf(rows.purchases, purchaseId).status !== 'submitting') return asked;
  return withOffer(asked, offerOfHold(holdId), (offer) => ({ ...offer, silent: offer.silent + 1 }));
}

/** How long a purchase of this size uses up the offer's capacity. */
export const pauseOf = (offer: Offer, quantity: number): number => Math.ceil((quantity * 60_000) / offer.capacityPerMinute);

function opened(rows: Rows, { type: _, at, fulfilmentKind: __, ...intent }: PurchaseOpened): Rows {
  const purchase: Purchase = {
    ...intent,
    status: 'submitting',
    submittedAt: at,
    asks: 0,
    done: [],
    ...{ bought: 0, delivered: 0, kept: 0, quarantined: 0, writtenOff: 0, failed: 0, costMinor: 0 },
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
  };
  const counted = (a: number, b: number): number => Math.min(UNITS_MAX, a + b);
  const after = withOffer(rows, event.offerId, (offer) =>
    settleOnHand({
      ...offer,
      accepted: offer.accepted + event.accepted,
      silent: 0,
      outcomes: {
        fulfilled: counted(offer.outcomes.fulfilled, event.bought),
        failed: counted(offer.outcomes.failed, event.failed),
        responseMsSum: offer.outcomes.responseMsSum + event.responseMs,
      },
    }),
  );
  return {
    ...after,
    purchases: { ...after.purchases, [purchase.purchaseId]: openOf(purchase) === 0 ? { ...purchase, done: [] } : purchase },
  };
}

const drainOf = (rows: Rows, offerId: string): Drain => rows.drains[offerId] ?? { offerId, armed: false, stopped: false, away: [] };

function evolveDrain(drain: Drain, event: EventOf<'DrainDue' | 'DrainEnded' | 'DrainStopped' | 'UnitsWentAway' | 'UnitsCameBack'>): Drain {
  switch (event.type) {
    case 'DrainDue':
      return { ...drain, armed: true };
    case 'DrainEnded':
      return { ...drain, armed: false };
    case 'DrainStopped':
      return { ...drain, stopped: event.stopped, armed: drain.armed && !event.stopped };
    case 'UnitsWentAway':
      return { ...drain, away: [...stillAway(drain, event.at), { at: event.at, units: event.units }] };
    case 'UnitsCameBack':
      return { ...drain, away: less(stillAway(drain, event.at), event.units) };
    default:
      return assertNever(event);
  }
}

const stillAway = (drain: Drain, at: number): Drain['away'] => drain.away.filter((it) => it.at > at - STORM_PATIENCE_MS);

function less(away: Drain['away'], units: number): Drain['away'] {
  const [first, ...others] = away;
  if (first === undefined || units === 0) return away;
  return first.units > units ? [{ at: first.at, units: first.units - units }, ...others] : less(others, units - first.units);
}

/** The offer of a hold, by the hold's id: a hold's command names its offer without a look at the hold. */
export const offerOfHold = (holdId: string): string => partsOfHoldId(holdId).offerId;
