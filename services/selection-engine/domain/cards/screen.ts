import type { Gate } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import type { Offer, OfferBook, Product } from '../book';
import { PRICE_BAND_FLOOR, type Wanted } from '../gates';
import { coreIndicatorsOf, meetsCore } from '../market/surge';
import { maxCostOf } from '../worth';
import type { CardNeed } from './need';
import { AVAILABLE, BURST_UNTIL, COST, LEAD, LEAST, LISTED, MAX_COST, PRICE, rowOf, type Shelf } from './shelf';

/**
 * The gates of `gates.ts`, as cards ask them of thousands of offers at once: what is the same for a whole request is worked out once, what
 * is the same for a good once a good. They say of each offer what `gateOf` says (screen.spec.ts compares the two).
 */
export interface Screen {
  readonly need: CardNeed;
  readonly capMinor: number;
  readonly wanted: Wanted;
  readonly book: OfferBook;
  /** What costs less is shown only where it is what was asked for. */
  readonly floorMinor: number;
  readonly at: number;
  /** All that covers the request's region: itself, what it lies in, everywhere. */
  readonly covering: readonly string[];
  readonly excluded: ReadonlySet<string>;
  readonly latestLeadMs: number;
}

export function screenOf(need: CardNeed, capMinor: number, wanted: Wanted, book: OfferBook, at: number): Screen {
  const parts = need.region.split('-');
  return {
    need,
    capMinor,
    wanted,
    book,
    at,
    floorMinor: wanted.isWhole === true ? 0 : capMinor * PRICE_BAND_FLOOR,
    covering: ['*', ...parts.map((_, it) => parts.slice(0, it + 1).join('-'))],
    excluded: new Set((need.excluded ?? []).map((it) => it.offerId)),
    latestLeadMs: Math.trunc(need.deliverByAt) - at,
  };
}

/** What a good lets pass, before any of its offers is looked at. */
export interface Look {
  /** Stops all of its offers. */
  readonly all?: Gate;
  /** The good is too dear, or in another currency: stops what the offer's region lets pass. */
  readonly tooDear: boolean;
  readonly isBarred: boolean;
  readonly isBursting: boolean;
}

const ALL: Readonly<Record<'unknown-product' | 'policy' | 'region', Look>> = {
  'unknown-product': { all: 'unknown-product', tooDear: false, isBarred: false, isBursting: false },
  policy: { all: 'policy', tooDear: false, isBarred: false, isBursting: false },
  region: { all: 'region', tooDear: false, isBarred: false, isBursting: false },
};

/** Here a substitute of the category may be shown, and goods with a recipient and without: only the price band is left of the policy. */
export function lookAt(screen: Screen, { sku, regions, barredIn, currency, numbers }: Shelf): Look {
  const { need, capMinor, floorMinor, wanted, at } = screen;
  const priceMinor = numbers[PRICE] ?? 0;
  if (numbers[LISTED] === 0) return ALL['unknown-product'];
  if (priceMinor < floorMinor && !wanted.skus.has(sku)) return ALL.policy;
  if (!isCovered(regions, screen)) return ALL.region;
  return {
    tooDear: currency !== need.currency || priceMinor > capMinor,
    isBarred: isCovered(barredIn, screen),
    isBursting: (numbers[BURST_UNTIL] ?? 0) > at,
  };
}

/** @param costMinor of a unit at the quantity asked for @param available what is there, by the newest that is known */
export function gateAt(screen: Screen, look: Look, product: Product, offer: Offer, costMinor: number, available: number): Gate | undefined {
  if (look.all !== undefined) return look.all;
  const { need, excluded, latestLeadMs } = screen;
  if (!isCovered(offer.regions, screen)) return 'region';
  if (look.tooDear || offer.currency !== need.currency || costMinor > maxCostOf(product)) return 'price';
  if (excluded.size > 0 && excluded.has(offer.offerId)) return 'excluded';
  const isOpen = offer.closures.length === 0;
  if (!isOpen && isClosed(offer, need.region, false)) return 'closed';
  if (need.quantity < offer.minQuantity) return 'quantity';
  if (offer.leadTimeMs > latestLeadMs) return 'lead-time';
  if (available < offer.minQuantity) return 'stock';
  if (look.isBarred || (!isOpen && isClosed(offer, need.region, true))) return 'verdict';
  return look.isBursting && isTooWeak(offer, screen) ? 'surge' : undefined;
}

/** Of plain offers (shelf.ts), what stops all alike. */
export function commonGate(screen: Screen, look: Look, { offers, offerRegions, offerCurrency }: Shelf): Gate | undefined {
  if (offers.length === 0 || !isCovered(offerRegions, screen)) return 'region';
  return look.tooDear || offerCurrency !== screen.need.currency ? 'price' : undefined;
}

/** Of the plain offer in the shelf's place `n`, what else stops it. */
export function plainGate(screen: Screen, look: Look, { offers, numbers: row }: Shelf, n: number): Gate | undefined {
  const { need, excluded, latestLeadMs } = screen;
  const from = rowOf(n);
  const least = row[from + LEAST] ?? 0;
  if ((row[from + COST] ?? 0) > (row[MAX_COST] ?? 0)) return 'price';
  if (excluded.size > 0 && excluded.has(offers[n]?.offerId ?? '')) return 'excluded';
  if (need.quantity < least) return 'quantity';
  if ((row[from + LEAD] ?? 0) > latestLeadMs) return 'lead-time';
  if ((row[from + AVAILABLE] ?? 0) < least) return 'stock';
  if (look.isBarred) return 'verdict';
  return look.isBursting && isTooWeak(offers[n], screen) ? 'surge' : undefined;
}

const isTooWeak = (offer: Offer | undefined, { book }: Screen): boolean => offer !== undefined && !meetsCore(coreIndicatorsOf(offer, book));

function isCovered(regions: readonly string[], { covering }: Screen): boolean {
  for (const it of regions) if (covering.includes(it)) return true;
  return false;
}

const isClosed = (offer: Offer, region: string, byBan: boolean): boolean =>
  offer.closures.some((it) => (it.cause === 'banned') === byBan && (it.regions === undefined || coversRegion(it.regions, region)));
