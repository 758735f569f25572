import { assert, assertNever, attemptIdOf, type RowsOf } from '@midstream/kernel';
import { CANDIDATES_MAX, type SelectionRequest } from '@midstream/contracts';
import { evolveWatched, type Watched } from './additions/watch';
import { type Complained, evolveComplaints } from './complaints/note';
import { USUAL } from './chain/settings';
import type { Market } from './market/market';
import type { SelectionEvent } from './messages';
import type { Drawn } from './trials/models';
import { evolveTrials, type TrialRows, upholdTrials } from './trials/trials';

/** An attempt that was answered. A repeated request finds it and is not ranked again. */
export interface Ranked {
  readonly decisionId: string;
  readonly candidates: number;
  readonly planned: number;
  readonly quantity: number;
  /** Of a line on trial: what its later attempts are ranked by, too. */
  readonly drawn?: Drawn;
}

export interface Rows extends TrialRows {
  readonly ranked: RowsOf<Ranked>;
  /** The market of each good, by SKU. */
  readonly markets: RowsOf<Market>;
  /** Running orders to which more may be proposed, by their id. */
  readonly watched: RowsOf<Watched>;
  /** Deliveries that were complained of, by their hold. */
  readonly complaints: RowsOf<Complained>;
}

export const attemptOf = ({ orderId, lineId, attempt }: SelectionRequest): string => attemptIdOf(orderId, lineId, attempt);

/** Without a slash, so that it stands in a path: `order:line:attempt:ranking`. */
export const decisionIdOf = ({ orderId, lineId, attempt, ranking }: SelectionRequest): string =>
  `${orderId}:${lineId}:${attempt}:${ranking}`;

export function evolve(rows: Rows, event: SelectionEvent): Rows {
  switch (event.type) {
    case 'OffersRanked': {
      const { decisionId, request, candidates } = event;
      const planned = candidates.reduce((sum, it) => sum + it.planned, 0);
      const row: Ranked = { decisionId, candidates: candidates.length, planned, quantity: request.quantity };
      return { ...rows, ranked: { ...rows.ranked, [attemptOf(request)]: row } };
    }
    case 'MarketMoved':
      return { ...rows, markets: { ...rows.markets, [event.market.sku]: event.market } };
    case 'LineWatched':
    case 'WatchClosed':
    case 'AdditionProposed':
      return { ...rows, watched: evolveWatched(rows.watched, event) };
    case 'ComplaintNoted':
      return { ...rows, complaints: evolveComplaints(rows.complaints, event) };
    case 'TrialChanged':
      return evolveTrials(rows, event);
    case 'SelectionDecided': {
      const { request, trial, model: name, settings = USUAL } = event;
      const row = rows.ranked[attemptOf(request)];
      if (trial === undefined || request.attempt > 1 || row === undefined) return rows;
      return { ...rows, ranked: { ...rows.ranked, [attemptOf(request)]: { ...row, drawn: { model: { name, settings }, trial } } } };
    }
    case 'BuyerForgotten':
    case 'StormPlanned':
    case 'MarketSignalReported':
    case 'MarketState':
    case 'BurstDetected':
      return rows;
    default:
      return assertNever(event);
  }
}

export function uphold(rows: Rows): void {
  upholdTrials(rows);
  for (const it of Object.values(rows.ranked)) {
    assert(it.candidates <= CANDIDATES_MAX, 'a short list travels the lap');
    assert(it.planned <= it.quantity, 'no more is planned than a line asks for');
  }
  for (const { proposed, additions } of Object.values(rows.watched))
    assert(proposed.reduce((sum, it) => sum + it.quantity, 0) <= additions.maxQuantity, 'no more is proposed than a buyer allows');
  for (const { firstAt, complaints } of Object.values(rows.complaints))
    assert(firstAt > 0 && Object.keys(complaints).length > 0, 'a delivery is complained of by complaints');
  for (const { heat } of Object.values(rows.markets)) assert(heat.hour >= 0 && heat.week >= 0, 'heat is a count');
}
