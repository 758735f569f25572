import { type Assessed, inTime } from './money';

/**
 * What may be left of a deadline after so many failures, each of which was quick or slow: one case before any, at most two after one and four
 * after two, so many milliseconds with so much chance. Kept for a whole path, each failure's cases behind those before it.
 */
export class Left {
  private readonly ms: Float64Array;
  private readonly chance: Float64Array;
  /** Cases after no failure, one, two. */
  private readonly counts: number[];

  constructor(failuresMax: number) {
    const all = 2 ** (failuresMax + 1) - 1;
    this.ms = new Float64Array(all);
    this.chance = new Float64Array(all).fill(1, 0, 1);
    this.counts = Array.from({ length: failuresMax + 1 }, () => 1);
  }

  begin(leftMs: number): void {
    this.ms[0] = leftMs;
  }

  /** What is left when an attempt is made: failures before it may have taken as long as its queue does, or not. */
  private atTurn({ waitMs }: Assessed, ms: number): number {
    return Math.min(ms, (this.ms[0] ?? 0) - waitMs);
  }

  /** What is left once this one has failed, too, as the last of so many. */
  fail(it: Assessed, failures: number): void {
    const { failMs, slow, slowMs } = it;
    const { ms, chance, counts } = this;
    const [from, to] = [beginOf(failures - 1), beginOf(failures)];
    let count = 0;
    for (let n = 0; n < (counts[failures - 1] ?? 0); n++) {
      const [before, likely] = [this.atTurn(it, ms[from + n] ?? 0), chance[from + n] ?? 0];
      ms[to + count] = before - failMs;
      chance[to + count++] = likely * (1 - slow);
      if (slow === 0) continue;
      ms[to + count] = before - slowMs;
      chance[to + count++] = likely * slow;
    }
    counts[failures] = count;
  }

  /**
   * P(in time | it delivers) over all cases after so many failures, the slowest first; NaN as soon as it cannot come to `least`, for most
   * chains are not worth the rest of them.
   */
  inTime(it: Assessed, shape: number, failures: number, least: number): number {
    const from = beginOf(failures);
    let [sum, open] = [0, 1];
    for (let n = from + (this.counts[failures] ?? 0) - 1; n >= from; n--) {
      const chance = this.chance[n] ?? 0;
      sum += chance * inTime(it, shape, this.atTurn(it, this.ms[n] ?? 0));
      open -= chance;
      if (sum + open < least) return NaN;
    }
    return sum;
  }
}

const beginOf = (failures: number): number => (1 << failures) - 1;
