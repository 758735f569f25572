/** What may be explored: an offer that little is known of, for a line that is worth little. */
export const EXPLORED = { coldBelow: 30, lineValueMaxMinor: 5_000, shareMax: 0.02 } as const;

export interface Option {
  readonly index: number;
  /** Value of the best chain that begins with it, in shares of the line's price. */
  readonly score: number;
}

export interface Draw {
  readonly index: number;
  /** P(this option was drawn), exact. */
  readonly propensity: number;
}

/**
 * Inverse-gap weighting (SquareCB; selection.md 1.6): an option is drawn with 1 / (n + g·gap), the rest goes to the best; all others
 * together get at most `share`. The best must be the first. `steepness`: g, which grows with what is known.
 */
export function drawOption(
  options: readonly Option[],
  { seed, share, steepness }: { seed: string; share: number; steepness: number },
): Draw {
  const [best, ...others] = options;
  if (best === undefined) return { index: -1, propensity: 1 };
  const weights = others.map((it) => 1 / (options.length + steepness * Math.max(0, best.score - it.score)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const scale = sum > share ? share / sum : 1;
  let chance = chanceOf(seed);
  for (const [place, it] of others.entries()) {
    const propensity = (weights[place] ?? 0) * scale;
    if (chance < propensity) return { index: it.index, propensity };
    chance -= propensity;
  }
  return { index: best.index, propensity: 1 - sum * scale };
}

/** A number in [0,1) that depends on the seed only: FNV-1a, well mixed. The same on every machine. */
export function chanceOf(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
