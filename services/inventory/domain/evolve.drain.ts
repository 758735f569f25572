import { assertNever } from '@midstream/kernel';
import { STORM_PATIENCE_MS } from './limits';
import type { InventoryEvent } from './messages';
import type { Drain, Rows } from './state';

export const drainOf = (rows: Rows, offerId: string): Drain => rows.drains[offerId] ?? { offerId, armed: false, stopped: false, away: [] };

/** What is on its way elsewhere, and whether more may follow. */
export function evolveDrain(
  drain: Drain,
  event: EventOf<'DrainDue' | 'DrainAskedAgain' | 'DrainEnded' | 'DrainStopped' | 'UnitsWentAway' | 'UnitsCameBack'>,
): Drain {
  const { again: _, ...known } = drain;
  switch (event.type) {
    case 'DrainDue':
      return { ...known, armed: true };
    case 'DrainAskedAgain':
      return { ...known, again: true };
    case 'DrainEnded':
      return { ...known, armed: false };
    case 'DrainStopped':
      return { ...known, stopped: event.stopped, armed: drain.armed && !event.stopped };
    case 'UnitsWentAway':
      return { ...drain, away: [...stillAway(drain, event.at), { at: event.at, units: event.units }] };
    case 'UnitsCameBack':
      return { ...drain, away: less(stillAway(drain, event.at), event.units) };
    default:
      return assertNever(event);
  }
}

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

const stillAway = (drain: Drain, at: number): Drain['away'] => drain.away.filter((it) => it.at > at - STORM_PATIENCE_MS);

function less(away: Drain['away'], units: number): Drain['away'] {
  const [first, ...others] = away;
  if (first === undefined || units === 0) return away;
  return first.units > units ? [{ at: first.at, units: first.units - units }, ...others] : less(others, units - first.units);
}
