import type { Beliefs } from './beliefs';
import { noteChoice } from './choices';
import { addFailure } from './failures';
import { noteForeseen } from './foreseen';
import { type History, historyIn } from './history';
import {
  type AttemptObserved,
  type ComplaintObserved,
  checkObservation,
  type MarketObservation,
  type OutcomesObserved,
  type RepurchaseObserved,
} from './observation';
import { addCounts, addLate } from './rates';
import { fillOf, upOf } from './read';
import { addTimes } from './response';
import { noteOutcome, restingState, upAt, type UpState } from './state';
import { noteFound, noteStock } from './stock';
import { noteAnswer, notePurchase, noteUnkept } from './substitutes';
import { isWeighingDue, weigh } from './weigh';

/**
 * Takes in one fact of a market, in place, in O(1); once an hour of its time it also looks at how much suppliers and offers differ. Facts may come late and in any order; each is weighed by its age. The same fact told
 * twice counts twice: whoever feeds it leaves repeats out.
 * @throws BadNumber for NaN, an infinity or a negative number anywhere in it; then nothing has been changed.
 */
export function observe(beliefs: Beliefs, fact: MarketObservation): void {
  checkObservation(fact);
  if (isWeighingDue(beliefs, fact.at)) weigh(beliefs, fact.at);
  switch (fact.type) {
    case 'attempt':
      return noteAttempt(beliefs, fact);
    case 'outcomes':
      return noteOutcomes(beliefs, fact);
    case 'complaint':
      return noteComplaint(beliefs, fact);
    case 'repurchase':
      return noteRepurchase(beliefs, fact);
    case 'stock':
      return noteStock(beliefs, fact);
    case 'signal':
      if (fact.kind === 'heat') beliefs.heat.set(fact.sku ?? `/${fact.category ?? ''}`, Math.min(fact.value, HEAT_MAX));
      return;
    case 'offer-left':
      beliefs.offers.delete(fact.offerId);
      beliefs.supplierOf.delete(fact.offerId);
      beliefs.stocks.delete(fact.offerId);
      beliefs.silentSince.delete(fact.offerId);
      return;
    case 'substitute-answered':
      return noteAnswer(beliefs, { ...fact, good: fact.answer === 'accepted' ? 1 : 0, bad: BAD_OF_ANSWER[fact.answer] });
    case 'purchase':
      return notePurchase(beliefs, fact);
    case 'choice':
      return noteChoice(beliefs, fact);
    case 'silence-ended':
      return noteSilenceEnd(beliefs, fact.offerId, fact.at, fact.twice);
    case 'offer-entered': // it begins with what is known of its supplier
    case 'price': // a request brings its own costs
      return;
  }
}

/** A label for a delivery that was counted before; or one less, at the time from which it was counted, so that both are even. */
function noteComplaint(beliefs: Beliefs, fact: ComplaintObserved): void {
  const { at, sku, insteadOf, withdrawn = false, weight = 1 } = fact;
  const labels = withdrawn ? -weight : weight;
  if (insteadOf !== undefined) noteUnkept(beliefs, { at, sku, insteadOf }, labels);
  eachLevel(beliefs, fact, (it) => addLate(it.complaint, beliefs.settings.complaint, at, 0, labels));
}

function noteRepurchase(beliefs: Beliefs, fact: RepurchaseObserved): void {
  const { at, returned = 1, judged = 0 } = fact;
  eachLevel(beliefs, fact, (it) => addLate(it.repurchase, beliefs.settings.repurchase, at, judged, returned));
}

/** Above it a heat is a fault of whoever measured it. */
export const HEAT_MAX = 100;

/** Silence is half a no: the buyer may not have seen the question. */
const BAD_OF_ANSWER = { accepted: 0, refused: 1, expired: 0.5, refunded: 1 } as const;

type Placed = AttemptObserved | OutcomesObserved | ComplaintObserved | RepurchaseObserved;

function eachLevel(beliefs: Beliefs, fact: Placed, note: (it: History) => void): void {
  const { at, offerId, supplierId } = fact;
  note(historyIn(beliefs.offers, offerId, at));
  beliefs.supplierOf.set(offerId, supplierId);
  eachLevelAbove(beliefs, fact, note);
}

function eachLevelAbove(beliefs: Beliefs, { at, supplierId, category }: Placed, note: (it: History) => void): void {
  note(historyIn(beliefs.suppliers, supplierId, at));
  note(historyIn(beliefs.categories, category, at));
  note(beliefs.all);
}

