import { type LossReason, type SelectionRequest, SUBSTITUTION_STEPS } from '@midstream/contracts';
import { type Draft, giveUp } from './draft';
import { ATTEMPTS_PER_LINE_MAX, DEPTH_MAX, EXCLUSIONS_MAX, LINES_MAX } from './limits';
import type { OfLine } from './messages';
import { type Asked, type Hold, type Line, lineOf, type Order, rowOf } from './state';

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
    priceCapMinor: capOf(line, asked),
    currency: order.currency,
    substitution: line.substitution,
    ...(order.merchantTier !== undefined && { merchantTier: order.merchantTier }),
    ...(line.recipient !== undefined && { hasRecipient: true }),
    deliverBy: new Date(line.deliverByAt).toISOString(),
    excluded: [...line.excluded],
    tried: [...tried],
    ...(replaces && { replaces }),
    ...(line.marginFloorWaived && { marginFloorWaived: true }),
    ...(attempt === 1 && isPlaced(line) && order.additions && { additions: order.additions }),
  };
  if (mayRepack(line, order)) draft.emit({ type: 'LineSelectionRequested', orderId, merchantId, lineId, request, mayRepack: true });
  else draft.emit({ type: 'LineSelectionRequested', orderId, merchantId, lineId, request });
}

/** The merchant wrote it: what may be proposed beside an order is said with such lines only. */
const isPlaced = ({ additionId, piecesOf }: Line): boolean => additionId === undefined && piecesOf === undefined;

/** The dearest that a unit may be: the line's cap, or the reference price of what is replaced. */
export const capOf = ({ maxUnitPriceMinor }: Line, { depth, replaces }: Asked): number =>
  depth > 1 && replaces !== undefined ? replaces.referencePriceMinor : maxUnitPriceMinor;

/** Units of one good may become pieces of the same brand where their buyer lets them go so far; once, and while the order has room for a line. */
export const mayRepack = ({ need, substitution, piecesOf }: Line, { lineIds }: Order): boolean =>
  need.sku !== undefined && piecesOf === undefined && reachesRepack(substitution.upTo) && lineIds.length < LINES_MAX;

const reachesRepack = (upTo: SelectionRequest['substitution']['upTo']): boolean =>
  SUBSTITUTION_STEPS.indexOf(upTo) >= SUBSTITUTION_STEPS.indexOf('repack');

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
