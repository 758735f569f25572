import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import type { SelectionCommand, SelectionEvent } from './messages';

/** All else that selection hears is news of the market, and goes into the book. */
export const react = (fact: AnyFact | SelectionEvent): readonly Due<Untimed<SelectionCommand>>[] =>
  fact.type === 'LineSelectionRequested' ? [{ command: { type: 'RankOffers', request: fact.request } }] : [];
