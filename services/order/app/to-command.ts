import type { Untimed } from '@midstream/kernel';
import type { PlaceOrder } from '@midstream/order-domain';
import type { Caller } from '@midstream/runtime';
import type { LineDto, PlaceOrderDto } from './dto';

export const toPlaceOrder = (orderId: string, { clientReference, buyer, lines }: PlaceOrderDto, caller: Caller): Untimed<PlaceOrder> => ({
  type: 'PlaceOrder',
  orderId,
  merchantId: caller.merchantId ?? '',
  clientReference,
  buyer: present(buyer),
  lines: lines.map(toLine),
});

function toLine({
  lineId,
  need,
  quantity,
  maxUnitPriceMinor,
  currency,
  recipient,
  deliverBy,
  substitution,
  waiveMarginFloor,
}: LineDto): PlaceOrder['lines'][number] {
  const { waitUntil, ...policy } = present(substitution ?? {});
  return {
    lineId,
    need: present(need),
    quantity,
    maxUnitPriceMinor,
    currency,
    ...(typeof recipient === 'string' && { recipient }),
    substitution: { ...policy, ...(waitUntil !== undefined && { waitUntilAt: Date.parse(waitUntil) }) },
    ...(typeof deliverBy === 'string' && { deliverByAt: Date.parse(deliverBy) }),
    ...(waiveMarginFloor === true && { waiveMarginFloor }),
  };
}

/** As a plain object, without what is null: in a body that is the same as left out. */
export const present = <T extends object>(from: T): T =>
  Object.fromEntries(Object.entries(from).filter(([, it]) => it !== null && it !== undefined)) as T;
