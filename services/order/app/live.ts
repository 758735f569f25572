import type { Caller, LiveEvent } from '@midstream/runtime';

/** By type, the properties of a fact that a merchant may see; the fact's other properties are the hub's own. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  OrderPlaced: ['clientReference', 'currency', 'heldMinor'],
  ConsentRequested: ['lineId', 'consentId', 'quantity', 'sku', 'insteadOf', 'priceMinor', 'currency', 'deadlineAt', 'default'],
  ConsentAnswered: ['lineId', 'consentId', 'sku', 'answer'],
  ReleaseRequested: ['lineId', 'reason'],
  UnitsGivenUp: ['lineId', 'quantity', 'reason'],
  LineClosed: ['lineId', 'status', 'ordered', 'delivered', 'capturedMinor'],
  OrderClosed: ['status', 'capturedMinor', 'releasedMinor'],
};

/** What a listener gets of an event of order's log; undefined: not for this one. */
export function liveView({ type, key, at, data }: LiveEvent, caller: Caller, orderId?: string): object | undefined {
  if (orderId !== undefined && key !== orderId) return undefined;
  if (caller.scope !== 'operator' && data['merchantId'] !== caller.merchantId) return undefined;
  const shown = dataOf(type, data);
  return shown && { orderId: key, at: at.toISOString(), ...shown };
}

function dataOf(type: string, data: Readonly<Record<string, unknown>>): object | undefined {
  if (type === 'LineSelectionRequested') return selecting(data);
  if (type === 'LineAssigned') return assigned(data);
  const names = SHOWN[type];
  return names && Object.fromEntries(names.flatMap((it) => (data[it] === undefined ? [] : [[it, data[it]]])));
}

function selecting({ lineId, request }: Readonly<Record<string, unknown>>): object {
  const { attempt, quantity, replaces } = request as { attempt: number; quantity: number; replaces?: { reason: string; sku: string } };
  return { lineId, attempt, quantity, ...(replaces && { replaces: replaces.sku, reason: replaces.reason }) };
}

function assigned({ lineId, attempt, holds, replaces }: Readonly<Record<string, unknown>>): object {
  const goods = (holds as { sku: string; priceMinor: number; tally: { granted: number } }[]).map((it) => ({
    sku: it.sku,
    priceMinor: it.priceMinor,
    quantity: it.tally.granted,
  }));
  const { sku, reason } = (replaces ?? {}) as { sku?: string; reason?: string };
  return { lineId, attempt, goods, ...(sku !== undefined && { replaces: sku, reason }) };
}
