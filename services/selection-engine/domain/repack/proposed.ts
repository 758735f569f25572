import type { SelectionDecided } from '../messages';
import { type OfferBook, type Shades, shadedAt, shadeWith } from '../book';

/** Pieces of an offer that lines were just told of; their own lines shade the offer as soon as they ask. */
export const proposedAt = ({ proposed }: OfferBook, offerId: string, at: number): number => shadedAt(proposed, offerId, at);

/** A line that is sent to its own good first is not repacked yet. */
export function noteProposed(proposed: Shades, { decidedAt, repack, candidates, request }: SelectionDecided): void {
  if (repack === undefined || candidates.some((it) => it.sku === request.need.sku)) return;
  const pack = repack.packs.find((it) => it.sku === repack.proposed.sku);
  shadeWith(proposed, decidedAt, pack?.candidates ?? []);
}
