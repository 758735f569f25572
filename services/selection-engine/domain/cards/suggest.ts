import type { Good } from './goods';
import type { CardNeed } from './need';

/** A step of the price list that is at most this much further is worth buying up to, for a company. */
const STEP_AHEAD = 1.25;

/**
 * 建议采购量: what is asked for, at least what an offer sells at once, never more than there is. A company that is close to the next step of
 * the price list is told to go there, if the whole then costs less.
 */
export function suggestedQuantity({ chain, available }: Good, { quantity, segment }: CardNeed): number {
  const offer = chain[0]?.offer;
  if (offer === undefined) return quantity;
  const least = Math.max(quantity, offer.minQuantity);
  const step = offer.costTiers.find((it) => it.from > least && it.from <= least * STEP_AHEAD);
  const now = offer.costTiers.findLast((it) => it.from <= least);
  const pays = step !== undefined && now !== undefined && step.from * step.costMinor < least * now.costMinor;
  return Math.max(1, Math.min(segment === 'enterprise' && pays ? step.from : least, available));
}
