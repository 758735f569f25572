import { InvalidDemand, positive } from './checks';
import { FEATURES, featuresOf } from './features';
import { nbSes } from './baselines';
import { chanceAbove, type Count, digamma, logChance } from './negative-binomial';

/** A trained model: weights of the logarithms of mean and size over `horizon` buckets, and what recalibration makes of them. */
export interface PooledModel {
  readonly horizon: number;
  readonly mean: readonly number[];
  readonly size: readonly number[];
  readonly meanFactor: number;
  readonly sizeFactor: number;
}

/** A history and what came after it. `censored`: stock ran out, so that at least so much was wanted. */
export interface Sample {
  readonly history: readonly number[];
  readonly demand: number;
  readonly censored?: boolean;
}

/** With fewer buckets the series' own smoothing is used. */
export const HISTORY_LEAST = 8;
const EPOCHS = 12;
const BATCH = 64;
const STEP = 0.02;
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 } as const;
const LOG_MEAN_MAX = 9;
const SIZE = { least: 0.02, most: 200 } as const;
const SIZE_FACTORS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5] as const;

/** Demand over `horizon` buckets: by the model where one is trained and the series is long enough, else NB-SES. @throws InvalidDemand */
export function forecastOf(history: readonly number[], horizon: number, model?: PooledModel): Count {
  positive('horizon', horizon);
  if (model === undefined || history.length < HISTORY_LEAST) return nbSes(history, horizon);
  const features = featuresOf(history);
  const scale = horizon / model.horizon;
  // of counts that are added up over time, mean and size grow alike
  return {
    mean: meanBy(model.mean, features) * model.meanFactor * scale,
    size: sizeBy(model.size, features) * model.sizeFactor * scale,
  };
}

/**
 * Trains one negative binomial regression over all series together, by Adam (selection.md 2.1). Deterministic: samples are shuffled by a
 * fixed rule. @throws InvalidDemand
 */
export function trainPooled(samples: readonly Sample[], horizon: number): PooledModel {
  if (samples.length === 0) throw new InvalidDemand('empty', 'samples', 0);
  const rows = samples.map((it) => featuresOf(it.history));
  const weights = new Float64Array(2 * FEATURES);
  // begins as a smoothed mean with a middling spread
  [weights[0], weights[2], weights[3]] = [Math.log(horizon), 0.5, 0.5];
  const [first, second] = [new Float64Array(2 * FEATURES), new Float64Array(2 * FEATURES)];
  const averaged = new Float64Array(2 * FEATURES);
  let [step, kept] = [0, 0];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const order = shuffled(samples.length, epoch);
    for (let from = 0; from < order.length; from += BATCH) {
      const gradient = gradientOf(samples, rows, weights, order.subarray(from, from + BATCH));
      step++;
      const rate = STEP / Math.sqrt(1 + step / 200);
      for (let n = 0; n < weights.length; n++) {
        const slope = gradient[n] ?? 0;
        first[n] = ADAM.first * (first[n] ?? 0) + (1 - ADAM.first) * slope;
        second[n] = ADAM.second * (second[n] ?? 0) + (1 - ADAM.second) * slope * slope;
        const unbiased = (first[n] ?? 0) / (1 - ADAM.first ** step);
        weights[n] = (weights[n] ?? 0) + (rate * unbiased) / (Math.sqrt((second[n] ?? 0) / (1 - ADAM.second ** step)) + ADAM.epsilon);
      }
      // the mean of the last half of the way is steadier than its end
      if (epoch >= EPOCHS / 2) {
        kept++;
        for (let n = 0; n < weights.length; n++) averaged[n] = (averaged[n] ?? 0) + ((weights[n] ?? 0) - (averaged[n] ?? 0)) / kept;
      }
    }
  }
  return { horizon, mean: [...averaged.subarray(0, FEATURES)], size: [...averaged.subarray(FEATURES)], meanFactor: 1, sizeFactor: 1 };
}

