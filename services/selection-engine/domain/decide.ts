import { assertNever, type Decision } from '@midstream/kernel';
import { isNewsOf, type OfferBook } from './book';
import type { NoteTried, RankOffers, SelectionCommand, SelectionEvent } from './messages';
import { rank } from './rank';
import { attemptOf, decisionIdOf, type Rows } from './state';

/** Names the formulas and constants of a decision; changed with them, so that an old record can be read rightly. */
export const MODEL = 'expected-money-1';

export function decide(command: SelectionCommand, rows: Rows, book: OfferBook): Decision<SelectionEvent> {
  switch (command.type) {
    case 'RankOffers':
      return rankOffers(command, rows, book);
    case 'NoteTried':
      return noteTried(command, book);
    default:
      return assertNever(command);
  }
}

/** One answer an attempt, an empty list among them: it takes the same road. */
export function rankOffers({ request, at }: RankOffers, rows: Rows, book: OfferBook): Decision<SelectionEvent> {
  if (rows.ranked[attemptOf(request)] !== undefined) return []; // asked before
  const { orderId, merchantId, lineId } = request;
  const decisionId = decisionIdOf(request);
  const { candidates, gates, considered } = rank(request, book, at);
  return [
    { type: 'OffersRanked', orderId, merchantId, lineId, decisionId, request, candidates: [...candidates], gates },
    { type: 'SelectionDecided', decisionId, decidedAt: at, model: MODEL, request, candidates, gates, considered },
  ];
}

/** Only what the book does not say yet is worth an entry in the log. */
export function noteTried({ tried }: NoteTried, book: OfferBook): Decision<SelectionEvent> {
  const news = tried.filter((it) => isNewsOf(book, it));
  return news.length === 0 ? [] : [{ type: 'OffersTried', tried: news }];
}
