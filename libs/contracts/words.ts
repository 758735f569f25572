import { type Static, Type } from '@sinclair/typebox';

/** An object that refuses unknown properties at our own door; readers of another version skip what they do not know (envelope.ts). */
export const closed = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>({ type: 'string', enum: values });

export const Id = Type.String({ minLength: 1, maxLength: 200, pattern: '^[A-Za-z0-9._~:/-]+$' });
export const Sku = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9._-]+$' });
export const Minor = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Money in minor units (分) of the currency beside it',
});
export const Currency = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' });
export const Units = Type.Integer({ minimum: 0, maximum: 1_000_000 });
export const Version = Type.Integer({ minimum: 0 });
/** ISO 8601 in UTC on the wire. */
export const Instant = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
export const Region = Type.String({
  pattern: '^(\\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$',
  description: 'ISO 3166 country or subdivision; * is everywhere',
});
export const Attributes = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 200 }));
export const Name = closed({ zh: Type.String({ maxLength: 200 }), en: Type.String({ maxLength: 200 }) });

export const LOSS_REASONS = [
  'out-of-stock',
  'refused',
  'expired',
  'banned',
  'price-risen',
  'too-slow',
  'capacity',
  'invalid-code',
] as const;
export const LossReason = oneOf(...LOSS_REASONS);
export type LossReason = (typeof LOSS_REASONS)[number];

/** Why a hold fits its offer no more. */
export const Misfit = oneOf('region', 'quantity');

export const GIVE_UP_REASONS = [
  'cancelled',
  'declined',
  'deadline',
  'no-candidate',
  'cap-reached',
  'depth-reached',
  'written-off',
] as const;
export const GiveUpReason = oneOf(...GIVE_UP_REASONS);
export type GiveUpReason = (typeof GIVE_UP_REASONS)[number];

/** Where a candidate failed a hard gate, in the order in which the gates are asked. */
export const GATES = [
  'unknown-product',
  'policy',
  'region',
  'price',
  'excluded',
  'closed',
  'quantity',
  'lead-time',
  'stock',
  'verdict',
  'surge',
] as const;
export const Gate = oneOf(...GATES);
export type Gate = (typeof GATES)[number];
/** How many offers failed at which gate: the reason why a line found nothing, in numbers. */
export const GateCounts = Type.Partial(
  closed(Object.fromEntries(GATES.map((it) => [it, Type.Integer({ minimum: 0 })])) as Record<Gate, ReturnType<typeof Type.Integer>>),
);
export type GateCounts = { readonly [G in Gate]?: number };

export const SUBSTITUTION_STEPS = ['none', 'other-supplier', 'repack', 'same-category', 'cross-category'] as const;
export const SubstitutionUpTo = oneOf(...SUBSTITUTION_STEPS);
export type SubstitutionUpTo = (typeof SUBSTITUTION_STEPS)[number];

export const Segment = oneOf('retail', 'enterprise');
export type Segment = Static<typeof Segment>;

/** What a line asks for: a good by its SKU, or any good of a category with these properties. */
export const Need = closed({
  sku: Type.Optional(Sku),
  category: Type.Optional(Type.String({ maxLength: 40 })),
  faceValueMinor: Type.Optional(Minor),
  attributes: Type.Optional(Attributes),
});
export type Need = Static<typeof Need>;

export const Substitution = closed({
  upTo: SubstitutionUpTo,
  consent: oneOf('pre-approved', 'ask'),
  /** What silence means, and how long it lasts; only where consent is asked. */
  consentDefault: oneOf('refund', 'accept'),
  consentMs: Type.Integer({ minimum: 1000, maximum: 7 * 86_400_000 }),
  /** Until when a line without a candidate waits for a restock. Absent: not at all. */
  waitUntil: Type.Optional(Instant),
});
export type Substitution = Static<typeof Substitution>;

export const Buyer = closed({
  reference: Type.String({ minLength: 1, maxLength: 80 }),
  region: Region,
  segment: Segment,
  tier: Type.String({ maxLength: 40 }),
  scenario: Type.String({ maxLength: 40 }),
});
export type Buyer = Static<typeof Buyer>;

/**
 * A pseudonym of one merchant's buyer: an HMAC of both with a key that order alone has. The merchant's own name for the buyer is in
 * `OrderPlaced` only.
 */
export const BuyerKey = Type.String({ pattern: '^[0-9a-f]{32}$' });

/** What may be proposed to an order while it runs: units in all, and the dearest that one may be. Without it, nothing is proposed. */
export const Additions = closed({ maxUnitPriceMinor: Minor, maxQuantity: Type.Integer({ minimum: 1, maximum: 10_000 }) });
export type Additions = Static<typeof Additions>;

/** More units of a good that a running order asks for: what is proposed, beside which of its lines, and until when. */
export const proposedAddition = {
  orderId: Id,
  merchantId: Id,
  additionId: Id,
  lineId: Id,
  beside: Sku,
  sku: Sku,
  quantity: Type.Integer({ minimum: 1, maximum: 10_000 }),
  priceMinor: Minor,
  currency: Currency,
  because: oneOf('burst', 'version-update', 'heat', 'case'),
  expiresAt: Instant,
} as const;

export const RECIPIENT_MAX = 120;
/**
 * The account that a top-up goes to: a telephone number, a game account; what it is depends on the product. Personal data: of all facts only
 * `LineAssigned` carries it.
 */
export const Recipient = Type.String({ minLength: 1, maxLength: RECIPIENT_MAX, pattern: '^\\P{Cc}*$' });

