import type { Beliefs, Rate } from './beliefs';
import { failuresAt, failuresBelow, type FailureTimes, marketFailures } from './failures';
import type { History } from './history';
import { countsAt, lateCountsAt, probability, shrunk } from './rates';
import { meanTime, timesAt } from './response';
import type { LevelWeights, RateSettings } from './settings';
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
  /** How long attempts at its supplier take that do not deliver, as measured; and how many were measured in the whole market. */
  readonly failure: FailureTimes;
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

type Rates = Pick<Quality, Rate | 'failure'>;

/**
 * Beliefs as they stand at one moment: posterior means, shrunk offer ← supplier ← category ← market. What many offers share, the market, their
 * category and their supplier, is reckoned once. A supplier without a history has the market's means. To be used before anything new is observed.
 */
export class Reading {
  private readonly market: Rates;
  private readonly failures: number;
  private readonly categories = new Map<string, { readonly rates: Rates; readonly suppliers: Map<string, Rates> }>();

  constructor(
    readonly beliefs: Beliefs,
    readonly at: number,
  ) {
    this.market = marketRates(beliefs, at);
    this.failures = failuresAt(beliefs.all.failures, beliefs.settings.response.halfLifeMs, at);
  }

  qualityOf({ offerId, supplierId, category, leadTimeMs }: Named): Quality {
    const { beliefs, at } = this;
    const [supplier, offer] = [beliefs.suppliers.get(supplierId), beliefs.offers.get(offerId)];
    const { fill, complaint, repurchase, invalid, ambiguous, failure } = below(
      beliefs,
      this.supplierRates(category, supplierId),
      'offer',
      offer,
      at,
    );
    const [timeA, timeB] = timeOf(beliefs, supplier, offer, leadTimeMs, at);
    return {
      fill: probability(fill),
      complaint: probability(complaint),
      repurchase: probability(repurchase),
      invalid: probability(invalid),
      ambiguous: probability(ambiguous),
      timeA,
      timeB,
      failure,
      failures: this.failures,
      evidence: offer === undefined ? 0 : countsAt(offer.fill, beliefs.settings.fill, at)[1],
    };
  }

  private supplierRates(category: string, supplierId: string): Rates {
    const { beliefs, at } = this;
    let known = this.categories.get(category);
    if (known === undefined) {
      known = { rates: below(beliefs, this.market, 'category', beliefs.categories.get(category), at), suppliers: new Map() };
      this.categories.set(category, known);
    }
    let rates = known.suppliers.get(supplierId);
    if (rates === undefined) {
      rates = below(beliefs, known.rates, 'supplier', beliefs.suppliers.get(supplierId), at);
      known.suppliers.set(supplierId, rates);
    }
    return rates;
  }
}

/** What is believed of one offer. Whoever asks for many of one moment keeps a `Reading`. */
export const qualityOf = (beliefs: Beliefs, named: Named, at: number): Quality => new Reading(beliefs, at).qualityOf(named);

/** P(it delivers, given that its supplier is up and has stock), alone. */
export function fillOf(
  { all, categories, suppliers, offers, weights, settings: { fill } }: Beliefs,
  { offerId, supplierId, category }: Named,
  at: number,
): number {
  const { good, bad } = fill.prior;
  let mean = shrunk(good / (good + bad), good + bad, countsAt(all.fill, fill, at));
  const levels = [
    ['category', categories.get(category)],
    ['supplier', suppliers.get(supplierId)],
    ['offer', offers.get(offerId)],
  ] as const;
  for (const [level, history] of levels)
    if (history !== undefined) mean = shrunk(mean, weights.fill[level], countsAt(history.fill, fill, at));
  return probability(mean);
}

function marketRates({ all, settings }: Beliefs, at: number): Rates {
  const { fill, complaint, repurchase, invalid, ambiguous } = settings;
  const usual = ({ prior: { good, bad } }: RateSettings, counts: readonly [number, number]) =>
    shrunk(good / (good + bad), good + bad, counts);
  return {
    fill: usual(fill, countsAt(all.fill, fill, at)),
    complaint: usual(complaint, lateCountsAt(all.complaint, complaint, at)),
    repurchase: usual(repurchase, lateCountsAt(all.repurchase, repurchase, at)),
    invalid: usual(invalid, countsAt(all.invalid, invalid, at)),
    ambiguous: usual(ambiguous, countsAt(all.ambiguous, ambiguous, at)),
    failure: marketFailures(all.failures),
  };
}

/** The rates of the level above, moved by what was heard at this one. */
function below({ settings, weights }: Beliefs, above: Rates, level: keyof LevelWeights, history: History | undefined, at: number): Rates {
  if (history === undefined) return above;
  const { fill, complaint, repurchase, invalid, ambiguous } = settings;
  return {
    fill: shrunk(above.fill, weights.fill[level], countsAt(history.fill, fill, at)),
    complaint: shrunk(above.complaint, weights.complaint[level], lateCountsAt(history.complaint, complaint, at)),
    repurchase: shrunk(above.repurchase, weights.repurchase[level], lateCountsAt(history.repurchase, repurchase, at)),
    invalid: shrunk(above.invalid, weights.invalid[level], countsAt(history.invalid, invalid, at)),
    ambiguous: shrunk(above.ambiguous, weights.ambiguous[level], countsAt(history.ambiguous, ambiguous, at)),
    failure:
      level === 'offer' ? above.failure : failuresBelow(above.failure, FAILURES_WEIGHT, history.failures, settings.response.halfLifeMs, at),
  };
}

/** The promised lead time stands for `weight` answers; the supplier's measured times come before it, the offer's own before both. */
function timeOf(
  { settings: { response } }: Beliefs,
  supplier: History | undefined,
  offer: History | undefined,
  leadTimeMs: number | undefined,
  at: number,
): [number, number] {
  const { halfLifeMs, shape, weight, priorMs } = response;
  let mean = Math.max(1, leadTimeMs ?? priorMs);
  if (supplier !== undefined) mean = meanTime(mean, weight, timesAt(supplier.times, halfLifeMs, at));
  const [answers, sumMs] = offer === undefined ? [0, 0] : timesAt(offer.times, halfLifeMs, at);
  // a - 1 in the mean of the predictive time: E T = shape · b / (a - 1)
  return [shape * (weight + answers) + 1, weight * mean + sumMs];
}

/** Failures that a level above stands for. How a supplier fails is its own: in the hours that times are remembered for an offer has hardly failed. */
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
