import { createHash } from 'node:crypto';
import type { Fact } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';

/** What the book keeps of an offer: never a cost. */
export interface StockOffer {
  readonly offerId: string;
  readonly version: number;
  readonly available: number;
  readonly capacityPerMinute: number;
  readonly asOfMs: number;
  /** How the figure came: the codes of a vault are imported, other suppliers push theirs or are asked for them. */
  readonly source: 'push' | 'poll' | 'import';
  readonly regions: readonly string[];
  readonly closures: readonly { readonly regions?: readonly string[] | undefined }[];
  readonly restock?: Readonly<NonNullable<Fact<'OfferState'>['restock']>>;
}

export interface StockProduct {
  readonly version: number;
  readonly category: string;
  readonly listed: boolean;
}

export const DETAILS = ['exact', 'merchants', 'status'] as const;
/** Who gets the number and not only the status: everybody, those with a key, the hub alone. */
export type Detail = (typeof DETAILS)[number];

export const STATUSES = ['unlimited', 'in_stock', 'low_stock', 'out_of_stock'] as const;
/** So many units, or fewer, are low stock. */
export const LOW_STOCK_MAX = 20;
/** From here on the figure says no more than that there is enough; it is what suppliers report that have no limit. */
export const UNLIMITED_MIN = 100_000;

/** What may be told of a SKU in a region, but for its age: as JSON without its last brace. */
export interface Figure {
  readonly exact: string;
  readonly rough: string;
  /** Of what is said; the same at every replica. */
  readonly tag: string;
  readonly asOfMs?: number;
  /** What is expected by then is not any more: the figure is made anew. */
  readonly goodUntil: number;
}

/** @param category undefined: the SKU is not known, or not listed; nothing of it can be had. */
export function figureOf(
  sku: string,
  region: string | undefined,
  of: { readonly category: string | undefined; readonly offers: Iterable<StockOffer> },
  now: number,
): Figure {
  const offers = of.category === undefined ? [] : [...of.offers].filter((it) => sellsTo(it, region));
  const open = offers.filter((it) => isOpen(it, region));
  const available = open.reduce((sum, it) => sum + it.available, 0);
  const asOfMs = open.length === 0 ? undefined : Math.min(...open.map((it) => it.asOfMs));
  const expected = expectedOf(offers, now);
  const status = statusOf(available);
  const head = { sku, ...(region !== undefined && { region }), ...(of.category !== undefined && { category: of.category }), status };
  const rest = {
    capacityPerMinute: open.reduce((sum, it) => sum + it.capacityPerMinute, 0),
    ...(asOfMs !== undefined && { asOf: new Date(asOfMs).toISOString(), source: sourceOf(open) }),
    ...(expected && { restock: { expectedAt: new Date(expected.at).toISOString(), everyMs: expected.everyMs, seen: expected.seen } }),
  };
  const exact = JSON.stringify({ ...head, available, ...rest }).slice(0, -1);
  return {
    exact,
    rough: JSON.stringify({ ...head, ...rest }).slice(0, -1),
    tag: tagOf(exact),
    ...(asOfMs !== undefined && { asOfMs }),
    goodUntil: expected?.at ?? Infinity,
  };
}

/** Units that can be had anywhere. */
export const availableOf = (offers: Iterable<StockOffer>): number =>
  [...offers].reduce((sum, it) => sum + (isOpen(it, undefined) ? it.available : 0), 0);

export const tagOf = (text: string): string => createHash('sha1').update(text).digest('base64url').slice(0, 16);

const sellsTo = ({ regions }: StockOffer, region: string | undefined): boolean => region === undefined || coversRegion(regions, region);

/** Room counts for nothing where an offer is closed for want of stock, for its price, or by a ban. */
const isOpen = ({ closures }: StockOffer, region: string | undefined): boolean =>
  closures.every((it) => it.regions !== undefined && (region === undefined || !coversRegion(it.regions, region)));

function statusOf(available: number): (typeof STATUSES)[number] {
  if (available <= 0) return 'out_of_stock';
  if (available <= LOW_STOCK_MAX) return 'low_stock';
  return available < UNLIMITED_MIN ? 'in_stock' : 'unlimited';
}

const sourceOf = (open: readonly StockOffer[]): string => {
  const sources = new Set(open.map((it) => it.source));
  return sources.size === 1 ? ([...sources][0] ?? 'push') : 'mixed';
};

/** The next fresh stock of any of them, by the pauses seen so far; one that is overdue is no expectation any more. */
function expectedOf(offers: readonly StockOffer[], now: number): { at: number; everyMs: number; seen: number } | undefined {
  const coming = offers.flatMap(({ restock }) =>
    restock === undefined ? [] : [{ at: Date.parse(restock.lastAt) + restock.everyMs, everyMs: restock.everyMs, seen: restock.seen }],
  );
  return coming.filter((it) => it.at > now).sort((a, b) => a.at - b.at)[0];
}
