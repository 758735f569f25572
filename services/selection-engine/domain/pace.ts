import type { Offer } from './book';

type Paced = Pick<Offer, 'capacityPerMinute' | 'leadTimeMs' | 'minQuantity' | 'busyUntil'>;

/** When what comes now is bought: after all that waits there. */
const freeAt = ({ busyUntil }: Paced, at: number): number => (busyUntil === undefined ? at : Math.max(at, Date.parse(busyUntil)));

/** Until the last of so many units that come now is bought. */
export const waitMs = (offer: Paced, units: number, at: number): number =>
  freeAt(offer, at) - at + Math.ceil(((Math.max(1, units) - 1) * 60_000) / offer.capacityPerMinute);

/** From the purchase of its least quantity, one unit after the other, to the delivery of the last. */
export const leastTakesMs = ({ leadTimeMs, minQuantity, capacityPerMinute }: Paced): number =>
  leadTimeMs + Math.ceil(((minQuantity - 1) * 60_000) / capacityPerMinute);

/** When its least quantity would be delivered that is asked for now: after all that waits there. */
export const leastInTimeAt = (offer: Paced, at: number): number => freeAt(offer, at) + leastTakesMs(offer);

/** Units that come now and are delivered by then, one after the other at the offer's pace; inventory counts them once more (`unitsInTime` there). */
export function unitsInTime(offer: Paced, deliverByAt: number, at: number): number {
  const leftMs = deliverByAt - offer.leadTimeMs - freeAt(offer, at);
  return leftMs < 0 ? 0 : Math.floor((leftMs * offer.capacityPerMinute) / 60_000) + 1;
}
