import type { Offer, Supplier } from '@midstream/inventory-domain';
import { type Seller, type StockItem, Unanswered } from '../adapters/port';

/** A whole poll of a supplier, all its pages and goods together. */
export const POLL_WAIT_MS = 60_000;
/** Goods that no list names are asked for by name, so many a poll, those with the oldest figure first. */
const NAMED_MAX = 20;
/** Up to so many offers are asked for by name; for more, the list of all is shorter. */
const LISTED_MIN = 5;

export type PolledOffer = Pick<Offer, 'offerId' | 'sku' | 'supplierSku' | 'sequence' | 'accepted' | 'stockAsOf'>;

/** What was found of an offer. Absent `item`: the supplier has no such good. */
export interface Found {
  readonly offer: PolledOffer;
  readonly item?: StockItem;
}

/**
 * Asks a supplier what it has of the offers that we have of it. Those that it was not asked about are left out. @throws Unanswered where it says
 * nothing, or knows none of our goods: that is no stock of nothing, but something that is wrong there.
 */
export async function poll(seller: Seller, offers: readonly PolledOffer[], signal: AbortSignal): Promise<readonly Found[]> {
  if (seller.stock === undefined) throw new Unanswered('a supplier of this kind is not asked for its stock');
  const within = AbortSignal.any([signal, AbortSignal.timeout(POLL_WAIT_MS)]);
  const listed = offers.length < LISTED_MIN ? [] : await seller.stock(undefined, within);
  const items = new Map(listed.map((it) => [it.supplierSku, it]));
  const byAge = offers.filter((it) => !items.has(theirs(it))).sort((a, b) => a.stockAsOf - b.stockAsOf);
  const named = byAge.slice(0, NAMED_MAX);
  if (named.length > 0) for (const it of await seller.stock(named.map(theirs), within)) items.set(it.supplierSku, it);
  const asked = new Set(named);
  const found = offers.flatMap((offer): Found[] => {
    const item = items.get(theirs(offer));
    return item !== undefined ? [{ offer, item }] : asked.has(offer) ? [{ offer }] : [];
  });
  if (found.length > 0 && found.every((it) => it.item === undefined)) throw new Unanswered('the supplier knows none of our goods');
  return found;
}

export const theirs = ({ sku, supplierSku }: PolledOffer): string => supplierSku ?? sku;

/** What a supplier of the kind may be asked how often; milliseconds. */
export const POLL_EVERY_MS = { least: 5_000, most: 86_400_000 } as const;
const PAUSE_MAX_MS = 1_800_000;

/** Longer after each failure in a row, half an hour at most; never shorter than usual. */
export const pauseAfter = ({ pollEveryMs = POLL_EVERY_MS.most }: Supplier, failures: number): number =>
  Math.max(pollEveryMs, Math.min(PAUSE_MAX_MS, pollEveryMs * 2 ** Math.min(failures, 20)));
