import { type Decision, reject } from '@midstream/kernel';
import { areTiers, isDearer, same } from './catalogue';
import { freshen } from './closing';
import { arm, draftOf, tellState } from './draft';
import { POLL_TELL_MS, UNITS_MAX } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { quotedBy } from './rates';
import { type CostTiers, type Offer, type Rows, supplyOf, termsOf } from './state';
import { armIfShort } from './supply';
import type { NotePolled } from './supply.messages';

/**
 * What the supplier said when it was asked. It has in it what was accepted before the question (protocol 9); the feed's own sequence stays, so
 * that a push is never stale by a poll. What came since the question was put is newer, and wins. The same figure is told again only when
 * it would look old.
 */
export function notePolled(command: NotePolled, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  const { supplierId, offerId, seen, at } = command;
  // Who has no limit says so with a figure of many nines
  const quantity = Math.min(UNITS_MAX, command.quantity);
  const offer = rows.offers[offerId];
  if (offer === undefined) return reject('unknown-offer');
  if (offer.supplierId !== supplierId) return reject('foreign-offer');
  if (offer.kind === 'vault') return reject('vault-refuses-feeds');
  if (offer.sequence !== seen.sequence || offer.stockAsOf !== seen.stockAsOf) return [];

  const settled = Math.min(offer.accepted, Math.max(offer.settled, seen.accepted));
  const costTiers = tiersOf(offer, command);
  const isSame = quantity - (offer.accepted - settled) === supplyOf(offer) && costTiers === undefined && offer.stockSource === 'poll';
  const isStale = offer.closures.some((it) => it.cause === 'stale');
  if (isSame && !isStale && at - offer.stockAsOf < POLL_TELL_MS) return [];

  const draft = draftOf(rows);
  // The same figure is told no more often than that
  const everyMs = command.everyMs === undefined ? {} : { everyMs: Math.max(POLL_TELL_MS, command.everyMs) };
  draft.emit({ type: 'StockReported', offerId, reported: quantity, sequence: offer.sequence, settled, at, source: 'poll', ...everyMs });
  if (costTiers !== undefined) {
    const quoted = quotedBy(offer, costTiers);
    draft.emit({ type: 'OfferPut', terms: { ...termsOf(offer), ...quoted }, at, costSource: 'poll' });
    if (isDearer(offer, quoted)) arm(draft, offerId);
  }
  freshen(draft, offerId);
  armIfShort(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

/**
 * What it costs, where it was told in the currency that the supplier quotes in, and is news. Told of one unit alone, or with tiers that are none,
 * what larger quantities cost stays as it is known.
 */
function tiersOf(offer: Offer, { costMinor, costTiers, currency }: NotePolled): CostTiers | undefined {
  const { currency: own, costTiers: known } = offer.quoted ?? offer;
  if (costMinor === undefined || costMinor === 0 || currency !== own) return undefined;
  const isWhole = costTiers !== undefined && areTiers(costTiers) && costTiers.every((it) => it.costMinor > 0);
  const told = isWhole ? costTiers : [{ from: 1, costMinor }, ...known.slice(1)];
  return same(told, known) ? undefined : told;
}
