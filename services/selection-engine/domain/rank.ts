import { type Candidate, CANDIDATES_MAX, type Gate, type GateCounts, type SelectionRequest } from '@midstream/contracts';
import { availableAt, type Offer, type OfferBook, pricedFor, roomAt } from './book';
import { type Bulk, BULK_UNITS_LEAST, splitBetter, type SplitMade } from './assign/bulk';
import { NOTHING_LENT, outbid } from './assign/bids';
import type { Guide, Leading } from './assign/guide';
import type { Option } from './assign/storm';
import { asCandidate, type Passed, requestOf } from './candidates';
import type { ChoiceInput } from './chain/choose';
import { byId, type Chosen, knownOf, withRoomFirst } from './chain/record';
import { rankPassed } from './chain/rank-candidates';
import type { MoneySettings } from './chain/settings';
import { gateOf, mayBeAnother, productsInReach, type Wanted, wantedBy } from './gates';
import type { Considered } from './messages';
import { costAt, givingUpMinor, maxCostOf } from './worth';

/** So many offers are kept in a decision's record, the best and the nearest misses first; the rest is in its counts. */
export const CONSIDERED_MAX = 64;

export interface Ranking {
  readonly candidates: readonly Candidate[];
  readonly gates: GateCounts;
  readonly considered: readonly Considered[];
  /** All that passed, with what a unit is worth there: what a storm's plan is made of. */
  readonly options: readonly Option[];
  readonly chosen: Chosen;
  readonly split?: SplitMade;
}

type Written<T> = { -readonly [Name in keyof T]: T[Name] };

/**
 * The offers that may serve the line, best first, with the units that are foreseen at each; and why the others may not. `seed`, if any, draws a
 * cold offer now and then; `guide`: what the plan of a storm says of the line, which draws nothing; `settings`: of the line's model, where a trial
 * has drawn it another than the champion.
 */
export function rank(
  request: SelectionRequest,
  book: OfferBook,
  at: number,
  seed?: string,
  guide?: Guide,
  settings: MoneySettings = book.models.champion.settings,
): Ranking {
  const wanted = wantedBy(request, book);
  const { counts, passed, stopped } = throughGates(request, wanted, book, at, guide);
  const offers = [...passed.values()].map((it) => asCandidate(it, request, wanted, book, at)).sort(byId);
  const asked = requestOf({ request, wanted, offers, book, at, settings }, guide === undefined ? seed : undefined);
  const { ranked, input } = rankPassed(book.beliefs, asked);
  const byOffer = new Map(ranked.candidates.map((it) => [it.offerId, it]));
  const refundMinor = givingUpMinor(request, settings);
  const lent = guide === undefined ? outbid(passed, byOffer, -refundMinor, book, at) : NOTHING_LENT;
  for (const [id, units] of lent) lend(passed, id, units);
  const hasRoom = new Map([...passed].map(([id, it]) => [id, hasRoomAt(it)]));
  const order = withRoomFirst([...byOffer.keys()], hasRoom);
  const known = new Map(input.offers.map((it) => [it.offerId, knownOf(it)]));
  const inOrder = order.flatMap((id) => passed.get(id) ?? []);
  const aloneMinor = (id: string): number => Math.round(byOffer.get(id)?.valueMinor ?? 0);
  const { list, leftOut } = led(inOrder, guide, (it, leading) => gateOfLed(it, leading, book, aloneMinor(it.offer.offerId) < -refundMinor));
  for (const gate of leftOut.values()) counts[gate] = (counts[gate] ?? 0) + 1;
  const rows = order.flatMap((id): Considered[] => {
    const [it, numbers, gate] = [passed.get(id), known.get(id), leftOut.get(id)];
    if (it === undefined || numbers === undefined) return [];
    const row: Written<Considered> = consider(it.offer, book, it.room, gate);
    if (hasRoom.get(id) === false) row.crowded = true;
    row.known = numbers;
    return [row];
  });
  const listed = list.slice(0, CANDIDATES_MAX);
  const isBulk = book.split !== undefined && guide === undefined && request.quantity >= BULK_UNITS_LEAST;
  const split = isBulk ? splitBetter(bulkOf(listed, request, { aloneMinor, refundMinor, assessed: input.offers }), book.split) : undefined;
  return {
    candidates: plan(listed, request.quantity, aloneMinor, split),
    gates: counts,
    options: inOrder.map(({ offer: { offerId }, room }) => {
      const chainMinor = Math.round(byOffer.get(offerId)?.chainMinor ?? 0);
      return { offerId, valueMinor: aloneMinor(offerId), chainMinor, room: room - (lent.get(offerId) ?? 0) };
    }),
    considered: [...rows, ...stopped.sort(byId)].slice(0, CONSIDERED_MAX),
    chosen: chosenBy(ranked, input),
    ...(split && { split }),
  };
}

function chosenBy(
  { propensity, explored, valueMinor, success, chainLength }: Omit<Chosen, 'terms'>,
  { terms, exploration }: ChoiceInput,
): Chosen {
  const chosen: Written<Chosen> = { terms, propensity, explored, valueMinor, success, chainLength };
  if (exploration !== undefined) chosen.exploration = exploration;
  return chosen;
}

