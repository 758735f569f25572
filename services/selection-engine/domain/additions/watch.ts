import type { Additions, Fact, SelectionRequest } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { WATCHED_LINES_MAX } from './limits';
import { proposalFor } from './propose';
import { siblingsOf } from './siblings';

/** An order that runs, and whose buyer lets more be proposed. Orders of other buyers have no such row. */
export interface Watched {
  readonly orderId: string;
  readonly merchantId: string;
  readonly additions: Additions;
  /** The first requests of its lines that name a good, in the order in which they came. */
  readonly lines: readonly SelectionRequest[];
  /** Goods that may be proposed beside a line's own, by SKU that good. */
  readonly siblings?: Readonly<Record<string, string>>;
  readonly proposed: readonly { readonly sku: string; readonly quantity: number }[];
  /** The latest that any of its lines is to be delivered, in milliseconds. */
  readonly untilAt: number;
  readonly closed: boolean;
}

/** A line asks for the first time, and its buyer lets more be proposed. */
export interface WatchLine {
  readonly type: 'WatchLine';
  readonly at: number;
  readonly request: SelectionRequest;
}
/** The market calls for a good: for more of it in this order, too? */
export interface ProposeAddition {
  readonly type: 'ProposeAddition';
  readonly at: number;
  readonly orderId: string;
  readonly sku: string;
}
/** The order has ended. */
export interface CloseWatch {
  readonly type: 'CloseWatch';
  readonly at: number;
  readonly orderId: string;
}
export type AdditionCommand = WatchLine | ProposeAddition | CloseWatch;

/** Internal: each changes the row of the order. */
export interface LineWatched {
  readonly type: 'LineWatched';
  readonly orderId: string;
  readonly request: SelectionRequest;
  /** Of its good, as the market was when it came. */
  readonly siblings?: readonly string[];
}
export interface WatchClosed {
  readonly type: 'WatchClosed';
  readonly orderId: string;
}
export type AdditionEvent = LineWatched | WatchClosed | Fact<'AdditionProposed'>;

type WatchedRows = Readonly<Record<string, Watched>>;

/** From now on what calls for its good, or for a sibling, calls for more beside it; what does so already, at once. */
export function watchLine({ request, at }: WatchLine, rows: WatchedRows, book: OfferBook): readonly AdditionEvent[] {
  const { orderId, lineId, need, additions } = request;
  const known = rows[orderId];
  if (need.sku === undefined || additions === undefined || known?.closed === true) return [];
  if (known !== undefined && (known.lines.length >= WATCHED_LINES_MAX || known.lines.some((it) => it.lineId === lineId))) return [];
  const siblings = siblingsOf(book, need.sku);
  const events: AdditionEvent[] = [{ type: 'LineWatched', orderId, request, ...(siblings.length > 0 && { siblings }) }];
  let watched = afterLine(known, request, siblings);
  for (const sku of [need.sku, ...siblings]) {
    const proposal = proposalFor(watched, sku, book, at);
    if (proposal === undefined) continue;
    events.push(proposal);
    watched = afterProposal(watched, proposal);
  }
  return events;
}

/** Asked again and again while the market calls: it proposes a good to an order once. */
export function proposeAddition({ orderId, sku, at }: ProposeAddition, rows: WatchedRows, book: OfferBook): readonly AdditionEvent[] {
  const watched = rows[orderId];
  const proposal = watched && proposalFor(watched, sku, book, at);
  return proposal === undefined ? [] : [proposal];
}

export function closeWatch({ orderId }: CloseWatch, rows: WatchedRows): readonly AdditionEvent[] {
  const watched = rows[orderId];
  return watched === undefined || watched.closed ? [] : [{ type: 'WatchClosed', orderId }];
}

export function evolveWatched(rows: WatchedRows, event: AdditionEvent): WatchedRows {
  const { orderId } = event;
  const known = rows[orderId];
  if (event.type === 'LineWatched') return { ...rows, [orderId]: afterLine(known, event.request, event.siblings) };
  if (known === undefined) return rows;
  if (event.type === 'WatchClosed') return { ...rows, [orderId]: { ...known, closed: true, lines: [] } };
  return { ...rows, [orderId]: afterProposal(known, event) };
}

const afterProposal = (watched: Watched, { sku, quantity }: Fact<'AdditionProposed'>): Watched => ({
  ...watched,
  proposed: [...watched.proposed, { sku, quantity }],
});

function afterLine(known: Watched | undefined, request: SelectionRequest, its: readonly string[] = []): Watched {
  const { orderId, merchantId, additions } = request;
  const untilAt = Date.parse(request.deliverBy);
  const siblings: Record<string, string> = { ...known?.siblings };
  for (const it of its) siblings[it] ??= request.need.sku ?? '';
  if (known !== undefined) return { ...known, lines: [...known.lines, request], siblings, untilAt: Math.max(known.untilAt, untilAt) };
  const nothing = { maxUnitPriceMinor: 0, maxQuantity: 0 };
  return { orderId, merchantId, additions: additions ?? nothing, lines: [request], siblings, proposed: [], untilAt, closed: false };
}

/** Goods that may still be proposed to it, each once. */
export const openSkusOf = ({ closed, lines, siblings = {}, proposed }: Watched): readonly string[] =>
  closed
    ? []
    : [...new Set([...lines.flatMap((it) => it.need.sku ?? []), ...Object.keys(siblings)])].filter(
        (sku) => !proposed.some((it) => it.sku === sku),
      );
