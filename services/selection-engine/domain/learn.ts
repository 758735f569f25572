import type { AnyFact, Fact } from '@midstream/contracts';
import { observe, OUTCOMES_MAX } from './beliefs/observe';
import { fillOf, upOf } from './beliefs/read';
import type { Offer, OfferBook } from './book';
import { likenessOf } from './likeness';
import { trendOf } from './market/heat';
import type { SelectionEvent } from './messages';

/**
 * Learns of an offer from its newer state: its counts less those that were known. Each new outcome is an attempt, with all that it tells of
 * the supplier's health; a first sight is sums. A state carries no time: the newest that was heard stands for it.
 */
export function learn(book: OfferBook, known: Offer | undefined, offer: Offer): void {
  const [before, now] = [known?.outcomes ?? NONE, offer.outcomes];
  const delivered = now.fulfilled - before.fulfilled;
  const failed = now.failed - before.failed;
  const responseMsSum = now.responseMsSum - before.responseMsSum;
  const all = delivered + failed;
  if (all === 0 || delivered < 0 || failed < 0 || responseMsSum < 0) return; // nothing new, or counted anew
  const stockAt = Date.parse(offer.stockAsOf);
  const where = { ...placeOf(book, offer), at: known === undefined ? stockAt : Math.max(book.heardAt, stockAt) };
  if (known === undefined || all > OUTCOMES_MAX)
    return observe(book.beliefs, { type: 'outcomes', ...where, delivered, failed, responseMsSum });
  // Which of them took how long, and which came first, a state does not say
  const foreseen = fillOf(book.beliefs, where, where.at) * upOf(book.beliefs, where, where.at);
  const responseMs = responseMsSum / all;
  const failure = responseMs < UNANSWERED_MS ? 'failed' : 'timed-out';
  for (let n = 0; n < all; n++)
    observe(book.beliefs, { type: 'attempt', ...where, outcome: n < failed ? failure : 'delivered', responseMs, foreseen });
}

/** A failure that was known so late was no answer: it was waited for in vain, and asked after. A state does not say which it was. */
export const UNANSWERED_MS = 60_000;

/** What others took between two figures of an offer's stock. Ours are its newer states without a new figure. A vault is counted by ourselves. */
export function learnStock({ beliefs }: OfferBook, known: Offer | undefined, { offerId, kind, stockAsOf, available }: Offer): void {
  if (known === undefined || kind === 'vault' || stockAsOf === known.stockAsOf) return;
  observe(beliefs, { type: 'stock', at: Date.parse(stockAsOf), offerId, units: available, left: known.available });
}

/** How much hotter than usual a good is: buyers take it sooner in place of another. */
export function learnHeat({ beliefs }: OfferBook, { sku, heat: { hour, week, asOf } }: Fact<'MarketState'>): void {
  const at = Date.parse(asOf);
  observe(beliefs, { type: 'signal', kind: 'heat', at, sku, value: 2 ** trendOf({ hour, week, at }, at) });
}

const NONE: Offer['outcomes'] = { fulfilled: 0, failed: 0, responseMsSum: 0 };

export const placeOf = (book: OfferBook, { offerId, supplierId, upstreamGroup, sku }: Offer) => ({
  offerId,
  supplierId,
  upstreamGroup,
  sku,
  category: book.products.get(sku)?.category ?? '',
});

/** Questions to buyers whose answer is awaited; the oldest are forgotten beyond it. */
export const QUESTIONS_MAX = 50_000;

const SAID = { yes: 'accepted', no: 'refused', expired: 'expired' } as const;

/**
 * Learns from what is told of one line: a supplier that did not say what became of a purchase, a code that did not work (the offer's counts
 * have it among the failures, and do not say why), what a buyer said of a substitute, and what became of one. Each comes to the replica that
 * has the order; the counts of offers come to all.
 */
