import type { Fact } from '@midstream/contracts';
import { attemptIdOf, coversRegion, type Decision, holdIdOf } from '@midstream/kernel';
import { CapRoom, countHold, countsNeeded } from './caps';
import { unitsInTime } from './closing';
import { draftOf, type Draft, lose, move, ofHold, tellState } from './draft';
import { maxQuantityOf, servesRegion } from './fit';
import { HOLD_GRACE_MS, HOLD_TTL_MS } from './limits';
import type { AssignHold, ExpireHold, ExtendHold, HoldFirst, InventoryEvent, ReleaseHold } from './messages';
import { planPurchases } from './purchase';
import { awayOf, costAt, isBanned, maxCostOf, type Offer, roomOf, type Rows, rowOf, strikable } from './state';

type Candidate = HoldFirst['candidates'][number];
type Tried = Fact<'OfferHeld'>['tried'][number];

/**
 * Holds the line's units at the first candidates that have room, and answers once. What the ranking planned at an offer is taken first, so
 * that the lines of a batch do not race for the best; the rest goes by rank (protocol 15).
 */
export function holdFirst(command: HoldFirst, rows: Rows): Decision<InventoryEvent> {
  const { request, decisionId, candidates, gates, at } = command;
  const { orderId, merchantId, lineId, attempt, quantity } = request;
  if (rows.attempts[attemptIdOf(orderId, lineId, attempt)] !== undefined) return [];
  const usageIds = countsNeeded(command, rows);
  if (usageIds.some((it) => !command.usageIds?.includes(it)))
    return [{ type: 'CountsAsked', decisionId, request, candidates, gates, ...(command.repack && { repack: command.repack }), usageIds }];

  const asked = beforeRepack(command, rows);
  const { repack } = asked;
  const { takes, tried } = share(asked, rows);
  const holds = candidates.flatMap(({ offerId, supplierId, sku, priceMinor, currency }) => {
    const granted = takes.get(offerId) ?? 0;
    if (granted === 0) return [];
    takes.delete(offerId);
    const tally = { holdId: holdIdOf(orderId, lineId, attempt, offerId), version: 1, granted, delivered: 0, lost: 0, released: 0 };
    return [{ tally, offerId, supplierId, sku, priceMinor, currency, expiresAt: new Date(at + HOLD_TTL_MS).toISOString() }];
  });
  const unheld = quantity - holds.reduce((sum, it) => sum + it.tally.granted, 0);
  const plain = { orderId, merchantId, lineId, attempt, decisionId, request, unheld, tried, candidates, gates };
  const answer = repack === undefined ? plain : { ...plain, repack };

  const draft = draftOf(rows);
  draft.emit(holds.length > 0 ? { type: 'OfferHeld', ...answer, holds } : { type: 'NothingHeld', ...answer });
  for (const { offerId, tally } of holds) {
    countHold(draft, tally.holdId, request);
    tellState(draft, offerId);
  }
  comeBack(draft, request, at);
  return draft.events;
}

/**
 * Pieces of the same brand come before any other good: as long as they may be sold, nothing but the good itself is held. What is struck out
 * is told on, for the timeline; what is banned here meanwhile is not.
 */
function beforeRepack(command: HoldFirst, rows: Rows): HoldFirst {
  const { repack, ...rest } = command;
  if (repack?.verdict?.status !== 'compliant') return command;
  const { request, candidates, at } = command;
  if (isBanned(rows.verdicts[repack.sku], request.region, at)) return rest;
  return { ...command, candidates: candidates.filter((it) => it.sku === request.need.sku) };
}

