import { type Static, Type } from '@sinclair/typebox';
import {
  Additions,
  Buyer,
  BuyerKey,
  CapReached,
  closed,
  Currency,
  GateCounts,
  GiveUpReason,
  HeldOffer,
  Id,
  Instant,
  LossReason,
  MerchantTier,
  Minor,
  Need,
  ofLine,
  oneOf,
  PIECES_MAX,
  proposedAddition,
  Recipient,
  SelectionRequest,
  Sku,
  Substitution,
  Units,
  Version,
} from './words';

const ofOrder = { orderId: Id, merchantId: Id } as const;

export const LINE_ENDS = ['delivered', 'partially-delivered', 'unfillable', 'cancelled'] as const;
export const ORDER_ENDS = ['completed', 'partially-completed', 'unfillable', 'cancelled'] as const;

const PlacedLine = closed({
  lineId: Id,
  need: Need,
  quantity: Type.Integer({ minimum: 1 }),
  maxUnitPriceMinor: Minor,
  substitution: Substitution,
  deliverBy: Instant,
  marginFloorWaived: Type.Optional(Type.Boolean()),
});

/** A merchant's order was taken in, and its money is held. */
export const OrderPlaced = closed({
  ...ofOrder,
  clientReference: Type.String({ maxLength: 80 }),
  buyer: Buyer,
  buyerKey: Type.Optional(BuyerKey),
  currency: Currency,
  heldMinor: Minor,
  lines: Type.Array(PlacedLine, { minItems: 1, maxItems: 100 }),
  additions: Type.Optional(Additions),
});

/**
 * A line asks for goods: the start of a lap, for a new line and for a loss alike. `mayRepack`: the order takes pieces of the same brand for
 * it. Beside the request, not in it: who does not know the word hands the request on as it is.
 */
export const LineSelectionRequested = closed({ ...ofLine, request: SelectionRequest, mayRepack: Type.Optional(Type.Boolean()) });

/** The buyer is asked whether another good will do; the question is about one hold (protocol 19). */
export const ConsentRequested = closed({
  ...ofLine,
  consentId: Id,
  holdId: Id,
  quantity: Units,
  sku: Sku,
  insteadOf: Type.Optional(Sku),
  priceMinor: Minor,
  currency: Currency,
  deadlineAt: Instant,
  default: oneOf('refund', 'accept'),
  /** Of a line of pieces: so many of them stand in for one of `insteadOf`. */
  pieces: Type.Optional(Type.Integer({ minimum: 2, maximum: PIECES_MAX })),
});

export const ConsentAnswered = closed({
  ...ofLine,
  consentId: Id,
  holdId: Id,
  sku: Sku,
  answer: oneOf('yes', 'no', 'expired', 'withdrawn'),
});

/** The only trigger of a purchase. With `replaces` it is a substitution (protocol 7). */
export const LineAssigned = closed({
  ...ofLine,
  attempt: Type.Integer({ minimum: 1 }),
  decisionId: Id,
  holds: Type.Array(HeldOffer, { minItems: 1 }),
  recipient: Type.Optional(Recipient),
  replaces: Type.Optional(closed({ holdId: Id, offerId: Id, sku: Sku, reason: LossReason })),
});

/** A question: inventory alone answers, with HoldReleased or UnitsDelivered; money moves only then (protocol 8). */
export const ReleaseRequested = closed({
  ...ofOrder,
  lineId: Id,
  holdIds: Type.Array(Id, { minItems: 1 }),
  reason: oneOf('cancelled', 'declined', 'deadline', 'attempt-closed'),
});

export const UnitsGivenUp = closed({
  ...ofLine,
  quantity: Type.Integer({ minimum: 1 }),
  reason: GiveUpReason,
  holdId: Type.Optional(Id),
  gates: Type.Optional(GateCounts),
  /** Of `cap-reached`. */
  cap: Type.Optional(CapReached),
});

/** Holds of a line that its end tells of; the rest of a line that was scattered wider is in its own facts. */
export const SERVED_MAX = 20;

/**
 * A line's end. `repacked`: units that another line looked for as pieces; how those ended, that line says. `served`: what of it came from
 * where; absent where nothing came. `faulty`: offers whose codes did not work.
 */
