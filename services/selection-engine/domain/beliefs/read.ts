import type { Beliefs, History } from './beliefs';
import { type Counts, countsAt, type LateCounts, lateCountsAt, probability, shrunk } from './rates';
import { meanTime, timesAt } from './response';
import type { RateSettings } from './settings';
import { upAt } from './state';

/** What is believed of an offer: probabilities in [0,1], times in milliseconds. */
export interface Quality {
  /** It delivers, given that its supplier is up and has stock. */
  readonly fill: number;
  readonly complaint: number;
  readonly repurchase: number;
  readonly invalid: number;
  readonly ambiguous: number;
  /** Gamma posterior of the response time's rate, for `onTime`. */
  readonly timeA: number;
  readonly timeB: number;
  /** How long attempts that do not deliver have taken, mean; and on how many it rests: the supplier's, and before it the market's. */
  readonly failureMs: number;
  readonly failures: number;
  /** Attempts that this rests on, decayed: below 30 an offer is cold. */
  readonly evidence: number;
}

interface Named {
  readonly offerId: string;
  readonly supplierId: string;
  readonly category: string;
  readonly leadTimeMs?: number;
}

/** The levels of one offer, from the market down; what is unknown is left out. */
type Levels = readonly (readonly [level: 'all' | 'category' | 'supplier' | 'offer', history: History | undefined])[];

/** Posterior means, shrunk offer ← supplier ← category ← market. A supplier without a history has the market's. */
export function qualityOf(beliefs: Beliefs, { offerId, supplierId, category, leadTimeMs }: Named, at: number): Quality {
  const { settings } = beliefs;
  const levels: Levels = [
    ['all', beliefs.all],
    ['category', beliefs.categories.get(category)],
    ['supplier', beliefs.suppliers.get(supplierId)],
    ['offer', beliefs.offers.get(offerId)],
  ];
  const rate = (rateSettings: RateSettings, of: (it: History) => Counts) =>
    descend(levels, rateSettings, (it) => countsAt(of(it), rateSettings, at));
  const late = (rateSettings: RateSettings, of: (it: History) => LateCounts) =>
    descend(levels, rateSettings, (it) => lateCountsAt(of(it), rateSettings, at));
  const [timeA, timeB] = timeOf(beliefs, levels, leadTimeMs, at);
  const [, evidence] = levels[3]?.[1] === undefined ? [0, 0] : countsAt(levels[3][1].fill, settings.fill, at);
  return {
    fill: rate(settings.fill, (it) => it.fill),
    complaint: late(settings.complaint, (it) => it.complaint),
    repurchase: late(settings.repurchase, (it) => it.repurchase),
    invalid: rate(settings.invalid, (it) => it.invalid),
    ambiguous: rate(settings.ambiguous, (it) => it.ambiguous),
    timeA,
    timeB,
    ...failureTimeOf(beliefs, levels, at),
    evidence,
  };
}

function descend(levels: Levels, settings: RateSettings, of: (it: History) => readonly [number, number]): number {
  const { good, bad } = settings.prior;
  let mean = good / (good + bad);
  for (const [level, history] of levels) {
    if (history !== undefined) mean = shrunk(mean, level === 'all' ? good + bad : settings.weight[level], of(history));
  }
  return probability(mean);
}

/** The promised lead time stands for `weight` answers; the supplier's measured times come before it, the offer's own before both. */
function timeOf({ settings: { response } }: Beliefs, levels: Levels, leadTimeMs: number | undefined, at: number): [number, number] {
  const { halfLifeMs, shape, weight, priorMs } = response;
  let mean = Math.max(1, leadTimeMs ?? priorMs);
  const [supplier, offer] = [levels[2]?.[1], levels[3]?.[1]];
  if (supplier !== undefined) mean = meanTime(mean, weight, timesAt(supplier.times, halfLifeMs, at));
  const [answers, sumMs] = offer === undefined ? [0, 0] : timesAt(offer.times, halfLifeMs, at);
  // a - 1 in the mean of the predictive time: E T = shape · b / (a - 1)
  return [shape * (weight + answers) + 1, weight * mean + sumMs];
}

function failureTimeOf({ settings: { response } }: Beliefs, levels: Levels, at: number): { failureMs: number; failures: number } {
  const [market, supplier] = [levels[0]?.[1], levels[2]?.[1]].map((it) =>
    it === undefined ? ([0, 0] as const) : timesAt(it.failureTimes, response.halfLifeMs, at),
  );
  const [failures, sumMs] = market ?? [0, 0];
  const mean = failures > 0 ? sumMs / failures : 0;
  return { failureMs: failures > 0 ? meanTime(mean, FAILURES_WEIGHT, supplier ?? [0, 0]) : 0, failures };
}

/** Failures that the market's mean stands for at a supplier. */
const FAILURES_WEIGHT = 20;

/** P(an ambiguous attempt was bought when another one has been made). `deliveredIfAmbiguous`: of those, what may have been delivered. */
export function doubledOf({ doubled, settings }: Beliefs, deliveredIfAmbiguous: number, at: number): number {
  const { good, bad } = settings.doubled.prior;
  const prior = deliveredIfAmbiguous * (good / (good + bad));
  return shrunk(prior, good + bad, countsAt(doubled, settings.doubled, at));
}

/** P(its supplier and what stands behind it are up). A group of one says what its supplier says already. */
export function upOf(beliefs: Beliefs, { supplierId, upstreamGroup }: { supplierId: string; upstreamGroup?: string }, at: number): number {
  const { supplierState, groupState } = beliefs.settings;
  const supplier = beliefs.supplierStates.get(supplierId);
  const resting = supplierState.failsAfterMs / (supplierState.failsAfterMs + supplierState.repairedAfterMs);
  const up = supplier === undefined ? resting : upAt(supplier, supplierState, at);
  const group = upstreamGroup === undefined ? undefined : beliefs.groupStates.get(upstreamGroup);
  const shared = group !== undefined && (beliefs.groups.get(upstreamGroup ?? '')?.size ?? 0) > 1;
  return probability(shared ? up * upAt(group, groupState, at) : up);
}