/** Who holds how much, and how each candidate that was asked fared. */
function share({ request, candidates, at }: HoldFirst, rows: Rows): { takes: Map<string, number>; tried: Tried[] } {
  const barred = new Map<string, Tried['outcome']>();
  for (const it of candidates) {
    const outcome = barOf(it, rows, request, at) ?? capOf(it, rows, request);
    if (outcome !== undefined) barred.set(it.offerId, outcome);
  }
  // A candidate that turns out too dear or too small at its share is left out, and the others share again: once a candidate at most.
  for (;;) {
    const caps = new CapRoom(rows, request);
    const open = candidates.filter((it) => !barred.has(it.offerId));
    const takes = takesOf(open, { request, rows, caps, at });
    const misfit = candidates.find((it) => misfitOf(it, takes.get(it.offerId) ?? 0, rows, request) !== undefined);
    if (misfit === undefined) return { takes, tried: triedOf(candidates, { takes, barred, caps, wanted: request.quantity }, rows) };
    barred.set(misfit.offerId, misfitOf(misfit, takes.get(misfit.offerId) ?? 0, rows, request) ?? 'no-stock');
  }
}

/** Why nothing can be held at this candidate, whatever the quantity. */
function barOf(
  { offerId, sku, currency, verdict }: Candidate,
  rows: Rows,
  request: HoldFirst['request'],
  at: number,
): Tried['outcome'] | undefined {
  const { region } = request;
  const offer = rows.offers[offerId];
  if (verdict?.status !== 'compliant' || isBanned(rows.verdicts[sku], region, at)) return 'banned';
  if (offer === undefined || offer.sku !== sku) return 'unknown-offer';
  if (offer.closures.some((it) => coversRegion(it.regions ?? ['*'], region))) return 'closed';
  if (offer.currency !== currency || !servesRegion(offer, region)) return 'closed';
  if (roomOf(offer) < offer.minQuantity) return 'no-stock';
  return unitsInTime(offer, Date.parse(request.deliverBy), at) < offer.minQuantity ? 'no-capacity' : undefined;
}

/** Whether the merchant or the buyer holds as much as he may already. */
function capOf({ offerId }: Candidate, rows: Rows, request: HoldFirst['request']): Tried['outcome'] | undefined {
  const offer = rowOf(rows.offers, offerId);
  return offer.caps !== undefined && new CapRoom(rows, request).leftAt(offer) < offer.minQuantity ? 'capped' : undefined;
}

interface Sharing {
  readonly request: HoldFirst['request'];
  readonly rows: Rows;
  readonly caps: CapRoom;
  readonly at: number;
}

/** What each candidate has, may give to one line, and can deliver by the line's deadline. */
function takesOf(open: readonly Candidate[], { request: { quantity, deliverBy }, rows, caps, at }: Sharing): Map<string, number> {
  const takes = new Map<string, number>();
  const deliverByAt = Date.parse(deliverBy);
  let wanted = quantity;
  const take = ({ offerId }: Candidate, upTo: number): void => {
    const offer = rowOf(rows.offers, offerId);
    const taken = takes.get(offerId) ?? 0;
    const most = Math.min(roomOf(offer), maxQuantityOf(offer), unitsInTime(offer, deliverByAt, at));
    const room = Math.min(wanted, upTo, most - taken);
    const more = Math.max(0, offer.caps === undefined ? room : Math.min(room, caps.leftAt(offer)));
    if (more > 0) takes.set(offerId, taken + more);
    if (offer.caps !== undefined) caps.take(offer, more);
    wanted -= more;
  };
  for (const it of open) take(it, it.planned);
  for (const it of open) take(it, wanted);
  return takes;
}

/** The price is frozen: what the share costs there must not be above it. */
function misfitOf(
  { offerId, priceMinor }: Candidate,
  taken: number,
  rows: Rows,
  { marginFloorWaived }: HoldFirst['request'],
): Tried['outcome'] | undefined {
  if (taken === 0) return undefined;
  const offer = rowOf(rows.offers, offerId);
  if (taken < offer.minQuantity) return 'no-stock';
  return costAt(offer.costTiers, taken) > maxCostOf(offer, priceMinor, marginFloorWaived) ? 'price-risen' : undefined;
}

interface Shares {
  readonly takes: ReadonlyMap<string, number>;
  readonly barred: ReadonlyMap<string, Tried['outcome']>;
  readonly caps: CapRoom;
  readonly wanted: number;
}

