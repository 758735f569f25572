import type { RateSettings } from './settings';

/** Decayed counts; `at` is the newest time that they have heard of. Never below 0. */
export interface Counts {
  good: number;
  bad: number;
  at: number;
}

/** Labels that come late: of the trials, `pending` may still get one (selection.md 1.2b). */
export interface LateCounts {
  labels: number;
  pending: number;
  matured: number;
  at: number;
}

export const noCounts = (at: number): Counts => ({ good: 0, bad: 0, at });

const faded = (ms: number, halfLifeMs: number): number => (ms <= 0 ? 1 : Math.exp((-Math.LN2 * ms) / halfLifeMs));

/** Adds to decayed counts, O(1). What is older than the newest known is weighed by its age; the clock does not go back. */
export function addCounts(it: Counts, settings: Pick<RateSettings, 'halfLifeMs'>, at: number, good: number, bad: number): void {
  const fade = faded(at - it.at, settings.halfLifeMs);
  const weight = faded(it.at - at, settings.halfLifeMs);
  it.good = Math.max(0, it.good * fade + good * weight);
  it.bad = Math.max(0, it.bad * fade + bad * weight);
  it.at = Math.max(it.at, at);
}

/** Adds trials, labels, or both. A trial that is told late has had part of its time to be labelled already. */
export function addLate(it: LateCounts, settings: RateSettings, at: number, trials: number, labels: number): void {
  ripen(it, settings, Math.max(at, it.at));
  const late = it.at - at;
  const weight = faded(late, settings.halfLifeMs);
  const stillPending = Math.exp(-late / (settings.delayMs ?? 1));
  it.pending += trials * weight * stillPending;
  it.matured += trials * weight * (1 - stillPending);
  it.labels = Math.max(0, it.labels + labels * weight);
}

function ripen(it: LateCounts, settings: RateSettings, at: number): void {
  const since = at - it.at;
  if (since <= 0) return;
  const [fade, left] = [faded(since, settings.halfLifeMs), Math.exp(-since / (settings.delayMs ?? 1))];
  it.matured = (it.matured + it.pending * (1 - left)) * fade;
  it.pending *= left * fade;
  it.labels *= fade;
  it.at = at;
}

/** Good and all trials as they stand at `at`; nothing is changed. */
export function countsAt(it: Counts, settings: RateSettings, at: number): readonly [good: number, trials: number] {
  const fade = faded(at - it.at, settings.halfLifeMs);
  return [it.good * fade, (it.good + it.bad) * fade];
}

/** Labels, and the trials that have had time to get one (never fewer than the labels). */
export function lateCountsAt(it: LateCounts, settings: RateSettings, at: number): readonly [good: number, trials: number] {
  const since = Math.max(0, at - it.at);
  const fade = faded(since, settings.halfLifeMs);
  const exposed = it.matured + it.pending * (1 - Math.exp(-since / (settings.delayMs ?? 1)));
  return [it.labels * fade, Math.max(it.labels, exposed) * fade];
}

/** Shrinks counts to the mean of the level above, which weighs `weight` trials. Mean of Beta(weight·mean + good, …). */
export const shrunk = (mean: number, weight: number, [good, trials]: readonly [number, number]): number =>
  (weight * mean + good) / (weight + trials);

/** Keeps a probability off 0 and 1. */
export const probability = (it: number): number => Math.min(1 - 1e-6, Math.max(1e-6, it));
