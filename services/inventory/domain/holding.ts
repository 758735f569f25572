import type { Decision } from '@midstream/kernel';
import { draftOf, tellState } from './draft';
import { UNITS_MAX } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import type { Holding, Offer, Rows } from './state';
import type { NoteHolding } from './supply.messages';
import { reject } from '@midstream/kernel';

/** Less than this share is no news: what holding costs is an estimate, and each telling of an offer's state costs every reader. */
const NEWS = 0.1;
const NEWS_DAYS = 1;

/** What lying in the vault costs, told with the offer's state where it has changed enough to matter. */
export function noteHolding({ offerId, holding: counted }: NoteHolding, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (offer.kind !== 'vault') return reject('not-a-vault');
  const holding = {
    ...counted,
    units: Math.min(UNITS_MAX, counted.units),
    expiringUnits: Math.min(UNITS_MAX, counted.expiringUnits),
  };
  if (!isNews(offer.holding, holding)) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'HoldingNoted', offerId, holding });
  tellState(draft, offerId);
  return draft.events;
}

function isNews(known: Offer['holding'], now: Holding): boolean {
  if (known === undefined) return now.units > 0;
  if (Math.abs(now.ageDays - known.ageDays) >= NEWS_DAYS) return true;
  return (['units', 'capitalMinor', 'expiringUnits', 'coverDays'] as const).some((it) => differs(known[it], now[it]));
}

function differs(known: number | undefined, now: number | undefined): boolean {
  if (known === undefined || now === undefined) return known !== now;
  return Math.abs(now - known) > NEWS * Math.max(known, now);
}
