import type { Fact } from '@midstream/contracts';
import type { StormPlanned } from './assign/storm';
import type { SelectionDecided, SelectionEvent } from './messages';

/** What was decided for a line, with the storm's plan where it was made for it. */
export interface Made {
  readonly planned?: StormPlanned;
  readonly decided?: SelectionDecided;
}

/** The oldest are forgotten beyond it: more than one transaction has. */
export const MADE_MAX = 1_000;

/**
 * Notes what changes the book before its transaction has ended. One that is rolled back runs again, and decides as it did (`madeBefore`): ranked
 * anew, its lines would no longer be bound to what they lost, and their plan's units would be gone.
 * @returns whether it is news; what is none must not be taken from stock and plans again
 */
export function noteMade(made: Map<string, Made>, event: StormPlanned | SelectionDecided): boolean {
  const id = event.type === 'StormPlanned' ? event.planId : event.decisionId;
  const known = made.get(id);
  if (event.type === 'StormPlanned' ? known?.planned !== undefined : known?.decided !== undefined) return false;
  made.set(id, event.type === 'StormPlanned' ? { planned: event } : { ...known, decided: event });
  const oldest = made.size > MADE_MAX ? made.keys().next().value : undefined;
  if (oldest !== undefined) made.delete(oldest);
  return true;
}

type Written = { -readonly [Name in keyof Fact<'OffersRanked'>]: Fact<'OffersRanked'>[Name] };

/** The events of a decision whose transaction did not end well. */
export function madeBefore(made: ReadonlyMap<string, Made>, decisionId: string): readonly SelectionEvent[] | undefined {
  const { planned, decided } = made.get(decisionId) ?? {};
  return decided && eventsOf(decided, planned);
}

/** Of one decision: the plan that was made for it, what inventory is told, and the record. */
export function eventsOf(decided: SelectionDecided, planned: StormPlanned | undefined): readonly SelectionEvent[] {
  const { decisionId, request, candidates, gates, repack } = decided;
  const { orderId, merchantId, lineId } = request;
  const ranked: Written = { type: 'OffersRanked', orderId, merchantId, lineId, decisionId, request, candidates: [...candidates], gates };
  if (repack !== undefined) ranked.repack = repack.proposed;
  return [...(planned === undefined ? [] : [planned]), ranked, decided];
}
