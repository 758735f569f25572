import type { TableRows } from '@midstream/runtime';
import type { SelectionDecided, SelectionEvent, StormPlanned } from '@midstream/selection-engine-domain';
import { DecisionRow, ErasureRow, StormRow } from './tables';

/** What a decision was made of, as `decision.record` keeps it. */
export type DecisionRecord = Pick<SelectionDecided, 'request' | 'candidates' | 'gates' | 'considered' | 'chosen' | 'storm' | 'split'>;

/** What the plan of a storm was made of, as `storm.record` keeps it. */
export type StormRecord = Pick<StormPlanned, 'good' | 'classes' | 'units' | 'left' | 'share' | 'optimal' | 'offers' | 'quotas'>;

export function recordsOf(event: SelectionEvent): readonly TableRows[] {
  if (event.type === 'BuyerForgotten') return [{ entity: ErasureRow, rows: [{ buyer_key: event.buyerKey }] }];
  if (event.type === 'StormPlanned') return [{ entity: StormRow, rows: [stormRow(event)] }];
  if (event.type !== 'SelectionDecided') return [];
  const { decisionId, decidedAt, model, candidates, gates, considered, chosen, storm, split } = event;
  // Who bought is remembered in one place, where it can be forgotten
  const { buyerKey: _, ...request } = event.request;
  const record: DecisionRecord = { request, candidates, gates, considered, chosen, ...(storm && { storm }), ...(split && { split }) };
  const { orderId, merchantId } = request;
  const asked = request.attempt === 1 ? (request.need.sku ?? candidates[0]?.sku ?? null) : null;
  const units = asked === null ? null : request.quantity;
  const row = { id: decisionId, order_id: orderId, merchant_id: merchantId, decided_at: new Date(decidedAt), model, asked, units, record };
  return [{ entity: DecisionRow, rows: [row] }];
}

const stormRow = ({ planId, offerId, plannedAt, objective, bound, gap, ...it }: StormPlanned) => {
  const { good, classes, units, left, share, optimal, offers, quotas } = it;
  const record: StormRecord = { ...(good !== undefined && { good }), classes, units, left, share, optimal, offers, quotas };
  return { id: planId, offer_id: offerId, planned_at: new Date(plannedAt), objective, bound, gap, record };
};
