import type { AnyFact, Fact, Verdict } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import { type Alike, alike } from './alike';
import type { Splitter } from './assign/bulk';
import { bind, type Bound, noneBound, unbind } from './assign/bound';
import { type Asked, goodOf, keptTogether, noneAsked, noteAsked, noteRanked } from './assign/contest';
import { draw, PLAN_KEPT_MS, PLAN_MS, planOf, type StormPlan } from './assign/storm';
import type { CountedSales } from './buyers/after-sales';
import { learnChoice } from './buyers/chosen';
import { unknowBuyer } from './buyers/known';
import type { BuyerProfile } from './buyers/profile';
import { type EndedLine, noteEnded } from './cases/ended';
import { type Beliefs, createBeliefs } from './beliefs/beliefs';
import type { Counts } from './beliefs/rates';
import { JUDGED_REPURCHASE } from './beliefs/settings';
import { type DailyDemand, noDemand } from './demand/daily';
import type { KnownCalibration } from './demand/foretold';
import { learn, learnHeat, learnOfLine, learnStock } from './learn';
import { type Made, noteMade } from './made';
import type { SelectionDecided, SelectionEvent } from './messages';
import { unitsInTime } from './pace';
import { noteProposed } from './repack/proposed';
import { type Models, USUAL_MODELS } from './trials/models';

export type Offer = Fact<'OfferState'>;
export type Product = Fact<'ProductState'>;
type TriedOffer = Fact<'NothingHeld'>['tried'][number];

/** What was ranked this long ago has been held or not, and the offer's state says so: a lap takes 400 ms at its worst hundredth. */
export const SHADE_MS = 2_000;
/** For a plan: stock that is counted as gone twice, in the shade and in the offer's newer state, would refund lines that it could serve. */
export const PLAN_SHADE_MS = 500;
/** The shade fades in steps, so that a busy offer costs a few numbers and not one for every line. */
const SHADE_STEP_MS = 250;

interface Shade {
  readonly step: number;
  readonly units: number;
}
/** By offer. */
export type Shades = Map<string, Shade[]>;

/**
 * The market as this replica knows it. Changed in place by `applyToBook` only (the shell feeds it with the states of the market, with what
 * inventory answered, and with our own decisions as soon as they are made), and an estimate: inventory's holds are the truth, and a
 * ranking that was too hopeful falls to its next candidate.
 */
export interface OfferBook {
  readonly products: Map<string, Product>;
  readonly skusByCategory: Map<string, Set<string>>;
  readonly offersBySku: Map<string, Map<string, Offer>>;
  readonly offers: Map<string, Offer>;
  /** What offers have alike, once for all of them. */
  readonly alike: Alike;
  readonly verdicts: Map<string, Fact<'VerdictState'>>;
  /** What inventory found, while the book has no newer version of the offer. */
  readonly tried: Map<string, TriedOffer>;
  /** Units that were planned at an offer in the last seconds. */
  readonly shades: Shades;
  /** Pieces of an offer that stand in for units of lines that were told so in the last seconds. */
  readonly proposed: Shades;
  /** Goods of which there was news: what cards keep of them (`cards/shelf.ts`) is made anew, and the set emptied. */
  readonly stirred: Set<string>;
  /** Whom the hub has put into a tier, and whom not. */
  readonly merchants: Map<string, Fact<'MerchantState'>>;
  /** What is heard of each good's market. */
  readonly markets: Map<string, Fact<'MarketState'>>;
  /** Lines in flight, by the offer that holds them. */
  readonly bound: Bound;
  /** New lines that are about to be ranked. */
  readonly asked: Asked;
  /** Of each offer that lost its lines, the plan for them. */
  readonly storms: Map<string, StormPlan>;
  /** What was decided last, by decision. */
  readonly made: Map<string, Made>;
  /** Units that were held at an offer, in all, when it turned bad. */
  readonly heldAtClosing: Map<string, number>;
  /** Lines that ended and are not written down yet, by `order/line`. */
  readonly ended: Map<string, EndedLine>;
  /** Buyers that are remembered, by their pseudonyms; as the database has them, a few seconds ago. */
  readonly buyers: Map<string, BuyerProfile>;
  /** What became of the lines that each offer served; as the database has it, a few seconds ago. */
  readonly afterSales: Map<string, CountedSales>;
  /** Deliveries that were complained of, by their hold, and how much each weighs in what was learnt; 0: it was unfounded. */
  readonly complaints: Map<string, number>;
  /** By offer, how many of them were not unfounded: `good` of the counts, halved as after-sales are. */
  readonly complained: Map<string, Counts>;
  /** What has been learnt of suppliers and goods. */
  readonly beliefs: Beliefs;
  /** Questions to buyers that wait for an answer: by its id, the SKU that the substitute stands for. */
  readonly questions: Map<string, string>;
  /** Holds of whose purchase the supplier has not said what became. */
  readonly silent: Set<string>;
  /** Who splits bulk lines over offers with tiers; without one they are filled up from the best offer on. */
  readonly split?: Splitter;
  /** What lines are ranked by; as the database has it, a few seconds ago. */
  models: Models;
  /** Demand by days, as it was worked out last night. */
  demand: DailyDemand;
  /** What past probabilities of running out are corrected by. */
  calibration: KnownCalibration;
  /** The newest time that the book has heard of: the market's states carry none of their own. */
  heardAt: number;
}

