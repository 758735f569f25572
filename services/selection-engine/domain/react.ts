import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import { noteOf } from './complaints/note';
import type { SelectionCommand, SelectionEvent } from './messages';

/** All else that selection hears is news of the market, and goes into the book. */
export function react(fact: AnyFact | SelectionEvent): readonly Due<Untimed<SelectionCommand>>[] {
  switch (fact.type) {
    case 'LineSelectionRequested': {
      const { request } = fact;
      const rank = { command: { type: 'RankOffers', request } } as const;
      return request.additions === undefined ? [rank] : [rank, { command: { type: 'WatchLine', request } }];
    }
    case 'OrderClosed':
      return fact.additions === true ? [{ command: { type: 'CloseWatch', orderId: fact.orderId } }] : [];
    case 'ComplaintFiled':
    case 'ComplaintResolved': {
      const command = noteOf(fact);
      return command === undefined ? [] : [{ command }];
    }
    case 'BuyerErased':
      return [{ command: { type: 'ForgetBuyer', buyerKey: fact.buyerKey } }];
    default:
      return [];
  }
}
