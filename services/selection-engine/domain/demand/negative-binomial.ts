import { amount, positive, share } from './checks';

/** A count with mean `mean` and variance `mean + mean² / size`. A `size` of Infinity is Poisson. */
export interface Count {
  readonly mean: number;
  readonly size: number;
}

/** No table of a distribution is longer: what is beyond counts as this many. */
export const COUNT_MAX = 16_384;

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Logarithm of the gamma function for x > 0; Lanczos, g = 7, to about 1e-13. */
export function lnGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const at = x - 1;
  const t = at + 7.5;
  let sum: number = LANCZOS[0];
  for (let n = 1; n < 9; n++) sum += (LANCZOS[n] ?? 0) / (at + n);
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Derivative of lnGamma for x > 0. */
export function digamma(x: number): number {
  let [at, sum] = [x, 0];
  while (at < 8) {
    sum -= 1 / at;
    at += 1;
  }
  const q = 1 / (at * at);
  return sum + Math.log(at) - 0.5 / at - q * (1 / 12 - q * (1 / 120 - q * (1 / 252 - q * (1 / 240 - q / 132))));
}

/** Log of P(N = count). */
export function logChance({ mean, size }: Count, count: number): number {
  if (mean <= 0) return count === 0 ? 0 : -Infinity;
  if (!Number.isFinite(size) || size > 1e9) return count * Math.log(mean) - mean - lnGamma(count + 1);
  const ways = lnGamma(count + size) - lnGamma(size) - lnGamma(count + 1);
  return ways - size * Math.log1p(mean / size) + count * (Math.log(mean) - Math.log(size + mean));
}

/** Below it a chance is no number any more, and its neighbours cannot be told from it. */
const LOG_LEAST = -700;

/** P(N = 0), P(N = 1), … P(N = most), by the ratio of neighbours; by its logarithm where the first of them is too small for a number. */
export function chances(count: Count, most: number): Float64Array {
  const { mean, size } = count;
  const table = new Float64Array(most + 1);
  const poisson = !Number.isFinite(size) || size > 1e9;
  const step = poisson ? mean : mean / (size + mean);
  let log = logChance(count, 0);
  if (log > LOG_LEAST) {
    let chance = Math.exp(log);
    for (let n = 0; n <= most; n++) {
      table[n] = chance;
      chance *= ((poisson ? 1 : size + n) * step) / (n + 1);
    }
    return table;
  }
  for (let n = 0; n <= most; n++) {
    table[n] = Math.exp(log);
    log += Math.log(((poisson ? 1 : size + n) * step) / (n + 1));
  }
  return table;
}

/** P(N > count): 1 where `count` is below 0. @throws InvalidDemand */
export function chanceAbove(of: Count, count: number): number {
  checked(of);
  if (count < 0) return 1;
  let below = 0;
  for (const it of chances(of, Math.min(COUNT_MAX, Math.floor(count)))) below += it;
  return Math.max(0, Math.min(1, 1 - below));
}

/** The least count whose cumulative chance reaches `chance`, at most COUNT_MAX. @throws InvalidDemand */
export function quantile(of: Count, chance: number): number {
  checked(of);
  share('chance', chance);
  const { mean, size } = of;
  const spread = Math.sqrt(mean + (Number.isFinite(size) ? (mean * mean) / size : 0));
  for (let most = Math.min(COUNT_MAX, Math.ceil(mean + 8 * spread + 16)); ; most = Math.min(COUNT_MAX, most * 2)) {
    let below = 0;
    const table = chances(of, most);
    for (let n = 0; n <= most; n++) {
      below += table[n] ?? 0;
      if (below >= chance - 1e-12) return n;
    }
    if (most === COUNT_MAX) return most;
  }
}

/** NB by its moments: Poisson where the variance does not exceed the mean. */
export function byMoments(mean: number, variance: number): Count {
  return { mean, size: variance <= mean * 1.0001 ? Infinity : (mean * mean) / (variance - mean) };
}

export const varianceOf = ({ mean, size }: Count): number => mean + (Number.isFinite(size) ? (mean * mean) / size : 0);

/** Of independent counts, by their moments. */
export const sumOf = (a: Count, b: Count): Count => byMoments(a.mean + b.mean, varianceOf(a) + varianceOf(b));

export function checked({ mean, size }: Count): void {
  amount('mean', mean);
  if (size !== Infinity) positive('size', size);
}
