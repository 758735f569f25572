import type { OrderEvent } from '@midstream/order-domain';
import type { EventMeta, TableRows } from '@midstream/runtime';
import { traceIdOf } from '@midstream/runtime';
import { LedgerRow, TimelineRow } from './tables';

/** What an event leaves behind for good: its entry in the order's timeline, and in the ledger. Pure. */
export function recordsOf(event: OrderEvent, meta: EventMeta): TableRows[] {
  if (event.type === 'MoneyMoved') return [{ entity: LedgerRow, rows: ledgerRows(event, meta) }];
  const entry = entryOf(event);
  if (entry === undefined) return [];
  const { lineId, reason, detail, what } = entry;
  const { orderId } = event as { readonly orderId: string };
  const row = {
    order_id: orderId,
    line_id: lineId ?? null,
    at: new Date(meta.at),
    what,
    reason: reason ?? null,
    actor: meta.actor,
    trace: traceIdOf(meta.traceparent) ?? null,
    detail,
  };
  return [{ entity: TimelineRow, rows: [row] }];
}

const ledgerRows = (
  { merchantId, orderId, lineId, why, reference, currency, entries }: Extract<OrderEvent, { type: 'MoneyMoved' }>,
  { eventId, at }: EventMeta,
) =>
  entries
    .filter((it) => it.amountMinor !== 0)
    .map(({ account, amountMinor }) => ({
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

interface Entry {
  readonly what: string;
  readonly lineId?: string;
  readonly reason?: string;
  readonly detail: object;
}

/**
 * The story as people read it. `detail.hub` is the hub's own: which offers and suppliers; a merchant never sees it (queries.ts takes it
 * out).
 */
function entryOf(event: OrderEvent): Entry | undefined {
  switch (event.type) {
    case 'OrderPlaced':
      return { what: 'placed', detail: { heldMinor: event.heldMinor, currency: event.currency, lines: event.lines.length } };
    case 'LineSelectionRequested': {
      const { attempt, depth, ranking, quantity, replaces } = event.request;
      return {
        what: 'selecting',
        lineId: event.lineId,
        ...(replaces && { reason: replaces.reason }),
        detail: { attempt, depth, ranking, quantity, ...(replaces && { replaces: replaces.sku, hub: { replaces: replaces.holdId } }) },
      };
    }
    case 'AnswerNoted':
      return answerEntry(event);
    case 'AskPlanned':
      return {
        what: 'waiting',
        lineId: event.lineId,
        detail: { quantity: event.asked.quantity, until: new Date(event.askAt).toISOString() },
      };
    case 'ConsentRequested': {
      const { consentId, quantity, sku, insteadOf, priceMinor, currency, deadlineAt } = event;
      return {
        what: 'consent-requested',
        lineId: event.lineId,
        detail: { consentId, quantity, sku, insteadOf, priceMinor, currency, deadlineAt, default: event.default },
      };
    }
    case 'ConsentAnswered':
      return { what: 'consent-answered', lineId: event.lineId, reason: event.answer, detail: { sku: event.sku } };
    case 'LineAssigned': {
      const holds = event.holds.map(({ sku, tally, priceMinor, supplierId }) => ({
        sku,
        quantity: tally.granted - tally.lost - tally.released,
        priceMinor,
        hub: { supplierId, holdId: tally.holdId },
      }));
      const { replaces, attempt, decisionId, lineId } = event;
      return {
        what: replaces === undefined ? 'assigned' : 'substituted',
        lineId,
        ...(replaces && { reason: replaces.reason }),
        detail: {
          attempt,
          holds,
          ...(replaces && { replaces: replaces.sku }),
          hub: { decisionId, ...(replaces && { replaces: replaces.holdId }) },
        },
      };
    }
    case 'HoldNoted':
      return holdEntry(event);
    case 'ReleaseRequested':
      return event.reason === 'attempt-closed'
        ? undefined
        : { what: 'release-requested', lineId: event.lineId, reason: event.reason, detail: { hub: { holdIds: event.holdIds } } };
    case 'UnitsGivenUp':
      return {
        what: 'given-up',
        lineId: event.lineId,
        reason: event.reason,
        detail: { quantity: event.quantity, ...(event.gates && { gates: event.gates }) },
      };
    case 'LineClosed':
      return {
        what: 'line-closed',
        lineId: event.lineId,
        reason: event.status,
        detail: { ordered: event.ordered, delivered: event.delivered, capturedMinor: event.capturedMinor },
      };
    case 'OrderClosed':
      return { what: 'closed', reason: event.status, detail: { capturedMinor: event.capturedMinor, releasedMinor: event.releasedMinor } };
    default:
      return undefined;
  }
}

/** What was held, and what was struck out on the way, by which rule: A lost, B banned by r7, C held. */
function answerEntry({
  lineId,
  attempt,
  decisionId,
  holds,
  unheld,
  tried,
  candidates,
  gates,
}: Extract<OrderEvent, { type: 'AnswerNoted' }>): Entry {
  const struck = candidates.flatMap(({ sku, offerId, verdict }) =>
    verdict === undefined || verdict.status === 'compliant' ? [] : [{ sku, ...verdict, hub: { offerId } }],
  );
  const held = holds.map(({ sku, tally, priceMinor, supplierId }) => ({
    sku,
    quantity: tally.granted,
    priceMinor,
    hub: { supplierId, holdId: tally.holdId },
  }));
  return {
    what: holds.length === 0 ? 'nothing-held' : 'held',
    lineId,
    detail: { attempt, held, unheld, struck, ...(holds.length === 0 && { gates }), hub: { decisionId, tried } },
  };
}

const WHAT_OF_HOLD: Readonly<Record<string, string>> = {
  HoldLost: 'lost',
  HoldReleased: 'released',
  UnitsDelivered: 'delivered',
  PurchaseSubmitted: 'purchase-submitted',
  PurchaseUnknown: 'purchase-unknown',
};

function holdEntry({
  lineId,
  told,
  sku,
  supplierId,
  offerId,
  delivered,
  lost,
  released,
  reason,
  tally,
}: Extract<OrderEvent, { type: 'HoldNoted' }>): Entry {
  return {
    what: WHAT_OF_HOLD[told] ?? told,
    lineId,
    ...(reason && { reason }),
    detail: {
      sku,
      ...(delivered > 0 && { delivered }),
      ...(lost > 0 && { lost }),
      ...(released > 0 && { released }),
      hub: { supplierId, offerId, holdId: tally.holdId },
    },
  };
}
