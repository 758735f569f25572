import type { Bulk, BulkOffer, Split, Splitter } from '@midstream/selection-engine-domain/assign/bulk';
import type { Highs } from 'highs';
import { loadHighs } from './highs';

export type SplitProblem = 'wrong-units' | 'wrong-money' | 'too-many-offers';

/** A bulk order is split over at most so many offers' tiers; dearer ones are not looked at. */
export const TIERS_MAX = 2_000;
export const SPLIT_SECONDS_MAX = 2;
/** While a line waits for its ranking, and others behind it: five offers take a hundredth of it. */
export const LIVE_SECONDS_MAX = 0.2;

const isUnits = (it: number): boolean => Number.isSafeInteger(it) && it >= 0;
const isMoney = (it: number): boolean => Number.isFinite(it) && it >= 0;

export function splitProblemOf({ quantity, refundMinor, offers }: Bulk): SplitProblem | undefined {
  if (offers.reduce((sum, it) => sum + it.costTiers.length, 0) > TIERS_MAX) return 'too-many-offers';
  const units = [quantity, ...offers.flatMap((it) => [it.stock, it.minQuantity, it.maxQuantity, ...it.costTiers.map(({ from }) => from)])];
  if (!units.every(isUnits)) return 'wrong-units';
  const costs = [refundMinor, ...offers.flatMap((it) => it.costTiers.map(({ costMinor }) => costMinor))];
  return costs.every(isMoney) && offers.every((it) => Number.isFinite(it.worthMinor)) ? undefined : 'wrong-money';
}

/**
 * A tier makes more units cheaper, so the cost is no flow: a mixed-integer program with units and a yes or no for each tier of each offer.
 * Stops after `seconds` with the best that it has, and says how far that may be from the best.
 * @throws where the problem is not sound (`splitProblemOf`)
 */
export function splitBulk(highs: Highs, bulk: Bulk, seconds = SPLIT_SECONDS_MAX): Split {
  const problem = splitProblemOf(bulk);
  if (problem !== undefined) throw new RangeError(`a bulk order with ${problem}`);
  const tiers = bulk.offers.flatMap((offer, index) => tiersOf(bulk, offer, index));
  const { integer, continuous } = highs.constants.variableType;
  const [count, open] = [tiers.length, highs.infinity];
  const rows = 1 + bulk.offers.length;
  const numRows = rows + 2 * count;
  const numCols = 2 * count + 1;
  return highs.withModel(
    {
      numCols,
      numRows,
      sense: highs.constants.objectiveSense.maximize,
      colCost: [...tiers.map((it) => it.worth), ...tiers.map(() => 0), -bulk.refundMinor],
      colLower: new Float64Array(numCols),
      colUpper: [...tiers.map((it) => it.most), ...tiers.map(() => 1), bulk.quantity],
      rowLower: [bulk.quantity, ...bulk.offers.map(() => 0), ...tiers.flatMap(() => [0, -open])],
      rowUpper: [bulk.quantity, ...bulk.offers.map(() => 1), ...tiers.flatMap(() => [open, 0])],
      matrix: { format: 'csc', numRows, numCols, ...columnsOf(tiers, rows) },
      integrality: [...tiers.map(() => integer), ...tiers.map(() => integer), continuous],
    },
    (model): Split => {
      model.options.set({ output_flag: false, time_limit: seconds, mip_rel_gap: 0 });
      model.run();
      const proven = model.getModelStatus() === highs.constants.modelStatus.optimal;
      return splitOf(bulk, tiers, model.getSolution().colValue, proven ? undefined : Number(model.info.get('mip_dual_bound')));
    },
  );
}

/** Rows: the quantity; at most one tier of each offer; then each tier's least and most. Columns: units of each tier; whether it is taken; what is left. */
function columnsOf(tiers: readonly Tier[], rows: number): { starts: Int32Array; indices: Int32Array; values: Float64Array } {
  const columns = [
    ...tiers.map((_, t) => [[0, 1], [rows + 2 * t, 1], [rows + 2 * t + 1, 1]] as const), // prettier-ignore
    ...tiers.map(({ index, least, most }, t) => [[1 + index, 1], [rows + 2 * t, -least], [rows + 2 * t + 1, -most]] as const), // prettier-ignore
    [[0, 1]] as const,
  ];
  const starts = [0];
  for (const it of columns) starts.push((starts.at(-1) ?? 0) + it.length);
  const entries = columns.flat();
  return {
    starts: Int32Array.from(starts),
    indices: Int32Array.from(entries, ([row]) => row),
    values: Float64Array.from(entries, ([, value]) => value),
  };
}

interface Tier {
  readonly index: number;
  readonly offerId: string;
  readonly least: number;
  readonly most: number;
  readonly costMinor: number;
  readonly worth: number;
}

function tiersOf({ quantity }: Bulk, offer: BulkOffer, index: number): Tier[] {
  const most = Math.min(offer.stock, offer.maxQuantity, quantity);
  return offer.costTiers.flatMap(({ from, costMinor }, tier) => {
    const last = Math.min(most, (offer.costTiers[tier + 1]?.from ?? Infinity) - 1);
    const least = Math.max(1, from, offer.minQuantity);
    return least > last ? [] : [{ index, offerId: offer.offerId, least, most: last, costMinor, worth: offer.worthMinor - costMinor }];
  });
}

/** Whole units, summed again by ourselves: the solver's are within its tolerance only. */
function splitOf(bulk: Bulk, tiers: readonly Tier[], columns: Float64Array, bound: number | undefined): Split {
  const parts = tiers.flatMap((it, t) => {
    const units = Math.round(columns[t] ?? 0);
    return units > 0 ? [{ offerId: it.offerId, units, costMinor: it.costMinor, worth: it.worth }] : [];
  });
  const left = bulk.quantity - parts.reduce((sum, it) => sum + it.units, 0);
  const objectiveMinor = parts.reduce((sum, it) => sum + it.units * it.worth, 0) - left * bulk.refundMinor;
  const boundMinor = bound ?? objectiveMinor;
  return {
    parts: parts.map(({ offerId, units, costMinor }) => ({ offerId, units, costMinor })),
    left,
    objectiveMinor,
    boundMinor,
    gap: Math.max(0, boundMinor - objectiveMinor) / Math.max(1, Math.abs(objectiveMinor)),
  };
}

let highs: Highs | undefined;

/**
 * Splits for live rankings. HiGHS is loaded when the first bulk line asks for it (3.5 MB), which is filled up from the best offer on, as is
 * one that HiGHS fails at.
 */
export const liveSplitter: Splitter = (bulk) => {
  if (highs === undefined) {
    void loadHighs().then((it) => (highs = it), () => undefined); // prettier-ignore
    return undefined;
  }
  try {
    return splitProblemOf(bulk) === undefined ? splitBulk(highs, bulk, LIVE_SECONDS_MAX) : undefined;
  } catch {
    return undefined;
  }
};
