import { Type } from '@sinclair/typebox';
import {
  Candidate,
  closed,
  Currency,
  GateCounts,
  Id,
  Instant,
  Minor,
  ofLine,
  oneOf,
  proposedAddition,
  Region,
  Repack,
  SelectionRequest,
  Sku,
  Version,
} from './words';

/** At most this many offers travel the lap; the rest is in the decision's record. */
export const CANDIDATES_MAX = 5;

/**
 * Selection's answer: the best first, none where no offer passed the gates. `gates` tells why the others did not. `repack`: what comes before
 * any other good, where the one that was asked for cannot be had.
 */
export const OffersRanked = closed({
  ...ofLine,
  decisionId: Id,
  request: SelectionRequest,
  candidates: Type.Array(Candidate, { maxItems: CANDIDATES_MAX }),
  gates: GateCounts,
  repack: Type.Optional(Repack),
});

export const SIGNAL_KINDS = ['competitor-price', 'version-update', 'heat', 'delivery-channel'] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];
export const CHANNEL_STATES = ['up', 'slow', 'down'] as const;

const Text = Type.String({ minLength: 1, maxLength: 120 });
const Count = Type.Integer({ minimum: 0, maximum: 1_000_000 });

/** What a competitor asks for the same good. */
export const CompetitorPrice = closed({ competitor: Text, priceMinor: Minor, currency: Currency, observedAt: Instant });
/** A game or a programme got a new version, or will have one. */
export const VersionUpdate = closed({ game: Text, title: Text, observedAt: Instant });
/** What the hub's shops saw of people's interest since they last told. */
export const HeatSeen = closed({ views: Count, searches: Count, carts: Count, observedAt: Instant });
/** What a way of delivery lets through, whole; absent in it: as much as there is. */
export const ChannelPolicy = closed({
  regions: Type.Optional(Type.Array(Region, { minItems: 1, maxItems: 300 })),
  maxQuantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  leadTimeMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800_000 })),
});
/** How a way of delivery is doing: a platform's redeem page, an operator's top-up gate. Without a policy, that is as it was. */
export const ChannelState = closed({
  channel: Text,
  state: oneOf(...CHANNEL_STATES),
  policy: Type.Optional(ChannelPolicy),
  observedAt: Instant,
});

/** Somebody told of the market. One kind each; an update of a game becomes a fact for each of its goods. */
export const MarketSignalReported = closed({
  sku: Sku,
  signalId: Id,
  kind: oneOf(...SIGNAL_KINDS),
  price: Type.Optional(CompetitorPrice),
  update: Type.Optional(VersionUpdate),
  heat: Type.Optional(HeatSeen),
  channel: Type.Optional(ChannelState),
});

/** A burst of demand, as long as it is not heard to be over: `factor` times what was to be expected. */
export const Burst = closed({
  since: Instant,
  until: Instant,
  factor: Type.Number({ minimum: 0, maximum: 1_000 }),
  ordersPerMinute: Type.Number({ minimum: 0 }),
  expectedPerMinute: Type.Number({ minimum: 0 }),
});
export const BurstDetected = closed({ sku: Sku, burst: Burst });

/** The market of one good as selection knows it: full state. Inside the hub only. */
export const MarketState = closed({
  sku: Sku,
  version: Version,
  /** Weighted counts, discounted to `asOf` by half-lives of an hour and of a week. */
  heat: closed({ hour: Type.Number({ minimum: 0 }), week: Type.Number({ minimum: 0 }), asOf: Instant }),
  prices: Type.Array(CompetitorPrice, { maxItems: 20 }),
  updates: Type.Array(VersionUpdate, { maxItems: 5 }),
  channels: Type.Array(ChannelState, { maxItems: 10 }),
  burst: Type.Optional(Burst),
});

/** Demand calls for more of what a running order asks for. Order takes it in, or leaves it: the merchant hears of it by `AdditionOffered`. */
export const AdditionProposed = closed(proposedAddition);
