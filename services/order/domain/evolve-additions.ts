import type { Fact } from '@midstream/contracts';
import { assertNever } from '@midstream/kernel';
import { type Addition, newLine, type Order, rowOf } from './state';

/** What is offered to an order, how it is answered, and the line that a yes makes. */
export function evolveAdditions(order: Order, event: Fact<'AdditionOffered' | 'AdditionAnswered' | 'LineAdded'>): Order {
  switch (event.type) {
    case 'AdditionOffered': {
      const { additionId, lineId, sku, quantity, priceMinor, because, expiresAt } = event;
      return withAddition(order, { additionId, lineId, sku, quantity, priceMinor, because, expiresAt: Date.parse(expiresAt) });
    }
    case 'AdditionAnswered': {
      const { additionId, answer, quantity } = event;
      const addition = { ...rowOf(order.offered ?? {}, additionId), answer };
      return withAddition(order, quantity === undefined ? addition : { ...addition, accepted: quantity });
    }
    case 'LineAdded': {
      const { lineId, additionId, line, heldMinor } = event;
      return {
        ...order,
        lineIds: [...order.lineIds, lineId],
        lines: { ...order.lines, [lineId]: { ...newLine(line), additionId } },
        placedMinor: order.placedMinor + heldMinor,
      };
    }
    default:
      return assertNever(event);
  }
}

const withAddition = (order: Order, addition: Addition): Order => ({
  ...order,
  offered: { ...order.offered, [addition.additionId]: addition },
});