/** Sets level and spread right by what was observed last: observed over foreseen, and the spread of the best log score. */
export function recalibrated(model: PooledModel, observed: readonly Sample[]): PooledModel {
  const whole = observed.filter((it) => it.censored !== true);
  if (whole.length === 0) return model;
  const plain = { ...model, meanFactor: 1, sizeFactor: 1 };
  const foreseen = whole.map((it) => ({ count: forecastOf(it.history, model.horizon, plain), demand: it.demand }));
  const wanted = foreseen.reduce((sum, it) => sum + it.demand, 0);
  const said = foreseen.reduce((sum, it) => sum + it.count.mean, 0);
  // a thousand unseen units of prior keep few observations from turning the level round
  const meanFactor = Math.min(2, Math.max(0.5, (wanted + 20) / (said + 20)));
  const score = (factor: number): number =>
    foreseen.reduce(
      (sum, { count, demand }) => sum + logChance({ mean: count.mean * meanFactor, size: count.size * factor }, Math.round(demand)),
      0,
    );
  const sizeFactor = SIZE_FACTORS.map((factor) => ({ factor, score: score(factor) })).reduce((a, b) => (b.score > a.score ? b : a)).factor;
  return { ...model, meanFactor, sizeFactor };
}

const dot = (weights: ArrayLike<number>, from: number, features: Float64Array): number => {
  let sum = 0;
  for (let n = 0; n < FEATURES; n++) sum += (weights[from + n] ?? 0) * (features[n] ?? 0);
  return sum;
};
const meanBy = (weights: ArrayLike<number>, features: Float64Array, from = 0): number =>
  Math.exp(Math.min(LOG_MEAN_MAX, Math.max(-LOG_MEAN_MAX, dot(weights, from, features))));
const sizeBy = (weights: ArrayLike<number>, features: Float64Array, from = 0): number =>
  Math.min(SIZE.most, Math.max(SIZE.least, Math.exp(Math.min(LOG_MEAN_MAX, dot(weights, from, features)))));

/** Mean slope of the log likelihood, to go up. */
function gradientOf(samples: readonly Sample[], rows: readonly Float64Array[], weights: Float64Array, batch: Uint32Array): Float64Array {
  const gradient = new Float64Array(2 * FEATURES);
  for (const index of batch) {
    const [sample, features] = [samples[index], rows[index]];
    if (sample === undefined || features === undefined) continue;
    const count = { mean: meanBy(weights, features), size: sizeBy(weights, features, FEATURES) };
    const [byMean, bySize] = sample.censored === true ? censoredSlopes(count, sample.demand) : slopes(count, sample.demand);
    for (let n = 0; n < FEATURES; n++) {
      const feature = (features[n] ?? 0) / batch.length;
      gradient[n] = (gradient[n] ?? 0) + byMean * feature;
      gradient[FEATURES + n] = (gradient[FEATURES + n] ?? 0) + bySize * feature;
    }
  }
  return gradient;
}

/** Slopes of the log chance by the logarithms of mean and size. */
function slopes({ mean, size }: Count, demand: number): readonly [number, number] {
  const bySize = size * (digamma(demand + size) - digamma(size) + Math.log(size / (size + mean)) + 1 - (size + demand) / (size + mean));
  return [((demand - mean) * size) / (size + mean), bySize];
}

/** The same of P(demand or more), by differences: what was sold before the stock ran out is a lower bound. */
function censoredSlopes({ mean, size }: Count, demand: number): readonly [number, number] {
  const h = 1e-4;
  const log = (it: Count): number => Math.log(Math.max(1e-12, chanceAbove(it, demand - 1)));
  const slope = (up: Count, down: Count): number => (log(up) - log(down)) / (2 * h);
  const [more, less] = [Math.exp(h), Math.exp(-h)];
  return [slope({ mean: mean * more, size }, { mean: mean * less, size }), slope({ mean, size: size * more }, { mean, size: size * less })];
}

/** Fisher and Yates with a multiplicative generator of its own: training gives the same weights on every machine. */
function shuffled(length: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, n) => n);
  let state = (seed + 1) * 0x9e3779b1;
  for (let n = length - 1; n > 0; n--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (n + 1));
    [order[n], order[other]] = [order[other] ?? 0, order[n] ?? 0];
  }
  return order;
}
