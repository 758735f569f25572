import negativeBinomialCdf from '@stdlib/stats-base-dists-negative-binomial-cdf';

export const RISK_LEVELS = ['low', 'medium', 'high', 'extreme'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];
/** From these probabilities on: 低, 中, 高, 极高 (selection.md 2.3). */
const LEVEL_FROM: Readonly<Record<RiskLevel, number>> = { low: 0, medium: 0.02, high: 0.1, extreme: 0.3 };

export const levelOf = (probability: number): RiskLevel => RISK_LEVELS.findLast((it) => probability >= LEVEL_FROM[it]) ?? 'low';

/** A figure of stock is never surer than this, however fresh: others buy, too. */
const RISK_LEAST = 0.002;
/** Demand of one good over a short time: variance is (1 + 1/DISPERSION × mean) times the mean. */
const DISPERSION = 2;
/** Other hubs take from the same supplier about as much as we do. */
const OTHERS_SHARE = 1;
const NEEDED_MOST = 1_000_000;

export interface StockOutlook {
  readonly available: number;
  readonly quantity: number;
  /** Units an hour that go to buyers like ours. */
  readonly perHour: number;
  /** Age of the figure, and the time until the answer. */
  readonly ageMs: number;
  readonly leadMs: number;
}

/**
 * Probability that the stock does not last for this quantity: demand until the answer is negative-binomial by its moments. More stock never
 * raises it; more demand, age or quantity never lowers it.
 */
export function stockOutProbability({ available, quantity, perHour, ageMs, leadMs }: StockOutlook): number {
  const spare = available - quantity;
  if (!(spare >= 0)) return 1;
  const hours = (Math.max(0, ageMs) + Math.max(0, leadMs)) / 3_600_000;
  const mean = Math.max(1e-9, perHour * (1 + OTHERS_SHARE) * hours);
  if (spare > NEEDED_MOST || spare > mean + 12 * Math.sqrt(mean + (mean * mean) / DISPERSION) + 40) return RISK_LEAST;
  const out = 1 - negativeBinomialCdf(spare, DISPERSION, DISPERSION / (DISPERSION + mean));
  return Math.min(1, Math.max(RISK_LEAST, Number.isFinite(out) ? out : 1));
}

export interface MarginOutlook {
  /** Shares of the price: the mean, and where 80 of 100 lie. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

const TEN_IN_A_HUNDRED = 1.2816;

/**
 * @param outcomes what a unit may bring, as shares of the price, with their probabilities @param doubt the standard deviation of the mean
 * itself, because little is known @param units the outcomes are averaged over so many
 */
export function marginOf(outcomes: readonly { readonly share: number; readonly p: number }[], doubt: number, units: number): MarginOutlook {
  const mean = outcomes.reduce((sum, it) => sum + it.p * it.share, 0);
  const variance = outcomes.reduce((sum, it) => sum + it.p * (it.share - mean) ** 2, 0);
  const spread = TEN_IN_A_HUNDRED * Math.sqrt(variance / Math.max(1, units) + doubt * doubt);
  const shares = outcomes.map((it) => it.share);
  return { mean, low: Math.max(Math.min(...shares), mean - spread), high: Math.min(Math.max(...shares), mean + spread) };
}
