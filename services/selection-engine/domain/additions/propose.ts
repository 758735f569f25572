import type { Fact, SelectionRequest } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { rank } from '../rank';
import { callFor } from './calls';
import { ADDITION_DELIVERY_MS, ADDITION_LEAST_MS, ADDITION_MS } from './limits';
import type { Watched } from './watch';

/**
 * More units of a good that the market calls for, beside the order's line for it or for a sibling of it: as many as keep up with demand (a
 * burst of factor 3 calls for twice the line's units more), within what the buyer allows, and no more than offers that pass the gates have room
 * for. The gates are those of a new line, the core indicators of a burst among them. Undefined where nothing is to be proposed.
 */
export function proposalFor(watched: Watched, sku: string, book: OfferBook, at: number): Fact<'AdditionProposed'> | undefined {
  const { orderId, merchantId, additions, lines, siblings = {}, proposed, closed } = watched;
  const request = lines.find((it) => it.need.sku === sku) ?? lines.find((it) => it.need.sku === siblings[sku]);
  const [beside, call] = [request?.need.sku, callFor(book, sku, at)];
  if (closed || request === undefined || beside === undefined || call === undefined || proposed.some((it) => it.sku === sku))
    return undefined;
  const expiresAt = Math.min(at + ADDITION_MS, Date.parse(request.deliverBy) - ADDITION_DELIVERY_MS);
  const left = additions.maxQuantity - proposed.reduce((sum, it) => sum + it.quantity, 0);
  if (expiresAt < at + ADDITION_LEAST_MS || left < 1) return undefined;
  const wanted = Math.min(left, Math.max(1, Math.round(request.quantity * (call.factor - 1))));
  const { candidates } = rank(asked(request, sku, wanted, additions.maxUnitPriceMinor), book, at);
  const quantity = candidates.reduce((sum, it) => sum + it.planned, 0);
  const [best] = candidates;
  if (best === undefined || quantity < 1) return undefined;
  return {
    type: 'AdditionProposed',
    orderId,
    merchantId,
    additionId: `${orderId}:${request.lineId}:${sku}`,
    lineId: request.lineId,
    beside,
    sku,
    quantity,
    priceMinor: best.priceMinor,
    currency: request.currency,
    because: call.because,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** What the new line would ask for: the good itself, and no other. */
const asked = (request: SelectionRequest, sku: string, quantity: number, priceCapMinor: number): SelectionRequest => ({
  ...request,
  need: { sku },
  quantity,
  priceCapMinor,
  excluded: [],
  tried: [],
  substitution: { ...request.substitution, upTo: 'other-supplier' },
});
