import type { InventoryEvent } from '@midstream/inventory-domain';
import type { EventMeta, TableRows } from '@midstream/runtime';
import { DeliveryRow } from './tables';

/** What an event leaves behind for ever: a delivery is found, and its code revealed, long after the log has dropped the event. */
export function recordsOf(event: InventoryEvent, { at }: EventMeta): readonly TableRows[] {
  if (event.type !== 'UnitsDelivered') return [];
  const { orderId, merchantId, lineId, purchaseId, sku } = event;
  const rows = event.deliveries.map(({ deliveryId, kind }) => ({
    ...{ id: deliveryId, order_id: orderId, merchant_id: merchantId, line_id: lineId, purchase_id: purchaseId, sku, kind },
    delivered_at: new Date(at),
  }));
  return [{ entity: DeliveryRow, rows }];
}
