import type { SelectionRequest } from '@midstream/contracts';
import { DEFAULT_SETTINGS } from '../beliefs/settings';
import { USUAL } from '../chain/settings';
import { FAILURE_SHARE, LATE_SHARE, LOST_SALE_SHARE } from '../worth';

/** A line from its first decision to its end. */
export interface EndedTrialLine {
  /** As it asked first. */
  readonly request: Pick<SelectionRequest, 'need' | 'segment' | 'priceCapMinor' | 'deliverBy'>;
  readonly ordered: number;
  readonly delivered: number;
  readonly endedAt: number;
  /** Decisions that it took. */
  readonly attempts: number;
  readonly served: readonly { readonly offerId: string; readonly sku: string; readonly units: number }[];
  /** Offers whose codes did not work. */
  readonly faulty: readonly string[];
  /** By offer, price less cost of a unit, as its decisions knew them. */
  readonly margins: Readonly<Record<string, number>>;
}

/** In shares of the line's value, its units at the dearest that its buyer would pay: the same for both sides, whatever was bought. */
export interface Reward {
  readonly reward: number;
  /** Not all of it came in time. */
  readonly late: boolean;
  /** By offer, what a complaint of its delivery costs. */
  readonly atStake: Readonly<Record<string, number>>;
}

/**
 * What a line came to. The yardstick is the hub's own (selection.md 1.3), never the numbers that a trial tries, nor those that one was promoted
 * with: a challenger must not win by counting otherwise.
 */
export function rewardOf({ request, ordered, delivered, endedAt, attempts, served, faulty, margins }: EndedTrialLine): Reward {
  const { need, segment, deliverBy } = request;
  const price = Math.max(1, request.priceCapMinor);
  const value = price * ordered;
  const isOver = endedAt > Date.parse(deliverBy);
  const earned = served.reduce((sum, { offerId, sku, units }) => {
    const substitute = need.sku !== undefined && sku !== need.sku ? USUAL.substitutionShare * price : 0;
    return sum + units * ((margins[offerId] ?? 0) - substitute);
  }, 0);
  const lost = (ordered - delivered) * LOST_SALE_SHARE[segment] * price;
  const failed = Math.max(0, attempts - 1) * FAILURE_SHARE[segment] * value;
  const late = isOver ? delivered * LATE_SHARE[segment] * price : 0;
  const complaint = USUAL.complaintShare * price + USUAL.complaintMinor;
  return {
    reward: (earned - lost - failed - late - faulty.length * price) / value,
    late: isOver || delivered < ordered,
    atStake: Object.fromEntries(served.map(({ offerId, units }) => [offerId, (units * complaint) / value])),
  };
}

/** Lines are judged from so long after their end on: most complaints have come by then. */
export const SETTLED_MS = 86_400_000;

/** P(a complaint that comes is here after so long), in (0,1): those that are here count for those that are still to come. */
export const complaintsSeen = (ageMs: number): number =>
  1 - Math.exp(-Math.max(SETTLED_MS, ageMs) / (DEFAULT_SETTINGS.complaint.delayMs ?? SETTLED_MS));
