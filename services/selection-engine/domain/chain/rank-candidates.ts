import { type Gate, SUBSTITUTION_STEPS } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import type { Beliefs } from '../beliefs/beliefs';
import { Reading } from '../beliefs/read';
import { type Choice, type ChoiceInput, chooseChain } from './choose';
import { EXPLORED } from './explore';
import { type Assessed, assess, economicsOf, gainOf, tierCost } from './money';
import { type CandidateOffer, type CandidateRequest, checkRequest, type RankedCandidate, type RankedChain } from './request';

/** Names the formulas and constants of a decision; changed with them, so that an old record can be read rightly. */
export const MODEL = 'chain-money-6';
/**
 * The models whose records can be made again. They choose alike, by the numbers of the record; how beliefs come to these is what the newer ones
 * do otherwise (3: what a level weighs is learnt; 4: complaints are remembered for longer; 5: chances are corrected by what became of past ones;
 * 6: what buyers look at in a substitute is learnt). 6 also reckons with failures of two kinds: a record without slow ones comes out as it did.
 */
export const REPLAYED_MODELS: readonly string[] = ['chain-money-2', 'chain-money-3', 'chain-money-4', 'chain-money-5', MODEL];
const ATTEMPTS = 3;
/** So many of the offers that pass the gates are weighed against each other. */
export const PASSED_MAX = 64;

/**
 * Ranks the offers that may serve a line: hard gates, then the chain of attempts that is worth most money, then the rest. Reads `beliefs` and
 * changes nothing; the same beliefs and request give the same answer. Money in minor units a unit.
 * @throws BadNumber for a number that cannot be reckoned with
 */
export function rankCandidates(beliefs: Beliefs, request: CandidateRequest): RankedChain {
  checkRequest(request);
  const { passed, gates, stopped } = throughGates(request);
  return { ...rankedBy(inputOf(beliefs, request, passed)), gates, stopped };
}

/**
 * The same for offers that have passed gates of their own, with all the numbers that it was chosen by: what a decision keeps, and can be
 * made again from. @throws BadNumber
 */
export function rankPassed(beliefs: Beliefs, request: CandidateRequest): { readonly ranked: Ranked; readonly input: ChoiceInput } {
  checkRequest(request);
  const input = inputOf(beliefs, request, request.offers);
  return { ranked: rankedBy(input), input };
}

function throughGates(request: CandidateRequest) {
  const gates: { [G in Gate]?: number } = {};
  const stopped: { offerId: string; gate: Gate }[] = [];
  const passed: CandidateOffer[] = [];
  for (const offer of request.offers) {
    const gate = gateOf(request, offer);
    if (gate === undefined) passed.push(offer);
    else {
      gates[gate] = (gates[gate] ?? 0) + 1;
      stopped.push({ offerId: offer.offerId, gate });
    }
  }
  return { passed, gates, stopped };
}

function inputOf(beliefs: Beliefs, request: CandidateRequest, passed: readonly CandidateOffer[]): ChoiceInput {
  const { line, at, economics, settings, attemptsMax, exploration } = request;
  const priceMinor =
    line.referenceMinor ?? passed.find((it) => it.step === undefined || it.step === 'none')?.priceMinor ?? line.priceCapMinor;
  const money = economicsOf(line, priceMinor, economics, settings);
  const explores =
    exploration !== undefined &&
    priceMinor * line.quantity <= EXPLORED.lineValueMaxMinor &&
    passed.every((it) => it.verdict !== 'high-risk');
  const share = Math.min(EXPLORED.shareMax, exploration?.share ?? settings?.explorationShare ?? EXPLORED.shareMax);
  const reading = new Reading(beliefs, at);
  const offers = passed.map((it) => assess(reading, request, it));
  return {
    offers: offers.length > PASSED_MAX ? bestOf(offers, money.lostSaleMinor) : offers,
    terms: {
      lost: money.lostSaleMinor,
      leftMs: Math.max(0, line.deliverByAt - at),
      attemptsMax: Math.floor(attemptsMax ?? ATTEMPTS),
      riskAversion: Math.min(1, money.riskAversion),
      shape: beliefs.settings.response.shape,
    },
    ...(explores && { exploration: { seed: exploration.seed, share, priceMinor } }),
  };
}

/** The best by themselves, in the order in which they came: enough for any chain, and all that a record has room for. */
function bestOf(offers: readonly Assessed[], lost: number): Assessed[] {
  const alone = (it: Assessed) => it.q * gainOf(it) - (1 - it.q) * (it.failure + lost);
  const best = new Set([...offers].sort((a, b) => alone(b) - alone(a)).slice(0, PASSED_MAX));
  return offers.filter((it) => best.has(it));
}

type Ranked = Omit<RankedChain, 'gates' | 'stopped'>;

/** The answer that follows from the numbers alone. */
export function rankedBy(input: ChoiceInput): Ranked {
  const choice = chooseChain(input);
  const chain = choice.order.slice(0, choice.chainLength).flatMap((it) => input.offers[it] ?? []);
  return {
    model: MODEL,
    candidates: candidatesOf(input, choice),
    chainLength: choice.chainLength,
    valueMinor: choice.value,
    success: choice.success,
    propensity: choice.propensity,
    explored: choice.explored,
    independentFallback: new Set(chain.map((it) => it.upstreamGroup)).size > 1,
  };
}

function candidatesOf({ offers, terms }: ChoiceInput, { order, alone, first, inTime }: Choice): RankedCandidate[] {
  const candidates: RankedCandidate[] = [];
  for (const place of order) {
    const it = offers[place];
    if (it === undefined) continue;
    const onTime = inTime[place] ?? 0;
    candidates.push({
      offerId: it.offerId,
      success: it.q,
      onTime,
      up: it.up,
      stock: it.stock,
      parts: partsOf(it, onTime, terms.lost),
      valueMinor: alone[place] ?? 0,
      chainMinor: first[place] ?? 0,
    });
  }
  return candidates;
}

function partsOf(it: Assessed, onTime: number, lost: number): RankedCandidate['parts'] {
  const { q } = it;
  return {
    marginMinor: q * it.margin,
    complaintMinor: q * it.complaint,
    invalidMinor: q * it.invalid,
    repurchaseMinor: q * it.repurchase,
    holdingMinor: q * it.holding,
    latenessMinor: -q * it.late * (1 - onTime),
    substitutionMinor: q * it.substitution,
    failureMinor: -(1 - q) * (it.failure + lost),
  };
}

/** The first gate that stops an offer, in the order of `GATES`. No price makes one good. */
function gateOf({ line, at, excluded }: CandidateRequest, it: CandidateOffer): Gate | undefined {
  const upTo = line.substitution?.upTo ?? 'cross-category';
  const minQuantity = it.minQuantity ?? 1;
  if (SUBSTITUTION_STEPS.indexOf(it.step ?? 'none') > SUBSTITUTION_STEPS.indexOf(upTo)) return 'policy';
  if (line.region !== undefined && it.regions !== undefined && !coversRegion(it.regions, line.region)) return 'region';
  if (it.priceMinor > line.priceCapMinor || tierCost(it, line.quantity) > it.priceMinor) return 'price';
  if (excluded?.includes(it.offerId) === true) return 'excluded';
  if (it.closed === true) return 'closed';
  if (line.quantity < minQuantity) return 'quantity';
  if (at + (it.waitMs ?? 0) + (it.leadTimeMs ?? 0) > line.deliverByAt) return 'lead-time';
  if (it.stock !== undefined && it.stock < minQuantity) return 'stock';
  return it.verdict === 'banned' || it.verdict === 'high-risk' ? 'verdict' : undefined;
}
