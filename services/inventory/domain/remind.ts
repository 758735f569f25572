import type { Decision } from '@midstream/kernel';
import type { InventoryEvent, RemindWork } from './messages';
import { openOf, type Rows } from './state';

/** Tells of work by hand that is due soon, or late: each once a purchase, and nothing of what is done, or is late already. */
export function remindWork({ purchaseId, holdId, about }: RemindWork, rows: Rows): Decision<InventoryEvent> {
  const purchase = rows.purchases[purchaseId];
  const hold = rows.holds[holdId];
  if (purchase === undefined || hold === undefined || openOf(purchase) === 0) return [];
  if (purchase.status === 'written-off' || purchase.reminded === about || purchase.reminded === 'late') return [];
  const { orderId, merchantId, lineId } = hold;
  const { supplierId, sku, quantity, deliverByAt } = purchase;
  return [
    {
      type: 'WorkItemReminded',
      orderId,
      merchantId,
      lineId,
      workItemId: purchaseId,
      supplierId,
      sku,
      quantity,
      openUnits: openOf(purchase),
      dueAt: new Date(deliverByAt).toISOString(),
      about,
    },
  ];
}