function throughGates(request: SelectionRequest, wanted: Wanted, book: OfferBook, at: number, guide: Guide | undefined) {
  const counts: Partial<Record<Gate, number>> = wanted.skus.size === 0 ? { 'unknown-product': 1 } : {};
  const passed = new Map<string, Passed>();
  const stopped: Considered[] = [];
  const asIsOnly = !mayBeAnother(request);
  const deliverByAt = Date.parse(request.deliverBy);
  for (const unpriced of productsInReach(wanted, request, book)) {
    const product = pricedFor(unpriced, request.merchantTier);
    if (asIsOnly && product.listed && !wanted.skus.has(product.sku)) {
      const offers = book.offersBySku.get(product.sku)?.size ?? 0;
      if (offers > 0) counts.policy = (counts.policy ?? 0) + offers;
      continue;
    }
    for (const offer of book.offersBySku.get(product.sku)?.values() ?? []) {
      const gate = gateOf({ request, wanted, offer, product, book, at });
      if (gate !== undefined) counts[gate] = (counts[gate] ?? 0) + 1;
      // What the buyer's policy leaves out is only counted: a category's other goods would fill the record of every plain line.
      if (gate === 'policy') continue;
      const room = roomOf(offer, deliverByAt, book, at, guide);
      if (gate === undefined) passed.set(offer.offerId, { offer, product, room });
      else stopped.push(consider(offer, book, room, gate));
    }
  }
  return { counts, passed, stopped };
}

/**
 * The line goes first where the plan sends it. To a line that the plan gives nothing, what is kept for the others is not there (gate
 * `stock`): it is worth more to them; and what is worth less than giving up is no help (gate `price`) after a loss. Where nothing is left, the
 * line is given up, with these counts as its reason. To a new line what others only may have taken is there still, at the end of its list.
 */
function led(ranked: readonly Passed[], guide: Guide | undefined, stops: (it: Passed, guide: Leading) => Gate | undefined): Led {
  const leftOut = new Map<string, Gate>();
  if (guide === undefined || 'planning' in guide) return { list: ranked, leftOut };
  const { first } = guide;
  if (first !== undefined) {
    const [firsts, others] = [ranked.filter((it) => it.offer.offerId === first), ranked.filter((it) => it.offer.offerId !== first)];
    return { list: [...firsts, ...others], leftOut };
  }
  for (const it of ranked) {
    const gate = stops(it, guide);
    if (gate !== undefined) leftOut.set(it.offer.offerId, gate);
  }
  return { list: ranked.filter((it) => !leftOut.has(it.offer.offerId)), leftOut };
}

function gateOfLed({ offer, room }: Passed, { given }: Leading, book: OfferBook, isDear: boolean): Gate | undefined {
  const { offerId, minQuantity } = offer;
  if (given !== undefined) return availableAt(book, offer) - (given.get(offerId) ?? 0) < minQuantity ? 'stock' : undefined;
  if (room < minQuantity) return 'stock';
  return isDear ? 'price' : undefined;
}

interface Led {
  readonly list: readonly Passed[];
  /** Offers that passed all gates and are not for this line, and why. */
  readonly leftOut: ReadonlyMap<string, Gate>;
}

function lend(passed: Map<string, Passed>, offerId: string, units: number): void {
  const it = passed.get(offerId);
  if (it !== undefined) passed.set(offerId, { ...it, room: it.room + units });
}

const hasRoomAt = ({ offer, room }: Passed): boolean => room >= offer.minQuantity;

/** What is kept for the line's own class is room to it. */
function roomOf(offer: Offer, deliverByAt: number, book: OfferBook, at: number, guide: Guide | undefined): number {
  if (guide === undefined) return roomAt(book, offer, at, deliverByAt);
  if ('planning' in guide) return roomAt(book, offer, at, deliverByAt, guide.planning);
  return roomAt(book, offer, at, deliverByAt) + (offer.offerId === guide.first ? guide.quota : 0);
}

const consider = (offer: Offer, book: OfferBook, room: number, gate?: Gate): Considered => ({
  offerId: offer.offerId,
  sku: offer.sku,
  version: offer.version,
  available: availableAt(book, offer),
  room,
  ...(gate && { gate }),
});

/**
 * The line as its split sees it: offers of the good that leads the list, each worth what an attempt there is at the tier of the whole line.
 * A tier that leaves the hub less than its margin is none.
 */
function bulkOf(
  listed: readonly Passed[],
  request: SelectionRequest,
  {
    aloneMinor,
    refundMinor,
    assessed,
  }: {
    readonly aloneMinor: (offerId: string) => number;
    readonly refundMinor: number;
    readonly assessed: readonly { readonly offerId: string; readonly q: number }[];
  },
): Bulk {
  const { quantity, marginFloorWaived } = request;
  const chances = new Map(assessed.map((it) => [it.offerId, it.q]));
  const offers = listed
    .filter((it) => it.product.sku === listed[0]?.product.sku)
    .map(({ offer, product, room }) => {
      const { offerId, minQuantity, maxQuantity } = offer;
      const [q, dearest] = [chances.get(offerId) ?? 0, maxCostOf(product, marginFloorWaived)];
      const costTiers = offer.costTiers
        .filter(({ costMinor }) => costMinor <= dearest)
        .map(({ from, costMinor }) => ({ from, costMinor: q * costMinor }));
      const worthMinor = aloneMinor(offerId) + q * costAt(offer, quantity);
      return { offerId, stock: room, minQuantity, maxQuantity, costTiers, worthMinor };
    });
  return { quantity, refundMinor, offers };
}

function plan(
  passed: readonly Passed[],
  quantity: number,
  expectedMinor: (offerId: string) => number,
  split: SplitMade | undefined,
): Candidate[] {
  let left = quantity;
  return passed.map(({ offer, product, room }) => {
    const units = split === undefined ? Math.min(left, room, offer.maxQuantity) : (split.units[offer.offerId] ?? 0);
    const planned = units >= offer.minQuantity ? units : 0;
    left -= planned;
    return {
      offerId: offer.offerId,
      supplierId: offer.supplierId,
      sku: offer.sku,
      priceMinor: product.priceMinor,
      currency: product.currency,
      expectedMinor: expectedMinor(offer.offerId),
      version: offer.version,
      planned,
    };
  });
}
