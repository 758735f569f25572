import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import { noteOf } from './complaints/note';
import type { SelectionCommand, SelectionEvent } from './messages';

/** All else that selection hears is news of the market, and goes into the book. */
export function react(fact: AnyFact | SelectionEvent): readonly Due<Untimed<SelectionCommand>>[] {
  switch (fact.type) {
    case 'LineSelectionRequested': {
      const { request, mayRepack } = fact;
      const plain = { type: 'RankOffers', request } as const;
      const rank = { command: mayRepack ? { ...plain, mayRepack } : plain };
      if (request.additions === undefined) return [rank];
      // It is kept while the order runs: not who buys, which is remembered in one place alone
      const { buyerKey: _, ...watched } = request;
      return [rank, { command: { type: 'WatchLine', request: watched } }];
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
