import { type Outcome, simulate } from './simulate';

export interface Shortened {
  /** The shortest history that was found, broken in the same way. */
  readonly outcome: Outcome;
  /** The scenario's actions that are left, by their indexes. */
  readonly keep: readonly number[];
  readonly runs: number;
}

/** So many worlds are tried for one shorter history. */
const RUNS_MAX = 400;

/**
 * Leaves out actions and faults while the same rule is still broken (delta debugging, Zeller's ddmin): halves first, then smaller parts.
 * @throws Error where the seed breaks no rule
 */
export function shorten(seed: number, maxRuns = RUNS_MAX): Shortened {
  const first = simulate(seed);
  const rule = first.violation?.invariant;
  if (rule === undefined) throw new Error(`seed ${seed} breaks no rule`);
  let best = { outcome: first, keep: indexesOf(first) };
  let runs = 1;
  const breaks = (keep: readonly number[]): boolean => {
    runs += 1;
    const outcome = simulate(seed, { keep });
    if (outcome.violation?.invariant !== rule) return false;
    // What would have come after the break is not missed.
    best = { outcome, keep: indexesOf(outcome) };
    return true;
  };
  if (best.keep.length === 0 || !breaks(best.keep)) return { ...best, runs };
  for (let size = Math.ceil(best.keep.length / 2); runs < maxRuns;) {
    const at = firstPart(best.keep, size, (rest) => runs < maxRuns && breaks(rest));
    if (at) continue;
    if (size === 1) break;
    size = Math.ceil(size / 2);
  }
  return { ...best, runs };
}

/** Whether some part of this size can be left out. */
function firstPart(keep: readonly number[], size: number, breaks: (rest: readonly number[]) => boolean): boolean {
  for (let from = 0; from < keep.length; from += size) {
    if (breaks(keep.filter((_, n) => n < from || n >= from + size))) return true;
  }
  return false;
}

const indexesOf = ({ history }: Outcome): readonly number[] => history.map((it) => Number(/^#(\d+)/.exec(it)?.[1]));

/** What a person needs to see it again: the rule, what came before it, and the command that plays it. */
export function story({ outcome: { seed, violation, history }, keep }: Shortened): string {
  return [
    `seed ${seed} breaks ${violation?.invariant} after ${((violation?.at ?? 0) / 1000).toFixed(3)} s: ${violation?.detail}`,
    ...history.map((it) => `  ${it}`),
    `again: npm run simulate -- --seed ${seed} --keep ${keep.join(',')}`,
  ].join('\n');
}