export function learnOfLine(book: OfferBook, fact: AnyFact | SelectionEvent): void {
  switch (fact.type) {
    case 'PurchaseUnknown':
      noteSilence(book, fact.tally.holdId);
      return learnAttempt(book, fact, { outcome: 'ambiguous' });
    case 'HoldLost':
      learnSilence(book, fact);
      if (fact.reason === 'invalid-code') learnAttempt(book, fact, { outcome: 'invalid-code', late: true });
      return;
    case 'ConsentRequested':
      if (fact.insteadOf !== undefined) ask(book, fact.consentId, fact.insteadOf);
      return;
    case 'ConsentAnswered': {
      const insteadOf = book.questions.get(fact.consentId);
      book.questions.delete(fact.consentId);
      if (insteadOf === undefined || fact.answer === 'withdrawn') return; // not asked of this replica, or nothing was said
      const { sku, answer } = fact;
      const offered = offeredIn(book, sku, insteadOf, false);
      return observe(book.beliefs, { type: 'substitute-answered', at: book.heardAt, sku, insteadOf, answer: SAID[answer], ...offered });
    }
    case 'UnitsDelivered':
      learnSilence(book, fact);
      // Its first units. Where the buyer was asked, the answer has been heard already
      if (fact.tally.delivered === fact.deliveries.length) learnEnd(book, fact, 'accepted');
      return;
    case 'HoldReleased':
      book.silent.delete(fact.tally.holdId); // written off: nobody will say it
      if (fact.reason === 'cancelled') learnEnd(book, fact, 'refunded');
      return;
    default:
      return;
  }
}

/** Of a substitute: it was delivered to who had agreed to it beforehand, or its buyer gave it back before that. */
function learnEnd(book: OfferBook, { tally, sku }: Fact<'UnitsDelivered'> | Fact<'HoldReleased'>, answer: 'accepted' | 'refunded'): void {
  const { insteadOf, preApproved } = book.bound.holds.get(tally.holdId) ?? {};
  if (insteadOf === undefined || (answer === 'accepted' && preApproved !== true)) return;
  const offered = offeredIn(book, sku, insteadOf, preApproved === true);
  observe(book.beliefs, { type: 'substitute-answered', at: book.heardAt, sku, insteadOf, answer, ...offered });
}

/** What a substitute looked like, by the goods as they are now. Who was offered it is not kept beside a line in flight. */
function offeredIn({ products }: OfferBook, sku: string, insteadOf: string, preApproved: boolean) {
  const [missing, other] = [products.get(insteadOf), products.get(sku)];
  if (missing === undefined || other === undefined) return {};
  return {
    category: other.category,
    similarity: likenessOf(missing, other),
    sameCategory: missing.category === other.category,
    referenceMinor: missing.priceMinor,
    priceMinor: other.priceMinor,
    preApproved,
  };
}

function learnAttempt(
  book: OfferBook,
  { offerId }: Fact<'PurchaseUnknown'> | Fact<'HoldLost'>,
  it: { readonly outcome: 'ambiguous' | 'invalid-code'; readonly late?: true },
): void {
  const offer = book.offers.get(offerId);
  if (offer !== undefined) observe(book.beliefs, { type: 'attempt', ...placeOf(book, offer), at: book.heardAt, ...it });
}

/** Purchases whose outcome is awaited; the oldest are forgotten beyond it. */
export const SILENT_MAX = 50_000;

function noteSilence({ silent }: OfferBook, holdId: string): void {
  silent.add(holdId);
  if (silent.size > SILENT_MAX) silent.delete(silent.values().next().value ?? '');
}

/** The supplier has said it after all: until then nobody else was asked for these units, so that they were not bought twice. */
function learnSilence({ silent, beliefs, heardAt }: OfferBook, { tally, offerId }: Fact<'UnitsDelivered'> | Fact<'HoldLost'>): void {
  if (silent.delete(tally.holdId)) observe(beliefs, { type: 'silence-ended', at: heardAt, offerId, twice: false });
}

function ask({ questions }: OfferBook, consentId: string, insteadOf: string): void {
  questions.set(consentId, insteadOf);
  if (questions.size > QUESTIONS_MAX) questions.delete(questions.keys().next().value ?? '');
}
