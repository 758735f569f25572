import type { Fact, SelectionRequest } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { isBursting } from '../market/surge';
import { rank } from '../rank';
import { ADDITION_DELIVERY_MS, ADDITION_LEAST_MS, ADDITION_MS } from './limits';
import type { Watched } from './watch';

/**
 * More units of a good whose demand bursts, beside the order's line for it: as many as keep up with demand (a burst of factor 3 calls for
 * twice the line's units more), within what the buyer allows, and no more than offers that pass the gates have room for. The gates are those
 * of a new line, the core indicators of a burst among them. Undefined where nothing is to be proposed.
 */
export function proposalFor(watched: Watched, sku: string, book: OfferBook, at: number): Fact<'AdditionProposed'> | undefined {
  const { orderId, merchantId, additions, lines, proposed, closed } = watched;
  const request = lines.find((it) => it.need.sku === sku);
  if (closed || request === undefined || proposed.some((it) => it.sku === sku) || !isBursting(book, sku, at)) return undefined;
  const expiresAt = Math.min(at + ADDITION_MS, Date.parse(request.deliverBy) - ADDITION_DELIVERY_MS);
  const left = additions.maxQuantity - proposed.reduce((sum, it) => sum + it.quantity, 0);
  if (expiresAt < at + ADDITION_LEAST_MS || left < 1) return undefined;
  const factor = book.markets.get(sku)?.burst?.factor ?? 1;
  const wanted = Math.min(left, Math.max(1, Math.round(request.quantity * (factor - 1))));
  const { candidates } = rank(asked(request, wanted, additions.maxUnitPriceMinor), book, at);
  const quantity = candidates.reduce((sum, it) => sum + it.planned, 0);
  const [best] = candidates;
  if (best === undefined || quantity < 1) return undefined;
  return {
    type: 'AdditionProposed',
    orderId,
    merchantId,
    additionId: `${orderId}:${request.lineId}:${sku}`,
    lineId: request.lineId,
    beside: sku,
    sku,
    quantity,
    priceMinor: best.priceMinor,
    currency: request.currency,
    because: 'burst',
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** What the new line would ask for: the good itself, and no other. */
const asked = (request: SelectionRequest, quantity: number, priceCapMinor: number): SelectionRequest => ({
  ...request,
  quantity,
  priceCapMinor,
  excluded: [],
  tried: [],
  substitution: { ...request.substitution, upTo: 'other-supplier' },
});
