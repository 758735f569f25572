import negativeBinomialCdf from '@stdlib/stats-base-dists-negative-binomial-cdf';
import type { Beliefs } from './beliefs';
import { figureHolds, noteFigure } from './figures';
import type { AttemptObserved, StockObserved } from './observation';

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

/** However well figures have held, one more may be wrong: else the first that is would never be found out. */
const DOUBT_LEAST = 0.05;

interface Stocked {
  readonly offerId: string;
  readonly supplierId?: string;
  readonly stock?: number;
  readonly stockAt?: number;
}

/** An attempt that was made by a figure tells how far its supplier's figures hold. What others may have taken since is not the figure's fault. */
export function noteFound(beliefs: Beliefs, { offerId, supplierId, at, quantity, stock, stockAt, outcome, reason }: AttemptObserved): void {
  if (stock === undefined || quantity === undefined || stock < quantity) return;
  const spare = stock - quantity;
  if (outcome === 'timed-out' || outcome === 'ambiguous') return; // it did not say
  const isMissing = reason === 'no-stock' && outcome !== 'delivered';
  if (!isMissing) return noteFigure(beliefs, supplierId, at, spare, 0);
  const lasting = lastingChance(beliefs, { offerId, stock, ...(stockAt !== undefined && { stockAt }) }, spare, at);
  const wrong = 1 - figureHolds(beliefs, supplierId, spare, at);
  const doubt = Math.max(DOUBT_LEAST, wrong);
  noteFigure(beliefs, supplierId, at, spare, doubt / (doubt + (1 - doubt) * (1 - lasting)));
}

/**
 * P(at least `quantity` units are still there at `at`), by what others take meanwhile (negative binomial; selection.md 2.3). In [0,1].
 * `stock`: a snapshot that the asker knows, before what `observe` was told; unknown stock is believed in by nine of ten.
 */
export function stockChance(beliefs: Beliefs, asked: Stocked, quantity: number, at: number): number {
  const known = beliefs.stocks.get(asked.offerId);
  const units = asked.stock ?? known?.units;
  if (units === undefined) return UNKNOWN_STOCK;
  // Nothing was found there since the asker's figure was taken
  const isGone = known?.units === 0 && known.at > (asked.stockAt ?? known.at);
  if (units < quantity || isGone) return 0;
  const holds = asked.supplierId === undefined ? 1 : figureHolds(beliefs, asked.supplierId, units - quantity, at);
  return holds * lastingChance(beliefs, asked, units - quantity, at);
}

/** P(others leave what this line needs), if the figure is right. */
function lastingChance(beliefs: Beliefs, { offerId, stock, stockAt }: Stocked, spare: number, at: number): number {
  const known = beliefs.stocks.get(offerId);
  const age = Math.min(AGE_MAX_MS, Math.max(0, at - ((stock === undefined ? known?.at : stockAt) ?? known?.at ?? at)));
  const shape = PRIOR.drained + (known?.drained ?? 0);
  const mean = (shape / (PRIOR.watchedMs + (known?.watchedMs ?? 0))) * age;
  if (mean < 1e-9) return 1;
  const variance = mean + (mean * mean) / shape;
  if (spare > mean + SURE * Math.sqrt(variance)) return 1;
  return Math.min(1, Math.max(STALE_LEAST, negativeBinomialCdf(spare, shape, shape / (shape + mean))));
}

export const UNKNOWN_STOCK = 0.9;
