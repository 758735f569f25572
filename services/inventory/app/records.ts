import { type InventoryEvent, movementsOf } from '@midstream/inventory-domain';
import type { EventMeta, TableRows } from '@midstream/runtime';
import { DeliveryRow, MovementRow } from './tables';

/** What an event leaves behind for ever: a delivery is found, and its code revealed, long after the log has dropped the event. */
export function recordsOf(event: InventoryEvent, { at }: EventMeta): readonly TableRows[] {
  if (event.type !== 'UnitsDelivered') return movements(event, at);
  const { orderId, merchantId, lineId, purchaseId, sku } = event;
  const rows = event.deliveries.map(({ deliveryId, kind }) => ({
    id: deliveryId,
    order_id: orderId,
    merchant_id: merchantId,
    line_id: lineId,
    purchase_id: purchaseId,
    sku,
    kind,
    delivered_at: new Date(at),
  }));
  return [{ entity: DeliveryRow, rows }];
}

/** Every movement of stock, for good: the counters can be rebuilt from them. */
function movements(event: InventoryEvent, at: number): readonly TableRows[] {
  const rows = movementsOf(event).map((it) => ({
    offer_id: it.offerId,
    kind: it.kind,
    hold_id: it.holdId ?? null,
    units: it.units,
    held: it.held,
    in_flight: it.inFlight,
    accepted: it.accepted,
    reported: it.reported ?? null,
    settled: it.settled ?? null,
    reason: it.reason ?? null,
    at: new Date(at),
  }));
  return rows.length === 0 ? [] : [{ entity: MovementRow, rows }];
}
