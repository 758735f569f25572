import type { Gate } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import { type Offer, type OfferBook, pricedFor, type Product } from '../book';
import { PRICE_BAND_FLOOR, type Wanted } from '../gates';
import { coreIndicatorsOf, meetsCore } from '../market/surge';
import { maxCostOf } from '../worth';
import type { CardNeed } from './need';
import type { Aisle, Shelves } from './shelf';

/**
 * The gates of `gates.ts`, as cards ask them of thousands of offers at once: what is the same for a whole request is worked out once, and
 * numbers are asked where they will do. They say of each offer what `gateOf` says (screen.spec.ts compares the two).
 */
export interface Screen {
  readonly need: CardNeed;
  readonly capMinor: number;
  readonly wanted: Wanted;
  readonly book: OfferBook;
  /** What costs less is shown only where it is what was asked for. */
  readonly floorMinor: number;
  readonly at: number;
  /** Whether the list of regions that has this code covers the request's region. */
  readonly covers: (list: number) => boolean;
  /** The code of its currency. */
  readonly currency: number;
  readonly excluded: ReadonlySet<string>;
  readonly deliverByAt: number;
}

export function screenOf(need: CardNeed, capMinor: number, wanted: Wanted, book: OfferBook, shelves: Shelves, at: number): Screen {
  const known: (boolean | undefined)[] = [];
  return {
    need,
    capMinor,
    wanted,
    book,
    at,
    floorMinor: wanted.isWhole === true ? 0 : capMinor * PRICE_BAND_FLOOR,
    covers: (list) => (known[list] ??= coversRegion(shelves.listOf(list), need.region)),
    currency: shelves.codeOf(need.currency),
    excluded: new Set((need.excluded ?? []).map((it) => it.offerId)),
    deliverByAt: Math.trunc(need.deliverByAt),
  };
}

/** What a unit of a good comes to for whoever asks, and what it may cost at most. */
export interface Priced {
  priceMinor: number;
  maxCostMinor: number;
}

/** Into `priced`: one record serves for all goods. */
export function price({ need }: Screen, { goods, shelves }: Aisle, place: number, priced: Priced): void {
  priced.priceMinor = goods.price[place] ?? 0;
  priced.maxCostMinor = goods.maxCost[place] ?? 0;
  if (need.merchantTier === undefined || goods.tiered[place] === 0) return;
  const product = pricedFor(shelves[place]?.product as Product, need.merchantTier);
  priced.priceMinor = product.priceMinor;
  priced.maxCostMinor = maxCostOf(product);
}

/**
 * What stops all offers of a good before any of them is looked at. Here a substitute of the category may be shown, and before there is an order
 * goods with a recipient and without: the price band is left of the policy.
 */
export function gateOfGood(screen: Screen, { goods, shelves }: Aisle, place: number, { priceMinor }: Priced): Gate | undefined {
  if (goods.listed[place] === 0) return 'unknown-product';
  const { hasRecipient } = screen.need;
  const isTopUp = hasRecipient !== undefined && shelves[place]?.product.fulfilmentKind === 'VALUE_RECHARGE';
  if (hasRecipient !== undefined && isTopUp !== hasRecipient) return 'policy';
  if (priceMinor < screen.floorMinor && !screen.wanted.skus.has(shelves[place]?.sku ?? '')) return 'policy';
  return screen.covers(goods.regions[place] ?? 0) ? undefined : 'region';
}

/** What stops an offer of it, where nothing stops the good. @param at the offer's place in the columns @param costMinor of a unit at the quantity asked for */
export function gateOfOffer(screen: Screen, aisle: Aisle, place: number, at: number, priced: Priced, costMinor: number): Gate | undefined {
  const { goods, offers } = aisle;
  const { need, excluded, currency } = screen;
  if (!screen.covers(offers.regions[at] ?? 0)) return 'region';
  if (priced.priceMinor > screen.capMinor || costMinor > priced.maxCostMinor) return 'price';
  if (goods.currency[place] !== currency || offers.currency[at] !== currency) return 'price';
  const isOdd = offers.odd[at] !== 0;
  if (excluded.size > 0 && excluded.has(offerAt(aisle, place, at).offerId)) return 'excluded';
  if (isOdd && isClosed(offerAt(aisle, place, at), need.region, false)) return 'closed';
  const least = offers.least[at] ?? 0;
  if (need.quantity < least) return 'quantity';
  if (Math.max(screen.at, offers.busyUntil[at] ?? 0) + (offers.lead[at] ?? 0) > screen.deliverByAt) return 'lead-time';
  if ((offers.available[at] ?? 0) < least) return 'stock';
  if (screen.covers(goods.barredIn[place] ?? 0)) return 'verdict';
  if (isOdd && isClosed(offerAt(aisle, place, at), need.region, true)) return 'verdict';
  const isBursting = (goods.burstUntil[place] ?? 0) > screen.at;
  return isBursting && !meetsCore(coreIndicatorsOf(offerAt(aisle, place, at), screen.book)) ? 'surge' : undefined;
}

/** The offer at this place in the columns. */
export const offerAt = ({ shelves, starts }: Aisle, place: number, at: number): Offer =>
  shelves[place]?.offers[at - (starts[place] ?? 0)] as Offer;

const isClosed = (offer: Offer, region: string, byBan: boolean): boolean =>
  offer.closures.some((it) => (it.cause === 'banned') === byBan && (it.regions === undefined || coversRegion(it.regions, region)));
