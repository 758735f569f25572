import { amount, finite, InvalidDemand, positive, share } from './checks';

/** Corrects the logit of a probability by what was observed: `slope` × logit + `shift`. */
export interface Calibration {
  readonly slope: number;
  readonly shift: number;
}

/** A probability that was told in the past, and whether it came so. */
export interface Foretold {
  readonly said: number;
  readonly came: boolean;
  /** How often; 1 unless said. */
  readonly times?: number;
}

/** What is believed before anything was observed, that a probability is right as it is, weighs as much as some eighty observations. */
const PRIOR = 20;
const STEPS = 40;
const STEP_MAX = 0.5;
const SLOPE = { least: 0.25, most: 4 } as const;
const SHIFT_MAX = 4;
/** What was nearly certain pulls no harder than this. */
const LOGIT_MAX = 12;
/** Newton's steps end below it. */
const SETTLED = 1e-9;

/** Logit-linear; identity without a calibration. A slope must be positive: it must not turn the order round. */
export function calibrated(probability: number, by?: Calibration): number {
  const it = Math.min(1, Math.max(0, probability));
  if (by === undefined || it === 0 || it === 1) return it;
  return logistic(positive('calibration.slope', by.slope) * logit(it) + finite('calibration.shift', by.shift));
}

/**
 * What past probabilities must be corrected by, from what became of them: a logistic regression on their logits (Platt), held to "right as
 * they are" by a prior. Only what has ended belongs here. Few observations change little; 0 and 1 are certain, and tell nothing.
 * @throws InvalidDemand
 */
export function calibrationOf(told: readonly Foretold[]): Calibration {
  const open = told.filter(({ said, times = 1 }) => amount('times', times) > 0 && share('said', said) > 0 && said < 1);
  const logits = open.map(({ said }) => Math.min(LOGIT_MAX, Math.max(-LOGIT_MAX, logit(said))));
  let [slope, shift] = [1, 0];
  for (let step = 0; step < STEPS; step++) {
    let [bySlope, byShift, aa, ab, bb] = [PRIOR * (1 - slope), -PRIOR * shift, PRIOR, 0, PRIOR];
    open.forEach(({ came, times = 1 }, n) => {
      const x = logits[n] ?? 0;
      const chance = logistic(slope * x + shift);
      const weight = times * chance * (1 - chance);
      bySlope += times * (Number(came) - chance) * x;
      byShift += times * (Number(came) - chance);
      aa += weight * x * x;
      ab += weight * x;
      bb += weight;
    });
    const area = aa * bb - ab * ab;
    const [more, up] = [bounded((bb * bySlope - ab * byShift) / area), bounded((aa * byShift - ab * bySlope) / area)];
    [slope, shift] = [slope + more, shift + up];
    if (Math.abs(more) + Math.abs(up) < SETTLED) break;
  }
  if (!Number.isFinite(slope + shift)) throw new InvalidDemand('not-finite', 'told', slope + shift);
  return { slope: Math.min(SLOPE.most, Math.max(SLOPE.least, slope)), shift: Math.min(SHIFT_MAX, Math.max(-SHIFT_MAX, shift)) };
}

const bounded = (step: number): number => Math.min(STEP_MAX, Math.max(-STEP_MAX, step));
const logit = (it: number): number => Math.log(it / (1 - it));
const logistic = (it: number): number => 1 / (1 + Math.exp(-it));
