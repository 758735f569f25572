/** The value that `share` of all are at or below (nearest rank); 0 where there are none. `share` in [0, 1]. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** The one in the middle; of an even number the mean of the two. 0 where there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** How far the rounds lie apart: (largest − smallest) ÷ median. Above `NOISY` a figure says so. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return middle === 0 ? 0 : (Math.max(...values) - Math.min(...values)) / middle;
}

/** Rounds of one figure that differ by more than this share of it were disturbed by something. */
export const NOISY = 0.15;

/** As many digits as mean something. */
export const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits));
