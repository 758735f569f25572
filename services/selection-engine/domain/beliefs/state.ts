import type { StateSettings } from './settings';

/** Whether a supplier, or a group of them, is up: a two-state hidden Markov chain, in log odds within ±8 (selection.md 1.2d). */
export interface UpState {
  logOdds: number;
  at: number;
}

const LOG_ODDS_MAX = 8;
const clamped = (it: number): number => Math.min(LOG_ODDS_MAX, Math.max(-LOG_ODDS_MAX, it));
const logistic = (it: number): number => 1 / (1 + Math.exp(-it));

/** As it is where nothing is known. */
export function restingState({ failsAfterMs, repairedAfterMs }: StateSettings, at: number): UpState {
  return { logOdds: clamped(Math.log(failsAfterMs / repairedAfterMs)), at };
}

/** P(up) at `at`: what was known fades into the resting share. */
export function upAt(it: UpState, { failsAfterMs, repairedAfterMs }: StateSettings, at: number): number {
  const resting = failsAfterMs / (failsAfterMs + repairedAfterMs);
  const kept = Math.exp(-Math.max(0, at - it.at) * (1 / failsAfterMs + 1 / repairedAfterMs));
  return logistic(it.logOdds) * kept + resting * (1 - kept);
}

/** Bayes on one outcome; `likelihood` is P(outcome | up) / P(outcome | down). Older news than the newest known tells nothing of now. */
export function noteOutcome(it: UpState, settings: StateSettings, at: number, likelihood: number): void {
  if (at < it.at) return;
  const up = upAt(it, settings, at);
  it.logOdds = clamped(Math.log(up / (1 - up)) + settings.power * Math.log(likelihood));
  it.at = at;
}
