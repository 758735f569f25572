import { checkNumber, BadNumber } from '../beliefs/observation';
import { chanceOf } from '../chain/explore';

/** One logged decision, as another policy is judged by it. Rewards in any one unit (per line value, for example). */
export interface Logged {
  /** P(the logged action) by the policy that made the log, in (0,1]; and by the one that is judged, in [0,1]. */
  readonly propensity: number;
  readonly target: number;
  readonly reward: number;
  /** A model's reward of the logged action, and its expectation under the judged policy. 0 for both: no model. */
  readonly predicted: number;
  readonly expected: number;
  /** Decisions that are not independent (one buyer's day) share a cluster. */
  readonly cluster: string;
}

export interface Estimates {
  readonly ips: number;
  readonly snips: number;
  readonly dr: number;
  readonly snDr: number;
  readonly switchDr: number;
  /** Effective sample size, (Σw)² / Σw²: how many decisions the estimate really rests on. */
  readonly ess: number;
}

/** Weights above it are left to the model (Switch-DR). */
export const SWITCH_TAU = 10;

/**
 * Values of a policy that was not followed, from the log of one that was (selection.md 1.6). An empty log gives zeros and an ess of 0.
 * @throws BadNumber for a propensity that is not in (0,1], a target not in [0,1], or a reward that is no number
 */
export function estimate(log: readonly Logged[], tau = SWITCH_TAU): Estimates {
  let [ips, dr, model, weights, squares, corrected, switched] = [0, 0, 0, 0, 0, 0, 0];
  for (const it of log) {
    check(it);
    const weight = it.target / it.propensity;
    const correction = weight * (it.reward - it.predicted);
    ips += weight * it.reward;
    dr += it.expected + correction;
    model += it.expected;
    corrected += correction;
    switched += it.expected + (weight <= tau ? correction : 0);
    weights += weight;
    squares += weight * weight;
  }
  const n = Math.max(1, log.length);
  const perWeight = (sum: number) => (weights > 0 ? sum / weights : 0);
  return {
    ips: ips / n,
    snips: perWeight(ips),
    dr: dr / n,
    snDr: model / n + perWeight(corrected),
    switchDr: switched / n,
    ess: squares > 0 ? (weights * weights) / squares : 0,
  };
}

function check({ propensity, target, reward, predicted, expected }: Logged): void {
  checkNumber('propensity', propensity);
  checkNumber('target', target);
  if (propensity <= 0 || propensity > 1) throw new BadNumber('propensity', propensity);
  if (target > 1) throw new BadNumber('target', target);
  for (const [name, value] of Object.entries({ reward, predicted, expected }))
    if (!Number.isFinite(value)) throw new BadNumber(name, value);
}

/** Gain of the judged policy over what was done, per decision, by DR; resampled by cluster, so that one buyer's day counts once. */
export function gainOf(log: readonly Logged[], { seed, rounds = 500, tail = 0.05 }: { seed: string; rounds?: number; tail?: number }) {
  const groups = new Map<string, Logged[]>();
  for (const it of log) groups.set(it.cluster, [...(groups.get(it.cluster) ?? []), it]);
  const clusters = [...groups.values()].map((group) => ({
    size: group.length,
    gain: (estimate(group).dr - group.reduce((sum, it) => sum + it.reward, 0) / group.length) * group.length,
  }));
  const gains = Array.from({ length: clusters.length === 0 ? 0 : rounds }, (_, round) => {
    let [sum, size] = [0, 0];
    for (let i = 0; i < clusters.length; i++) {
      const drawn = clusters[Math.floor(chanceOf(`${seed}/${round}/${i}`) * clusters.length)];
      sum += drawn?.gain ?? 0;
      size += drawn?.size ?? 0;
    }
    return sum / Math.max(1, size);
  }).sort((a, b) => a - b);
  const mean = clusters.reduce((sum, it) => sum + it.gain, 0) / Math.max(1, log.length);
  const [lower = -Infinity, upper = Infinity] = [tail, 1 - tail].map((it) => gains[Math.floor(gains.length * it)]);
  return { mean, lower, upper };
}

export const PROMOTION = { essLeast: 1_000, guardMost: 0.002 } as const;

export interface Promotion {
  readonly promote: boolean;
  readonly why: 'better' | 'not-surely-better' | 'too-few-decisions' | 'guard-worsened';
  /** Of the policy over what was done, a decision; with its bounds. */
  readonly gain: number;
  readonly lower: number;
  readonly upper: number;
  readonly ess: number;
}

/**
 * A policy takes over only if it is surely better: the lower 95 % bound of its gain is above 0, the log is large enough, and no guard (late
 * deliveries, complaints: shares, new less old) worsens by more than 0.2 points. Else it stays in the shadow. `tail`: what lies below the lower
 * bound, less where one log is judged several times.
 */
export function judge(log: readonly Logged[], guards: Readonly<Record<string, number>>, seed: string, tail = 0.05): Promotion {
  for (const [name, value] of Object.entries(guards)) if (!Number.isFinite(value)) throw new BadNumber(`guards.${name}`, value);
  const [{ ess }, { mean: gain, lower, upper }] = [estimate(log), gainOf(log, { seed, tail })];
  const why = ((): Promotion['why'] => {
    if (ess < PROMOTION.essLeast) return 'too-few-decisions';
    if (Object.values(guards).some((it) => it > PROMOTION.guardMost)) return 'guard-worsened';
    return lower > 0 ? 'better' : 'not-surely-better';
  })();
  return { promote: why === 'better', why, gain, lower, upper, ess };
}
