import type { Calibration } from './calibration';
import { InvalidDemand, positive } from './checks';
import { type Context, inContext } from './context';
import { type Attempt, type ExpectedMargin, expectedMarginOf } from './margin';
import { checked, type Count } from './negative-binomial';
import { forecastOf, type PooledModel } from './pooled';
import { suggestedPurchase, type Tier } from './quantity';
import { levelOf, type StockRisk, type StockSeen, stockRiskOf } from './risk';

/** One offer of a card's chain, best first. Money in minor units of the card's currency, a unit. */
export interface OutlookOffer {
  readonly stock: StockSeen;
  readonly fill: Attempt['fill'];
  readonly tiers: readonly Tier[];
  readonly afterSalesMinor: number;
  readonly failureMinor: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
}

/** Demand for the good: counts a bucket, oldest first, or a forecast that was made elsewhere (over `bucketMs`). */
export type DemandKnown =
  | { readonly history: readonly number[]; readonly bucketMs: number; readonly model?: PooledModel }
  | { readonly forecast: Count; readonly bucketMs: number };

export interface OutlookAsked {
  /** ms epoch. */
  readonly at: number;
  /** What the line, or the next line, asks for. */
  readonly quantity: number;
  readonly priceMinor: number;
  /** Refund and lost sale of a unit that nobody serves. */
  readonly lostSaleMinor: number;
  readonly offers: readonly OutlookOffer[];
  readonly demand: DemandKnown;
  readonly context?: Context;
  /** Until the next chance to buy, lead time not included. */
  readonly horizonMs: number;
  /** Share of its cost that a unit left over loses; 0 where a purchase is only a reservation. */
  readonly leftoverShare: number;
  /** Ours already: held in the vault, and on its way. */
  readonly onHand: number;
  readonly inbound: number;
  readonly calibration?: Calibration;
}

export interface Outlook {
  /** That every offer of the chain fails the line; a chain is as risky as its offers together. */
  readonly stockRisk: StockRisk;
  /** At the first offer, units. */
  readonly suggestedQuantity: number;
  readonly expectedMargin: ExpectedMargin;
  /** Of an hour, and over horizon and lead time. */
  readonly demand: { readonly perHour: Count; readonly overHorizon: Count };
  /** Days that the first offer's stock lasts at the expected demand; undefined where it is not known, or nothing is asked for. */
  readonly daysOfCover: number | undefined;
}

export const OFFERS_MAX = 8;
/** Failures of two offers have causes in common: the chain's risk is no less than this share of its least risky offer's. */
const TOGETHER = 0.3;
/** Prices of digital goods move: no more is suggested than covers a fortnight. */
const COVER_MS = 14 * 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * What a card says of the future: stock risk, suggested quantity, expected margin (selection.md 2.1 to 2.4). @throws InvalidDemand where a
 * number is missing, not finite or cannot be true
 */
export function outlookOf(asked: OutlookAsked): Outlook {
  const [first] = asked.offers;
  if (first === undefined) throw new InvalidDemand('empty', 'offers', 0);
  if (asked.offers.length > OFFERS_MAX) throw new InvalidDemand('too-long', 'offers', asked.offers.length);
  positive('quantity', asked.quantity);
  const overMs = asked.horizonMs + first.stock.leadTimeMs.mean;
  const perHour = demandOver(asked, HOUR_MS);
  const overHorizon = demandOver(asked, overMs);
  const expectedMargin = expectedMarginOf({
    chain: asked.offers.map((it) => ({ ...it, costMinor: costAt(it.tiers, asked.quantity) })),
    priceMinor: asked.priceMinor,
    lostSaleMinor: asked.lostSaleMinor,
    lines: 1,
  });
  return {
    stockRisk: chainRisk(asked, perHour),
    suggestedQuantity: suggested(asked, first, overHorizon, overMs),
    expectedMargin,
    demand: { perHour, overHorizon },
    daysOfCover: coverOf(first.stock, perHour),
  };
}

/** Demand over the next `lengthMs`, in its context. @throws InvalidDemand */
export function demandOver({ demand, at, context }: Pick<OutlookAsked, 'demand' | 'at' | 'context'>, lengthMs: number): Count {
  const buckets = lengthMs / positive('bucketMs', demand.bucketMs);
  const plain = 'history' in demand ? forecastOf(demand.history, buckets, demand.model) : scaled(demand.forecast, buckets);
  return context === undefined ? plain : inContext(plain, context, at, lengthMs);
}

function scaled(count: Count, by: number): Count {
  checked(count);
  return { mean: count.mean * by, size: count.size * by };
}

function chainRisk({ at, offers, quantity, calibration }: OutlookAsked, demandPerHour: Count): StockRisk {
  const risks = offers.map((it) => stockRiskOf(it.stock, { at, demandPerHour, quantity, ...(calibration && { calibration }) }).probability);
  const least = Math.min(...risks);
  const apart = risks.reduce((product, it) => product * it, 1);
  const probability = risks.length === 1 ? least : Math.max(apart, TOGETHER * least);
  return { probability, level: levelOf(probability) };
}

function suggested(asked: OutlookAsked, first: OutlookOffer, demand: Count, overMs: number): number {
  const fortnight = Math.ceil((demand.mean * COVER_MS) / overMs) - asked.onHand - asked.inbound;
  const { quantity } = suggestedPurchase({
    demand,
    priceMinor: asked.priceMinor,
    tiers: first.tiers,
    shortageMinor: asked.lostSaleMinor,
    leftoverShare: asked.leftoverShare,
    onHand: asked.onHand,
    inbound: asked.inbound,
    yield: first.fill,
    minQuantity: first.minQuantity,
    maxQuantity: first.maxQuantity,
  });
  // the fortnight bounds what is bought ahead, not what the line itself asks for
  const capped = Math.min(quantity, Math.max(asked.quantity, fortnight));
  return capped < first.minQuantity ? 0 : capped;
}

const costAt = (tiers: readonly Tier[], quantity: number): number =>
  [...tiers].sort((a, b) => a.from - b.from).reduce((cost, it, n) => (n === 0 || it.from <= quantity ? it.costMinor : cost), 0);

function coverOf({ units, reservedUnits, drain }: StockSeen, demandPerHour: Count): number | undefined {
  const perHour = drain.unitsPerHour + demandPerHour.mean;
  return units === undefined || perHour <= 0 ? undefined : Math.max(0, units - reservedUnits) / (24 * perHour);
}
