import { bidPrices } from './certificate';
import type { Option, StormOffer } from './storm';
import type { Transport } from './transport';

/** What offers have for the lines of a plan: entries that arcs lead to, then those that only bound others together. */
export interface Rooms {
  readonly offers: readonly StormOffer[];
  /** The entry that serves an option's class. */
  readonly placeOf: (it: Option) => number;
}

/**
 * An offer is one entry where it has as much room for every class. Where it delivers less by an early deadline than by a later one, it is one for
 * each room that it has, and those of earlier deadlines count in the bounds of the later ones: what is delivered by nine is delivered by ten.
 * @param share of every room that is this replica's @param versionOf an offer's state
 */
export function roomsOf(options: readonly Option[], share: number, versionOf: (offerId: string) => number): Rooms {
  const roomIn = (it: Option): number => Math.floor(it.room * share);
  const levels = new Map<string, Set<number>>();
  for (const it of options) levels.set(it.offerId, (levels.get(it.offerId) ?? new Set()).add(roomIn(it)));
  const places = new Map<string, number>();
  const [entries, bounds]: [Entry[], Entry[]] = [[], []];
  for (const offerId of [...levels.keys()].sort()) {
    const version = versionOf(offerId);
    let below: Entry | undefined;
    for (const room of [...(levels.get(offerId) ?? [])].sort((a, b) => a - b)) {
      const entry: Entry = { offerId, version, room, price: 0 };
      places.set(`${offerId} ${room}`, entries.push(entry) - 1);
      below = below === undefined ? entry : boundOf([below, entry], bounds);
    }
  }
  const all = [...entries, ...bounds];
  const indexes = new Map(all.map((it, index) => [it, index]));
  const offers = all.map(({ bound, ...it }): StormOffer => (bound === undefined ? it : { ...it, under: indexes.get(bound) ?? -1 }));
  return { offers, placeOf: (it) => places.get(`${it.offerId} ${roomIn(it)}`) ?? 0 };
}

interface Entry extends StormOffer {
  bound?: Entry;
}

/** Both together have no more than the latter. */
function boundOf(entries: readonly [Entry, Entry], bounds: Entry[]): Entry {
  const bound: Entry = { ...entries[1], bounds: true };
  for (const it of entries) it.bound = bound;
  bounds.push(bound);
  return bound;
}

/** Of a plan's entries, as its solver and its certificate take them. */
export const stockOf = (offers: readonly StormOffer[]): Pick<Transport, 'stock' | 'under' | 'offers'> => ({
  stock: Float64Array.from(offers, (it) => it.room),
  under: Int32Array.from(offers, (it) => it.under ?? -1),
  offers: offers.filter((it) => it.bounds !== true).length,
});

/** What one more unit of each entry that arcs lead to is worth, with the bounds that it counts in; 厘. */
export const bidsAt = (offers: readonly StormOffer[]): Float64Array =>
  bidPrices(
    stockOf(offers),
    Float64Array.from(offers, (it) => it.price),
  );
