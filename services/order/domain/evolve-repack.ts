import type { Fact } from '@midstream/contracts';
import { newLine, type Order, rowOf } from './state';

/** The units are given up on their line; their pieces are a line like any other from here on. */
export function evolveRepack(order: Order, event: Fact<'LineRepacked'>): Order {
  const { lineId, quantity, sku, pieces, line, heldMinor } = event;
  const known = rowOf(order.lines, lineId);
  const left = { ...known, givenUp: known.givenUp + quantity, repacked: (known.repacked ?? 0) + quantity };
  const made = { ...newLine(line), piecesOf: { lineId, sku, pieces } };
  return {
    ...order,
    lineIds: [...order.lineIds, line.lineId],
    lines: { ...order.lines, [lineId]: left, [line.lineId]: made },
    placedMinor: order.placedMinor + heldMinor,
  };
}
