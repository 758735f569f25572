import type { Fact } from '@midstream/contracts';
import { assert, assertNever } from '@midstream/kernel';
import { evolveAdditions } from './evolve-additions';
import { evolveRepack } from './evolve-repack';
import type { AnswerNoted, HoldNoted, MoneyMoved, OrderEvent } from './messages';
import {
  type Account,
  type Asked,
  type Complaint,
  type Consent,
  type Hold,
  type Line,
  newLine,
  type Order,
  type Rows,
  rowOf,
  sum,
} from './state';

/** The only place where rows change. */
export function evolve(rows: Rows, event: OrderEvent): Rows {
  switch (event.type) {
    case 'OrderPlaced':
      return { ...rows, orders: { ...rows.orders, [event.orderId]: placed(event) } };
    case 'OrderOpened':
      return withOrder(rows, event.orderId, (order) => ({
        ...order,
        placedAt: event.placedAt,
        ...(event.merchantTier !== undefined && { merchantTier: event.merchantTier }),
      }));
    case 'OrderClosed':
      return withOrder(rows, event.orderId, (order) => ({ ...order, end: event.status }));
    case 'AdditionOffered':
    case 'AdditionAnswered':
    case 'LineAdded':
      return withOrder(rows, event.orderId, (order) => evolveAdditions(order, event));
    case 'LineRepacked':
      return withOrder(rows, event.orderId, (order) => evolveRepack(order, event));
    case 'MoneyMoved':
      return moved(rows, event);
    case 'MerchantPut':
      return withMerchant(rows, event);
    case 'MerchantState':
      return withTold(rows, event);
    case 'ApiKeyState': {
      const { type: _, ...key } = event;
      return { ...rows, keys: { ...rows.keys, [event.keyId]: key } };
    }
    case 'BuyerErased':
    case 'NoteTaken':
      return rows;
    case 'RecipientNoted':
    case 'LineSelectionRequested':
    case 'AskPlanned':
    case 'AnswerNoted':
    case 'AttemptClosed':
    case 'HoldNoted':
    case 'ConsentRequested':
    case 'ConsentAnswered':
    case 'LineAssigned':
    case 'ReleaseRequested':
    case 'UnitsGivenUp':
    case 'LineClosing':
    case 'LineClosed':
    case 'ComplaintFiled':
    case 'ComplaintResolved':
      return withOrder(rows, event.orderId, (order) => ({
        ...order,
        lines: { ...order.lines, [event.lineId]: evolveLine(rowOf(order.lines, event.lineId), event) },
      }));
    default:
      return assertNever(event);
  }
}

type LineEvent = Exclude<
  Extract<OrderEvent, { readonly orderId: string; readonly lineId: string; readonly merchantId: string }>,
  { readonly type: 'AdditionOffered' | 'LineAdded' | 'LineRepacked' | 'NoteTaken' }
>;

function evolveLine(line: Line, event: LineEvent): Line {
  switch (event.type) {
    case 'RecipientNoted':
      return { ...line, recipient: event.recipient };
    case 'LineSelectionRequested':
      return withAsked(event.request.ranking === 1 ? uncapped(line) : line, askedBy(event));
    case 'AskPlanned':
      return { ...withAsked(line, { ...event.asked, askAt: event.askAt }), waits: line.waits + (event.waits ? 1 : 0) };
    case 'AnswerNoted':
      return answered(line, event);
    case 'AttemptClosed':
      return { ...line, selecting: without(line.selecting, event.attempt) };
    case 'HoldNoted':
      return noted(line, event);
    case 'ConsentRequested':
      return withConsent(line, consentOf(event));
    case 'ConsentAnswered':
      return consented(line, event);
    case 'LineAssigned':
      return event.holds.reduce((it, { tally }) => withHold(it, tally.holdId, (hold) => ({ ...hold, assigned: true })), line);
    case 'ReleaseRequested':
      return releasing(line, event);
    case 'UnitsGivenUp':
      return { ...line, givenUp: line.givenUp + event.quantity };
    case 'LineClosing':
      return { ...line, closing: event.reason };
    case 'LineClosed':
      return { ...line, end: event.status };
    case 'ComplaintFiled':
      return withComplaint(line, complaintOf(event));
    case 'ComplaintResolved': {
      const { complaintId, outcome, refundMinor } = event;
      return withComplaint(line, { ...rowOf(line.complaints ?? {}, complaintId), outcome, refundedMinor: refundMinor });
    }
    default:
      return assertNever(event);
  }
}