export const LineClosed = closed({
  ...ofLine,
  status: oneOf(...LINE_ENDS),
  ordered: Units,
  delivered: Units,
  repacked: Type.Optional(Units),
  capturedMinor: Minor,
  buyerKey: Type.Optional(BuyerKey),
  served: Type.Optional(
    Type.Array(closed({ offerId: Id, sku: Sku, units: Type.Integer({ minimum: 1 }) }), { minItems: 1, maxItems: SERVED_MAX }),
  ),
  faulty: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: SERVED_MAX })),
});

/** How a line's end is shown: as `repacked` where others look for all of its units as pieces, and nothing of it is known to be had or lost yet. */
export const shownEndOf = ({ status, ordered, repacked }: Static<typeof LineClosed>): string =>
  repacked === ordered ? 'repacked' : status;

/** The order allowed additions: whoever looks out for it, stops. */
const additions = Type.Optional(Type.Boolean());
export const OrderClosed = closed({ ...ofOrder, status: oneOf(...ORDER_ENDS), capturedMinor: Minor, releasedMinor: Minor, additions });

/** The merchant is asked whether the order gets more units. Nothing happens without its yes; past `expiresAt` it lapses. */
export const AdditionOffered = closed(proposedAddition);

/** `withdrawn`: the order came to its end first. `quantity` of a yes: the units that were taken, at most what was offered. */
export const AdditionAnswered = closed({
  ...ofOrder,
  additionId: Id,
  sku: Sku,
  answer: oneOf('accepted', 'declined', 'expired', 'withdrawn'),
  quantity: Type.Optional(Units),
});

/** An accepted addition became a line of its order; its money is held like that of the others. */
export const LineAdded = closed({ ...ofLine, additionId: Id, line: PlacedLine, heldMinor: Minor });

/**
 * Units that cannot be had are looked for as pieces of the same brand, which come to the same face value, by a line of their own (`line`). Their
 * money goes from the one line to the other; what the pieces cannot cost goes back.
 */
export const LineRepacked = closed({
  ...ofLine,
  quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** What was ordered. */
  sku: Sku,
  pieces: Type.Integer({ minimum: 2, maximum: PIECES_MAX }),
  line: PlacedLine,
  heldMinor: Minor,
});

export const COMPLAINT_REASONS = ['invalid-code', 'wrong-goods', 'not-as-described', 'late', 'other'] as const;
export const COMPLAINT_OUTCOMES = ['rejected', 'refunded'] as const;

/** What both facts of a complaint tell of it: whose delivered units it is about, where they came from, and when. */
const complaint = {
  ...ofLine,
  complaintId: Id,
  units: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  reason: oneOf(...COMPLAINT_REASONS),
  filedAt: Instant,
  buyerKey: Type.Optional(BuyerKey),
  from: Type.Array(
    closed({
      holdId: Id,
      offerId: Id,
      supplierId: Id,
      sku: Sku,
      units: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
      /** The good that the line asked for, where another one came. */
      insteadOf: Type.Optional(Sku),
      /** When the newest units of the hold came. */
      deliveredAt: Instant,
    }),
    { minItems: 1 },
  ),
} as const;

/** A merchant complains of units that were delivered, each at most once. The buyer's own words are in no fact. */
export const ComplaintFiled = closed(complaint);

/** The hub has answered a complaint. What was refunded is back on the merchant's account; `refundMinor` of a rejected one is 0. */
export const ComplaintResolved = closed({ ...complaint, outcome: oneOf(...COMPLAINT_OUTCOMES), refundMinor: Minor, currency: Currency });

/** What was learnt of a buyer is to be forgotten; orders placed later begin anew. */
export const BuyerErased = closed({ merchantId: Id, buyerKey: BuyerKey });

/** The whole state of a merchant, as far as others choose and price by it. */
export const MerchantState = closed({ merchantId: Id, version: Version, tier: Type.Optional(MerchantTier) });

/** The whole state of an API key: every service checks locally (protocol 32). The key itself is nowhere. */
export const ApiKeyState = closed({
  keyId: Id,
  version: Version,
  /** SHA-256 of the key, hex. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  scope: oneOf('merchant', 'supplier', 'operator'),
  merchantId: Type.Optional(Id),
  supplierId: Type.Optional(Id),
  revoked: Type.Boolean(),
});
