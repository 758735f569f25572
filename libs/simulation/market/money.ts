import type { MoneyForeseen } from './tally';

/** Of days: sum of distances over the sum of what came; sum of differences over it; share of days within 80 % bounds, of those that have any. */
export interface MoneyScores {
  readonly wape: number;
  readonly bias: number;
  readonly coverage: number;
}

/** Days whose errors stand behind the bounds of the next: of fewer, a tenth lies beyond the farthest. */
const DAYS_LEAST = 9;

/**
 * What was foreseen of each day against what it came to, in all worlds. The bounds of a day are those of the days before it in its world: the
 * tenth and the ninetieth per cent of how far these lay off, in standard deviations of chance alone (an outage hits many orders at once).
 * Undefined where nothing was foreseen.
 */
export function moneyScoresOf(worlds: readonly MoneyForeseen[]): MoneyScores | undefined {
  let [distance, difference, came, within, bounded] = [0, 0, 0, 0, 0];
  for (const world of worlds) {
    const before: number[] = [];
    for (const [day, variance] of world.variance.entries()) {
      if (variance === 0) continue;
      const off = (world.came[day] ?? 0) - (world.said[day] ?? 0);
      const away = off / Math.sqrt(variance);
      if (before.length >= DAYS_LEAST) {
        const [low, high] = boundsOf(before);
        within += Number(low <= away && away <= high);
        bounded++;
      }
      before.push(away);
      distance += Math.abs(off);
      difference -= off;
      came += world.came[day] ?? 0;
    }
  }
  if (came === 0 || bounded === 0) return undefined;
  return { wape: distance / Math.abs(came), bias: difference / Math.abs(came), coverage: within / bounded };
}

/** Between neighbours in the order, so that each of n days before leaves 1 / (n + 1) of the chance below it. */
function boundsOf(before: readonly number[]): readonly [number, number] {
  const sorted = [...before].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = Math.min(sorted.length - 1, Math.max(0, share * (sorted.length + 1) - 1));
    const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return [at(0.1), at(0.9)];
}
