import type { Offer } from './book';

/** A stale figure counts as a day old, or as old as it is. */
const STALE_AS_MS = 86_400_000;

/** When what an offer has was seen, as far as risk is concerned: a figure that is past its time is worth less than its age says. */
export function seenAtOf({ stockAsOf, freshUntil }: Pick<Offer, 'stockAsOf' | 'freshUntil'>, at: number): number {
  const seenAt = Date.parse(stockAsOf);
  return freshUntil === undefined || Date.parse(freshUntil) > at ? seenAt : Math.min(seenAt, at - STALE_AS_MS);
}
