import { RESTOCK_APART_MS } from './limits';
import type { Beat, Offer } from './state';

/** The newest pause weighs this much: a supplier that changes its rhythm is believed after a few times. */
const NEWEST = 0.3;

/** With one more time that something came. What comes within a minute of the last time came with it. */
export function beat(known: Beat | undefined, at: number): Beat {
  if (known === undefined) return { lastAt: at, everyMs: 0, seen: 0 };
  const pauseMs = at - known.lastAt;
  if (pauseMs < RESTOCK_APART_MS) return known;
  const everyMs = known.seen === 0 ? pauseMs : Math.round(known.everyMs * (1 - NEWEST) + pauseMs * NEWEST);
  return { lastAt: at, everyMs, seen: known.seen + 1 };
}

/**
 * Notes when fresh stock comes, and how long the pause since the last time was. Fresh: a report of at least twice what the one before
 * named; less may be a sale that was called off. Of a vault every import counts, since its figure only grows.
 */
export function restocked(offer: Offer, reported: number, at: number): Offer {
  const isFresh = offer.kind === 'vault' ? reported > offer.reported : reported > 0 && reported >= 2 * offer.reported;
  if (!isFresh) return offer;
  const restock = beat(offer.restock, at);
  return restock === offer.restock ? offer : { ...offer, restock };
}
