import { assertNever, type Decision } from '@midstream/kernel';
import { closeWatch, proposeAddition, watchLine } from './additions/watch';
import { guideOf } from './assign/guide';
import type { OfferBook } from './book';
import { MODEL } from './chain/rank-candidates';
import { countDemand } from './market/demand';
import { reportSignal } from './market/signals';
import type { RankOffers, SelectionCode, SelectionCommand, SelectionDecided, SelectionEvent } from './messages';
import { rank } from './rank';
import { attemptOf, decisionIdOf, type Rows } from './state';

/** One answer an attempt, an empty list among them: it takes the same road. */
export function rankOffers({ request, at }: RankOffers, rows: Rows, book: OfferBook): Decision<SelectionEvent> {
  if (rows.ranked[attemptOf(request)] !== undefined) return []; // asked before
  const { orderId, merchantId, lineId } = request;
  const decisionId = decisionIdOf(request);
  const { planned, guide } = guideOf(request, book, at, (it, plan) => rank(it, book, at, undefined, plan).options);
  const { candidates, gates, considered, chosen, split } = rank(request, book, at, decisionId, guide);
  const decided: SelectionDecided = {
    type: 'SelectionDecided',
    decisionId,
    decidedAt: at,
    model: MODEL,
    request,
    candidates,
    gates,
    considered,
    chosen,
    ...(split && { split }),
  };
  return [
    ...(planned === undefined ? [] : [planned]),
    { type: 'OffersRanked', orderId, merchantId, lineId, decisionId, request, candidates: [...candidates], gates },
    guide === undefined ? decided : { ...decided, storm: { planId: guide.planId, key: guide.key } },
  ];
}

export function decide(command: SelectionCommand, rows: Rows, book: OfferBook): Decision<SelectionEvent, SelectionCode> {
  switch (command.type) {
    case 'RankOffers':
      return rankOffers(command, rows, book);
    case 'ReportSignal':
      return reportSignal(command, rows.markets, book);
    case 'ForgetBuyer':
      return [{ type: 'BuyerForgotten', buyerKey: command.buyerKey }];
    case 'CountDemand':
      return countDemand(command, rows.markets);
    case 'WatchLine':
      return watchLine(command, rows.watched, book);
    case 'ProposeAddition':
      return proposeAddition(command, rows.watched, book);
    case 'CloseWatch':
      return closeWatch(command, rows.watched);
    default:
      return assertNever(command);
  }
}
