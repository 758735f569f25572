import type { Beliefs } from '../beliefs/beliefs';
import { delivering } from '../beliefs/foreseen';
import { doubledOf, type Quality, type Reading, upOf } from '../beliefs/read';
import { onTime } from '../beliefs/response';
import { stockChance } from '../beliefs/stock';
import { acceptanceOf } from '../beliefs/substitutes';
import { FAILURE_SHARE, LATE_SHARE, LOST_SALE_SHARE } from '../worth';
import type { CandidateOffer, CandidateRequest, Economics } from './request';
import { type MoneySettings, USUAL } from './settings';

/** Shares of the price (selection.md 1.3). */
const sharesOf = (segment: 'retail' | 'enterprise') => ({
  failed: FAILURE_SHARE[segment],
  lost: LOST_SALE_SHARE[segment],
  late: LATE_SHARE[segment],
});
const SHARES = {
  retail: { ...sharesOf('retail'), risk: 0 },
  enterprise: sharesOf('enterprise'),
  'event-critical': { ...sharesOf('enterprise'), late: 0.05, risk: 0.5 },
} as const;

export function economicsOf(
  line: CandidateRequest['line'],
  priceMinor: number,
  given: Partial<Economics> = {},
  settings: MoneySettings = USUAL,
): Economics {
  const shares: { readonly failed: number; readonly lost: number; readonly late: number; readonly risk?: number } = SHARES[line.segment];
  return {
    failedAttemptMinor: priceMinor * shares.failed * settings.failureTimes,
    lostSaleMinor: priceMinor * shares.lost * settings.lostSaleTimes,
    lateMinor: priceMinor * shares.late * settings.lateTimes,
    complaintMinor: priceMinor * settings.complaintShare + settings.complaintMinor,
    invalidCodeMinor: priceMinor,
    repurchaseMinor: 0,
    feeMinor: 0,
    substituteMinor: priceMinor * settings.substitutionShare,
    // Sent back, it costs as much again, on top of the lost sale
    refusedSubstituteMinor: priceMinor * settings.substitutionShare,
    queryMs: 30_000,
    deliveredIfAmbiguous: 0.5,
    slowFailureFactor: 1,
    riskAversion: shares.risk ?? settings.riskAversion,
    ...given,
  };
}

/**
 * One offer for one line, in numbers: all that the chain is chosen by, and all that a replay needs. Probabilities in [0,1], money in minor
 * units a unit. Rounded, so that what is recorded is what was reckoned with.
 */
export interface Assessed {
  readonly offerId: string;
  readonly supplierId: string;
  readonly upstreamGroup: string;
  readonly sku: string;
  /** P(delivers a working unit). */
  readonly q: number;
  readonly up: number;
  readonly stock: number;
  /** Gamma posterior of the response time. */
  readonly timeA: number;
  readonly timeB: number;
  readonly evidence: number;
  /** Price less cost and fee. */
  readonly margin: number;
  readonly complaint: number;
  readonly invalid: number;
  readonly repurchase: number;
  readonly holding: number;
  readonly substitution: number;
  /** Cost of a failed attempt, without the time that it takes. */
  readonly failure: number;
  readonly late: number;
  /** How long a failure takes that is told; in records before `chain-money-6` any failure, and no slow ones. */
  readonly failMs: number;
  /** P(slow | it fails), and how long those take that nobody answers. */
  readonly slow: number;
  readonly slowMs: number;
  readonly leadTimeMs: number;
  /** From now until the line has its turn there; 0 in records before `chain-money-6`. */
  readonly waitMs: number;
}

const HIGHEST_TIER = Number.MAX_SAFE_INTEGER;

/** Cost of a unit when so many are bought. */
export function tierCost({ costTiers, maxQuantity }: CandidateOffer, quantity: number): number {
  const units = Math.min(quantity, maxQuantity ?? HIGHEST_TIER);
  let tier = costTiers[0];
  for (const it of costTiers) if (tier !== undefined && it.from <= units && (it.from > tier.from || tier.from > units)) tier = it;
  return tier?.costMinor ?? 0;
}

