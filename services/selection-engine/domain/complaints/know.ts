import { observe, OUTCOMES_MAX } from '../beliefs/observe';
import { addCounts, noCounts } from '../beliefs/rates';
import type { OfferBook } from '../book';
import { AFTER_SALES_HALF_MS } from '../buyers/after-sales';
import { type Complained, isStanding } from './note';

/** Deliveries that are remembered as complained of; past it the oldest are not taken back any more where their complaint is rejected. */
export const COMPLAINTS_MAX = 50_000;

/**
 * A delivery as the database has it: learnt once while one of its complaints stands, at the time when that was filed, and taken back to the
 * same weight when none does any more. `isHistory`: the replica has just begun, and knows only a part of the offer's deliveries.
 */
export function knowComplaint(book: OfferBook, row: Complained, isHistory = false): void {
  const { holdId, offerId, supplierId, sku, insteadOf, firstAt: at } = row;
  const stands = isStanding(row);
  const counted = book.complaints.get(holdId) ?? 0;
  if (stands === counted > 0) return;
  const weight = stands ? (isHistory ? shareOf(book, offerId) : 1) : counted;
  remember(book, holdId, stands ? weight : 0);
  const complained = book.complained.get(offerId) ?? noCounts(at);
  book.complained.set(offerId, complained);
  addCounts(complained, { halfLifeMs: AFTER_SALES_HALF_MS }, at, stands ? 1 : -1, 0);
  const category = book.products.get(sku)?.category ?? '';
  const of = { type: 'complaint', at, offerId, supplierId, sku, category, weight, withdrawn: !stands } as const;
  observe(book.beliefs, insteadOf === undefined ? of : { ...of, insteadOf });
}

/** As much as the deliveries of a long history that came at once weigh (`observe`, outcomes). */
function shareOf({ offers }: OfferBook, offerId: string): number {
  const { fulfilled, failed } = offers.get(offerId)?.outcomes ?? { fulfilled: 0, failed: 0 };
  return Math.min(1, OUTCOMES_MAX / Math.max(1, fulfilled + failed));
}

function remember({ complaints }: OfferBook, holdId: string, weight: number): void {
  complaints.set(holdId, weight);
  const oldest = complaints.size > COMPLAINTS_MAX ? complaints.keys().next().value : undefined;
  if (oldest !== undefined) complaints.delete(oldest);
}
