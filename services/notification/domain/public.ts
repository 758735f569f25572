import { type AnyFact, type Fact, shownEndOf } from '@midstream/contracts';
import { assertNever } from '@midstream/kernel';

/** Of goods and not of a merchant's own orders: told to those who name them, and not by `*`. */
export const STOCK_TYPES = ['stock.low', 'stock.back'] as const;
export type StockType = (typeof STOCK_TYPES)[number];

/** What a merchant can ask to be told of. */
export const PUBLIC_TYPES = [
  'order.placed',
  'order.closed',
  'order.addition-offered',
  'order.addition-answered',
  'line.added',
  'line.assigned',
  'line.substituted',
  'line.consent-requested',
  'line.consent-answered',
  'line.units-lost',
  'line.units-delivered',
  'line.units-given-up',
  'line.repacked',
  'line.closed',
  'complaint.filed',
  'complaint.resolved',
  ...STOCK_TYPES,
  'webhook.test',
] as const;
export type PublicType = (typeof PUBLIC_TYPES)[number];

export interface PublicView {
  readonly about: PublicType;
  readonly merchantId: string;
  readonly orderId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A fact as its merchant may see it, or nothing where it is none of a merchant's business. Each property is named here: what is added to a
 * fact later does not leave by itself. No cost, score, offer or supplier; no id of a hold, a purchase
 * or a delivery, since the supplier's own id is in each of them; no code, ever: deliveries are read, and revealed, over REST (protocol 31).
 */
export function publicViewOf(fact: AnyFact): PublicView | undefined {
  switch (fact.type) {
    case 'OrderPlaced':
      return seen(fact, 'order.placed', orderPlaced(fact));
    case 'OrderClosed':
      return seen(fact, 'order.closed', pick(fact, 'orderId', 'status', 'capturedMinor', 'releasedMinor'));
    case 'LineAssigned':
      return seen(fact, fact.replaces ? 'line.substituted' : 'line.assigned', lineAssigned(fact));
    case 'ConsentRequested':
      return seen(fact, 'line.consent-requested', consentRequested(fact));
    case 'ConsentAnswered':
      return seen(fact, 'line.consent-answered', pick(fact, 'orderId', 'lineId', 'consentId', 'sku', 'answer'));
    case 'HoldLost':
      return seen(fact, 'line.units-lost', pick(fact, 'orderId', 'lineId', 'sku', 'quantity', 'reason'));
    case 'UnitsDelivered':
      return seen(fact, 'line.units-delivered', { ...pick(fact, 'orderId', 'lineId', 'sku'), quantity: fact.deliveries.length });
    case 'UnitsGivenUp':
      return seen(fact, 'line.units-given-up', pick(fact, 'orderId', 'lineId', 'quantity', 'reason'));
    case 'LineClosed':
      return seen(fact, 'line.closed', lineClosed(fact));
    case 'AdditionOffered':
      return seen(fact, 'order.addition-offered', additionOffered(fact));
    case 'AdditionAnswered':
      return seen(fact, 'order.addition-answered', pick(fact, 'orderId', 'additionId', 'sku', 'answer', 'quantity'));
    case 'LineAdded':
      return seen(fact, 'line.added', { ...pick(fact, 'orderId', 'lineId', 'additionId', 'heldMinor'), ...lineTold(fact.line) });
    case 'LineRepacked':
      return seen(fact, 'line.repacked', lineRepacked(fact));
    case 'ComplaintFiled':
      return seen(fact, 'complaint.filed', pick(fact, 'orderId', 'lineId', 'complaintId', 'units', 'reason', 'filedAt'));
    case 'ComplaintResolved':
      return seen(fact, 'complaint.resolved', complaintResolved(fact));
    // The hub's inside: how a line is selected, held, bought and let go, and everybody's states
    case 'LineSelectionRequested':
    case 'ReleaseRequested':
    case 'BuyerErased':
    case 'OffersRanked':
    case 'AdditionProposed':
    case 'MarketSignalReported':
    case 'BurstDetected':
    case 'MarketState':
    case 'OffersCleared':
    case 'OfferHeld':
    case 'NothingHeld':
    case 'PurchaseSubmitted':
    case 'PurchaseUnknown':
    case 'HoldReleased':
    case 'WorkItemReminded':
    case 'OfferState':
    case 'StockLow': // `stockViewOf` tells of these
    case 'StockBack':
    case 'ProductState':
    case 'VerdictState':
    case 'MerchantState':
    case 'ApiKeyState':
    case 'MessageSent':
    case 'MessageFailed':
      return undefined;
    default:
      return assertNever(fact);
  }
}

export interface StockView {
  readonly about: StockType;
  readonly sku: string;
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How a good stands now, without the number: `GET /v1/stock` tells it to those who may know. */
export function stockViewOf(fact: Fact<'StockLow' | 'StockBack'>): StockView {
  const { sku, version, type } = fact;
  if (type === 'StockLow') return { about: 'stock.low', sku, version, data: pick(fact, 'sku', 'category', 'status') };
  return { about: 'stock.back', sku, version, data: pick(fact, 'sku', 'category', 'status', 'was') };
}

const seen = (
  { merchantId, orderId }: { readonly merchantId: string; readonly orderId: string },
  about: PublicType,
  data: PublicView['data'],
): PublicView => ({ about, merchantId, orderId, data });

function orderPlaced({ orderId, clientReference, currency, heldMinor, lines }: Fact<'OrderPlaced'>): PublicView['data'] {
  return { orderId, clientReference, currency, heldMinor, lines: lines.map(lineTold) };
}

const lineTold = (it: Fact<'OrderPlaced'>['lines'][number]): PublicView['data'] => ({
  ...pick(it, 'lineId', 'quantity', 'maxUnitPriceMinor', 'deliverBy'),
  need: pick(it.need, 'sku', 'category', 'faceValueMinor', 'attributes'),
});

const lineClosed = (fact: Fact<'LineClosed'>): PublicView['data'] => ({
  ...pick(fact, 'orderId', 'lineId'),
  status: shownEndOf(fact),
  ...pick(fact, 'ordered', 'delivered', 'repacked', 'capturedMinor'),
});

/** What the line's units have become: a line of pieces, which has its own end. */
const lineRepacked = (fact: Fact<'LineRepacked'>): PublicView['data'] => ({
  ...pick(fact, 'orderId', 'lineId', 'quantity', 'sku', 'pieces', 'heldMinor'),
  line: lineTold(fact.line),
});

const additionOffered = (fact: Fact<'AdditionOffered'>): PublicView['data'] =>
  pick(fact, 'orderId', 'additionId', 'lineId', 'sku', 'quantity', 'priceMinor', 'currency', 'because', 'expiresAt');

const complaintResolved = (fact: Fact<'ComplaintResolved'>): PublicView['data'] =>
  pick(fact, 'orderId', 'lineId', 'complaintId', 'units', 'reason', 'outcome', 'refundMinor', 'currency');

const consentRequested = (fact: Fact<'ConsentRequested'>): PublicView['data'] =>
  pick(fact, 'orderId', 'lineId', 'consentId', 'quantity', 'sku', 'insteadOf', 'priceMinor', 'currency', 'deadlineAt', 'default', 'pieces');

function lineAssigned({ orderId, lineId, holds, replaces }: Fact<'LineAssigned'>): PublicView['data'] {
  const goods = holds.map((it) => ({ quantity: it.tally.granted, ...pick(it, 'sku', 'priceMinor', 'currency') }));
  return { orderId, lineId, goods, ...(replaces && { replaces: pick(replaces, 'sku', 'reason') }) };
}

/** Only what is named, and only what is there. */
function pick<T extends object, K extends keyof T & string>(from: T, ...names: K[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.filter((it) => from[it] !== undefined).map((it) => [it, from[it]]));
}
