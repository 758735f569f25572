import { type Candidate, CANDIDATES_MAX, type Gate, type GateCounts, type SelectionRequest } from '@midstream/contracts';
import { availableAt, type Offer, type OfferBook, pricedFor, type Product, roomAt } from './book';
import type { Guide } from './assign/guide';
import type { Option } from './assign/storm';
import { gateOf, productsInReach, wantedBy } from './gates';
import type { Considered, Worth } from './messages';
import { worthOf } from './worth';

/** So many offers are kept in a decision's record, the best and the nearest misses first; the rest is in its counts. */
export const CONSIDERED_MAX = 64;

export interface Ranking {
  readonly candidates: readonly Candidate[];
  readonly gates: GateCounts;
  readonly considered: readonly Considered[];
  /** All that passed, with what a unit is worth there: what a storm's plan is made of. */
  readonly options: readonly Option[];
}

interface Passed {
  readonly offer: Offer;
  readonly product: Product;
  readonly considered: Considered;
  readonly worth: Worth;
  readonly room: number;
}

/**
 * The offers that may serve the line, best first, with the units that are foreseen at each; and why the others may not. `guide`: what the
 * plan of a storm says of the line.
 */
export function rank(request: SelectionRequest, book: OfferBook, at: number, guide?: Guide): Ranking {
  const wanted = wantedBy(request, book);
  const counts: Partial<Record<Gate, number>> = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const passed: Passed[] = [];
  const stopped: Considered[] = [];
  for (const known of productsInReach(wanted, request, book)) {
    const product = pricedFor(known, request.merchantTier);
    for (const offer of book.offersBySku.get(product.sku)?.values() ?? []) {
      const gate = gateOf({ request, wanted, offer, product, book, at });
      const considered = consider(offer, book, at, guide);
      if (gate !== undefined) counts[gate] = (counts[gate] ?? 0) + 1;
      // What the buyer's policy leaves out is only counted: a category's other goods would fill the record of every plain line.
      if (gate === 'policy') continue;
      if (gate !== undefined) stopped.push({ ...considered, gate });
      else passed.push(passing(offer, product, considered, worthOf(offer, product, request, { wanted: wanted.skus.has(product.sku), at })));
    }
  }
  passed.sort(byWorth);
  stopped.sort((a, b) => compare(a.offerId, b.offerId));
  return {
    candidates: plan(led(passed, guide).slice(0, CANDIDATES_MAX), request.quantity),
    gates: counts,
    options: passed.map(({ offer, worth, room }) => ({ offerId: offer.offerId, valueMinor: worth.expectedMinor, room })),
    considered: [...passed.map((it) => it.considered), ...stopped].slice(0, CONSIDERED_MAX),
  };
}

/**
 * The line goes first where the plan sends it. To a line that the plan gives nothing, what is kept for the others is not there: it is worth
 * more to them than the refund of this one.
 */
function led(passed: readonly Passed[], guide: Guide | undefined): readonly Passed[] {
  if (guide === undefined || 'planning' in guide) return passed;
  const { first } = guide;
  if (first === undefined) return passed.filter(hasRoom);
  return [...passed.filter((it) => it.offer.offerId === first), ...passed.filter((it) => it.offer.offerId !== first)];
}

/** What is kept for the line's own class is room to it. */
const roomOf = (offer: Offer, book: OfferBook, at: number, guide: Guide | undefined): number => {
  if (guide === undefined) return roomAt(book, offer, at);
  if ('planning' in guide) return roomAt(book, offer, at, guide.planning);
  return roomAt(book, offer, at) + (offer.offerId === guide.first ? guide.quota : 0);
};

const consider = (offer: Offer, book: OfferBook, at: number, guide: Guide | undefined): Considered => ({
  offerId: offer.offerId,
  sku: offer.sku,
  version: offer.version,
  available: availableAt(book, offer),
  room: roomOf(offer, book, at, guide),
});

const passing = (offer: Offer, product: Product, considered: Considered, worth: Worth): Passed => ({
  offer,
  product,
  considered: { ...considered, worth },
  worth,
  room: considered.room,
});

/** A total order. What others were just sent to goes last: it may still be there, and is better than nothing. */
function byWorth(a: Passed, b: Passed): number {
  return (
    Number(hasRoom(b)) - Number(hasRoom(a)) ||
    b.worth.expectedMinor - a.worth.expectedMinor ||
    a.offer.leadTimeMs - b.offer.leadTimeMs ||
    compare(a.offer.offerId, b.offer.offerId)
  );
}

const hasRoom = ({ offer, room }: Passed): boolean => room >= offer.minQuantity;

/** Code units, not locale: the same order on every machine. */
const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

function plan(passed: readonly Passed[], quantity: number): Candidate[] {
  let left = quantity;
  return passed.map(({ offer, product, worth, room }) => {
    const units = Math.min(left, room, offer.maxQuantity);
    const planned = units >= offer.minQuantity ? units : 0;
    left -= planned;
    return {
      offerId: offer.offerId,
      supplierId: offer.supplierId,
      sku: offer.sku,
      priceMinor: product.priceMinor,
      currency: product.currency,
      expectedMinor: worth.expectedMinor,
      version: offer.version,
      planned,
    };
  });
}
