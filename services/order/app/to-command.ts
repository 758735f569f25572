import type { Untimed } from '@midstream/kernel';
import type { PlaceOrder } from '@midstream/order-domain';
import type { Caller } from '@midstream/runtime';
import type { LineDto, PlaceOrderDto } from './dto';

/** `name` gives the pseudonym of a merchant's buyer. */
export const toPlaceOrder = (
  orderId: string,
  { clientReference, buyer, lines, additions }: PlaceOrderDto,
  { merchantId = '' }: Caller,
  name: (merchantId: string, reference: string) => string,
): Untimed<PlaceOrder> => ({
  type: 'PlaceOrder',
  orderId,
  merchantId,
  clientReference,
  buyer: present(buyer),
  buyerKey: name(merchantId, buyer.reference),
  lines: lines.map(toLine),
  // null is the same as left out
  ...(additions && { additions: { maxUnitPriceMinor: additions.maxUnitPriceMinor, maxQuantity: additions.maxQuantity } }),
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