export const emptyBook = (): OfferBook => ({
  products: new Map(),
  skusByCategory: new Map(),
  offersBySku: new Map(),
  offers: new Map(),
  alike: new Map(),
  verdicts: new Map(),
  tried: new Map(),
  shades: new Map(),
  proposed: new Map(),
  stirred: new Set(),
  merchants: new Map(),
  markets: new Map(),
  bound: noneBound(),
  asked: noneAsked(),
  storms: new Map(),
  made: new Map(),
  heldAtClosing: new Map(),
  ended: new Map(),
  buyers: new Map(),
  afterSales: new Map(),
  complaints: new Map(),
  complained: new Map(),
  beliefs: createBeliefs({ repurchase: JUDGED_REPURCHASE }),
  questions: new Map(),
  silent: new Set(),
  models: USUAL_MODELS,
  demand: noDemand(),
  calibration: { day: -1 },
  heardAt: 0,
});

export function applyToBook(book: OfferBook, fact: AnyFact | SelectionEvent): void {
  switch (fact.type) {
    case 'ProductState':
      return applyProduct(book, fact);
    case 'OfferState':
      return applyOffer(book, fact);
    case 'VerdictState':
      return noteOf(book, book.verdicts, fact);
    case 'MarketState':
      if (isNews(book.markets.get(fact.sku), fact)) learnHeat(book, fact);
      return noteOf(book, book.markets, fact);
    case 'MerchantState':
      if (isNews(book.merchants.get(fact.merchantId), fact)) book.merchants.set(fact.merchantId, fact);
      return;
    case 'SelectionDecided':
      book.heardAt = Math.max(book.heardAt, fact.decidedAt);
      return noteMade(book.made, fact) ? noteDecided(book, fact) : undefined;
    case 'LineSelectionRequested':
      learnChoice(book, fact.request);
      return noteAsked(book.asked, fact.request);
    case 'StormPlanned':
      if (!noteMade(book.made, fact)) return;
      if (fact.good !== undefined) return void book.asked.contests.set(fact.good, planOf(fact));
      for (const [id, it] of book.storms) if (fact.plannedAt - it.plannedAt >= PLAN_KEPT_MS) book.storms.delete(id);
      return void book.storms.set(fact.offerId, planOf(fact));
    case 'UnitsDelivered':
      learnOfLine(book, fact);
      return unbind(book.bound, fact.tally.holdId, fact.deliveries.length);
    case 'HoldReleased':
      learnOfLine(book, fact);
      return unbind(book.bound, fact.tally.holdId, fact.quantity);
    case 'OfferHeld':
      for (const it of fact.holds) bind(book.bound, it, fact.request);
      for (const it of fact.tried) noteTried(book, it);
      return;
    case 'NothingHeld':
      for (const it of fact.tried) noteTried(book, it);
      return;
    case 'BuyerForgotten':
      return unknowBuyer(book, fact.buyerKey);
    case 'LineClosed':
      return noteEnded(book.ended, fact);
    default:
      return learnOfLine(book, fact);
  }
}

/** Units that are there, by the newest that is known; before the shade. */
export function availableAt(book: OfferBook, offer: Offer): number {
  const found = book.tried.get(offer.offerId);
  return found !== undefined && found.version >= offer.version ? found.available : offer.available;
}

/** Units that the decisions of the last `withinMs` have left. */
export function spareAt(book: OfferBook, offer: Offer, at: number, withinMs = SHADE_MS): number {
  return Math.max(0, availableAt(book, offer) - shadedAt(book.shades, offer.offerId, at, withinMs));
}

export function shadedAt(shades: Shades, offerId: string, at: number, withinMs = SHADE_MS): number {
  const since = stepOf(at - withinMs);
  return (shades.get(offerId) ?? []).reduce((sum, it) => (it.step > since ? sum + it.units : sum), 0);
}

/**
 * Units that the decisions of the last seconds, and the plans of storms but that of the offer `but`, have left of what it has and delivers in
 * time.
 */
export function roomAt(book: OfferBook, offer: Offer, at: number, deliverByAt: number, but?: string): number {
  let kept = keptTogether(book.asked, offer.offerId);
  for (const it of book.storms.values()) if (it.offerId !== but && at - it.drawnAt < PLAN_MS) kept += it.kept.get(offer.offerId) ?? 0;
  const most = Math.min(availableAt(book, offer), unitsInTime(offer, deliverByAt, at));
  return Math.max(0, most - shadedAt(book.shades, offer.offerId, at, but === undefined ? SHADE_MS : PLAN_SHADE_MS) - kept);
}

