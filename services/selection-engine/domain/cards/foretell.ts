import { availableAt, type Offer, type OfferBook } from '../book';
import { chanceOf } from '../chain/explore';
import { demandOver, stockRiskOf } from '../demand';
import { perLastHour } from '../market/heat';
import { CHAIN_MAX } from './need';
import { demandFor, drainAt, roomFor } from './outlook';

/** That an offer has no unit left before `untilAt`, in [0,1], by what cards foresee with and uncorrected. */
export interface Foretelling {
  readonly offerId: string;
  readonly said: number;
  readonly untilAt: number;
}

const HOUR_MS = 3_600_000;
/** Offers that are looked at in a night (0.1 ms of CPU each), and how far ahead; each draws one. */
export const FORETOLD_MAX = 400;
export const HORIZONS_MS = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS] as const;
/** A figure that is older may be no longer told of. */
const FIGURE_MS_MAX = 6 * HOUR_MS;
/** Of goods that nobody asks for, nothing is foreseen: units a day. */
const ASKED_LEAST = 1;

/** Of a sample of the open offers, how likely each runs out: the same sample at every replica, another each night. One after the other, so that others can be served between them. */
export function* foretell(book: OfferBook, day: number, at: number): Generator<Foretelling> {
  const drawn: { readonly offer: Offer; readonly lot: number }[] = [];
  for (const [sku, offers] of book.offersBySku)
    if (isAskedFor(book, sku, at))
      for (const offer of offers.values()) if (isSeen(book, offer, at)) drawn.push({ offer, lot: chanceOf(`${day} ${offer.offerId}`) });
  drawn.sort((a, b) => a.lot - b.lot);
  for (const [n, { offer }] of drawn.slice(0, FORETOLD_MAX).entries()) {
    const horizonMs = HORIZONS_MS[n % HORIZONS_MS.length] ?? HOUR_MS;
    yield { offerId: offer.offerId, said: chanceEmpty(book, offer, at, horizonMs), untilAt: at + horizonMs };
  }
}

function isAskedFor(book: OfferBook, sku: string, at: number): boolean {
  const product = book.products.get(sku);
  return product?.listed === true && demandFor(product, perHourOf(book, sku, at), book, at).rate * 24 >= ASKED_LEAST;
}

/** It has units, and would be seen to have none. */
const isSeen = (book: OfferBook, offer: Offer, at: number): boolean =>
  offer.closures.length === 0 &&
  availableAt(book, offer) >= 1 &&
  (offer.kind === 'vault' || at - Date.parse(offer.stockAsOf) <= FIGURE_MS_MAX);

function chanceEmpty(book: OfferBook, offer: Offer, at: number, horizonMs: number): number {
  const { sku, stockAsOf } = offer;
  const product = book.products.get(sku);
  if (product === undefined) return 0;
  const perHour = perHourOf(book, sku, at);
  const { rate, demand, context } = demandFor(product, perHour, book, at);
  const seenAt = Math.min(at, Date.parse(stockAsOf));
  const hours = (at - seenAt + horizonMs) / HOUR_MS;
  const stock = {
    units: Math.min(availableAt(book, offer), roomFor(1, rate * 2 * hours)),
    seenAt,
    reservedUnits: 0,
    drain: drainAt(perHour, Math.min(CHAIN_MAX, book.offersBySku.get(sku)?.size ?? 1)),
    leadTimeMs: { mean: horizonMs, deviation: 0 },
    // Running out alone: what else can fail has beliefs of its own
    up: 1,
    invalid: 0,
  };
  return stockRiskOf(stock, { at, demandPerHour: demandOver({ at, demand, context }, HOUR_MS), quantity: 1 }).probability;
}

function perHourOf({ markets }: OfferBook, sku: string, at: number): number {
  const heat = markets.get(sku)?.heat;
  return heat === undefined ? 0 : perLastHour(heat.hour, Date.parse(heat.asOf), at);
}
