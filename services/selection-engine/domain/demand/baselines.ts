import { meanOf, recent, smoothed, varianceAround } from './features';
import { byMoments, type Count } from './negative-binomial';

/** A method of forecasting the demand over the next `horizon` buckets from a history, oldest first. */
export type Method = (history: readonly number[], horizon: number) => Count;

const FEWEST_VARIANCE = 1.0001;
const RATE = 0.1;
const TSB = { demand: 0.1, chance: 0.05 } as const;

/** Simple exponential smoothing with a negative binomial around it: the fall-back where no model is trained, or little is known. */
export const nbSes: Method = (history, horizon) => around(smoothed(recent(history), RATE), history, horizon);
export const nbCroston: Method = (history, horizon) => around(croston(history, 1), history, horizon);
/** Croston with Syntetos and Boylan's correction. */
export const nbSba: Method = (history, horizon) => around(croston(history, 1 - RATE / 2), history, horizon);
/** Teunter, Syntetos and Babai: the chance of a demand falls in each bucket without one, so that what is dead dies. */
export const nbTsb: Method = (history, horizon) => {
  const seen = recent(history);
  const positive = seen.filter((it) => it > 0);
  let [chance, size] = [positive.length / Math.max(1, seen.length), meanOf(positive)];
  for (const it of seen) {
    chance += TSB.chance * (Number(it > 0) - chance);
    if (it > 0) size += TSB.demand * (it - size);
  }
  return around(chance * size, history, horizon);
};
export const nbMean: Method = (history, horizon) => around(meanOf(recent(history)), history, horizon);
export const poissonSes: Method = (history, horizon) => ({ mean: smoothed(recent(history), RATE) * horizon, size: Infinity });

export const BASELINES: Readonly<Record<string, Method>> = {
  'nb-croston': nbCroston,
  'nb-sba': nbSba,
  'nb-mean': nbMean,
  'poisson-ses': poissonSes,
  'nb-tsb': nbTsb,
  'nb-ses': nbSes,
};

/** Size over interval, each smoothed where there is a demand. */
function croston(history: readonly number[], correction: number): number {
  const seen = recent(history);
  let [size, interval, since] = [0, 0, 1];
  for (const it of seen) {
    if (it > 0) {
      size = size === 0 ? it : size + RATE * (it - size);
      interval = interval === 0 ? since : interval + RATE * (since - interval);
      since = 1;
    } else since++;
  }
  return interval === 0 ? 0 : (correction * size) / interval;
}

/** Spread over mean as in the series' own past. */
function around(level: number, history: readonly number[], horizon: number): Count {
  const seen = recent(history);
  const mean = meanOf(seen);
  const ratio = mean === 0 ? FEWEST_VARIANCE : Math.max(FEWEST_VARIANCE, varianceAround(seen, mean) / mean);
  return byMoments(level * horizon, level * horizon * ratio);
}