/** An outcome that is known now, of an attempt that was counted before, corrects what was counted. */
function noteAttempt(beliefs: Beliefs, fact: AttemptObserved): void {
  const { outcome, at } = fact;
  const { settings } = beliefs;
  if (fact.late !== true) noteFound(beliefs, fact);
  if (fact.reason === 'no-stock' && outcome !== 'delivered') {
    noteStock(beliefs, { offerId: fact.offerId, units: 0, at });
    return noteTimes(beliefs, fact);
  }
  if (outcome === 'ambiguous') {
    eachLevel(beliefs, fact, (it) => addCounts(it.ambiguous, settings.ambiguous, at, 1, 0));
    beliefs.silentSince.set(fact.offerId, at);
    return noteTimes(beliefs, fact);
  }
  const delivered = outcome === 'delivered' || outcome === 'invalid-code';
  const onlyInvalid = outcome === 'invalid-code' && fact.late === true;
  if (!onlyInvalid) {
    noteHealth(beliefs, fact, delivered);
    if (fact.late === true) noteEnd(beliefs, fact, delivered);
    if (fact.late !== true) eachLevel(beliefs, fact, (it) => addCounts(it.ambiguous, settings.ambiguous, at, 0, 1));
    noteTimes(beliefs, fact);
  }
  if (!delivered) return;
  const invalid = outcome === 'invalid-code' ? 1 : 0;
  eachLevel(beliefs, fact, (it) => {
    addCounts(it.invalid, settings.invalid, at, invalid, onlyInvalid ? -1 : 1 - invalid);
    if (onlyInvalid) return;
    addLate(it.complaint, settings.complaint, at, 1, 0);
    if (settings.repurchase.delayMs !== undefined) addLate(it.repurchase, settings.repurchase, at, 1, 0);
  });
}

/** A failure is shared out between "it is down" and "it fails though it is up"; only the second part counts against its fill. */
function noteHealth(beliefs: Beliefs, fact: AttemptObserved, delivered: boolean): void {
  const { settings } = beliefs;
  const { at, supplierId } = fact;
  const fill = fillOf(beliefs, fact, at);
  const supplier = stateIn(beliefs.supplierStates, supplierId, () => restingState(settings.supplierState, at));
  const up = upAt(supplier, settings.supplierState, at);
  noteForeseen(beliefs, at, fact.foreseen ?? fill * upOf(beliefs, fact, at), delivered);
  const [ifUp, ifDown] = delivered ? [fill, settings.okWhileDown] : [1 - fill, 1 - settings.okWhileDown];
  const share = (up * ifUp) / (up * ifUp + (1 - up) * ifDown);
  eachLevel(beliefs, fact, (it) => addCounts(it.fill, settings.fill, at, delivered ? share : 0, delivered ? 0 : share));
  noteOutcome(supplier, settings.supplierState, at, ifUp / ifDown);
  if (fact.upstreamGroup === undefined) return;
  const group = stateIn(beliefs.groupStates, fact.upstreamGroup, () => restingState(settings.groupState, at));
  noteOutcome(group, settings.groupState, at, ifUp / ifDown);
  const members = beliefs.groups.get(fact.upstreamGroup) ?? new Set<string>();
  beliefs.groups.set(fact.upstreamGroup, members.add(supplierId));
}

function stateIn(map: Map<string, UpState>, id: string, make: () => UpState): UpState {
  const state = map.get(id) ?? make();
  map.set(id, state);
  return state;
}

/** What was ambiguous has ended. Delivered after nobody waited any more: bought twice. */
function noteEnd(beliefs: Beliefs, { offerId, at }: AttemptObserved, delivered: boolean): void {
  const since = beliefs.silentSince.get(offerId);
  if (since !== undefined) noteSilenceEnd(beliefs, offerId, at, delivered && at - since > beliefs.settings.askedForMs);
}

function noteSilenceEnd({ silentSince, doubled, settings }: Beliefs, offerId: string, at: number, twice: boolean): void {
  silentSince.delete(offerId);
  addCounts(doubled, settings.doubled, at, twice ? 1 : 0, twice ? 0 : 1);
}

/**
 * A delivery tells how long deliveries take, and anything else how long it takes until the next attempt can begin: a time-out is a failure,
 * and no slow delivery. When a late label comes says nothing of either.
 */
function noteTimes(beliefs: Beliefs, fact: AttemptObserved): void {
  const { responseMs, outcome, late, at } = fact;
  if (responseMs === undefined || late === true) return;
  const { halfLifeMs } = beliefs.settings.response;
  if (outcome === 'delivered' || outcome === 'invalid-code')
    return eachLevel(beliefs, fact, (it) => addTimes(it.times, halfLifeMs, at, 1, responseMs));
  const isSlow = outcome === 'timed-out' || outcome === 'ambiguous';
  eachLevelAbove(beliefs, fact, (it) => addFailure(it.failures, halfLifeMs, at, responseMs, isSlow));
}

/** A long history that comes at once weighs as much as this many attempts: how old each of them is, nobody says. */
export const OUTCOMES_MAX = 200;

function noteOutcomes(beliefs: Beliefs, fact: OutcomesObserved): void {
  const { settings } = beliefs;
  const { at, delivered, failed, responseMsSum } = fact;
  const all = delivered + failed;
  if (all === 0) return;
  const share = Math.min(1, OUTCOMES_MAX / all);
  eachLevel(beliefs, fact, (it) => {
    addCounts(it.fill, settings.fill, at, delivered * share, failed * share);
    addCounts(it.invalid, settings.invalid, at, 0, delivered * share);
    addCounts(it.ambiguous, settings.ambiguous, at, 0, all * share);
    addLate(it.complaint, settings.complaint, at, delivered * share, 0);
    if (settings.repurchase.delayMs !== undefined) addLate(it.repurchase, settings.repurchase, at, delivered * share, 0);
    addTimes(it.times, settings.response.halfLifeMs, at, all * share, responseMsSum * share);
  });
}
