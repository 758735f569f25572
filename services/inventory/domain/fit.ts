import type { Fact } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import { leadOf } from './slowness';
import type { Hold, Offer } from './state';

/** Why a hold fits its offer no more. */
export type Misfit = NonNullable<Fact<'HoldLost'>['misfit']>;

type Sold = Pick<Offer, 'regions' | 'minQuantity' | 'maxQuantity' | 'policy'>;

/** By its own terms, and by what its way of delivery lets through. */
export const servesRegion = ({ regions, policy }: Sold, region: string): boolean =>
  coversRegion(regions, region) && (policy?.regions === undefined || coversRegion(policy.regions, region));

export const maxQuantityOf = ({ maxQuantity, policy }: Sold): number => Math.min(maxQuantity, policy?.maxQuantity ?? Infinity);

/** Where it is sold: of two regions that overlap, the smaller. Empty where its way of delivery leaves nothing. */
export function regionsOf({ regions, policy }: Sold): readonly string[] {
  const { regions: allowed } = policy ?? {};
  if (allowed === undefined) return regions;
  const both = [...regions.filter((it) => coversRegion(allowed, it)), ...allowed.filter((it) => coversRegion(regions, it))];
  return [...new Set(both)];
}

/** What was held by other terms than those of now. */
export function misfitOf(offer: Sold, { region, granted }: Pick<Hold, 'region' | 'granted'>): Misfit | undefined {
  if (!servesRegion(offer, region)) return 'region';
  return granted > maxQuantityOf(offer) || granted < offer.minQuantity ? 'quantity' : undefined;
}

/** Whether something that fitted before may fit no more, or may come too late. */
export const isNarrower = (before: Offer, after: Offer): boolean =>
  maxQuantityOf(after) < maxQuantityOf(before) ||
  after.minQuantity > before.minQuantity ||
  regionsOf(before).some((it) => !servesRegion(after, it)) ||
  (after.policy !== before.policy && leadOf(after) > leadOf(before));
