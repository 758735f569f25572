import type { Regime } from './regimes';

/** What anybody can see of an offer when an order comes. */
export interface PublicOffer {
  readonly index: number;
  readonly name: string;
  readonly supplier: number;
  readonly group: number;
  readonly sku: string;
  readonly category: string;
  readonly priceMinor: number;
  /** Of a unit, at the order's quantity. */
  readonly costMinor: number;
  readonly costTiers: readonly { readonly from: number; readonly costMinor: number }[];
  readonly leadTimeMs: number;
  readonly stock: number;
  readonly stockAt: number;
}

export interface Question {
  readonly order: number;
  readonly at: number;
  readonly quantity: number;
  readonly deadlineMs: number;
  readonly offers: readonly PublicOffer[];
  readonly regime: Regime;
}

/** What is heard, when it is heard. */
export type Heard =
  | {
      readonly kind: 'attempt';
      readonly at: number;
      readonly offer: PublicOffer;
      readonly outcome: 'delivered' | 'failed' | 'timed-out' | 'ambiguous' | 'invalid-code';
      readonly responseMs: number;
      readonly noStock?: boolean;
      readonly late?: boolean;
    }
  | { readonly kind: 'complaint' | 'return'; readonly at: number; readonly offer: PublicOffer };

/** Places in `question.offers`, in the order in which they are to be tried; and what is foreseen of the first, and of the order's money, where a policy says so. */
export interface Answer {
  readonly chain: readonly number[];
  readonly success?: number;
  readonly onTime?: number;
  readonly stock?: number;
  /** What the order is expected to come to, and how far chance alone may take it from there; minor units. */
  readonly money?: Foreseen;
}

export interface Foreseen {
  readonly mean: number;
  readonly variance: number;
}

export interface Policy {
  readonly name: string;
  answer(question: Question): Answer;
  hear(heard: Heard): void;
}

export const ATTEMPTS = 3;
