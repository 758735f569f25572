import type { Segment, SelectionRequest } from '@midstream/contracts';
import type { Offer, Product } from './book';
import { type MoneySettings, USUAL } from './chain/settings';

/** Shares of the price (selection.md 1.3): of one failed attempt, of a sale lost after it, and of delivering at the last moment. */
export const FAILURE_SHARE: Readonly<Record<Segment, number>> = { retail: 0.0015, enterprise: 0.02 };
export const LOST_SALE_SHARE: Readonly<Record<Segment, number>> = { retail: 0.03, enterprise: 0.1 };
export const LATE_SHARE: Readonly<Record<Segment, number>> = { retail: 0.015, enterprise: 0.03 };

/**
 * A substitute costs this share of the price of what was asked for, accepted or not: margins in this market are 1 to 15 %, and a fatter one
 * alone must never swap the good.
 */
export const SUBSTITUTION_SHARE = USUAL.substitutionShare;

/** What giving a unit up costs: the lost sale, and the good will that a substitute would cost, too. Who gets nothing is no better off. */
export const givingUpMinor = (
  { priceCapMinor, segment }: Pick<SelectionRequest, 'priceCapMinor' | 'segment'>,
  { lostSaleTimes, substitutionShare }: MoneySettings = USUAL,
): number => priceCapMinor * (LOST_SALE_SHARE[segment] * lostSaleTimes + substitutionShare);

/** The promised lead time counts as much as this many measured answers. */
export const RESPONSE_PRIOR_COUNT = 4;

/** Cost of a unit when so many are bought: all-units tiers, at what the offer could sell of them. */
export function costAt({ costTiers, maxQuantity }: Offer, quantity: number): number {
  const units = Math.min(quantity, maxQuantity);
  const tier = costTiers.findLast((it) => it.from <= units) ?? costTiers[0];
  return tier?.costMinor ?? 0;
}

/**
 * The most that a unit may cost: the price less the margin that the hub insists on, where the merchant has not done without it
 * (protocol 22). What is dearer is drained as `price-risen` as soon as it is held.
 */
export const maxCostOf = ({ priceMinor, marginFloorBp = 0 }: Product, isWaived = false): number =>
  isWaived ? priceMinor : priceMinor - Math.ceil((priceMinor * marginFloorBp) / 10_000);

/** A year of the capital that lies in prepaid codes. */
export const CAPITAL_SHARE = 0.1;
/** Codes lie no longer than this in what they cost, though none of them was sold lately. */
export const HOLDING_DAYS_MAX = 180;

/** What using up a code of a vault saves: its capital for as long as the codes last, and its share in those that expire unsold. */
export function holdingOf({ holding }: Offer): { readonly minorPerDay: number; readonly days: number } | undefined {
  if (holding === undefined || holding.units === 0) return undefined;
  const { units, capitalMinor, expiringUnits, coverDays = HOLDING_DAYS_MAX } = holding;
  const days = Math.min(HOLDING_DAYS_MAX, Math.max(1, coverDays));
  return { minorPerDay: (capitalMinor / units) * (CAPITAL_SHARE / 365 + expiringUnits / units / days), days };
}

/** Expected answer, milliseconds: the promised lead time weighs as four answers. */
export function responseOf({ leadTimeMs, outcomes: { fulfilled, failed, responseMsSum } }: Offer): number {
  return (RESPONSE_PRIOR_COUNT * leadTimeMs + responseMsSum) / (RESPONSE_PRIOR_COUNT + fulfilled + failed);
}
