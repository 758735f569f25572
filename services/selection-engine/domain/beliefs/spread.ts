import gammaln from '@stdlib/math-base-special-gammaln';
import { BadNumber, checkNumber } from './observation';

/** One of those that share a mean (the suppliers of a market, the offers of a supplier): decayed labels and trials, and that mean in (0,1). */
export interface Member {
  readonly good: number;
  readonly trials: number;
  readonly mean: number;
}

/** Weights that are looked at, in trials: from members that have next to nothing in common to members that hardly differ. */
export const [WEIGHT_LEAST, WEIGHT_MOST] = [2, 2_000];
/** Members that are looked at; more of them tell little more. Those with most trials. */
export const MEMBERS_MAX = 200;
const STEPS = 29;
/** Of the prior: a weight three times as large or small is one standard deviation away. */
const PRIOR_LOG_SD = Math.log(3);
/** Of one trial alone the likelihood is the same for every weight. */
const TRIALS_LEAST = 1;

const WEIGHTS = Array.from({ length: STEPS }, (_, n) => WEIGHT_LEAST * (WEIGHT_MOST / WEIGHT_LEAST) ** (n / (STEPS - 1)));

/**
 * How much a shared mean weighs for each of its members, in trials: much where they hardly differ, little where they do (empirical Bayes,
 * selection.md 1.2a). The posterior mean of log weight under the Beta-Binomial likelihood of all members, with a log-normal prior around
 * `usual`; in [WEIGHT_LEAST, WEIGHT_MOST]. The order of the members does not matter. Without any it is `usual`.
 * @throws BadNumber for NaN, an infinity, a negative number, or a mean that is not between 0 and 1
 */
export function weightOf(members: readonly Member[], usual: number): number {
  if (!(checkNumber('usual', usual) > 0)) throw new BadNumber('usual', usual);
  for (const { good, trials, mean } of members) {
    checkNumber('good', good);
    checkNumber('trials', trials);
    if (!(checkNumber('mean', mean) > 0 && mean < 1)) throw new BadNumber('mean', mean);
  }
  const telling = members
    .filter((it) => it.trials > TRIALS_LEAST)
    .sort(byTrials)
    .slice(0, MEMBERS_MAX);
  if (telling.length === 0) return usual;
  const logs = WEIGHTS.map((weight) => {
    const away = Math.log(weight / usual) / PRIOR_LOG_SD;
    return telling.reduce((sum, it) => sum + logLikelihood(it, weight), -(away * away) / 2);
  });
  const most = Math.max(...logs);
  let [mass, sum] = [0, 0];
  for (const [n, weight] of WEIGHTS.entries()) {
    const share = Math.exp((logs[n] ?? 0) - most);
    mass += share;
    sum += share * Math.log(weight);
  }
  return Math.exp(sum / mass);
}

/** The order in which sums are made, so that they come to the same whatever order the members are in. */
const byTrials = (a: Member, b: Member): number => b.trials - a.trials || b.good - a.good || b.mean - a.mean;

function logLikelihood({ good, trials, mean }: Member, weight: number): number {
  const [a, b] = [weight * mean, weight * (1 - mean)];
  return gammaln(a + good) - gammaln(a) + gammaln(b + Math.max(0, trials - good)) - gammaln(b) - gammaln(weight + trials) + gammaln(weight);
}
