import type { Decision } from '@midstream/kernel';
import { draftOf, tellState } from './draft';
import type { InventoryEvent } from './messages';
import { type Counters, countersOf } from './counters';
import { type Rows, type Stage } from './state';
import { armIfShort } from './supply';
import type { RebuildCounters } from './supply.messages';

/** Why stock moved. `SUBMIT` is the step from held to in flight, `ACCEPT` what a supplier took from its stock and has not delivered. */
export const MOVEMENT_KINDS = ['HOLD', 'SUBMIT', 'ACCEPT', 'RELEASE', 'DELIVERY', 'FEED', 'IMPORT', 'ADJUSTMENT'] as const;
/** Why units of a vault were written off: they have expired, have come so near to it that they are no longer sold, or are another good's, too. */
export const WRITE_OFFS = ['expired', 'near-expiry', 'duplicate'] as const;
/** Units of a vault that are written off at once, by why. */
export interface WrittenOff {
  readonly expired: number;
  readonly nearExpiry: number;
  readonly duplicate?: number;
}
export type MovementKind = (typeof MOVEMENT_KINDS)[number];

/**
 * One movement at an offer. The differences add up to its counters; `reported` and `settled` are figures of their own, of which the last one
 * counts. A step from held to queued, or from submitting to unknown, moves no stock and has no row.
 */
export interface Movement {
  readonly offerId: string;
  readonly kind: MovementKind;
  /** Whose units they are; of a feed, nobody's. */
  readonly holdId?: string;
  readonly units: number;
  readonly held: number;
  readonly inFlight: number;
  readonly accepted: number;
  readonly reported?: number;
  readonly settled?: number;
  readonly reason?: (typeof WRITE_OFFS)[number];
}

const HELD: readonly Stage[] = ['held', 'queued'];
const IN_FLIGHT: readonly Stage[] = ['submitting', 'unknown'];
const NOTHING = { held: 0, inFlight: 0, accepted: 0 } as const;

/** The movements that an event is: at most one for each hold that it names, and one for each reason of a write-off. */
export function movementsOf(event: InventoryEvent): readonly Movement[] {
  switch (event.type) {
    case 'OfferHeld':
      return event.holds.map(({ offerId, tally: { holdId, granted } }) => ({
        offerId,
        kind: 'HOLD',
        holdId,
        units: granted,
        ...NOTHING,
        held: granted,
      }));
    case 'UnitsMoved':
      return moved(event);
    case 'PurchaseSettled': {
      // What is delivered or still to come is told by its move; here is the rest of what the supplier took: invalid, kept, written off.
      const units = event.accepted === 0 ? 0 : event.accepted - event.delivered;
      return units === 0 ? [] : [{ offerId: event.offerId, kind: 'ACCEPT', units, ...NOTHING, accepted: units }];
    }
    case 'StockReported': {
      const { offerId, reported, settled, source, writtenOff } = event;
      const kind = source === 'import' ? 'IMPORT' : source === 'refusal' || source === 'manual' ? 'ADJUSTMENT' : 'FEED';
      const figure: Movement = { offerId, kind, units: reported, ...NOTHING, reported, settled };
      return writtenOff === undefined ? [figure] : [figure, ...whyOf(offerId, writtenOff)];
    }
    default:
      return [];
  }
}

/** The figure has them in it already: these say how many units were written off, and why. */
function whyOf(offerId: string, { expired, nearExpiry, duplicate = 0 }: WrittenOff): Movement[] {
  const because = (reason: (typeof WRITE_OFFS)[number], units: number): Movement[] =>
    units > 0 ? [{ offerId, kind: 'ADJUSTMENT', units, ...NOTHING, reason }] : [];
  return [...because('expired', expired), ...because('near-expiry', nearExpiry), ...because('duplicate', duplicate)];
}

function moved({ offerId, holdId, from, to, units }: Extract<InventoryEvent, { type: 'UnitsMoved' }>): readonly Movement[] {
  const delta = (stages: readonly Stage[]): number => (stages.includes(to) ? units : 0) - (stages.includes(from) ? units : 0);
  const [held, inFlight] = [delta(HELD), delta(IN_FLIGHT)];
  const accepted = to === 'delivered' && IN_FLIGHT.includes(from) ? units : 0;
  if (held === 0 && inFlight === 0 && to !== 'delivered') return [];
  return [{ offerId, kind: kindOf(to), holdId, units, held, inFlight, accepted }];
}

const kindOf = (to: Stage): MovementKind =>
  to === 'delivered'
    ? 'DELIVERY'
    : to === 'accepted'
      ? 'ACCEPT'
      : IN_FLIGHT.includes(to)
        ? 'SUBMIT'
        : HELD.includes(to)
          ? 'HOLD'
          : 'RELEASE';

/** The counters of an offer, from its movements in their order and from what its holds have queued: an oracle beside the row. */
export function rebuilt(movements: readonly Movement[], queued: number): Counters {
  return movements.reduce<Counters>(
    (sum, it) => {
      const accepted = sum.accepted + it.accepted;
      const { reported = sum.reported, settled = sum.settled } = it;
      const acceptedAtReport = it.reported === undefined ? sum.acceptedAtReport : accepted;
      return { ...sum, held: sum.held + it.held, inFlight: sum.inFlight + it.inFlight, accepted, reported, settled, acceptedAtReport };
    },
    { held: 0, queued, inFlight: 0, accepted: 0, reported: 0, settled: 0, acceptedAtReport: 0 },
  );
}

/** Sets an offer's counters to what its ledger says, if they still are what the reconciler saw. */
export function rebuildCounters({ offerId, seen, rebuilt: counters }: RebuildCounters, rows: Rows): Decision<InventoryEvent> {
  const offer = rows.offers[offerId];
  if (offer === undefined || !areEqual(countersOf(offer), seen) || areEqual(seen, counters)) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'CountersRebuilt', offerId, seen, counters });
  armIfShort(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

const areEqual = (a: Counters, b: Counters): boolean => (Object.keys(a) as (keyof Counters)[]).every((it) => a[it] === b[it]);
