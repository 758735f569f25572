/** How much value counts against likeness (selection.md 1.7). */
const VALUE_WEIGHT = 8;
const DIAGONAL = 1e-6;
/** Below it the matrix has no more rank to give. */
const RANK_LEAST = 1e-9;
const MMR_LAMBDA = 0.7;

export interface Choice {
  /** Value as a share of the price. */
  readonly score: number;
}

/**
 * Greedy MAP of a determinantal point process: the set that is good and unlike itself (Chen 2018; incremental Cholesky, O(n k²)).
 * @param likeness symmetric, in [0,1], 1 for a thing and itself @returns indexes, the best first; at most `most`
 */
export function diverse(
  items: readonly Choice[],
  likeness: (a: number, b: number) => number,
  most: number,
  must: readonly number[] = [],
): number[] {
  const quality = items.map(({ score }) => Math.exp(Math.min(30, Math.max(-30, (VALUE_WEIGHT * score) / 2))));
  if (quality.some((it) => !Number.isFinite(it))) return marginal(items, likeness, most, must);
  const gain = items.map((_, it) => (quality[it] ?? 0) ** 2 * (1 + DIAGONAL));
  const rows: number[][] = [];
  const taken: number[] = [];
  while (taken.length < Math.min(most, items.length)) {
    const next = must[taken.length] ?? bestOf(gain, taken);
    if (next === undefined || (gain[next] ?? 0) < RANK_LEAST) break;
    const root = Math.sqrt(gain[next] ?? 0);
    const row = items.map((_, it) => {
      const seen = rows.reduce((sum, known) => sum + (known[next] ?? 0) * (known[it] ?? 0), 0);
      return ((quality[next] ?? 0) * (quality[it] ?? 0) * likeness(next, it) - seen) / root;
    });
    rows.push(row);
    row.forEach((value, it) => (gain[it] = (gain[it] ?? 0) - value * value));
    taken.push(next);
  }
  return taken;
}

/** Maximal marginal relevance: where the process above has no numbers to work on. */
export function marginal(
  items: readonly Choice[],
  likeness: (a: number, b: number) => number,
  most: number,
  must: readonly number[] = [],
): number[] {
  const taken: number[] = [];
  while (taken.length < Math.min(most, items.length)) {
    const worth = items.map(({ score }, it) => {
      const nearest = taken.reduce((best, other) => Math.max(best, likeness(it, other)), 0);
      return MMR_LAMBDA * (Number.isFinite(score) ? score : -1) - (1 - MMR_LAMBDA) * nearest;
    });
    const next = must[taken.length] ?? bestOf(worth, taken);
    if (next === undefined) break;
    taken.push(next);
  }
  return taken;
}

function bestOf(values: readonly number[], taken: readonly number[]): number | undefined {
  let best: number | undefined;
  for (let it = 0; it < values.length; it++) {
    if (taken.includes(it)) continue;
    if (best === undefined || (values[it] ?? -Infinity) > (values[best] ?? -Infinity)) best = it;
  }
  return best;
}
