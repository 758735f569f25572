import { faded } from './response';

/**
 * Decayed attempts that did not deliver, of two kinds: those whose end was told (a refusal, nothing in stock), and those that nobody answered,
 * which use up most of a deadline. How many, and the time that they took together, in milliseconds.
 */
export interface Failures {
  quick: number;
  quickSumMs: number;
  slow: number;
  slowSumMs: number;
  at: number;
}

/** How long failures take: P(slow | it fails), in [0,1], and the mean time of either kind. */
export interface FailureTimes {
  readonly slow: number;
  readonly quickMs: number;
  readonly slowMs: number;
}

/** Adds one failure, O(1). What is older than the newest known is weighed by its age. */
export function addFailure(it: Failures, halfLifeMs: number, at: number, ms: number, isSlow: boolean): void {
  const [fade, weight] = [faded(at - it.at, halfLifeMs), faded(it.at - at, halfLifeMs)];
  const [quick, slow] = isSlow ? [0, weight] : [weight, 0];
  it.quick = it.quick * fade + quick;
  it.quickSumMs = it.quickSumMs * fade + quick * ms;
  it.slow = it.slow * fade + slow;
  it.slowSumMs = it.slowSumMs * fade + slow * ms;
  it.at = Math.max(it.at, at);
}

/** Failures of both kinds, as they weigh at `at`. */
export const failuresAt = ({ quick, slow, at: newest }: Failures, halfLifeMs: number, at: number): number =>
  (quick + slow) * faded(at - newest, halfLifeMs);

/** Of the whole market, as measured: nothing stands above it. */
export const marketFailures = ({ quick, quickSumMs, slow, slowSumMs }: Failures): FailureTimes => ({
  slow: moved(0, 0, slow, quick + slow),
  quickMs: moved(0, 0, quickSumMs, quick),
  slowMs: moved(0, 0, slowSumMs, slow),
});

/** What holds above, moved by what was heard here: it stands for `weight` failures, of either kind as often as they come above. */
export function failuresBelow(above: FailureTimes, weight: number, it: Failures, halfLifeMs: number, at: number): FailureTimes {
  const fade = faded(at - it.at, halfLifeMs);
  const [quick, slow] = [it.quick * fade, it.slow * fade];
  if (quick + slow === 0) return above;
  const slowAbove = weight * above.slow;
  return {
    slow: moved(above.slow, weight, slow, quick + slow),
    quickMs: quick === 0 ? above.quickMs : moved(above.quickMs, weight - slowAbove, it.quickSumMs * fade, quick),
    slowMs: slow === 0 ? above.slowMs : moved(above.slowMs, slowAbove, it.slowSumMs * fade, slow),
  };
}

/** Nothing divides by nothing: a weight that has faded away altogether leaves the mean as it is. */
const moved = (mean: number, weight: number, sum: number, count: number): number =>
  weight + count > 0 ? (weight * mean + sum) / (weight + count) : mean;
