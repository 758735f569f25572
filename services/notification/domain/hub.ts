import type { AnyFact, Fact } from '@midstream/contracts';

/** What the hub's operators can ask to be told of. */
export const HUB_TYPES = ['work-item.due-soon', 'work-item.late'] as const;
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
  return fact.type === 'WorkItemReminded' ? reminded(fact) : undefined;
}

function reminded(fact: Fact<'WorkItemReminded'>): HubView {
  const { orderId, merchantId, lineId, workItemId, supplierId, sku, quantity, openUnits, dueAt, about } = fact;
  const data = { workItemId, supplierId, orderId, merchantId, lineId, sku, quantity, openUnits, dueAt };
  return { about: `work-item.${about}`, merchantId: HUB_MAILBOX, orderId, data };
}
