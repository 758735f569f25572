import type { SelectionRequest } from '@midstream/contracts';
import { chanceOf } from '../chain/explore';
import { judge, type Logged, type Promotion, PROMOTION } from '../learning/off-policy';
import { complaintsSeen } from './reward';

const DAY_MS = 86_400_000;

/** A line of a trial that has come to its end, and has had a day to be complained of. */
export interface TrialLine {
  readonly challenger: boolean;
  /** Lines of one buyer's day are not independent. */
  readonly cluster: number;
  /** What it came to before complaints, in shares of its value. */
  readonly reward: number;
  readonly late: boolean;
  readonly endedAt: number;
  /** What the complaints of it that stand cost, in the same shares; absent: none. */
  readonly complaint?: number;
}

/** What a trial's lines say. Gains are the challenger's over the champion's, a line, in shares of its value. */
export interface Verdict {
  readonly judgedAt: number;
  /** On both sides. */
  readonly lines: number;
  /** Decisions that it rests on: the challenger's lines. */
  readonly ess: number;
  readonly gain: number;
  readonly lower: number;
  readonly upper: number;
  /** Shares of lines that were late, or complained of: the challenger's less the champion's. */
  readonly guards: { readonly late: number; readonly complaints: number };
  readonly promote: boolean;
  readonly why: Promotion['why'];
  /** It is surely worse, or surely worsens a guard. */
  readonly harm?: 'surely-worse' | 'late-surely-worse' | 'complaints-surely-worse';
}

/**
 * When a trial may be promoted: at so many lines of the challenger, each time by a bound of a hundredth. Whoever looks often sees luck as proof;
 * all five looks together promote what is no better at most once in twenty trials.
 */
export const LOOKS = [1_000, 2_000, 4_000, 8_000, 16_000] as const;
const TAIL = 0.05 / LOOKS.length;
/** A normal's quantile of as much. */
const SURELY = 2.326;
/** Fewer lines of the challenger say nothing, not even of harm. */
export const HARM_LEAST = 200;
/** Buyers' days beyond it share a cluster: the bootstrap's cost is theirs, and its bounds stay true. */
export const CLUSTERS_MAX = 1_000;

/** Of a buyer's day; nothing of who. Without a pseudonym an order stands for its buyer. */
export const clusterOf = ({ buyerKey, orderId }: Pick<SelectionRequest, 'buyerKey' | 'orderId'>, at: number): number =>
  Math.floor(chanceOf(`${buyerKey ?? orderId}/${Math.floor(at / DAY_MS)}`) * CLUSTERS_MAX);

/** So many lines are judged, those that ended first: what the last look needs on both sides, and room for chance. */
export const JUDGED_MAX = 34_000;

/** Both sides are drawn with the same chance, so that of these lines each was the challenger's with a half. */
const PROPENSITY = 0.5;

export function verdictOf(lines: readonly TrialLine[], trial: string, at: number): Verdict {
  const rewards = lines.map((it) => it.reward - (it.complaint ?? 0) / complaintsSeen(at - it.endedAt));
  // One constant for all stands for a model: what is common to both sides is no noise then
  const mean = rewards.reduce((sum, it) => sum + it, 0) / Math.max(1, lines.length);
  const log = lines.map((it, n): Logged => ({
    propensity: PROPENSITY,
    target: it.challenger ? 1 : 0,
    reward: rewards[n] ?? 0,
    predicted: mean,
    expected: mean,
    cluster: String(it.cluster),
  }));
  const late = differs(lines, (it) => (it.late ? 1 : 0));
  const complaints = differs(lines, (it) => (it.complaint === undefined ? 0 : 1 / complaintsSeen(at - it.endedAt)));
  const guards = { late: late.mean, complaints: complaints.mean };
  const { promote, why, ess, lower, upper, gain } = judge(log, guards, `${trial}/${lines.length}`, TAIL);
  // The log is half the champion's: over that alone the challenger gains twice as much
  const overChampion = 1 / (1 - PROPENSITY);
  const harm = ess < HARM_LEAST ? undefined : harmOf(upper, late, complaints);
  return {
    judgedAt: at,
    lines: lines.length,
    ess,
    ...(lines.length === 0
      ? { gain: 0, lower: 0, upper: 0 }
      : { gain: gain * overChampion, lower: lower * overChampion, upper: upper * overChampion }),
    guards,
    promote,
    why,
    ...(harm && { harm }),
  };
}

interface Difference {
  readonly mean: number;
  readonly error: number;
}

const harmOf = (upper: number, late: Difference, complaints: Difference): Verdict['harm'] => {
  const isWorse = ({ mean, error }: Difference) => mean - SURELY * error > PROMOTION.guardMost;
  if (upper < 0) return 'surely-worse';
  if (isWorse(late)) return 'late-surely-worse';
  return isWorse(complaints) ? 'complaints-surely-worse' : undefined;
};

/** Mean of the challenger's lines less that of the champion's, and its standard error. */
function differs(lines: readonly TrialLine[], of: (line: TrialLine) => number): Difference {
  const sides = [true, false].map((side) => {
    const all = lines.filter((it) => it.challenger === side).map(of);
    const n = Math.max(1, all.length);
    const mean = all.reduce((sum, it) => sum + it, 0) / n;
    return { mean, error: all.reduce((sum, it) => sum + (it - mean) ** 2, 0) / n / n };
  });
  const [challenger, champion] = sides;
  return { mean: (challenger?.mean ?? 0) - (champion?.mean ?? 0), error: Math.sqrt((challenger?.error ?? 0) + (champion?.error ?? 0)) };
}
