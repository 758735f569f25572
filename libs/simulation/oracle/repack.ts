import type { Fact, Repack } from '@midstream/contracts';
import type { LineWish } from '../scenario';
import { check, type LineBook, lineBook, nameOf, type OrderBook } from './book';
import type { Market } from './market';

const REACHING: readonly string[] = ['repack', 'same-category', 'cross-category'];

/** A line may be repacked where its buyer lets it go so far; pieces are not. */
export const mayRepack = ({ wish, piecesOf }: LineBook): boolean =>
  piecesOf === undefined && wish.need.sku !== undefined && REACHING.includes(wish.substitution.upTo);

/** What selection proposes: of the same brand, worth as much, and dearer than neither the good itself nor its cap (I7). */
export function checkProposal(line: LineBook, found: Repack, market: Market, most: number): void {
  check(mayRepack(line), 'I7', () => `${nameOf(line)} is to be repacked, and its buyer takes no pieces`);
  const fault = market.packFault(line.wish.need.sku ?? '', found);
  check(fault === undefined, 'I7', () => `${nameOf(line)} is to be ${found.pieces} × ${found.sku}: ${fault}`);
  const sum = found.priceCapMinor * found.pieces;
  check(sum <= most, 'I7', () => `${nameOf(line)} is to be pieces for ${sum} together, and may cost ${most}`);
}

/** Units become pieces once: as inventory has told, all of them, for no more than they may cost, with their money, and on their own terms. */
export function lineRepacked(line: LineBook, event: Fact<'LineRepacked'>, market: Market): void {
  const { order, wish, answered } = line;
  const { quantity, sku, pieces, line: made, heldMinor } = event;
  check(mayRepack(line), 'I7', () => `${nameOf(line)} is repacked, and its buyer takes no pieces`);
  check(line.closing === undefined, '8', () => `${nameOf(line)} is closing, and is repacked`);
  check(answered !== undefined, '15', () => `${nameOf(line)} is repacked, and nobody has answered it`);
  const { repack: told, capMinor, unheld } = answered;
  check(told?.verdict?.status === 'compliant', 'I6', () => `${nameOf(line)} becomes ${made.need.sku}, which was not cleared`);
  const packFault = market.packFault(sku, { sku: made.need.sku ?? '', pieces });
  const isAsTold = sku === wish.need.sku && made.need.sku === told.sku && pieces === told.pieces && packFault === undefined;
  check(
    isAsTold,
    'I7',
    () => `${nameOf(line)} becomes ${pieces} × ${made.need.sku}, and ${told.pieces} × ${told.sku} were told: ${packFault}`,
  );
  const isWhole = made.quantity === quantity * pieces && quantity > 0 && quantity <= Math.min(unheld, told.units);
  check(isWhole, 'I7', () => `${nameOf(line)}: ${quantity} of ${unheld} units become ${made.quantity} pieces, ${pieces} each`);
  const most = Math.min(told.priceCapMinor, Math.floor(capMinor / pieces));
  check(made.maxUnitPriceMinor === most, 'I7', () => `${nameOf(line)}: a piece may cost ${made.maxUnitPriceMinor} and not ${most}`);
  check(heldMinor === made.quantity * most, '22', () => `${nameOf(line)}: pieces hold ${heldMinor}`);
  open(line, order, wishOf(line, event));
  line.givenUp += quantity;
  line.repacked += quantity;
}

function open(line: LineBook, order: OrderBook, { wish, event }: { readonly wish: LineWish; readonly event: Fact<'LineRepacked'> }): void {
  const { line: made, sku, pieces, heldMinor } = event;
  check(!order.lines.has(made.lineId), 'I11', () => `${order.wish.orderId} has two lines ${made.lineId}`);
  const { upTo, consent, consentDefault } = made.substitution;
  const isOnItsTerms =
    upTo === 'other-supplier' &&
    consent === line.wish.substitution.consent &&
    consentDefault === line.wish.substitution.consentDefault &&
    Date.parse(made.deliverBy) === line.wish.deliverByAt &&
    (made.marginFloorWaived === true) === (line.wish.waiveMarginFloor === true);
  check(isOnItsTerms, 'I10', () => `${nameOf(line)} becomes ${JSON.stringify(made)}`);
  order.lines.set(made.lineId, { ...lineBook(wish, order), piecesOf: { line, sku, pieces } });
  order.placedMinor += heldMinor;
}

const wishOf = (line: LineBook, event: Fact<'LineRepacked'>) => {
  const { lineId, need, quantity, maxUnitPriceMinor } = event.line;
  const substitution = { ...line.wish.substitution, upTo: 'other-supplier' as const };
  return { event, wish: { ...line.wish, lineId, need: { sku: need.sku ?? '' }, quantity, maxUnitPriceMinor, substitution } };
};

/** At the end: each unit that was repacked is looked for in all of its pieces, by lines that stand in for it. */
export function checkPieces(order: OrderBook): void {
  for (const line of order.lines.values()) {
    const of = [...order.lines.values()].filter((it) => it.piecesOf?.line === line);
    const units = of.reduce((sum, it) => sum + it.wish.quantity / (it.piecesOf?.pieces ?? 1), 0);
    check(units === line.repacked, '3', () => `${nameOf(line)} has ${line.repacked} units repacked, and ${units} are looked for`);
  }
}
