import { BUYERS_MAX, forgetBuyer } from '../beliefs/substitutes';
import type { OfferBook } from '../book';
import type { BuyerProfile } from './profile';

/** Takes a buyer's newest profile into the book; whoever was not heard of for longest makes room. */
export function knowBuyer({ buyers, beliefs }: OfferBook, profile: BuyerProfile): void {
  const { buyerKey, goods } = profile;
  buyers.delete(buyerKey); // the youngest last
  buyers.set(buyerKey, profile);
  beliefs.loyalty.set(buyerKey, new Map(Object.entries(goods)));
  const oldest = buyers.size > BUYERS_MAX ? buyers.keys().next().value : undefined;
  if (oldest === undefined) return;
  buyers.delete(oldest);
  forgetBuyer(beliefs, oldest);
}

/** Nothing is known of him any more; lines of his that have just ended are nobody's. */
export function unknowBuyer({ buyers, beliefs, ended }: OfferBook, key: string): void {
  buyers.delete(key);
  forgetBuyer(beliefs, key);
  for (const [line, { buyerKey, ...it }] of ended) if (buyerKey === key) ended.set(line, it);
}
