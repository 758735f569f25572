/** One attempt: it delivers with probability `q` in (0,1), which brings `m`; else it costs `f`. */
export interface Attempt {
  readonly q: number;
  readonly m: number;
  readonly f: number;
}

/** An attempt's place in any chain: higher comes first (exchange argument; selection.md 1.4). */
export const indexOf = ({ q, m, f }: Attempt): number => m - (f * (1 - q)) / q;

export interface Chain {
  /** Indices into the attempts, in the order in which they are made. */
  readonly order: readonly number[];
  readonly value: number;
  /** Value of the best chain with one attempt less. */
  readonly shorter: number;
}

/** Value of making these attempts in this order until one delivers; `lost` is what it costs when none does. */
export function valueOf(attempts: readonly Attempt[], lost: number): number {
  return attempts.reduceRight((rest, { q, m, f }) => q * m + (1 - q) * (rest - f), -lost);
}

/**
 * The best chain of at most `attemptsMax` independent attempts, exactly: sorted by the index, then a dynamic programme in O(n·K). Equal
 * indices keep the order in which they are given.
 */
export function bestChain(attempts: readonly Attempt[], attemptsMax: number, lost: number): Chain {
  const places = attempts.map(indexOf);
  const order = attempts.map((_, index) => index).sort((a, b) => (places[b] ?? 0) - (places[a] ?? 0) || a - b);
  const n = order.length;
  const width = attemptsMax + 1;
  const values = new Float64Array((n + 1) * width).fill(-lost);
  for (let i = n - 1; i >= 0; i--) {
    const it = attempts[order[i] ?? -1];
    if (it === undefined) continue;
    for (let k = 1; k <= attemptsMax; k++) {
      const without = values[(i + 1) * width + k] ?? 0;
      const rest = values[(i + 1) * width + k - 1] ?? 0;
      values[i * width + k] = Math.max(without, it.q * it.m + (1 - it.q) * (rest - it.f));
    }
  }
  const taken: number[] = [];
  for (let i = 0, k = attemptsMax; i < n && k > 0; i++) {
    if ((values[i * width + k] ?? 0) <= (values[(i + 1) * width + k] ?? 0)) continue;
    taken.push(order[i] ?? -1);
    k--;
  }
  return { order: taken, value: values[attemptsMax] ?? -lost, shorter: values[attemptsMax - 1] ?? -lost };
}
