import { counts } from './checks';

/** So many buckets of a history are looked at, the last ones. */
export const HISTORY_MAX = 1_024;
export const FEATURES = 8;
const EPSILON = 0.05;
const RATES = [0.5, 0.2, 0.07] as const;

/**
 * What the pooled model sees of a series (selection.md 2.1): a constant, three smoothed means of different memory, the plain mean, how long
 * nothing was asked, spread over mean, and the greatest of the last twelve. @throws InvalidDemand
 */
export function featuresOf(history: readonly number[]): Float64Array {
  const seen = recent(history);
  const mean = meanOf(seen);
  const features = new Float64Array(FEATURES);
  features[0] = 1;
  RATES.forEach((rate, n) => (features[n + 1] = Math.log(smoothed(seen, rate) + EPSILON)));
  features[4] = Math.log(mean + EPSILON);
  const last = seen.findLastIndex((it) => it > 0);
  features[5] = Math.log1p(last < 0 ? seen.length : seen.length - 1 - last);
  features[6] = Math.log((varianceAround(seen, mean) + EPSILON) / (mean + EPSILON));
  features[7] = Math.log1p(Math.max(0, ...seen.slice(-12)));
  return features;
}

/** The last HISTORY_MAX buckets, looked through. @throws InvalidDemand */
export const recent = (history: readonly number[]): readonly number[] => counts('history', history.slice(-HISTORY_MAX), HISTORY_MAX);

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, it) => sum + it, 0) / values.length;

export const varianceAround = (values: readonly number[], mean: number): number =>
  values.length < 2 ? mean : values.reduce((sum, it) => sum + (it - mean) ** 2, 0) / (values.length - 1);

/** Exponentially weighted mean, begun with the plain mean of the first twelve. */
export function smoothed(values: readonly number[], rate: number): number {
  let level = meanOf(values.slice(0, 12));
  for (const it of values) level += rate * (it - level);
  return level;
}
