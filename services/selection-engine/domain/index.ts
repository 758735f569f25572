import type { AnyFact } from '@midstream/contracts';
import type { Domain } from '@midstream/kernel';
import { applyToBook, emptyBook, type OfferBook } from './book';
import { decide } from './decide';
import { keysOf } from './keys';
import type { SelectionCode, SelectionCommand, SelectionEvent } from './messages';
import { react } from './react';
import { evolve, type Rows, uphold } from './state';

/** Decides which offers serve a line, and says why. Refuses no line: one that no offer can serve gets an empty list. */
export const selection: Domain<Rows, OfferBook, SelectionCommand, SelectionEvent, AnyFact, SelectionCode> = {
  keysOf,
  decide,
  evolve,
  uphold,
  react,
  view: { create: emptyBook, apply: applyToBook },
};

export * from './messages';
export { certificateOf, PLAN_MS, REPLAN_MS, STORM_CLASSES_MAX, STORM_UNITS_LEAST, type StormPlanned } from './assign/storm';
export { hasBackup, holdsOf, placeOf, UNBACKED_MAX } from './assign/backup';
export { BOUND_HOLDS_MAX } from './assign/bound';
export * from './additions/limits';
export { UPDATE_CALLS_MS } from './additions/calls';
export { openSkusOf, type ProposeAddition, type Watched } from './additions/watch';
export * from './market/limits';
export { type Market, type MarketMoved } from './market/market';
export { perHour, percentiles, trendOf } from './market/heat';
export { MINUTE_MS } from './market/burst';
export type { ReportSignal, Signal } from './market/signals';
export { type OfferBook, SHADE_MS } from './book';
export { PRICE_BAND_FLOOR } from './gates';
export { CONSIDERED_MAX } from './rank';
export { decisionIdOf, type Ranked, type Rows } from './state';
export { givingUpMinor, RESPONSE_PRIOR_COUNT } from './worth';
export { type DailyDemand, DayUnits, DEMAND_DAYS_MAX, DEMAND_GOODS_MAX, knowDemand, noDemand, trainDaily } from './demand/daily';
export {
  type Awaited,
  becameOf,
  CALIBRATION_DAYS,
  correctionOf,
  knowCalibration,
  LABELS_LEAST,
  LOOK_LATE_MS,
  ORIGINS_NEWEST,
  type Standing,
  standingOf,
} from './demand/foretold';
export type { Calibration, Foretold } from './demand/calibration';
export type { PooledModel } from './demand/pooled';
export { type DemandKnown, InvalidDemand, type Outlook, type OutlookAsked, outlookOf, type OutlookOffer } from './demand';

// The science of selection, by itself: plain data in, plain data out. `observe` a fact of any market, `rankCandidates` of a request.
export { observe } from './beliefs/observe';
export { type Beliefs, createBeliefs } from './beliefs/beliefs';
export { type BeliefSettings, DEFAULT_SETTINGS, JUDGED_REPURCHASE } from './beliefs/settings';
export { ATTEMPT_OUTCOMES, type AttemptOutcome, BadNumber, type MarketObservation } from './beliefs/observation';
export { qualityOf, type Quality, upOf } from './beliefs/read';
export { stockChance } from './beliefs/stock';
export { acceptanceOf, forgetBuyer } from './beliefs/substitutes';
export { MODEL, rankCandidates, REPLAYED_MODELS } from './chain/rank-candidates';
export { type Chosen, KNOWN, type Known, MARGIN_AT, replay, type Replayed } from './chain/record';
export { SUBSTITUTION_SHARE } from './worth';
export type { CandidateOffer, CandidateRequest, Economics, Parts, RankedCandidate, RankedChain } from './chain/request';
export * from './cards';
export * from './cases/cases';
export { AFTER_SALES_HALF_MS, type AfterSales, knowAfterSales } from './buyers/after-sales';
export { COMPLAINTS_MAX, knowComplaint } from './complaints/know';
export type { Complained } from './complaints/note';
export { knowBuyer, unknowBuyer } from './buyers/known';
export {
  afterLine,
  type BuyerProfile,
  type BuyersLine,
  comingAgain,
  likingOf,
  PROFILE_MS,
  RETURN_MS,
  stayingWeight,
} from './buyers/profile';
export { BUYERS_MAX } from './beliefs/substitutes';
export { ENDED_MAX, type EndedLine } from './cases/ended';
export type { Offer, Product } from './book';
export { nextStep, type Plan, type PlanStep, planOf } from './plan';
export { estimate, type Estimates, gainOf, judge, type Logged, type Promotion } from './learning/off-policy';
export { type MoneySettings, SETTING_NAMES, SETTINGS } from './chain/settings';
export { formulasOf, knowModels, type Model, type Models, type OnTrial, USUAL_MODELS } from './trials/models';
export { type EndedTrialLine, type Reward, rewardOf, SETTLED_MS } from './trials/reward';
export { MODELS, SHARE_LEAST, SHARE_MAX, type Trial, type TrialChanged } from './trials/trials';
export { clusterOf, HARM_LEAST, JUDGED_MAX, LOOKS, type TrialLine, type Verdict, verdictOf } from './trials/verdict';
export { type Believed, type Scorecard, scorecardOf } from './learning/scorecard';
