import { observe } from '../beliefs/observe';
import type { OfferBook } from '../book';
import { placeOf } from '../learn';

/**
 * What became of lines that an offer served, counted over all of them and halved in AFTER_SALES_HALF_MS: how many it served, how many got
 * codes from it that did not work; and of buyers whose return could be told, how many came back within 30 days.
 */
export interface AfterSales {
  readonly served: number;
  readonly faulty: number;
  readonly judged: number;
  readonly returned: number;
}

/** `at`: as of when they are halved, in milliseconds. */
export interface CountedSales extends AfterSales {
  readonly at: number;
}

export const AFTER_SALES_HALF_MS = 30 * 86_400_000;
/** Three of ten come back, and 1.4 of a hundred complain or get a bad code, where nothing is known (selection.md 1.2a). */
const REPURCHASE_PRIOR = { good: 3, all: 10 } as const;
const COMPLAINT_PRIOR = { bad: 0.56, all: 40 } as const;

const NOTHING: CountedSales = { served: 0, faulty: 0, judged: 0, returned: 0, at: 0 };

/** All offers together stand under a name that no offer has. */
const ALL = '';

/** `at`: when they were counted, in milliseconds. Of how many more it is known whether they came back, and how many did, is learnt. */
export function knowAfterSales(book: OfferBook, offerId: string, now: AfterSales, at: number): void {
  const { afterSales, beliefs } = book;
  const before = afterSales.get(offerId) ?? NOTHING;
  const all = afterSales.get(ALL) ?? NOTHING;
  afterSales.set(offerId, { ...now, at });
  afterSales.set(ALL, {
    served: all.served + now.served - before.served,
    faulty: all.faulty + now.faulty - before.faulty,
    judged: all.judged + now.judged - before.judged,
    returned: all.returned + now.returned - before.returned,
    at,
  });
  const offer = book.offers.get(offerId);
  if (offer === undefined) return;
  const kept = 2 ** (-(at - before.at) / AFTER_SALES_HALF_MS);
  const judged = Math.max(0, now.judged - before.judged * kept);
  const returned = Math.min(judged, Math.max(0, now.returned - before.returned * kept));
  if (judged > 0) observe(beliefs, { type: 'repurchase', at, ...placeOf(book, offer), judged, returned });
}

/** P(a buyer comes back within 30 days), of an offer or, without one, anywhere; in (0,1). */
export function repurchaseOf({ afterSales }: OfferBook, offerId: string = ALL): number {
  const { returned, judged } = afterSales.get(offerId) ?? NOTHING;
  return Math.min(1, Math.max(0, (returned + REPURCHASE_PRIOR.good) / (judged + REPURCHASE_PRIOR.all)));
}

/** P(what it delivers is not in order), in (0,1): codes that did not work, and deliveries that were complained of. */
export function complaintOf({ afterSales, complained }: OfferBook, offerId: string): number {
  const { faulty, served } = afterSales.get(offerId) ?? NOTHING;
  const wrong = faulty + (complained.get(offerId)?.good ?? 0);
  return Math.min(1, Math.max(0, (wrong + COMPLAINT_PRIOR.bad) / (served + faulty + COMPLAINT_PRIOR.all)));
}
