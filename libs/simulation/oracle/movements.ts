import type { Offer } from '@midstream/inventory-domain';
import type { Shell } from '../shell';
import { check } from './book';
import type { OfferBook } from './offer';

interface Sums {
  held: number;
  inFlight: number;
  accepted: number;
  reported: number;
  settled: number;
  acceptedAtReport: number;
}

/** What the hourly look at the ledger would find: the oracle's counts, the offers' rows and the sums of the movements are one and the same (protocol 9). */
export function checkMovements(inventory: Shell, offers: ReadonlyMap<string, OfferBook>): void {
  const sums = new Map<string, Sums>();
  for (const row of inventory.recorded('MovementRow')) {
    const offerId = row['offer_id'] as string;
    const known = sums.get(offerId) ?? { held: 0, inFlight: 0, accepted: 0, reported: 0, settled: 0, acceptedAtReport: 0 };
    sums.set(offerId, known);
    known.held += row['held'] as number;
    known.inFlight += row['in_flight'] as number;
    known.accepted += row['accepted'] as number;
    if (row['reported'] === null) continue;
    // A figure stands for itself: the newest counts
    Object.assign(known, { reported: row['reported'], settled: row['settled'], acceptedAtReport: known.accepted });
  }
  for (const [offerId, book] of offers) {
    const row = inventory.rowsOf<Offer>('offers').get(offerId);
    const kept = sums.get(offerId);
    if (row === undefined || kept === undefined) continue;
    for (const name of Object.keys(kept) as (keyof Sums)[]) {
      const [due, is, has] = [book[name], kept[name], row[name]];
      check(is === due, '9', () => `${offerId} has ${due} ${name}, and its movements say ${is}`);
      check(has === due, '9', () => `${offerId} has ${due} ${name}, and its row says ${has}`);
    }
  }
}
