import type { Segment } from '@midstream/contracts';
import { FAILURE_SHARE, LATE_SHARE, LOST_SALE_SHARE } from '../worth';

/** All that the value of a card is made of: one good by its chain of offers. Money in minor units a unit, the rest in [0,1]. */
export interface Traits {
  readonly priceMinor: number;
  readonly costMinor: number;
  /** That one of the chain's offers delivers what it promises. */
  readonly fill: number;
  /** That a code that was delivered is not good. */
  readonly invalid: number;
  /** Share of the time left that the first answer takes. */
  readonly slowness: number;
  readonly complaint: number;
  /** That there is stock when it is asked for. */
  readonly inStock: number;
  /** What a buyer's coming again, a good's heat, its fit to the scenario and the cases add, as a share of the price. */
  readonly demand: number;
}

/** A complaint costs 60 % of the price and 8 元 of work; a bad code its price again (selection.md 1.3). */
const COMPLAINT_SHARE = 0.6;
const COMPLAINT_MINOR = 800;

/** What complaints and bad codes cost of each delivery. */
export const afterSalesMinor = (complaint: number, invalid: number, priceMinor: number): number =>
  complaint * (COMPLAINT_SHARE * priceMinor + COMPLAINT_MINOR) + invalid * priceMinor;

/** Expected money a unit for the hub, of the whole chain. */
export function valueOf(it: Traits, segment: Segment): number {
  const served = it.fill * it.inStock * (1 - it.invalid);
  const afterSales = afterSalesMinor(it.complaint, it.invalid, it.priceMinor);
  const failure = it.priceMinor * (FAILURE_SHARE[segment] + LOST_SALE_SHARE[segment]);
  const margin = it.priceMinor - it.costMinor - afterSales + it.demand * it.priceMinor;
  return served * margin - (1 - served) * failure - it.priceMinor * LATE_SHARE[segment] * it.slowness;
}

/** In the order in which `mixed` takes them. */
export const GROUPS = ['price', 'reliability', 'speed', 'after-sales', 'stock', 'demand'] as const;
export type Group = (typeof GROUPS)[number];

/** n! for the weights of coalitions among six groups. */
const FACTORIAL = [1, 1, 2, 6, 24, 120, 720] as const;
const factorial = (n: number): number => FACTORIAL[n] ?? NaN;

/** Groups in each of the 64 mixtures. */
const SIZES = Array.from({ length: 1 << GROUPS.length }, (_, mask) => GROUPS.reduce((sum, _group, it) => sum + ((mask >> it) & 1), 0));

/**
 * What each group of traits adds to the difference between a card and another, in minor units: exact Shapley values over all 64 mixtures
 * of the two. They sum to the difference (cards.spec.ts asserts it to 1e-9 of the sizes that are added).
 */
export function contributions(card: Traits, other: Traits, segment: Segment): Readonly<Record<Group, number>> {
  const values = Float64Array.from({ length: 1 << GROUPS.length }, (_, mask) => valueOf(mixed(card, other, mask), segment));
  const of = (index: number): number => {
    let sum = 0;
    for (let mask = 0; mask < values.length; mask++) {
      if ((mask >> index) & 1) continue;
      const size = SIZES[mask] ?? 0;
      const weight = (factorial(size) * factorial(GROUPS.length - size - 1)) / factorial(GROUPS.length);
      sum += weight * ((values[mask | (1 << index)] ?? 0) - (values[mask] ?? 0));
    }
    return sum;
  };
  return Object.fromEntries(GROUPS.map((group, index) => [group, of(index)])) as Record<Group, number>;
}

/** The groups of the mask by the card's traits, the others by the other's. */
function mixed(card: Traits, other: Traits, mask: number): Traits {
  const of = (group: number): Traits => ((mask >> group) & 1 ? card : other);
  const [price, reliability, speed, afterSales, stock, demand] = [of(0), of(1), of(2), of(3), of(4), of(5)];
  return {
    priceMinor: price.priceMinor,
    costMinor: price.costMinor,
    fill: reliability.fill,
    invalid: reliability.invalid,
    slowness: speed.slowness,
    complaint: afterSales.complaint,
    inStock: stock.inStock,
    demand: demand.demand,
  };
}
