import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import type { SelectionCommand, SelectionEvent } from './messages';

export function react(fact: AnyFact | SelectionEvent): readonly Due<Untimed<SelectionCommand>>[] {
  switch (fact.type) {
    case 'LineSelectionRequested':
      return [{ command: { type: 'RankOffers', request: fact.request } }];
    case 'OfferHeld':
    case 'NothingHeld':
      return fact.tried.length === 0 ? [] : [{ command: { type: 'NoteTried', tried: fact.tried } }];
    default:
      return [];
  }
}
