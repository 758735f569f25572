import type { OrderCommand } from '@midstream/order-domain';
import type { Untimed } from '@midstream/kernel';
import type { Caller } from '@midstream/runtime';
import type { LineDto, PlaceOrderDto } from './dto';

type PlaceOrder = Untimed<Extract<OrderCommand, { readonly type: 'PlaceOrder' }>>;

export const toPlaceOrder = (orderId: string, { clientReference, buyer, lines }: PlaceOrderDto, caller: Caller): PlaceOrder => ({
  type: 'PlaceOrder',
  orderId,
  merchantId: caller.merchantId ?? '',
  clientReference,
  buyer: { ...buyer },
  lines: lines.map(toLine),
});

function toLine({ deliverBy, substitution, need, ...line }: LineDto): PlaceOrder['lines'][number] {
  const { waitUntil, ...rest } = substitution ?? {};
  return {
    ...line,
    need: { ...need },
    substitution: { ...rest, ...(waitUntil !== undefined && { waitUntilAt: Date.parse(waitUntil) }) },
    ...(deliverBy !== undefined && { deliverByAt: Date.parse(deliverBy) }),
  };
}