/** A class of merchants that mark-up rules name; an operator gives it to a merchant. */
export const MerchantTier = Type.String({ pattern: '^[a-z0-9-]{1,40}$' });

/** Whom a fact is about: every fact by order carries it, so that no reader has to ask. */
export const ofLine = { orderId: Id, merchantId: Id, lineId: Id } as const;

/**
 * All that inventory knows of one hold: granted = open + delivered + lost + released, where open units are held, being bought, or of
 * unknown outcome. Every fact about a hold carries it whole, so that a late or repeated fact does no harm (protocol 1).
 */
export const HoldTally = closed({
  holdId: Id,
  version: Version,
  granted: Units,
  delivered: Units,
  lost: Units,
  released: Units,
});
export type HoldTally = Static<typeof HoldTally>;

/** The offer behind a hold, at the price that is frozen while it lasts (protocol 22). */
export const HeldOffer = closed({
  tally: HoldTally,
  offerId: Id,
  supplierId: Id,
  sku: Sku,
  priceMinor: Minor,
  currency: Currency,
  expiresAt: Instant,
});
export type HeldOffer = Static<typeof HeldOffer>;

/** A cap against hoarding stopped a line: how much its merchant, or its buyer, may hold at once, and holds. Nobody else's figures. */
export const CapReached = closed({
  per: oneOf('merchant', 'buyer'),
  of: oneOf('offer', 'sku', 'category'),
  maxUnits: Units,
  usedUnits: Units,
});
export type CapReached = Static<typeof CapReached>;

/** A line's own request for goods: self-contained, and carried unchanged through the whole lap (protocol 5). */
export const SelectionRequest = closed({
  ...ofLine,
  attempt: Type.Integer({ minimum: 1 }),
  /** 1 for a line's first attempt; a loss is tried again one deeper. */
  depth: Type.Integer({ minimum: 1 }),
  /** 1 for a fresh question; asked again for units that could not be held at the same depth (protocol 15). */
  ranking: Type.Integer({ minimum: 1 }),
  quantity: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  need: Need,
  region: Region,
  segment: Segment,
  tier: Type.String({ maxLength: 40 }),
  scenario: Type.String({ maxLength: 40 }),
  /** Who buys: what a cap counts by, and what selection remembers a buyer under. */
  buyerKey: Type.Optional(BuyerKey),
  /** The merchant's, as it was when the order was placed: what it pays depends on it. Absent: none. */
  merchantTier: Type.Optional(MerchantTier),
  /** The dearest that a unit may be: the line's cap, or the lower reference price of what is replaced. */
  priceCapMinor: Minor,
  currency: Currency,
  substitution: Substitution,
  /** The line names an account to be topped up: nothing but a top-up serves it, and a top-up serves no other. Which account, order knows. */
  hasRecipient: Type.Optional(Type.Boolean()),
  /** The merchant does without the hub's margin floor for this line: a unit may cost up to its price, and never more. */
  marginFloorWaived: Type.Optional(Type.Boolean()),
  deliverBy: Instant,
  /** Offers that this line has lost, and why; it does not go back to them. */
  excluded: Type.Array(closed({ offerId: Id, reason: LossReason }), { maxItems: 64 }),
  /** Offers that had nothing for it: left out only while the book knows no newer version (protocol 15). */
  tried: Type.Array(closed({ offerId: Id, version: Version }), { maxItems: 64 }),
  replaces: Type.Optional(closed({ holdId: Id, offerId: Id, sku: Sku, reason: LossReason, referencePriceMinor: Minor })),
  /** In a line's first request only: what may be proposed beside it. */
  additions: Type.Optional(Additions),
});
export type SelectionRequest = Static<typeof SelectionRequest>;

export const VERDICTS = ['compliant', 'high-risk', 'banned'] as const;
export const VerdictStatus = oneOf(...VERDICTS);
export type VerdictStatus = (typeof VERDICTS)[number];

/** What compliance says of one candidate, with the rule that says so. */
export const Verdict = closed({
  status: VerdictStatus,
  ruleId: Type.Optional(Id),
  ruleVersion: Version,
  reason: Type.Optional(Type.String({ maxLength: 300 })),
});
export type Verdict = Static<typeof Verdict>;

/** One offer of the ranked list. `expectedMinor`: expected money a unit for the hub (selection's decision record says how). */
export const Candidate = closed({
  offerId: Id,
  supplierId: Id,
  sku: Sku,
  priceMinor: Minor,
  currency: Currency,
  expectedMinor: Type.Integer(),
  /** The version of the offer's state that the ranking knew. */
  version: Version,
  /** Units of the line that the ranking foresees at this offer, so that the lines of a batch share scarce stock. */
  planned: Units,
  verdict: Type.Optional(Verdict),
});
export type Candidate = Static<typeof Candidate>;

/** So many pieces at most stand in for one unit. */
export const PIECES_MAX = 10;

/**
 * Pieces of the same brand for units that cannot be had: two cards of 50 for one of 100. `units`: of the line, that there are pieces for;
 * `priceCapMinor`: the dearest that a piece may be, so that all pieces of a unit together cost no more than the unit itself would.
 */
export const Repack = closed({
  sku: Sku,
  pieces: Type.Integer({ minimum: 2, maximum: PIECES_MAX }),
  units: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  priceCapMinor: Minor,
  verdict: Type.Optional(Verdict),
});
export type Repack = Static<typeof Repack>;
