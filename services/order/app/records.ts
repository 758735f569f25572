import type { MoneyMoved, OrderEvent } from '@midstream/order-domain';
import { type EventMeta, type TableRows, traceIdOf } from '@midstream/runtime';
import { entryOf } from './story';
import { ComplaintNoteRow, LedgerRow, TimelineRow } from './tables';

/** What an event leaves behind for good: its entry in the order's timeline, and in the ledger; and what a buyer said, which may go. Pure. */
export function recordsOf(event: OrderEvent, meta: EventMeta): TableRows[] {
  if (event.type === 'MoneyMoved') return [{ entity: LedgerRow, rows: ledgerRows(event, meta) }];
  if (event.type === 'NoteTaken') {
    const { complaintId, buyerKey, note } = event;
    return [{ entity: ComplaintNoteRow, rows: [{ complaint_id: complaintId, buyer_key: buyerKey ?? null, note }] }];
  }
  const entry = entryOf(event);
  if (entry === undefined) return [];
  const { orderId, lineId, what, reason, detail } = entry;
  const row = {
    order_id: orderId,
    line_id: lineId ?? null,
    at: new Date(meta.at),
    what,
    reason: reason ?? null,
    actor: meta.actor,
    cause: meta.cause ?? null,
    trace: traceIdOf(meta.traceparent) ?? null,
    detail,
  };
  return [{ entity: TimelineRow, rows: [row] }];
}

const ledgerRows = ({ merchantId, orderId, lineId, why, reference, currency, entries }: MoneyMoved, { eventId, at }: EventMeta) =>
  entries.map(({ account, amountMinor }) => ({
    movement_id: eventId,
    merchant_id: merchantId,
    order_id: orderId ?? null,
    line_id: lineId ?? null,
    at: new Date(at),
    why,
    reference: reference ?? null,
    account,
    amount_minor: amountMinor,
    currency,
  }));
