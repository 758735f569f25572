import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import type { SelectionCommand, SelectionEvent } from './messages';

/** All else that selection hears is news of the market, and goes into the book. */
export function react(fact: AnyFact | SelectionEvent): readonly Due<Untimed<SelectionCommand>>[] {
  switch (fact.type) {
    case 'LineSelectionRequested':
      return [{ command: { type: 'RankOffers', request: fact.request } }];
    case 'BuyerErased':
      return [{ command: { type: 'ForgetBuyer', buyerKey: fact.buyerKey } }];
    default:
      return [];
  }
}
