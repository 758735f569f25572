import type { Fact } from '@midstream/contracts';
import { assert, assertNever, attemptIdOf } from '@midstream/kernel';
import { fed } from './aging';
import { evolveBalance } from './balance';
import { evolveCaps } from './evolve.caps';
import { drainOf, evolveDrain } from './evolve.drain';
import { evolvePurchase, pauseOf } from './evolve.purchase';
import { evolveSupply, quotedIn } from './evolve.supply';
import { evolveLevels } from './levels';
import type { InventoryEvent } from './messages';
import { restocked } from './restock';
import { settleOnHand, withHold, withOffer, withPurchase } from './rows';
import { type Hold, type Offer, type OfferTerms, type Product, rowOf, type Rows, type Stage, tallyOf } from './state';

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
    case 'SlownessMeasured':
      return withOffer(rows, event.offerId, (offer) => measuredAs(offer, event));
    case 'HoldingNoted':
      return withOffer(rows, event.offerId, (offer) => ({ ...offer, holding: event.holding }));
    case 'MarkupRulesPut':
    case 'RuleFollowed':
    case 'CostTold':
    case 'CostNoted':
    case 'CountersRebuilt':
    case 'RateNoted':
    case 'ChannelNoted':
    case 'FigureAged':
    case 'PolicyNoted':
    case 'PaceNoted':
      return evolveSupply(rows, event);
    case 'OfferHeld':
      return held(rows, event);
    case 'NothingHeld':
      return withAttempt(rows, event, []);
    case 'HoldExtended':
      return withHold(rows, event.holdId, (hold) => ({ ...hold, expiresAt: event.expiresAt }));
    case 'RecipientNoted':
      return withHold(rows, event.holdId, (hold) => ({ ...hold, recipient: event.recipient }));
    case 'ReleaseNoted':
      return withHold(rows, event.holdId, (hold) => ({ ...hold, releaseAsked: event.reason }));
    case 'UnitsMoved':
      return moved(rows, event);
    case 'AccountNoted':
    case 'BalanceAsked':
    case 'BalanceRanOut':
    case 'ReconciliationDue':
    case 'BalanceBack':
    case 'OfferUnpaid':
    case 'UnitsWaited':
    case 'WaitEnded':
      return evolveBalance(rows, event);
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
    case 'WorkItemReminded':
      return withPurchase(rows, event.workItemId, (purchase) => ({ ...purchase, reminded: event.about }));
    case 'CapsPut':
    case 'CapsApplied':
    case 'UseCounted':
      return evolveCaps(rows, event);
    case 'StockAlertsPut':
    case 'StockSeen':
    case 'StockLow':
    case 'StockBack':
      return evolveLevels(rows, event);
    case 'DrainDue':
    case 'DrainAskedAgain':
    case 'DrainEnded':
    case 'DrainStopped':
    case 'UnitsWentAway':
    case 'UnitsCameBack':
      return { ...rows, drains: { ...rows.drains, [event.offerId]: evolveDrain(drainOf(rows, event.offerId), event) } };
    case 'ProductRepriced':
    case 'CategoryChanged':
    case 'CapsDue':
    case 'CountsAsked':
    case 'PurchaseAsked':
    case 'CodesKept':
    case 'CodesQuarantined':
    case 'DrainPaused':
      return rows;
    default:
      return assertNever(event);
  }
}

function withProduct(rows: Rows, { type: _, ...state }: Fact<'ProductState'>): Rows {
  const { offerIds = [], ruled, channels } = rows.products[state.sku] ?? {};
  const product: Product = { ...state, offerIds, ...(ruled && { ruled }), ...(channels && { channels }) };
  return { ...rows, products: { ...rows.products, [state.sku]: product } };
}

function withTerms(before: Rows, { terms, at, costSource, paceSource, priceVersion }: EventOf<'OfferPut'>): Rows {
  const rows = quotedIn(before, terms);
  const known = rows.offers[terms.offerId];
  const product = rows.products[terms.sku];
  const put = known === undefined ? newOffer(terms, at) : { ...withoutTerms(known), ...terms };
  const { costTold, policy, ...plain } = put;
  const offer: Offer = {
    ...plain,
    ...(terms.ruled && costTold && { costTold }),
    // It was of that way of delivery
    ...(policy && known?.channel === terms.channel && { policy }),
    ...(costSource && { costSource, costAsOf: at }),
    ...(paceSource && { paceSource, paceAsOf: at }),
    ...(priceVersion !== undefined && { priceVersion }),
  };
  const offers = { ...rows.offers, [terms.offerId]: offer };
  if (known !== undefined || product === undefined) return { ...rows, offers };
  return { ...rows, offers, products: { ...rows.products, [terms.sku]: { ...product, offerIds: [...product.offerIds, terms.offerId] } } };
}

