import type { Offered } from './choices';
import type { Substitute } from './substitutes';

/** What became of one attempt to buy. `ambiguous`: the supplier did not say; `invalid-code`: it delivered what does not work. */
export const ATTEMPT_OUTCOMES = ['delivered', 'failed', 'timed-out', 'ambiguous', 'invalid-code'] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

interface AtOffer {
  /** Milliseconds since the epoch. May lie before what is known already: a late label is weighed by its age. */
  readonly at: number;
  readonly offerId: string;
  readonly supplierId: string;
  /** Suppliers that share one real source. Absent: the supplier stands alone. */
  readonly upstreamGroup?: string;
  readonly category: string;
  readonly sku: string;
}

/** One attempt and its outcome; one trial, whatever its quantity. */
export interface AttemptObserved extends AtOffer {
  readonly type: 'attempt';
  readonly outcome: AttemptOutcome;
  /** From asking to the answer; for `timed-out` and `ambiguous`, how long was waited, and asked after it, before another could be asked. */
  readonly responseMs?: number;
  readonly quantity?: number;
  /** The figure of its stock by which it was tried, and when that was taken. */
  readonly stock?: number;
  readonly stockAt?: number;
  /** P(it delivers) as it was foreseen before any of the attempts that are told together, in no known order. Absent: as it is now. */
  readonly foreseen?: number;
  /** The supplier had nothing: news of the stock, and not of the supplier's health. */
  readonly reason?: 'no-stock';
  /** The outcome of an attempt that was told before as `ambiguous` or `delivered`: it is corrected, and not counted again. */
  readonly late?: boolean;
}

/** Counts of attempts since the last ones, where only sums are known. */
export interface OutcomesObserved extends AtOffer {
  readonly type: 'outcomes';
  readonly delivered: number;
  readonly failed: number;
  /** Sum of the response times of both, in milliseconds. */
  readonly responseMsSum: number;
}

/** A buyer complained of, or asked money back for, a delivery. `insteadOf`: the SKU that it had replaced. */
export interface ComplaintObserved extends AtOffer {
  readonly type: 'complaint';
  readonly insteadOf?: string;
  /** It was told before, with this time and weight, and is unfounded: it is taken back. */
  readonly withdrawn?: boolean;
  /** Of a history of which only a part is told: how much it counts, 1 unless said. */
  readonly weight?: number;
}

/** A buyer that was served from this offer came back; or, of so many that were `judged` since the last time, so many did. */
export interface RepurchaseObserved extends AtOffer {
  readonly type: 'repurchase';
  readonly returned?: number;
  /** Absent: their deliveries were counted as trials already (`RateSettings.delayMs`). */
  readonly judged?: number;
}

/** Units that a supplier says to have. `at`: when that was true. */
export interface StockObserved {
  readonly type: 'stock';
  readonly at: number;
  readonly offerId: string;
  readonly units: number;
  /** What was left of the last figure just before, where that is known: what it fell by until then the hub took itself. */
  readonly left?: number;
}

export interface PriceObserved {
  readonly type: 'price';
  readonly at: number;
  readonly offerId: string;
  readonly costMinor: number;
}

/** Market heat of an SKU or a category: 1 is usual. Other signals are heard, and left to demand. */
export interface SignalObserved {
  readonly type: 'signal';
  readonly at: number;
  readonly kind: string;
  readonly sku?: string;
  readonly category?: string;
  readonly value: number;
}

export interface OfferEntered extends AtOffer {
  readonly type: 'offer-entered';
}

export interface OfferLeft {
  readonly type: 'offer-left';
  readonly at: number;
  readonly offerId: string;
}

/**
 * A buyer's word on a substitute, or a refund after it. Silence (`expired`) is half a no. What was offered is told with it as far as it is
 * known; where its price and that of the missing good are, it is learnt what buyers look at.
 */
export interface SubstituteAnswered extends Partial<Omit<Substitute, 'sku' | 'insteadOf'>> {
  readonly type: 'substitute-answered';
  readonly at: number;
  readonly sku: string;
  readonly insteadOf: string;
  readonly answer: 'accepted' | 'refused' | 'expired' | 'refunded';
}

/**
 * A buyer, under a pseudonym, bought a good: what loyalty is learnt from. `options`: the goods of its category that he could have had just
 * then, at their prices, the good itself among them; of the first `OPTIONS_MAX` it is learnt how he chooses.
 */
export interface PurchaseObserved {
  readonly type: 'purchase';
  readonly at: number;
  readonly buyer: string;
  readonly sku: string;
  /** Absent: where its good was last on offer. */
  readonly category?: string;
  /** `similarity`: to what he buys most. */
  readonly options?: readonly Offered[];
}

/** A buyer asked for a good; whether he gets it is told apart, and so it teaches what he looks at, and not what he is used to. */
export interface ChoiceObserved extends Omit<PurchaseObserved, 'type'> {
  readonly type: 'choice';
}

/** What became of an attempt that was told as ambiguous is known. `twice`: it was bought when another one had been made. Its outcome is told apart. */
export interface SilenceEnded {
  readonly type: 'silence-ended';
  readonly at: number;
  readonly offerId: string;
  readonly twice: boolean;
}

export type MarketObservation =
  | AttemptObserved
  | OutcomesObserved
  | ComplaintObserved
  | RepurchaseObserved
  | StockObserved
  | PriceObserved
  | SignalObserved
  | OfferEntered
  | OfferLeft
  | SubstituteAnswered
  | SilenceEnded
  | PurchaseObserved
  | ChoiceObserved;

/** A number that cannot be reckoned with (NaN, an infinity, a negative count). `field` names it. Nothing has been changed. */
export class BadNumber extends Error {
  readonly code = 'bad-number';

  constructor(
    readonly field: string,
    readonly value: unknown,
  ) {
    super(`${field} is ${String(value)}: a number from 0 on is needed`);
  }
}

/** @throws BadNumber */
export function checkNumber(field: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new BadNumber(field, value);
  return value;
}

const NUMBERS = [
  'at',
  'responseMs',
  'quantity',
  'stock',
  'stockAt',
  'foreseen',
  'delivered',
  'failed',
  'responseMsSum',
  'units',
  'left',
  'costMinor',
  'value',
  'weight',
  'returned',
  'judged',
  'similarity',
  'referenceMinor',
  'priceMinor',
] as const;

/** Every number of an observation, before anything is made of it. @throws BadNumber */
export function checkObservation(fact: MarketObservation): void {
  const numbers: Partial<Record<(typeof NUMBERS)[number], number>> = fact;
  for (const field of NUMBERS) {
    const value = numbers[field];
    if (value !== undefined) checkNumber(`${fact.type}.${field}`, value);
  }
  if (fact.type === 'purchase' || fact.type === 'choice') fact.options?.forEach((it) => checkOption(fact, it));
  if (numbers.at === undefined) throw new BadNumber(`${fact.type}.at`, undefined);
}

function checkOption({ type }: PurchaseObserved | ChoiceObserved, { sku, similarity = 0, priceMinor = 0 }: Offered): void {
  checkNumber(`${type}.options[${sku}].similarity`, similarity);
  checkNumber(`${type}.options[${sku}].priceMinor`, priceMinor);
}
