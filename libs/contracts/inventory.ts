import { Type } from '@sinclair/typebox';
import {
  Attributes,
  Candidate,
  CapReached,
  closed,
  Currency,
  GateCounts,
  HeldOffer,
  HoldTally,
  Id,
  Instant,
  LossReason,
  MerchantTier,
  Minor,
  Misfit,
  Name,
  ofLine,
  oneOf,
  Region,
  Repack,
  SelectionRequest,
  Sku,
  Units,
  Version,
} from './words';

export const Tried = closed({
  offerId: Id,
  outcome: oneOf('held', 'partly-held', 'no-stock', 'closed', 'banned', 'price-risen', 'unknown-offer', 'capped', 'no-capacity'),
  available: Units,
  version: Version,
  /** Of `capped`, and of `partly-held` where a cap is why. */
  cap: Type.Optional(CapReached),
});

const answer = {
  ...ofLine,
  attempt: Type.Integer({ minimum: 1 }),
  decisionId: Id,
  request: SelectionRequest,
  unheld: Units,
  tried: Type.Array(Tried),
  candidates: Type.Array(Candidate),
  gates: GateCounts,
  /** Goods other than the one that was asked for were left alone for the sake of it, unless it is struck out. */
  repack: Type.Optional(Repack),
} as const;

/** One answer an attempt; it precedes every other fact of its holds (protocol 2, 15). */
export const OfferHeld = closed({ ...answer, holds: Type.Array(HeldOffer, { minItems: 1 }) });
export const NothingHeld = closed(answer);

const ofHold = { ...ofLine, offerId: Id, supplierId: Id, sku: Sku, tally: HoldTally } as const;

export const PurchaseSubmitted = closed({ ...ofHold, purchaseId: Id, quantity: Units });
/** A supplier did not answer in time: asked for, never bought again (protocol 10). */
export const PurchaseUnknown = closed({ ...ofHold, purchaseId: Id, quantity: Units });
export const UnitsDelivered = closed({
  ...ofHold,
  purchaseId: Id,
  deliveries: Type.Array(closed({ deliveryId: Id, kind: oneOf('code', 'top-up') })),
});
/** `misfit`: the offer, or its way of delivery, has changed, and does not serve the hold's region or quantity any more. */
export const HoldLost = closed({ ...ofHold, quantity: Units, reason: LossReason, misfit: Type.Optional(Misfit) });
export const HoldReleased = closed({
  ...ofHold,
  quantity: Units,
  reason: oneOf('cancelled', 'declined', 'deadline', 'attempt-closed', 'written-off'),
});

/** Work by hand is not done, and its deadline is near, or over: told once each. Inside the hub only. */
export const WorkItemReminded = closed({
  ...ofLine,
  workItemId: Id,
  supplierId: Id,
  sku: Sku,
  quantity: Units,
  openUnits: Units,
  dueAt: Instant,
  about: oneOf('due-soon', 'late'),
});

export const CLOSURE_CAUSES = [
  'out-of-stock',
  'banned',
  'price-risen',
  'capacity',
  'too-slow',
  'suspended',
  'stale',
  'not-valid',
  'channel-down',
  'channel-slow',
] as const;
/** Who told a figure. */
export const FIGURE_SOURCES = ['push', 'poll', 'import', 'manual', 'refusal'] as const;
const CostTiers = Type.Array(closed({ from: Type.Integer({ minimum: 1 }), costMinor: Minor }), { minItems: 1, maxItems: 20 });

