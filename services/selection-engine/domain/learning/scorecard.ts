import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import type { Beliefs } from '../beliefs/beliefs';
import { countsAt, lateCountsAt } from '../beliefs/rates';
import { qualityOf, upOf } from '../beliefs/read';
import { answerMs } from '../chain/money';

/** A rate as it is believed, with the bounds that gates look at; all in [0,1]. `trials`: decayed, so that what is old counts less. */
export interface Believed {
  readonly mean: number;
  /** The 5 % and 95 % quantiles of its posterior, or the mean where it lies outside them: one of few trials is wide, and neither crowned nor banned for it. */
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

export interface Scorecard {
  readonly supplierId: string;
  readonly fill: Believed;
  readonly complaint: Believed;
  readonly repurchase: Believed;
  readonly invalidCode: Believed;
  /** Expected time of an answer. */
  readonly responseMs: number;
  /** P(up now). */
  readonly up: number;
  /** Nothing has been heard of it: these are the market's numbers. */
  readonly withoutHistory: boolean;
}

/** What is believed of a supplier over all its offers; the market's prior for one that nothing has been heard of. */
export function scorecardOf(beliefs: Beliefs, supplierId: string, at: number, upstreamGroup?: string): Scorecard {
  const { settings, weights } = beliefs;
  const quality = qualityOf(beliefs, { offerId: '', supplierId, category: '' }, at);
  const history = beliefs.suppliers.get(supplierId);
  const believed = (mean: number, weight: number, trials: number): Believed => {
    const [a, b] = [mean * (weight + trials), (1 - mean) * (weight + trials)];
    // Of a rate near 0 or 1 the mean lies outside: its long tail is thinner than 5 %
    return { mean, low: Math.min(mean, betaQuantile(0.05, a, b)), high: Math.max(mean, betaQuantile(0.95, a, b)), trials };
  };
  const trialsOf = (name: 'fill' | 'invalid') => (history === undefined ? 0 : countsAt(history[name], settings[name], at)[1]);
  const exposed = (name: 'complaint' | 'repurchase') => (history === undefined ? 0 : lateCountsAt(history[name], settings[name], at)[1]);
  return {
    supplierId,
    fill: believed(quality.fill, weights.fill.supplier, trialsOf('fill')),
    complaint: believed(quality.complaint, weights.complaint.supplier, exposed('complaint')),
    repurchase: believed(quality.repurchase, weights.repurchase.supplier, exposed('repurchase')),
    invalidCode: believed(quality.invalid, weights.invalid.supplier, trialsOf('invalid')),
    responseMs: Math.round(answerMs(quality, settings.response.shape)),
    up: upOf(beliefs, { supplierId, ...(upstreamGroup !== undefined && { upstreamGroup }) }, at),
    withoutHistory: history === undefined,
  };
}
