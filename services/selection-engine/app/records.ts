import type { TableRows } from '@midstream/runtime';
import type { SelectionDecided, SelectionEvent } from '@midstream/selection-engine-domain';
import { DecisionRow, LineEndRow } from './tables';

/** What a decision was made of, as `decision.record` keeps it. */
export type DecisionRecord = Pick<SelectionDecided, 'request' | 'candidates' | 'gates' | 'considered'>;

export function recordsOf(event: SelectionEvent): readonly TableRows[] {
  if (event.type === 'LineEnded') {
    const { orderId, lineId, ordered, delivered } = event;
    return [{ entity: LineEndRow, rows: [{ order_id: orderId, line_id: lineId, ordered, delivered }] }];
  }
  if (event.type !== 'SelectionDecided') return [];
  const { decisionId, decidedAt, model, request, candidates, gates, considered } = event;
  const record: DecisionRecord = { request, candidates, gates, considered };
  const { orderId, merchantId } = request;
  const asked = request.attempt === 1 ? (request.need.sku ?? candidates[0]?.sku ?? null) : null;
  const row = { id: decisionId, order_id: orderId, merchant_id: merchantId, decided_at: new Date(decidedAt), model, asked, record };
  return [{ entity: DecisionRow, rows: [row] }];
}
