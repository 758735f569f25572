import type { AnyFact, Fact } from '@midstream/contracts';

/** What the hub's operators can ask to be told of. */
export const HUB_TYPES = ['work-item.due-soon', 'work-item.late', 'complaint.waiting'] as const;
export type HubType = (typeof HUB_TYPES)[number];

/** The hub's own mailbox: no merchant has such an id. */
export const HUB_MAILBOX = '~hub';

export interface HubView {
  readonly about: HubType;
  readonly merchantId: typeof HUB_MAILBOX;
  readonly orderId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A fact as operators hear it, or nothing where it calls for nobody. No code and no account, as ever. */
export function hubViewOf(fact: AnyFact): HubView | undefined {
  switch (fact.type) {
    case 'WorkItemReminded':
      return reminded(fact);
    case 'ComplaintFiled':
      return complained(fact);
    default:
      return undefined;
  }
}

/** Who has to answer it needs to know whose units they are. */
function complained({ orderId, merchantId, lineId, complaintId, units, reason, filedAt, from }: Fact<'ComplaintFiled'>): HubView {
  const goods = from.map(({ supplierId, sku, units: of, deliveredAt }) => ({ supplierId, sku, units: of, deliveredAt }));
  const data = { orderId, merchantId, lineId, complaintId, units, reason, filedAt, goods };
  return { about: 'complaint.waiting', merchantId: HUB_MAILBOX, orderId, data };
}

function reminded(fact: Fact<'WorkItemReminded'>): HubView {
  const { orderId, merchantId, lineId, workItemId, supplierId, sku, quantity, openUnits, dueAt, about } = fact;
  const data = { workItemId, supplierId, orderId, merchantId, lineId, sku, quantity, openUnits, dueAt };
  return { about: `work-item.${about}`, merchantId: HUB_MAILBOX, orderId, data };
}
