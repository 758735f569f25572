import betainc from '@stdlib/math-base-special-betainc';

/** Decayed response times: `answers` that were measured, and the time that they and the time-outs took, in milliseconds. */
export interface Times {
  answers: number;
  sumMs: number;
  at: number;
}

/** What is left of a weight after so long; of what is not older, all. */
export const faded = (ms: number, halfLifeMs: number): number => (ms <= 0 ? 1 : 2 ** (-ms / halfLifeMs));

/** Adds measured answers, or (`answers` 0) the time that was waited in vain: right-censored, exact for shape 1. */
export function addTimes(it: Times, halfLifeMs: number, at: number, answers: number, sumMs: number): void {
  const [fade, weight] = [faded(at - it.at, halfLifeMs), faded(it.at - at, halfLifeMs)];
  it.answers = it.answers * fade + answers * weight;
  it.sumMs = it.sumMs * fade + sumMs * weight;
  it.at = Math.max(it.at, at);
}

export function timesAt(it: Times, halfLifeMs: number, at: number): readonly [answers: number, sumMs: number] {
  const fade = faded(at - it.at, halfLifeMs);
  return [it.answers * fade, it.sumMs * fade];
}

/** Mean of the predictive time: `weight` answers of `meanMs`, and what was measured. */
export const meanTime = (meanMs: number, weight: number, [answers, sumMs]: readonly [number, number]): number =>
  (weight * meanMs + sumMs) / (weight + answers);

/**
 * P(T ≤ t), T ~ Gamma(shape, λ), λ ~ Gamma(a, b): the regularised incomplete beta I_{t/(b+t)}(shape, a) (selection.md 1.2c). In [0, 1].
 * For shape 1 and 2 it has a closed form, a hundred times cheaper.
 */
export function onTime(ms: number, shape: number, a: number, b: number): number {
  if (!(ms > 0)) return 0;
  const x = ms / (b + ms);
  if (shape === 1) return 1 - (1 - x) ** a;
  if (shape === 2) return isNothing(1 - x, a) ? 1 : 1 - (1 - x) ** a * (1 + a * x);
  return Math.min(1, Math.max(0, betainc(x, shape, a)));
}

/** Far from a deadline, as most are, what is left of 1 - y ** a * (1 + a) is 1 to the last bit: a few products say so sooner than a power does. */
function isNothing(y: number, a: number): boolean {
  let power = y;
  for (let exponent = 2; exponent <= a; exponent *= 2) power *= power;
  return power * (1 + a) < 1e-17;
}