/** The whole state of an offer. Open when nothing closes it. Inside the hub only: it carries the cost. */
export const OfferState = closed({
  offerId: Id,
  version: Version,
  supplierId: Id,
  sku: Sku,
  upstreamGroup: Type.String({ maxLength: 80 }),
  kind: oneOf('vault', 'http'),
  /** All-units tiers, ascending: from `from` units on, each unit costs `costMinor`. */
  costTiers: CostTiers,
  currency: Currency,
  /** Where the supplier quotes in another currency: `costTiers` are these at the rate, rounded up. */
  quoted: Type.Optional(closed({ currency: Currency, costTiers: CostTiers, rate: Type.Number({ exclusiveMinimum: 0 }), rateAt: Instant })),
  regions: Type.Array(Region, { minItems: 1 }),
  minQuantity: Type.Integer({ minimum: 1 }),
  maxQuantity: Type.Integer({ minimum: 1 }),
  capacityPerMinute: Type.Integer({ minimum: 1 }),
  /** As promised; where deliveries take clearly longer, as measured. */
  leadTimeMs: Type.Integer({ minimum: 0 }),
  /** Room for new holds now. */
  available: Units,
  /** Units that are held there, all holds together: how large a storm is when they must go. */
  held: Type.Optional(Units),
  /** When the last purchase that waits there for the offer's capacity is due; absent where none waits. What comes now is bought after it. */
  busyUntil: Type.Optional(Instant),
  stockAsOf: Instant,
  stockSource: Type.Optional(oneOf(...FIGURE_SOURCES)),
  /** Past it the figure is stale: the offer closes, or, where its supplier has promised no reports, is a risk. Absent: neither. */
  freshUntil: Type.Optional(Instant),
  costAsOf: Type.Optional(Instant),
  costSource: Type.Optional(oneOf(...FIGURE_SOURCES)),
  validUntil: Type.Optional(Instant),
  closures: Type.Array(closed({ cause: oneOf(...CLOSURE_CAUSES), regions: Type.Optional(Type.Array(Region)) })),
  /** Purchases that ended since the offer was made, whatever their quantity: what selection learns fill rate and response time from. */
  outcomes: closed({ fulfilled: Units, failed: Units, responseMsSum: Type.Integer({ minimum: 0 }) }),
  /**
   * Of a vault: how its free codes turn over. Mean and greatest age and days of cover in days (24 h), `perDay` units delivered a day,
   * `capitalMinor` what they cost, `expiringUnits` those that expire before they are sold. At most once an hour, where it has changed.
   */
  holding: Type.Optional(
    closed({
      asOf: Instant,
      units: Units,
      ageDays: Type.Number({ minimum: 0 }),
      oldestDays: Type.Number({ minimum: 0 }),
      perDay: Type.Number({ minimum: 0 }),
      coverDays: Type.Optional(Type.Number({ minimum: 0 })),
      capitalMinor: Minor,
      expiringUnits: Units,
    }),
  ),
  /** How often fresh stock has come: the last time, the usual pause between two (ms), and how many pauses were seen. Absent until one was. */
  restock: Type.Optional(closed({ lastAt: Instant, everyMs: Type.Integer({ minimum: 0 }), seen: Type.Integer({ minimum: 1 }) })),
});

const ofLevel = { sku: Sku, version: Version, category: Type.String({ maxLength: 40 }), available: Units, lowAt: Units } as const;

/** Of a good, over all its open offers: `low_stock` at `lowAt` units or fewer, or sold out. Each is told once, until StockBack. */
export const StockLow = closed({ ...ofLevel, status: oneOf('low_stock', 'out_of_stock') });
/** It can be had again (`was` out_of_stock), or is not low any more; with a distance to what was told before, so that a wavering figure is told once. */
export const StockBack = closed({ ...ofLevel, status: oneOf('low_stock', 'in_stock'), was: oneOf('low_stock', 'out_of_stock') });

export const FULFILMENT_KINDS = ['PIN_PURCHASE', 'VALUE_RECHARGE'] as const;

export const ProductState = closed({
  sku: Sku,
  version: Version,
  name: Name,
  category: Type.String({ maxLength: 40 }),
  fulfilmentKind: oneOf(...FULFILMENT_KINDS),
  faceValueMinor: Minor,
  /** The hub's price to merchants. */
  priceMinor: Minor,
  /** What merchants of these tiers pay instead, where a mark-up rule says so. */
  tierPrices: Type.Optional(Type.Record(MerchantTier, Minor)),
  /** What must be left of the price after the cost, in ten-thousandths of it; absent: nothing. */
  marginFloorBp: Type.Optional(Type.Integer({ minimum: 0, maximum: 9_999 })),
  currency: Currency,
  regions: Type.Array(Region, { minItems: 1 }),
  attributes: Attributes,
  listed: Type.Boolean(),
});
