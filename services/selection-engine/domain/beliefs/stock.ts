import negativeBinomialCdf from '@stdlib/stats-base-dists-negative-binomial-cdf';
import type { Beliefs } from './beliefs';
import type { StockObserved } from './observation';

/** Prior of an offer's drain by other buyers: a quarter of a unit a day, as good as a day's watching. */
const PRIOR = { drained: 0.25, watchedMs: 86_400_000 } as const;
/** A snapshot is at most so old in its effect, and leaves this chance at least: what is out of date is not gone. */
const AGE_MAX_MS = 86_400_000;
export const STALE_LEAST = 0.05;
/** Past so many standard deviations a tail is nothing. */
const SURE = 8;

/** A snapshot. What it fell by since the last one was taken by others (and by us, where `left` does not say); a rise is a restock, and says nothing of the drain. */
export function noteStock(beliefs: Beliefs, { offerId, units, at, left }: Omit<StockObserved, 'type'>): void {
  const known = beliefs.stocks.get(offerId);
  if (known === undefined) {
    Object.assign(beliefs.stocks.add(offerId), { units, at });
    return;
  }
  if (at < known.at) return; // older than what is known
  const fade = 2 ** (-(at - known.at) / beliefs.settings.drainHalfLifeMs);
  const before = left ?? known.units;
  const fell = units <= before;
  known.drained = known.drained * fade + (fell ? before - units : 0);
  known.watchedMs = known.watchedMs * fade + (fell ? at - known.at : 0);
  known.units = units;
  known.at = at;
}

/**
 * P(at least `quantity` units are still there at `at`), by what others take meanwhile (negative binomial; selection.md 2.3). In [0,1].
 * `stock`: a snapshot that the asker knows, before what `observe` was told; unknown stock is believed in by nine of ten.
 */
export function stockChance(
  beliefs: Beliefs,
  { offerId, stock, stockAt }: { offerId: string; stock?: number; stockAt?: number },
  quantity: number,
  at: number,
): number {
  const known = beliefs.stocks.get(offerId);
  const units = stock ?? known?.units;
  if (units === undefined) return UNKNOWN_STOCK;
  if (units < quantity) return 0;
  const age = Math.min(AGE_MAX_MS, Math.max(0, at - ((stock === undefined ? known?.at : stockAt) ?? known?.at ?? at)));
  const shape = PRIOR.drained + (known?.drained ?? 0);
  const mean = (shape / (PRIOR.watchedMs + (known?.watchedMs ?? 0))) * age;
  if (mean < 1e-9) return 1;
  const spare = units - quantity;
  const variance = mean + (mean * mean) / shape;
  if (spare > mean + SURE * Math.sqrt(variance)) return 1;
  return Math.min(1, Math.max(STALE_LEAST, negativeBinomialCdf(spare, shape, shape / (shape + mean))));
}

export const UNKNOWN_STOCK = 0.9;
