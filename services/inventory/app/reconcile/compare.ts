import { convert, factorTo, type Purchase } from '@midstream/inventory-domain';
import type { BookEntry } from '../adapters/port';

export const DIFFERENCES = [
  'not-answered',
  'missing-there',
  'outcome-known',
  'sold-more',
  'sold-less',
  'charged-for-failed',
  'cost-differs',
] as const;
export type Difference = (typeof DIFFERENCES)[number];

/** Our side of a purchase, as it is compared. Money of one unit, in minor units. */
export interface Ours {
  readonly status: string;
  readonly bought: number;
  readonly failed: number;
  readonly unitCostMinor: number;
  /** Minor units of ours for one of the supplier's, by which its cost was converted. Absent: it charges in our currency. */
  readonly factor?: number;
}

export const oursOf = ({ status, bought, failed, costMinor, quoted, currency }: Purchase): Ours => ({
  status,
  bought,
  failed,
  unitCostMinor: bought === 0 ? 0 : Math.round(costMinor / bought),
  ...(quoted && { factor: factorTo({ quoted, currency }) }),
});

/** Where the supplier's book and ours say different things of one purchase; the first that is found. Undefined where they agree. */
export function differenceOf(ours: Ours, theirs: BookEntry | undefined): Difference | undefined {
  const isOpen = ours.status === 'unknown' || ours.status === 'accepted';
  if (theirs === undefined) return ours.bought > 0 ? 'missing-there' : isOpen ? 'outcome-known' : undefined;
  if (theirs.status === 'unanswered') return 'not-answered';
  if (isOpen) return theirs.status === 'accepted' ? undefined : 'outcome-known';
  if (theirs.units > ours.bought + ours.failed) return 'sold-more';
  if (theirs.units < ours.bought) return 'sold-less';
  if (theirs.units > ours.bought) return 'charged-for-failed';
  return ours.bought > 0 && convert(theirs.costMinor, ours.factor ?? 1) !== ours.unitCostMinor ? 'cost-differs' : undefined;
}
