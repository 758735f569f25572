import type { LossReason, SelectionRequest } from '@midstream/contracts';
import { type Draft, giveUp, ofLine } from './draft';
import { ATTEMPTS_PER_LINE_MAX, DEPTH_MAX, EXCLUSIONS_MAX } from './limits';
import type { OfLine } from './messages';
import { type Asked, type Hold, type Line, lineOf, rowOf } from './state';

/** Starts a lap: the request is self-contained, so that nobody on the way has to ask (protocol 5). */
export function ask(draft: Draft, of: OfLine, asked: Asked): void {
  const order = rowOf(draft.rows.orders, of.orderId);
  const line = lineOf(draft.rows, of);
  const { region, segment, tier, scenario } = order.buyer;
  const { attempt, depth, ranking, quantity, tried, replaces } = asked;
  const { orderId, merchantId, lineId } = of;
  // Written out: what follows a spread that begins a literal is defined one by one, and took 16 us
  const request: SelectionRequest = {
    orderId,
    merchantId,
    lineId,
    attempt,
    depth,
    ranking,
    quantity,
    need: line.need,
    region,
    segment,
    tier,
    scenario,
    ...(order.buyerKey !== undefined && { buyerKey: order.buyerKey }),
    priceCapMinor: depth > 1 && replaces !== undefined ? replaces.referencePriceMinor : line.maxUnitPriceMinor,
    currency: order.currency,
    substitution: line.substitution,
    ...(order.merchantTier !== undefined && { merchantTier: order.merchantTier }),
    ...(line.recipient !== undefined && { hasRecipient: true }),
    deliverBy: new Date(line.deliverByAt).toISOString(),
    excluded: [...line.excluded],
    tried: [...tried],
    ...(replaces && { replaces }),
    ...(line.marginFloorWaived && { marginFloorWaived: true }),
    ...(attempt === 1 && line.additionId === undefined && order.additions && { additions: order.additions }),
  };
  draft.emit({ type: 'LineSelectionRequested', ...ofLine(of), request });
}

/**
 * What a hold has lost is tried again one deeper, a mere expiry at the same depth (protocol 4). Where its units were asked back anyway,
 * or the line has tried enough, they are given up.
 */
export function tryAgain(draft: Draft, of: OfLine, hold: Hold, quantity: number, reason: LossReason): void {
  const line = lineOf(draft.rows, of);
  const depth = reason === 'expired' ? hold.depth : hold.depth + 1;
  const { holdId, offerId, sku, referencePriceMinor } = hold;
  const closing = line.closing ?? hold.releasing;
  if (closing !== undefined) return giveUp(draft, of, { quantity, reason: closing, holdId });
  if (depth > DEPTH_MAX || isExhausted(line)) return giveUp(draft, of, { quantity, reason: 'depth-reached', holdId });
  const replaces = { holdId, offerId, sku, reason, referencePriceMinor };
  ask(draft, of, { attempt: line.attempts + 1, depth, ranking: 1, quantity, tried: [], replaces });
}

/** Waits for a restock do not count: they have a limit of their own, in time. */
export const isExhausted = (line: Line): boolean =>
  line.attempts - line.waits >= ATTEMPTS_PER_LINE_MAX || line.excluded.length > EXCLUSIONS_MAX;
