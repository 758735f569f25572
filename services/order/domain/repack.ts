import type { Fact, Repack } from '@midstream/contracts';
import { type Draft, holdMoney, releaseMoney } from './draft';
import type { OfLine } from './messages';
import { ask, capOf, mayRepack } from './select';
import { type Asked, type Line, lineOf, type Order, rowOf } from './state';

/** What compliance has not struck out. */
export const isClear = (found: Repack | undefined): found is Repack => found?.verdict?.status === 'compliant';

/**
 * Units that cannot be had are given up on their line, and looked for as pieces of the same brand on a line of their own: two of 50 for one of
 * 100. Their money goes from the one line to the other, and what the pieces cannot cost goes back.
 * @returns the units that are left
 */
export function repack(draft: Draft, of: OfLine, asked: Asked, found: Repack | undefined): number {
  const order = rowOf(draft.rows.orders, of.orderId);
  const line = lineOf(draft.rows, of);
  const { sku } = line.need;
  if (!isClear(found) || sku === undefined || !mayRepack(line, order)) return asked.quantity;
  const { orderId, merchantId, lineId } = of;
  const quantity = Math.min(asked.quantity, found.units);
  const pieces = piecesFor(line, order, { asked, found, quantity });
  const heldMinor = pieces.quantity * pieces.maxUnitPriceMinor;
  draft.emit({ type: 'LineRepacked', orderId, merchantId, lineId, quantity, sku, pieces: found.pieces, line: pieces, heldMinor });
  releaseMoney(draft, of, 'units-repacked', quantity);
  holdMoney(draft, of, 'units-repacked', heldMinor);
  const ofPieces = { orderId, merchantId, lineId: pieces.lineId };
  if (line.recipient !== undefined) draft.emit({ type: 'RecipientNoted', ...ofPieces, recipient: line.recipient });
  ask(draft, ofPieces, { attempt: 1, depth: 1, ranking: 1, quantity: pieces.quantity, tried: [] });
  return asked.quantity - quantity;
}

interface Repacking {
  readonly asked: Asked;
  readonly found: Repack;
  readonly quantity: number;
}

/** On the terms of the line whose units they are: all pieces of a unit cost no more than it may. They never become another good, nor pieces of their own. */
function piecesFor(line: Line, order: Order, { asked, found, quantity }: Repacking): Fact<'LineRepacked'>['line'] {
  const placed = {
    lineId: freeLineId(line, order),
    need: { sku: found.sku },
    quantity: quantity * found.pieces,
    maxUnitPriceMinor: Math.min(found.priceCapMinor, Math.floor(capOf(line, asked) / found.pieces)),
    substitution: { ...line.substitution, upTo: 'other-supplier' as const },
    deliverBy: new Date(line.deliverByAt).toISOString(),
  };
  return line.marginFloorWaived ? { ...placed, marginFloorWaived: true } : placed;
}

/** By a number of its own; a merchant may have called a line of its own so. */
function freeLineId({ lineId }: Line, { lineIds }: Order): string {
  let number = 1;
  while (lineIds.includes(`${lineId}.p${number}`)) number += 1;
  return `${lineId}.p${number}`;
}