function placed(event: Fact<'OrderPlaced'>): Order {
  const { orderId, merchantId, clientReference, buyer, buyerKey, currency, heldMinor, additions } = event;
  const lines = event.lines.map((it): [string, Line] => [it.lineId, newLine(it)]);
  return {
    orderId,
    merchantId,
    clientReference,
    buyer,
    ...(buyerKey !== undefined && { buyerKey }),
    currency,
    placedAt: 0,
    lineIds: event.lines.map((it) => it.lineId),
    lines: Object.fromEntries(lines),
    ...(additions && { additions }),
    placedMinor: heldMinor,
    heldMinor: 0,
  };
}

function askedBy({ request }: Fact<'LineSelectionRequested'>): Asked {
  const { attempt, depth, ranking, quantity, tried, replaces } = request;
  return { attempt, depth, ranking, quantity, tried, ...(replaces && { replaces }) };
}

/** A fresh question: what stopped the last one may be over. */
const uncapped = ({ capped: _, ...line }: Line): Line => line;

const withAsked = (line: Line, asked: Asked): Line => ({
  ...line,
  selecting: { ...line.selecting, [asked.attempt]: asked },
  attempts: Math.max(line.attempts, asked.attempt),
});

/** The attempt's units are on its holds now; what could not be held is asked for again, or given up, by the events that follow. */
function answered(line: Line, { attempt, decisionId, holds, tried }: AnswerNoted): Line {
  const { depth, replaces } = rowOf(line.selecting, String(attempt));
  const made = holds.map(({ tally, offerId, supplierId, sku, priceMinor, expiresAt }): [string, Hold] => {
    const referencePriceMinor = depth > 1 && replaces !== undefined ? replaces.referencePriceMinor : priceMinor;
    const now = { assigned: false, buying: tally.delivered > 0 };
    const asked = { attempt, decisionId, depth, ...(replaces && { replaces }) };
    return [tally.holdId, { offerId, supplierId, sku, priceMinor, referencePriceMinor, expiresAt, ...tally, ...asked, ...now }];
  });
  const capped = tried.find((it) => it.cap !== undefined)?.cap;
  return {
    ...line,
    ...(capped && { capped }),
    selecting: without(line.selecting, attempt),
    holds: { ...line.holds, ...Object.fromEntries(made) },
  };
}

function noted(line: Line, { tally, told, reason, deliveredAt }: HoldNoted): Line {
  const buying = told === 'PurchaseSubmitted' || told === 'PurchaseUnknown' || tally.delivered > 0;
  const after = withHold(line, tally.holdId, (hold) => {
    const now = { ...hold, ...tally, buying: hold.buying || buying };
    return deliveredAt === undefined ? now : { ...now, deliveredAt };
  });
  const { offerId } = rowOf(after.holds, tally.holdId);
  // A mere expiry excludes nothing (protocol 4).
  if (reason === undefined || reason === 'expired' || line.excluded.some((it) => it.offerId === offerId)) return after;
  return { ...after, excluded: [...line.excluded, { offerId, reason }] };
}

const complaintOf = ({ complaintId, units, reason, filedAt, from }: Fact<'ComplaintFiled'>): Complaint => ({
  complaintId,
  units,
  reason,
  filedAt: Date.parse(filedAt),
  from: from.map((it) => ({ holdId: it.holdId, units: it.units, deliveredAt: Date.parse(it.deliveredAt) })),
});

const withComplaint = (line: Line, complaint: Complaint): Line => ({
  ...line,
  complaints: { ...line.complaints, [complaint.complaintId]: complaint },
});

