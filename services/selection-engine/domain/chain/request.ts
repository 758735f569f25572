import { type Gate, SUBSTITUTION_STEPS, type SubstitutionUpTo } from '@midstream/contracts';
import { BadNumber, checkNumber } from '../beliefs/observation';
import { type MoneySettings, SETTING_NAMES, USUAL } from './settings';

/** One supplier's supply of one good, as it is offered to a line. Money in minor units of one currency. */
export interface CandidateOffer {
  readonly offerId: string;
  readonly supplierId: string;
  readonly upstreamGroup?: string;
  readonly sku: string;
  readonly category: string;
  /** What the buyer pays for a unit. */
  readonly priceMinor: number;
  /** All-units tiers, in any order: from `from` units on, each unit costs `costMinor`. */
  readonly costTiers: readonly { readonly from: number; readonly costMinor: number }[];
  /** As promised. Absent: what is usual. */
  readonly leadTimeMs?: number;
  /** Until what is bought there now has its turn, the last unit of the line too. Absent: at once. */
  readonly waitMs?: number;
  /** Units, as known at `stockAt`. Absent: what `observe` was told last, if anything. */
  readonly stock?: number;
  readonly stockAt?: number;
  readonly minQuantity?: number;
  readonly maxQuantity?: number;
  /** Absent: everywhere. `*`, a country, or a subdivision. */
  readonly regions?: readonly string[];
  readonly closed?: boolean;
  readonly verdict?: 'compliant' | 'high-risk' | 'banned';
  /** How far it is from what was asked for. Absent: it is the good itself. */
  readonly step?: SubstitutionUpTo;
  /** Likeness of a substitute's attributes to the good's, in [0,1]. */
  readonly similarity?: number;
  /** What one more day of an unsold prepaid code costs, and how long one lies: using it up saves that. */
  readonly holding?: { readonly minorPerDay: number; readonly days: number };
}

/** What failing costs, a unit, in minor units; each has a default by segment and price (selection.md 1.3). */
export interface Economics {
  readonly failedAttemptMinor: number;
  /** The order is not served at all: refund, and a sale lost. */
  readonly lostSaleMinor: number;
  readonly lateMinor: number;
  readonly complaintMinor: number;
  readonly invalidCodeMinor: number;
  readonly repurchaseMinor: number;
  readonly feeMinor: number;
  /** A substitute in place of the good: goodwill that it costs in any case, and once more where its buyer sends it back. */
  readonly substituteMinor: number;
  readonly refusedSubstituteMinor: number;
  /** How long an unknown outcome is asked for. */
  readonly queryMs: number;
  /** P(it was delivered | the supplier did not say). */
  readonly deliveredIfAmbiguous: number;
  /** How much longer a failure takes than an answer. */
  readonly slowFailureFactor: number;
  /** Weight of the worst tenth of outcomes, in [0,1]: 0 looks at the mean alone. */
  readonly riskAversion: number;
}

export interface CandidateRequest {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly line: {
    readonly sku?: string;
    readonly quantity: number;
    /** The dearest that a unit may be. */
    readonly priceCapMinor: number;
    /** What the good that was asked for costs its buyer; absent: each offer's own price, a substitute's the cap. */
    readonly referenceMinor?: number;
    readonly deliverByAt: number;
    readonly segment: 'retail' | 'enterprise' | 'event-critical';
    readonly region?: string;
    /** A pseudonym. */
    readonly buyer?: string;
    readonly tier?: string;
    readonly substitution?: { readonly upTo: SubstitutionUpTo; readonly consent: 'pre-approved' | 'ask' };
  };
  readonly offers: readonly CandidateOffer[];
  readonly excluded?: readonly string[];
  readonly economics?: Partial<Economics>;
  /** What `economics` leaves out is reckoned by these. Absent: as usual. */
  readonly settings?: MoneySettings;
  /** Attempts that the line may make; 1 to 5, 3 if absent. */
  readonly attemptsMax?: number;
  /** Draws a cold offer now and then; without it the best is taken always. `share` bounds how often. */
  readonly exploration?: { readonly seed: string; readonly share?: number };
}

export const ATTEMPTS_MAX = 5;
export const OFFERS_MAX = 2_000;

