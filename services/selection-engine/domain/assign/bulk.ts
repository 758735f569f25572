/** An offer as a bulk order sees it. Money in one unit of money, whatever it is. */
export interface BulkOffer {
  readonly offerId: string;
  readonly stock: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  /** All-units tiers, ascending: from `from` units on, each unit costs `costMinor`. */
  readonly costTiers: readonly { readonly from: number; readonly costMinor: number }[];
  /** What the hub expects of a unit before its cost: revenue less risks. */
  readonly worthMinor: number;
}

export interface Bulk {
  readonly quantity: number;
  /** Of each unit that nobody serves. */
  readonly refundMinor: number;
  readonly offers: readonly BulkOffer[];
}

export interface Split {
  readonly parts: readonly { readonly offerId: string; readonly units: number; readonly costMinor: number }[];
  readonly left: number;
  readonly objectiveMinor: number;
  /** Nothing is better than this. */
  readonly boundMinor: number;
  /** `(bound − objective) / |objective|`; 0 where it is proven best. */
  readonly gap: number;
}

/** Tiers make a split no flow: whoever can solve it is asked, and `undefined` where nobody can now. Must not take long. */
export type Splitter = (bulk: Bulk) => Split | undefined;

/** Fewer units are filled up from the best offer on: what tiers would save there is not worth a solver. */
export const BULK_UNITS_LEAST = 50;

/** What a bulk line's split came to, a record of the decision: the whole line, minor units. */
export interface SplitMade {
  readonly valueMinor: number;
  /** No split over these offers is worth more. */
  readonly boundMinor: number;
  /** What filling up from the best offer on would have been worth. */
  readonly filledMinor: number;
  readonly units: Readonly<Record<string, number>>;
}

/** By the same money as `Split.objectiveMinor`: units taken in turn from the first offer on. */
export function filledUp({ quantity, refundMinor, offers }: Bulk): number {
  let [left, sum] = [quantity, 0];
  for (const it of offers) {
    const units = Math.min(left, it.stock, it.maxQuantity);
    if (units < Math.max(1, it.minQuantity, it.costTiers[0]?.from ?? Infinity)) continue;
    sum += units * (it.worthMinor - costAt(it, units));
    left -= units;
  }
  return sum - left * refundMinor;
}

const costAt = ({ costTiers }: BulkOffer, units: number): number =>
  costTiers.reduce((cost, tier) => (tier.from <= units ? tier.costMinor : cost), 0);

/**
 * The split that is worth most, if it is worth more than filling up: its units by offer are what is planned. Money rounded to tenths.
 */
export function splitBetter(bulk: Bulk, splitter: Splitter | undefined): SplitMade | undefined {
  if (splitter === undefined || bulk.offers.length < 2 || bulk.offers.every((it) => it.costTiers.length < 2)) return undefined;
  const [split, filled] = [splitter(bulk), filledUp(bulk)];
  if (split === undefined || split.objectiveMinor <= filled) return undefined;
  return {
    valueMinor: tenths(split.objectiveMinor),
    boundMinor: tenths(split.boundMinor),
    filledMinor: tenths(filled),
    units: Object.fromEntries(split.parts.map(({ offerId, units }) => [offerId, units])),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
