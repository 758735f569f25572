import { type Decision } from '@midstream/kernel';
import { closed } from './closing';
import { draftOf, tellState } from './draft';
import { FED } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { beat } from './restock';
import type { Beat, Offer, Rows } from './state';
import type { AgeFigure } from './supply.messages';

type Told = Extract<InventoryEvent, { readonly type: 'StockReported' }>;

/**
 * How an offer is fed, with one more figure. A poll comes as often as its supplier is asked, or as it has come. Pushes have a rhythm while each
 * pause is like those before; who pushes when something changes has none, and owes no figure while nothing does.
 */
export function fed(known: Beat | undefined, { source, everyMs, at }: Told): Beat | undefined {
  if (source === 'poll' && everyMs !== undefined)
    return { lastAt: at, everyMs: Math.max(everyMs, known === undefined ? 0 : at - known.lastAt), seen: FED.least };
  if (source !== 'poll' && source !== 'push') return known;
  const next = beat(known, at);
  if (known === undefined || known.seen === 0 || next === known) return next;
  const pauseMs = at - known.lastAt;
  const isLike = pauseMs <= known.everyMs * FED.alike && pauseMs * FED.alike >= known.everyMs;
  return isLike ? next : { lastAt: at, everyMs: pauseMs, seen: 1 };
}

/** When the next figure of an offer is overdue that is fed in a rhythm and has promised nothing; undefined for all others. */
export function overdueAt({ freshness, fed, stockSource, stockAsOf }: Offer): number | undefined {
  if (freshness !== undefined || fed === undefined || fed.seen < FED.least) return undefined;
  return stockSource === 'poll' || stockSource === 'push' ? stockAsOf + FED.missed * fed.everyMs : undefined;
}

/** No figure for so long: first it counts as stale, and then nothing new is held there until the next one. What is held stays. */
export function ageFigure({ offerId, staleAfterMs, closedAfterMs, at }: AgeFigure, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  const offer = rows.offers[offerId];
  const overdue = offer && overdueAt(offer);
  if (offer === undefined || overdue === undefined || offer.closures.some((it) => it.cause === 'stale')) return [];
  if (at >= overdue + closedAfterMs) return closed(rows, offerId, { cause: 'stale' });
  if (at < overdue + staleAfterMs || offer.staleAt !== undefined) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'FigureAged', offerId, staleAt: overdue + staleAfterMs });
  tellState(draft, offerId);
  return draft.events;
}
