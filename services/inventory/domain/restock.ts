import { RESTOCK_APART_MS } from './limits';
import type { Offer } from './state';

/** The newest pause weighs this much: a supplier that changes its rhythm is believed after a few times. */
const NEWEST = 0.3;

/**
 * Notes when fresh stock comes, and how long the pause since the last time was. Fresh: a report of at least twice what the one before
 * named; less may be a sale that was called off. Of a vault every import counts, since its figure only grows.
 */
export function restocked(offer: Offer, reported: number, at: number): Offer {
  const isFresh = offer.kind === 'vault' ? reported > offer.reported : reported > 0 && reported >= 2 * offer.reported;
  if (!isFresh) return offer;
  const known = offer.restock;
  if (known === undefined) return { ...offer, restock: { lastAt: at, everyMs: 0, seen: 0 } };
  const pauseMs = at - known.lastAt;
  if (pauseMs < RESTOCK_APART_MS) return offer;
  const everyMs = known.seen === 0 ? pauseMs : Math.round(known.everyMs * (1 - NEWEST) + pauseMs * NEWEST);
  return { ...offer, restock: { lastAt: at, everyMs, seen: known.seen + 1 } };
}