/** The strictest verdict that covers the region. None where compliance has said nothing yet: it is asked next on the lap. */
export function verdictIn(book: OfferBook, sku: string, region: string): Verdict['status'] | undefined {
  const covering = (book.verdicts.get(sku)?.verdicts ?? []).filter((it) => coversRegion([it.region], region)).map((it) => it.status);
  return (['banned', 'high-risk', 'compliant'] as const).find((it) => covering.includes(it));
}

function noteOf<It extends { readonly sku: string; readonly version: number }>(book: OfferBook, known: Map<string, It>, fact: It): void {
  if (!isNews(known.get(fact.sku), fact)) return;
  known.set(fact.sku, fact);
  book.stirred.add(fact.sku);
}

/** As a merchant of the tier sees it: at what such a one pays, where mark-up rules make a difference. */
export function pricedFor(product: Product, tier: string | undefined): Product {
  const priceMinor = tier === undefined ? undefined : product.tierPrices?.[tier];
  return priceMinor === undefined ? product : { ...product, priceMinor };
}

function applyProduct(book: OfferBook, product: Product): void {
  const known = book.products.get(product.sku);
  if (!isNews(known, product)) return;
  if (known !== undefined) book.skusByCategory.get(known.category)?.delete(product.sku);
  book.products.set(product.sku, product);
  book.stirred.add(product.sku);
  within(book.skusByCategory, product.category, () => new Set<string>()).add(product.sku);
}

function applyOffer(book: OfferBook, told: Offer): void {
  const before = book.offers.get(told.offerId);
  if (!isNews(before, told)) return;
  const offer = alike(book.alike, told);
  learn(book, before, offer);
  learnStock(book, before, offer);
  book.offers.set(offer.offerId, offer);
  book.stirred.add(offer.sku);
  noteClosing(book, before, offer);
  within(book.offersBySku, offer.sku, () => new Map<string, Offer>()).set(offer.offerId, offer);
  const found = book.tried.get(offer.offerId);
  if (found !== undefined && found.version < offer.version) book.tried.delete(offer.offerId);
}

/** The first bad state of an offer says how much was held there; the later ones of the same storm say less and less. */
function noteClosing(book: OfferBook, before: Offer | undefined, { offerId, held, ...offer }: Offer): void {
  const isBad = (it: Pick<Offer, 'closures' | 'available'>): boolean => it.closures.length > 0 || it.available === 0;
  if (!isBad(offer)) book.heldAtClosing.delete(offerId);
  else if (held !== undefined && held > (before !== undefined && isBad(before) ? (book.heldAtClosing.get(offerId) ?? 0) : 0))
    book.heldAtClosing.set(offerId, held);
}

/** What inventory found, sooner than the offer's own state says it. An outcome that is not about stock has no news of it. */
function noteTried(book: OfferBook, found: TriedOffer): void {
  if (found.outcome !== 'held' && found.outcome !== 'partly-held' && found.outcome !== 'no-stock') return;
  const offer = book.offers.get(found.offerId);
  const version = offer?.version;
  if (offer === undefined || version === undefined || found.version < version || !isNews(book.tried.get(found.offerId), found)) return;
  book.tried.set(found.offerId, found);
  book.stirred.add(offer.sku);
}

/** A line that was ranked again is no longer bound to what it lost, and has drawn what its plan gave it. */
function noteDecided(book: OfferBook, decided: SelectionDecided): void {
  const { request, storm, candidates } = decided;
  if (request.replaces !== undefined) unbind(book.bound, request.replaces.holdId, request.quantity);
  noteRanked(book.asked, request);
  const plan =
    storm && (request.replaces === undefined ? book.asked.contests.get(goodOf(request)) : book.storms.get(request.replaces.offerId));
  if (storm !== undefined && plan?.planId === storm.planId) {
    plan.drawnAt = decided.decidedAt;
    for (const { offerId, planned } of candidates) draw(plan, storm.key, offerId, planned);
  }
  shadeWith(book.shades, decided.decidedAt, candidates);
  noteProposed(book.proposed, decided);
}

export function shadeWith(shades: Shades, at: number, planned: readonly { readonly offerId: string; readonly planned: number }[]): void {
  const [now, since] = [stepOf(at), stepOf(at - SHADE_MS)];
  for (const { offerId, planned: units } of planned.filter((it) => it.planned > 0)) {
    const [first, ...older] = (shades.get(offerId) ?? []).filter((it) => it.step > since);
    const newest = first?.step === now ? [{ step: now, units: first.units + units }, ...older] : [{ step: now, units }];
    shades.set(offerId, first === undefined || first.step === now ? newest : [...newest, first, ...older]);
  }
}

const stepOf = (at: number): number => Math.floor(at / SHADE_STEP_MS);

const isNews = (known: { readonly version: number } | undefined, next: { readonly version: number }): boolean =>
  known === undefined || next.version > known.version;

function within<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
