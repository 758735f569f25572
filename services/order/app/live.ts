import { type Fact, shownEndOf } from '@midstream/contracts';
import type { HoldNoted, OrderEvent } from '@midstream/order-domain';
import type { Caller, LiveEvent } from '@midstream/runtime';

/** By type, the properties of a fact that a merchant may see; the fact's other properties are the hub's own. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  OrderPlaced: ['clientReference', 'currency', 'heldMinor'],
  ConsentRequested: ['lineId', 'consentId', 'quantity', 'sku', 'insteadOf', 'priceMinor', 'currency', 'deadlineAt', 'default', 'pieces'],
  ConsentAnswered: ['lineId', 'consentId', 'sku', 'answer'],
  UnitsGivenUp: ['lineId', 'quantity', 'reason'],
  AdditionOffered: ['lineId', 'additionId', 'sku', 'quantity', 'priceMinor', 'currency', 'because', 'expiresAt'],
  AdditionAnswered: ['additionId', 'sku', 'answer', 'quantity'],
  LineAdded: ['lineId', 'additionId', 'heldMinor'],
  ComplaintFiled: ['lineId', 'complaintId', 'units', 'reason'],
  ComplaintResolved: ['lineId', 'complaintId', 'units', 'outcome', 'refundMinor', 'currency'],
  OrderClosed: ['status', 'capturedMinor', 'releasedMinor'],
};

/** What a listener gets of an event of order's log; undefined: not for this one. */
export function liveView({ type, at, data }: LiveEvent, caller: Caller, orderId?: string): object | undefined {
  const of = data['orderId'];
  if (of === undefined || (orderId !== undefined && of !== orderId)) return undefined;
  if (caller.scope !== 'operator' && data['merchantId'] !== caller.merchantId) return undefined;
  const shown = shownOf(type, data);
  return shown && { orderId: of, at: at.toISOString(), ...shown };
}

function shownOf(type: string, data: LiveEvent['data']): object | undefined {
  const event = { type, ...(data as object) } as OrderEvent;
  switch (event.type) {
    case 'LineSelectionRequested':
      return selecting(event);
    case 'LineAssigned':
      return assigned(event);
    case 'ReleaseRequested':
      return releasing(event);
    case 'HoldNoted':
      return noted(event);
    case 'LineRepacked':
      return repacked(event);
    case 'LineClosed':
      return closed(event);
    default:
      return SHOWN[type] && Object.fromEntries(SHOWN[type].flatMap((it) => (data[it] === undefined ? [] : [[it, data[it]]])));
  }
}

function selecting({ lineId, request: { attempt, quantity, replaces } }: Fact<'LineSelectionRequested'>): object {
  return { lineId, attempt, quantity, ...(replaces && { replaces: replaces.sku, reason: replaces.reason }) };
}

function assigned({ lineId, attempt, holds, replaces }: Fact<'LineAssigned'>): object {
  const goods = holds.map(({ sku, priceMinor, tally }) => ({ sku, priceMinor, quantity: tally.granted }));
  return { lineId, attempt, goods, ...(replaces && { replaces: replaces.sku, reason: replaces.reason }) };
}

/** What was held for nobody is the hub's own affair. */
const releasing = ({ lineId, reason }: Fact<'ReleaseRequested'>): object | undefined =>
  reason === 'attempt-closed' ? undefined : { lineId, reason };

function repacked({ lineId, quantity, sku, pieces, heldMinor, line }: Fact<'LineRepacked'>): object {
  return { lineId, quantity, sku, pieces, heldMinor, into: { lineId: line.lineId, sku: line.need.sku, quantity: line.quantity } };
}

function closed(event: Fact<'LineClosed'>): object {
  const { lineId, ordered, delivered, repacked: elsewhere, capturedMinor } = event;
  const status = shownEndOf(event);
  return { lineId, status, ordered, delivered, ...(elsewhere !== undefined && { repacked: elsewhere }), capturedMinor };
}

/** What became of units: the line's progress. */
function noted({ lineId, told, sku, delivered, lost, released, reason, progress }: HoldNoted): object {
  const units = { ...(delivered > 0 && { delivered }), ...(lost > 0 && { lost }), ...(released > 0 && { released }) };
  const { ordered, delivered: so } = progress;
  return { lineId, what: told, sku, ...units, ...(reason && { reason }), progress: { ordered, delivered: so } };
}
