import type { LossReason } from '@midstream/contracts';
import { type Decision, coversRegion, reject } from '@midstream/kernel';
import { lateOf } from './closing';
import { draftOf, lose, tellState } from './draft';
import { misfitOf } from './fit';
import { DRAIN_BATCH, DRAIN_RETRY_MS, STORM_WINDOW } from './limits';
import type { AllowDrain, DrainOffer, InventoryCode, InventoryEvent, NoteBack, ResumeDrain, StopDrain } from './messages';
import {
  awayOf,
  costAt,
  type Drain,
  type Hold,
  isBanned,
  maxCostOf,
  type Offer,
  type Rows,
  rowOf,
  strikable,
  supplyOf,
  type VerdictRow,
} from './state';
import { shortOf } from './supply';

/** Why all that this hold still holds must go, if it must: asked at every drain and once more before a purchase. */
export function lossOf(offer: Offer, verdict: VerdictRow | undefined, hold: Hold, at: number): LossReason | undefined {
  if (isBanned(verdict, hold.region, at)) return 'banned';
  for (const { cause, regions } of offer.closures) {
    if (cause === 'banned' && coversRegion(regions ?? ['*'], hold.region)) return 'banned';
    if (cause === 'too-slow' || cause === 'channel-slow') return 'too-slow';
    // A stale figure takes nothing away: nobody has said that it is gone.
    if (cause !== 'banned' && cause !== 'stale') return 'capacity';
  }
  if (misfitOf(offer, hold) !== undefined) return 'capacity';
  if (costAt(offer.costTiers, hold.granted) > maxCostOf(offer, hold.priceMinor, hold.floorWaived)) return 'price-risen';
  return supplyOf(offer) <= 0 ? 'out-of-stock' : undefined;
}

/**
 * Takes from the named holds what must go, as it stands now: a restock or an unban meanwhile ends it. It goes on as long as the storm has
 * room, and takes a hold whole: in pieces, a line of 3,000 units would lose it twelve times and ask twelve times for others. What is left waits
 * for lost units to come back (protocol 12, 13).
 */
export function drainOffer({ offerId, holdIds, more, at }: DrainOffer, rows: Rows): Decision<InventoryEvent> {
  const offer = rows.offers[offerId];
  const drain = rows.drains[offerId];
  if (offer === undefined || !drain?.armed) return [];
  const draft = draftOf(rows);
  const room = Math.max(0, STORM_WINDOW - awayOf(drain, at));
  let took = 0;
  for (const hold of [...new Set(holdIds)].flatMap((it) => rows.holds[it] ?? [])) {
    if (took >= room) break;
    const now = rowOf(draft.rows.offers, offerId);
    const reason = lossOf(now, rows.verdicts[offer.sku], hold, at) ?? lateOf(now, hold, at);
    const units = Math.min(reason === undefined ? shortOf(now) : strikable(hold), strikable(hold));
    const held = Math.min(hold.held, units);
    lose(
      draft,
      hold,
      [
        ['held', held],
        ['queued', units - held],
      ],
      reason ?? 'out-of-stock',
    );
    took += units;
  }
  if (took > 0) {
    draft.emit({ type: 'UnitsWentAway', offerId, units: took, at });
    tellState(draft, offerId);
  }
  if (more !== true) draft.emit(nextOf(drain, { took, room, named: holdIds.length, at }));
  return draft.events;
}

/** Full storm: wait. A full batch, or news since the list was read: there may be more. Anything less was the rest. */
function nextOf(
  { offerId, again }: Drain,
  { took, room, named, at }: { took: number; room: number; named: number; at: number },
): InventoryEvent {
  if (took >= room && named > 0) return { type: 'DrainPaused', offerId, resumeAt: at + DRAIN_RETRY_MS };
  if (named < DRAIN_BATCH) return { type: again ? 'DrainDue' : 'DrainEnded', offerId };
  return took > 0 ? { type: 'DrainDue', offerId } : { type: 'DrainPaused', offerId, resumeAt: at + DRAIN_RETRY_MS };
}

export const resumeDrain = ({ offerId }: ResumeDrain, rows: Rows): Decision<InventoryEvent> =>
  rows.drains[offerId]?.armed ? [{ type: 'DrainDue', offerId }] : [];

/** The kill switch: what is held stays held, whatever takes its supply away. */
export function stopDrain({ offerId }: StopDrain, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  if (rows.offers[offerId] === undefined) return reject('unknown-offer');
  return rows.drains[offerId]?.stopped ? [] : [{ type: 'DrainStopped', offerId, stopped: true }];
}

export function allowDrain({ offerId }: AllowDrain, rows: Rows): Decision<InventoryEvent, InventoryCode> {
  if (rows.offers[offerId] === undefined) return reject('unknown-offer');
  if (!rows.drains[offerId]?.stopped) return [];
  return [
    { type: 'DrainStopped', offerId, stopped: false },
    { type: 'DrainDue', offerId },
  ];
}

export const noteBack = ({ offerId, units, at }: NoteBack, rows: Rows): Decision<InventoryEvent> =>
  awayOf(rows.drains[offerId], at) > 0 ? [{ type: 'UnitsCameBack', offerId, units, at }] : [];