function triedOf(candidates: readonly Candidate[], { takes, barred, caps, wanted }: Shares, rows: Rows): Tried[] {
  const taken = [...takes.values()].reduce((sum, it) => sum + it, 0);
  const seen = new Set<string>();
  return candidates.flatMap(({ offerId }) => {
    const units = takes.get(offerId) ?? 0;
    const outcome = barred.get(offerId) ?? (units === 0 ? undefined : taken < wanted ? 'partly-held' : 'held');
    if (outcome === undefined || seen.has(offerId)) return [];
    seen.add(offerId);
    const offer: Offer | undefined = rows.offers[offerId];
    const version = (offer?.version ?? 0) + (units > 0 ? 1 : 0);
    const cap = offer?.caps !== undefined && (outcome === 'capped' || outcome === 'partly-held') ? caps.reachedAt(offer) : undefined;
    const reached = cap !== undefined && (outcome === 'capped' || cap.usedUnits >= cap.maxUnits) ? { cap } : {};
    return [{ offerId, outcome, available: offer === undefined ? 0 : Math.max(0, roomOf(offer) - units), version, ...reached }];
  });
}

/** What an offer has lost has found its answer: its drain may go on. */
function comeBack(draft: Draft, { replaces, quantity }: HoldFirst['request'], at: number): void {
  if (replaces === undefined || awayOf(draft.rows.drains[replaces.offerId], at) === 0) return;
  draft.emit({ type: 'UnitsCameBack', offerId: replaces.offerId, units: quantity, at });
}

/** The hold waits for an answer of the buyer's: it outlives the question. */
export function extendHold({ holdId, deadlineAt }: ExtendHold, rows: Rows): Decision<InventoryEvent> {
  const hold = rows.holds[holdId];
  const expiresAt = deadlineAt + HOLD_GRACE_MS;
  if (hold === undefined || hold.held === 0 || expiresAt <= hold.expiresAt) return [];
  return [{ type: 'HoldExtended', holdId, expiresAt }];
}

/** Expiry strikes only what nobody has assigned; what is queued or submitted is on its way (protocol 7). */
export function expireHold({ holdId, at }: ExpireHold, rows: Rows): Decision<InventoryEvent> {
  const hold = rows.holds[holdId];
  if (hold === undefined || hold.held === 0 || at < hold.expiresAt) return [];
  const draft = draftOf(rows);
  lose(draft, hold, [['held', hold.held]], 'expired');
  tellState(draft, hold.offerId);
  return draft.events;
}

/** Order wants them: what is still held is queued for purchase, at the pace of the offer. */
export function assignHold({ holdId, recipient, at }: AssignHold, rows: Rows): Decision<InventoryEvent> {
  const hold = rows.holds[holdId];
  if (hold === undefined || hold.held === 0) return [];
  const draft = draftOf(rows);
  if (recipient !== undefined) draft.emit({ type: 'RecipientNoted', holdId, recipient });
  move(draft, hold, 'held', 'queued', hold.held);
  planPurchases(draft, hold, hold.held, at);
  return draft.events;
}

/** Takes back what is not submitted; the rest ends as released as far as it can (protocol 8). */
export function releaseHold({ holdId, reason }: ReleaseHold, rows: Rows): Decision<InventoryEvent> {
  const hold = rows.holds[holdId];
  if (hold === undefined || hold.releaseAsked !== undefined) return [];
  const open = strikable(hold) + hold.submitting + hold.unknown + hold.accepted;
  if (open === 0) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'ReleaseNoted', holdId, reason });
  const quantity = strikable(hold);
  if (quantity === 0) return draft.events;
  move(draft, hold, 'held', 'released', hold.held);
  move(draft, hold, 'queued', 'released', hold.queued);
  draft.emit({ type: 'HoldReleased', ...ofHold(draft, holdId), quantity, reason });
  tellState(draft, hold.offerId);
  return draft.events;
}