const consentOf = (event: Fact<'ConsentRequested'>): Consent => ({
  consentId: event.consentId,
  holdId: event.holdId,
  sku: event.sku,
  priceMinor: event.priceMinor,
  quantity: event.quantity,
  deadlineAt: Date.parse(event.deadlineAt),
  default: event.default,
});

const withConsent = (line: Line, consent: Consent): Line => ({
  ...line,
  consents: { ...line.consents, [consent.consentId]: consent },
});

function consented(line: Line, { consentId, answer }: Fact<'ConsentAnswered'>): Line {
  const consent = rowOf(line.consents, consentId);
  const after = withConsent(line, { ...consent, answer });
  if (answer !== 'yes') return after;
  return { ...after, approved: { ...line.approved, [consent.sku]: Math.max(consent.priceMinor, line.approved[consent.sku] ?? 0) } };
}

function releasing(line: Line, { holdIds, reason }: Fact<'ReleaseRequested'>): Line {
  if (reason !== 'attempt-closed')
    return holdIds.reduce((it, holdId) => withHold(it, holdId, (hold) => ({ ...hold, releasing: reason })), line);
  const attempts = holdIds.map((it) => Number(it.split('/')[2]));
  return { ...line, turnedAway: [...new Set([...line.turnedAway, ...attempts])] };
}

const withHold = (line: Line, holdId: string, change: (hold: Hold) => Hold): Line => ({
  ...line,
  holds: { ...line.holds, [holdId]: change(rowOf(line.holds, holdId)) },
});

function withOrder(rows: Rows, orderId: string, change: (order: Order) => Order): Rows {
  return { ...rows, orders: { ...rows.orders, [orderId]: change(rowOf(rows.orders, orderId)) } };
}

function withMerchant(rows: Rows, { merchant: put }: Extract<OrderEvent, { type: 'MerchantPut' }>): Rows {
  const { merchantId, currency } = put;
  const told = rows.merchants[merchantId]?.told;
  const merchant = { ...put, ...(told !== undefined && { told }) };
  const account: Account = rows.accounts[merchantId] ?? { merchantId, currency, availableMinor: 0, heldMinor: 0 };
  return { ...rows, merchants: { ...rows.merchants, [merchantId]: merchant }, accounts: { ...rows.accounts, [merchantId]: account } };
}

function withTold(rows: Rows, { merchantId, version }: Fact<'MerchantState'>): Rows {
  return { ...rows, merchants: { ...rows.merchants, [merchantId]: { ...rowOf(rows.merchants, merchantId), told: version } } };
}

function moved(rows: Rows, event: MoneyMoved): Rows {
  assert(sum(event.entries, (it) => it.amountMinor) === 0, 'a movement of money sums to zero');
  const of = (name: string) => sum(event.entries.filter((it) => it.account === name), (it) => it.amountMinor); // prettier-ignore
  const account = rowOf(rows.accounts, event.merchantId);
  const [available, held] = [of('merchant-available'), of('order-held')];
  const accounts = {
    ...rows.accounts,
    [event.merchantId]: { ...account, availableMinor: account.availableMinor + available, heldMinor: account.heldMinor + held },
  };
  const { orderId, lineId } = event;
  if (orderId === undefined) return { ...rows, accounts };
  return withOrder({ ...rows, accounts }, orderId, (order) => {
    const after = { ...order, heldMinor: order.heldMinor + held };
    if (lineId === undefined) return after;
    const line = rowOf(order.lines, lineId);
    if (event.why === 'complaint-refunded')
      return { ...after, lines: { ...order.lines, [lineId]: { ...line, refundedMinor: (line.refundedMinor ?? 0) + available } } };
    const paid = { capturedMinor: line.capturedMinor + of('hub-revenue'), releasedMinor: line.releasedMinor + available };
    return { ...after, lines: { ...order.lines, [lineId]: { ...line, ...paid } } };
  });
}

function without<Row>(rows: Readonly<Record<string, Row>>, id: number): Readonly<Record<string, Row>> {
  const { [String(id)]: _, ...rest } = rows;
  return rest;
}
