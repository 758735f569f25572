import type { AnyFact, Fact } from '@midstream/contracts';
import { NOON } from '@midstream/testing/given';
import type { Endpoint, Message, Rows } from './index';

/** What no merchant may see, wherever a fact could carry it. */
export const SUPPLIER = 'secret-supplier';
/** Personal data: the account of a top-up. */
export const ACCOUNT = '13800000000';
const OFFER = `${SUPPLIER}~vip`;
const HOLD = `o1/1/1/${OFFER}`;
const SUBSTITUTION = { upTo: 'same-category', consent: 'ask', consentDefault: 'refund', consentMs: 900_000 } as const;

const ofOrder = { orderId: 'o1', merchantId: 'm1' } as const;
const ofLine = { ...ofOrder, lineId: '1' } as const;
const tally = { holdId: HOLD, version: 2, granted: 2, delivered: 0, lost: 0, released: 0 };
const ofHold = { ...ofLine, offerId: OFFER, supplierId: SUPPLIER, sku: 'vip', tally };
const later = '2026-12-01T00:00:00.000Z';

export const complaint: Omit<Fact<'ComplaintFiled'>, 'type'> = {
  ...{ ...ofLine, complaintId: 'x1', units: 1, reason: 'not-as-described', filedAt: later, buyerKey: 'b'.repeat(32) },
  from: [{ holdId: HOLD, offerId: OFFER, supplierId: SUPPLIER, sku: 'vip', units: 1, insteadOf: 'vip-old', deliveredAt: later }],
};

/** What calls for the hub's people, and for no merchant. */
export const workLate: Fact<'WorkItemReminded'> = {
  ...{ type: 'WorkItemReminded', ...ofLine, workItemId: `${HOLD}/1`, supplierId: SUPPLIER, sku: 'vip' },
  ...{ quantity: 2, openUnits: 1, dueAt: later, about: 'late' },
};

export const orderClosed: Fact<'OrderClosed'> = {
  type: 'OrderClosed',
  ...ofOrder,
  status: 'completed',
  capturedMinor: 4400,
  releasedMinor: 800,
};

/** One of each fact that a merchant is told of, as full as its schema lets it be. */
export const TOLD: readonly AnyFact[] = [
  {
    type: 'OrderPlaced',
    ...ofOrder,
    clientReference: 'm-1001',
    buyer: { reference: 'b-77', region: 'CN-31', segment: 'retail', tier: 'standard', scenario: 'gaming' },
    currency: 'CNY',
    heldMinor: 5200,
    lines: [{ lineId: '1', need: { sku: 'vip' }, quantity: 2, maxUnitPriceMinor: 2600, substitution: SUBSTITUTION, deliverBy: later }],
  },
  orderClosed,
  {
    type: 'LineAssigned',
    ...ofLine,
    attempt: 2,
    decisionId: 'd1',
    holds: [{ tally, offerId: OFFER, supplierId: SUPPLIER, sku: 'vip', priceMinor: 2200, currency: 'CNY', expiresAt: later }],
    recipient: ACCOUNT,
    replaces: { holdId: HOLD, offerId: OFFER, sku: 'vip-old', reason: 'out-of-stock' },
  },
  {
    type: 'ConsentRequested',
    ...ofLine,
    consentId: 'c1',
    holdId: HOLD,
    quantity: 2,
    sku: 'music',
    insteadOf: 'vip',
    priceMinor: 2200,
    currency: 'CNY',
    deadlineAt: later,
    default: 'refund',
  },
  { type: 'ConsentAnswered', ...ofLine, consentId: 'c1', holdId: HOLD, sku: 'music', answer: 'yes' },
  { type: 'HoldLost', ...ofHold, quantity: 2, reason: 'out-of-stock' },
  {
    type: 'UnitsDelivered',
    ...ofHold,
    purchaseId: `${HOLD}/1`,
    deliveries: [
      { deliveryId: `${HOLD}/1/1`, kind: 'code' },
      { deliveryId: `${HOLD}/1/2`, kind: 'code' },
    ],
  },
  { type: 'UnitsGivenUp', ...ofLine, quantity: 1, reason: 'no-candidate', holdId: HOLD, gates: { stock: 3, price: 1 } },
  {
    ...{ type: 'AdditionOffered', ...ofLine, additionId: 'o1:1:vip', beside: 'vip', sku: 'vip', quantity: 2, priceMinor: 2600 },
    ...{ currency: 'CNY', because: 'burst', expiresAt: later },
  },
  { type: 'AdditionAnswered', ...ofOrder, additionId: 'o1:1:vip', sku: 'vip', answer: 'accepted', quantity: 2 },
  {
    ...{ type: 'LineAdded', ...ofOrder, lineId: 'added-1', additionId: 'o1:1:vip', heldMinor: 5200 },
    line: { lineId: 'added-1', need: { sku: 'vip' }, quantity: 2, maxUnitPriceMinor: 2600, substitution: SUBSTITUTION, deliverBy: later },
  },
  {
    ...{ type: 'LineRepacked', ...ofLine, quantity: 2, sku: 'vip', pieces: 2, heldMinor: 4800 },
    line: { lineId: '1.p1', need: { sku: 'half' }, quantity: 4, maxUnitPriceMinor: 1200, substitution: SUBSTITUTION, deliverBy: later },
  },
  { type: 'ComplaintFiled', ...complaint },
  { type: 'ComplaintResolved', ...complaint, outcome: 'refunded', refundMinor: 2200, currency: 'CNY' },
  { type: 'LineClosed', ...ofLine, status: 'delivered', ordered: 2, delivered: 2, capturedMinor: 4400 },
];

export const endpoint = (endpointId: string, more: Partial<Endpoint> = {}): Endpoint => ({
  endpointId,
  url: `https://${endpointId}.example/hooks`,
  types: ['*'],
  active: true,
  keyId: 'k1',
  createdAt: NOON,
  ...more,
});

export const mailbox = (...endpoints: Endpoint[]): Rows => ({
  merchants: { m1: { endpoints: Object.fromEntries(endpoints.map((it) => [it.endpointId, it])) } },
  listeners: {},
  orders: {},
  messages: {},
});

export const LETTER = {
  messageId: 'e1:o1:1',
  endpointId: 'e1',
  merchantId: 'm1',
  orderId: 'o1',
  about: 'order.closed',
  body: '{}',
} as const;

/** A mailbox in which one message of e1 waits for its `attempts + 1`th attempt's answer. */
export const waiting = (more: Partial<Message> = {}, ...endpoints: Endpoint[]): Rows => ({
  ...mailbox(...(endpoints.length > 0 ? endpoints : [endpoint('e1')])),
  messages: { [LETTER.messageId]: { letter: LETTER, status: 'pending', attempts: 0, tries: 0, queuedAt: NOON, ...more } },
});