/** What an offer may leave out is gone when it is put without it. */
function withoutTerms(offer: Offer): Offer {
  const { supplierSku: _, quoted: __, freshness: ___, validFromAt: ____, validUntilAt: _____, ...rest } = offer;
  const { channel: ______, denomination: _______, floorBp: ________, ruled: _________, ...kept } = rest;
  return kept;
}

/** The terms come last: after a spread that begins a literal each property took 2 us. */
const newOffer = (terms: OfferTerms, at: number): Offer => ({
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
  ...terms,
});

/** What was forgotten is measured anew, from its next delivery on. */
function measuredAs({ measured: _, ...offer }: Offer, { p90Ms, at, until }: EventOf<'SlownessMeasured'>): Offer {
  return p90Ms === undefined || until === undefined ? { ...offer, times: [] } : { ...offer, measured: { p90Ms, at } };
}

function reported(offer: Offer, event: EventOf<'StockReported'>): Offer {
  const { reported, sequence, settled, at, source, writtenOff } = event;
  const known = restocked(offer.staleAt === undefined ? offer : freshAgain(offer), reported, at);
  const beat = offer.kind === 'vault' ? undefined : fed(offer.fed, event);
  const told = settleOnHand({ ...known, reported, sequence, settled, acceptedAtReport: offer.accepted, stockAsOf: at });
  const from = source === undefined || source === told.stockSource ? told : { ...told, stockSource: source };
  const now = beat === undefined || beat === from.fed ? from : { ...from, fed: beat };
  if (writtenOff === undefined) return now;
  const { nearExpiry, duplicate } = writtenOff;
  const gone = { ...now, withdrawn: (offer.withdrawn ?? 0) + nearExpiry };
  return duplicate === undefined ? gone : { ...gone, twins: (offer.twins ?? 0) + duplicate };
}

const freshAgain = ({ staleAt: _, ...offer }: Offer): Offer => offer;

function held(rows: Rows, event: Fact<'OfferHeld'>): Rows {
  const { request } = event;
  const holds: Record<string, Hold> = {};
  const offers: Record<string, Offer> = {};
  for (const { tally, offerId, supplierId, sku, priceMinor, currency, expiresAt } of event.holds) {
    const hold: Hold = {
      holdId: tally.holdId,
      offerId,
      supplierId,
      sku,
      priceMinor,
      currency,
      orderId: event.orderId,
      merchantId: event.merchantId,
      lineId: event.lineId,
      region: request.region,
      deliverByAt: Date.parse(request.deliverBy),
      expiresAt: Date.parse(expiresAt),
      version: tally.version,
      granted: tally.granted,
      purchases: 0,
      held: tally.granted,
      queued: 0,
      submitting: 0,
      unknown: 0,
      accepted: 0,
      delivered: 0,
      lost: 0,
      released: 0,
    };
    holds[tally.holdId] = request.marginFloorWaived ? { ...hold, floorWaived: true } : hold;
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
      plannedUntil: queued === 0 ? offer.spentUntil : plannedUntil(offer, from === 'queued' && to !== 'submitting' ? units : 0),
    });
  });
  return withHold(after, holdId, (hold) => stillWaiting({ ...hold, [from]: hold[from] - units, [to]: hold[to] + units }));
}

/** The slots of what was struck from the queue are free again. Purchases whose slots then overlap keep the pace when they are due. */
const plannedUntil = (offer: Offer, struck: number): number =>
  struck === 0 ? offer.plannedUntil : Math.max(offer.spentUntil, offer.plannedUntil - pauseOf(offer, struck));

/** No more waits than is queued. */
const stillWaiting = (hold: Hold): Hold =>
  hold.waiting !== undefined && hold.waiting > hold.queued ? { ...hold, waiting: hold.queued } : hold;

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
