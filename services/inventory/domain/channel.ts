import { type Decision, reject } from '@midstream/kernel';
import { same } from './catalogue';
import { arm, draftOf, type Draft, tellState, withClosure } from './draft';
import { isNarrower } from './fit';
import type { InventoryCode, InventoryEvent } from './messages';
import { type Channel, type Rows, rowOf } from './state';
import type { ApplyChannel, NoteChannel } from './supply.messages';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** How a way of delivery of a good is doing; the offers that deliver by it follow, one by one. Old news turns no clock back, however late it comes. */
export function noteChannel({ sku, channel, state, policy, observedAt, at }: NoteChannel, rows: Rows): Decided {
  const product = rows.products[sku];
  if (product === undefined) return reject('unknown-product');
  const known = product.channels?.[channel];
  const seenAt = Math.min(observedAt ?? at, at);
  if (known !== undefined && seenAt < known.seenAt) return [];
  const whole = policy ?? known?.policy;
  return [{ type: 'ChannelNoted', sku, channel, state, seenAt, ...(whole && { policy: whole }), offerIds: product.offerIds }];
}

/** It is closed, or lets less through than before: what does not fit any more is freed while there is time. */
export function applyChannel({ offerId, channel, state, policy }: ApplyChannel, rows: Rows): Decided {
  const offer = rows.offers[offerId];
  if (offer?.channel !== channel) return [];
  const draft = draftOf(rows);
  const isShut = follow(draft, offerId, rows.products[offer.sku]?.channels?.[channel] ?? { state, ...(policy && { policy }) });
  if (draft.events.length === 0) return [];
  if (isShut || isNarrower(offer, rowOf(draft.rows.offers, offerId))) arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

/** An offer that is new, or goes by another way than before, starts from what is known of it; tells whether that has closed it. */
export function followChannel(draft: Draft, offerId: string): boolean {
  const { sku, channel } = rowOf(draft.rows.offers, offerId);
  const known = channel === undefined ? undefined : draft.rows.products[sku]?.channels?.[channel];
  return follow(draft, offerId, known ?? { state: 'up' });
}

/** Tells whether the offer is closed by it, and was not. */
function follow(draft: Draft, offerId: string, { state, policy }: Pick<Channel, 'state' | 'policy'>): boolean {
  const offer = rowOf(draft.rows.offers, offerId);
  const cause = state === 'down' ? 'channel-down' : state === 'slow' ? 'channel-slow' : undefined;
  const others = offer.closures.filter((it) => it.cause !== 'channel-down' && it.cause !== 'channel-slow');
  const isOther = cause === undefined ? others.length < offer.closures.length : !offer.closures.some((it) => it.cause === cause);
  if (isOther) draft.emit({ type: 'ClosuresSet', offerId, closures: cause === undefined ? others : withClosure(others, { cause }) });
  if (policy !== undefined && !same(policy, offer.policy ?? {})) draft.emit({ type: 'PolicyNoted', offerId, policy });
  return isOther && cause !== undefined;
}