/** Parts of what a candidate is worth, a unit, in minor units; they add up to `valueMinor`. */
export interface Parts {
  readonly marginMinor: number;
  readonly complaintMinor: number;
  readonly invalidMinor: number;
  readonly repurchaseMinor: number;
  readonly holdingMinor: number;
  readonly latenessMinor: number;
  readonly substitutionMinor: number;
  readonly failureMinor: number;
}

export interface RankedCandidate {
  readonly offerId: string;
  /** P(one attempt at it delivers a working unit). */
  readonly success: number;
  /** P(in time | it delivers), as the first attempt. */
  readonly onTime: number;
  /** P(its supplier is up), P(it has the units). */
  readonly up: number;
  readonly stock: number;
  readonly parts: Parts;
  /** Expected money of one attempt at it, alone. */
  readonly valueMinor: number;
  /** Value of the best chain that begins with it. */
  readonly chainMinor: number;
}

export interface RankedChain {
  readonly model: string;
  /** The best chain first (at most `attemptsMax`), then the others by what they are worth. */
  readonly candidates: readonly RankedCandidate[];
  readonly chainLength: number;
  /** Risk-adjusted expected money a unit of following the chain; that of giving up at once where there is none. */
  readonly valueMinor: number;
  /** P(the chain delivers at all). */
  readonly success: number;
  /** P(this first candidate was chosen), exact. */
  readonly propensity: number;
  readonly explored: boolean;
  readonly gates: { readonly [G in Gate]?: number };
  readonly stopped: readonly { readonly offerId: string; readonly gate: Gate }[];
  /** The chain draws on at least two sources that do not fail together. */
  readonly independentFallback: boolean;
}

/** @throws BadNumber for NaN, an infinity or a negative number anywhere in the request, an empty tier list, or a limit that is passed. */
export function checkRequest({ at, line, offers, economics, settings = USUAL, attemptsMax, exploration }: CandidateRequest): void {
  checkNumber('at', at);
  checkNumber('line.quantity', line.quantity);
  if (line.quantity < 1) throw new BadNumber('line.quantity', line.quantity);
  checkNumber('line.priceCapMinor', line.priceCapMinor);
  checkNumber('line.deliverByAt', line.deliverByAt);
  optional('line.referenceMinor', line.referenceMinor);
  if (attemptsMax !== undefined && !(attemptsMax >= 1 && attemptsMax <= ATTEMPTS_MAX)) throw new BadNumber('attemptsMax', attemptsMax);
  for (const [name, value] of Object.entries(economics ?? {})) checkNumber(`economics.${name}`, value);
  if (settings !== USUAL) for (const it of SETTING_NAMES) checkNumber(`settings.${it}`, settings[it]);
  optional('exploration.share', exploration?.share);
  if (offers.length > OFFERS_MAX) throw new BadNumber('offers.length', offers.length);
  for (const it of offers) checkOffer(it);
  if (line.substitution !== undefined && !SUBSTITUTION_STEPS.includes(line.substitution.upTo))
    throw new BadNumber('line.substitution.upTo', line.substitution.upTo);
}

function checkOffer(it: CandidateOffer): void {
  const named = (field: string) => `offers[${it.offerId}].${field}`;
  checkNumber(named('priceMinor'), it.priceMinor);
  if (it.costTiers.length === 0) throw new BadNumber(named('costTiers.length'), 0);
  for (const tier of it.costTiers) {
    checkNumber(named('costTiers.from'), tier.from);
    checkNumber(named('costTiers.costMinor'), tier.costMinor);
  }
  optional(named('leadTimeMs'), it.leadTimeMs);
  optional(named('waitMs'), it.waitMs);
  optional(named('stock'), it.stock);
  optional(named('stockAt'), it.stockAt);
  optional(named('minQuantity'), it.minQuantity);
  optional(named('maxQuantity'), it.maxQuantity);
  optional(named('similarity'), it.similarity);
  optional(named('holding.minorPerDay'), it.holding?.minorPerDay);
  optional(named('holding.days'), it.holding?.days);
}

function optional(field: string, value: number | undefined): void {
  if (value !== undefined) checkNumber(field, value);
}