export function assess(reading: Reading, { line, economics, settings }: CandidateRequest, offer: CandidateOffer): Assessed {
  const { beliefs, at } = reading;
  const reference = line.referenceMinor ?? (isSubstitute(offer) ? line.priceCapMinor : offer.priceMinor);
  const money = economicsOf(line, reference, economics, settings);
  const quality = reading.qualityOf(offer);
  const up = upOf(beliefs, offer, at);
  const stock = stockChance(beliefs, offer, Math.max(1, Math.min(line.quantity, offer.stock ?? line.quantity)), at);
  const cost = tierCost(offer, line.quantity);
  const margin = Math.min(offer.priceMinor, reference) - cost - money.feeMinor;
  const gain = margin - quality.complaint * money.complaintMinor + quality.repurchase * money.repurchaseMinor;
  const accepted = isSubstitute(offer) ? acceptance(beliefs, { at, line, offer, reference }) : 1;
  const q = delivering(beliefs, quality.fill * up) * stock * (1 - quality.invalid);
  const doubled = quality.ambiguous * doubledOf(beliefs, money.deliveredIfAmbiguous, at) * cost;
  return {
    offerId: offer.offerId,
    supplierId: offer.supplierId,
    upstreamGroup: offer.upstreamGroup ?? `~${offer.supplierId}`,
    sku: offer.sku,
    q: roundedChance(q),
    up: roundedChance(up),
    stock: roundedChance(stock),
    timeA: rounded(quality.timeA),
    timeB: Math.round(quality.timeB),
    evidence: rounded(quality.evidence),
    margin: rounded(margin),
    complaint: rounded(-quality.complaint * money.complaintMinor),
    invalid: rounded(-quality.invalid * money.invalidCodeMinor),
    repurchase: rounded(quality.repurchase * money.repurchaseMinor),
    holding: rounded((offer.holding?.minorPerDay ?? 0) * (offer.holding?.days ?? 0)),
    substitution: rounded(isSubstitute(offer) ? -substitutionCost(gain, accepted, money) : 0),
    failure: rounded(money.failedAttemptMinor + doubled / Math.max(0.05, 1 - q)),
    late: rounded(money.lateMinor),
    failMs: Math.round(failMsOf(beliefs, quality, money)),
    slow: roundedChance(slowOf(beliefs, quality)),
    slowMs: Math.round(quality.failure.slowMs),
    leadTimeMs: offer.leadTimeMs ?? beliefs.settings.response.priorMs,
    waitMs: Math.round(offer.waitMs ?? 0),
  };
}

/** Of a delivery: good will in any case; where it is refused, the gain is gone, too, and the sale. */
const substitutionCost = (gain: number, accepted: number, money: Economics): number =>
  money.substituteMinor + (1 - accepted) * (Math.max(0, gain) + money.refusedSubstituteMinor + money.lostSaleMinor);

/** As measured; until then all failures are quick, by the time of an answer. */
function failMsOf({ settings: { response } }: Beliefs, quality: Quality, money: Economics): number {
  const { failure, failures } = quality;
  const usual = money.slowFailureFactor * answerMs(quality, response.shape) + quality.ambiguous * money.queryMs;
  const quick = failures * (1 - failure.slow);
  return (response.weight * usual + quick * failure.quickMs) / (response.weight + quick);
}

const slowOf = ({ settings: { response } }: Beliefs, { failure, failures }: Quality): number =>
  (failures * failure.slow) / (response.weight + failures);

const isSubstitute = ({ step }: CandidateOffer): boolean => step !== undefined && step !== 'none' && step !== 'other-supplier';

function acceptance(
  beliefs: Beliefs,
  { at, line, offer, reference }: { at: number; line: CandidateRequest['line']; offer: CandidateOffer; reference: number },
): number {
  const { buyer } = line;
  const substitute = {
    sku: offer.sku,
    insteadOf: line.sku ?? '',
    category: offer.category,
    ...(buyer !== undefined && { buyer }),
    ...(offer.similarity !== undefined && { similarity: offer.similarity }),
    sameCategory: offer.step !== 'cross-category',
    referenceMinor: reference,
    priceMinor: offer.priceMinor,
    preApproved: line.substitution?.consent === 'pre-approved',
  };
  return acceptanceOf(beliefs, substitute, at);
}

/** P(in time | it delivers), when so much time is left. */
export const inTime = ({ timeA, timeB }: Assessed, shape: number, leftMs: number): number => onTime(leftMs, shape, timeA, timeB);

/** Mean time of an answer. */
export const answerMs = ({ timeA, timeB }: Pick<Assessed, 'timeA' | 'timeB'>, shape: number): number =>
  (shape * timeB) / Math.max(0.5, timeA - 1);

/** What a delivery brings, before it is known whether it is in time. */
export const gainOf = (it: Assessed): number => it.margin + it.complaint + it.invalid + it.repurchase + it.holding + it.substitution;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;
const roundedChance = (value: number): number => Math.round(value * 1e6) / 1e6;
