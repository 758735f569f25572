import { type Good, type Market, REGIONS, type Supply } from './market';
import { type Random, randomOf } from './random';
import { PLACING_MS, type Timed } from './scenario';
import { isSupplied } from './supply';

/** Worlds whose figures come in a rhythm, and whose goods go by ways of delivery and in values of a range. What they draw, no other world draws. */
const FED_EVERY = 9;
export const isFed = (seed: number): boolean => seed > FED_EVERY && seed % FED_EVERY === FED_EVERY - 1 && !isSupplied(seed);

/** The market is put up so long before the first order that its feeds have a rhythm by then. */
export const FED_SETTLING_MS = 1_100_000;
/** How soon figures age, as an operator would set it (`MIDSTREAM_STALE_AFTER_MINUTES`). */
export const STALE_AFTER = 'video=0/1,music=1/2,mobile=off,*=1/1';
/** The way of delivery of every good that has one. */
const CHANNEL = 'gate';
/** How often a supplier is asked that pushes nothing; a rarer figure than one in five minutes is told each time. */
const ASKED_EVERY_MS = 301_000;
/** What one figure takes from the next, at least: closer ones count as one. */
const PAUSE_MS = { least: 70_000, most: 90_000 } as const;
const CHANNELS = 16;
const TERMS = 6;
const DELAYS = 2;

/** What of its terms an offer is put with that is not as it was. */
export interface TermsWish extends Partial<Pick<Supply, 'regions' | 'minQuantity' | 'maxQuantity'>> {
  /** For face values, too, that the good has none of. */
  readonly wrongValues?: boolean;
}

export interface PolicyWish {
  readonly regions?: readonly string[];
  readonly maxQuantity?: number;
  readonly leadTimeMs?: number;
}

/** The same market, by ways of delivery, and in values of a range. */
export function fed(market: Market, seed: number): Market {
  const random = randomOf(seed, 'fed');
  const of = (it: Supply): Supply => {
    const channel = random.chance(0.8) ? { channel: CHANNEL } : {};
    return random.chance(0.5) ? { ...it, ...channel, denomination: valuesAround(it.good, random) } : { ...it, ...channel };
  };
  return { ...market, supplies: market.supplies.map(of) };
}

/** Which the good's own is one of, mostly among many others. */
function valuesAround({ faceValueMinor }: Good, random: Random): NonNullable<Supply['denomination']> {
  if (random.chance(0.2)) return { kind: 'FIXED', valuesMinor: [faceValueMinor, 2 * faceValueMinor] };
  const stepMinor = random.pick([1, 100]);
  const minMinor = faceValueMinor - stepMinor * random.pick([0, 1, 9]);
  return { kind: 'RANGE', minMinor, maxMinor: faceValueMinor + stepMinor * random.pick([0, 1, 50]), stepMinor };
}

export function fedDeeds(market: Market, seed: number): Timed[] {
  const random = randomOf(seed, 'fed deeds');
  const bought = market.supplies.filter((it) => !it.isVault);
  return [
    ...bought.flatMap((it) => feedOf(it, random)),
    ...Array.from({ length: CHANNELS }, () => channelOf(market, random)),
    ...Array.from({ length: TERMS }, () => termsOf(random.pick(bought), random)),
    ...Array.from({ length: DELAYS }, () => delay(random)),
  ];
}

/**
 * How one offer is fed until it falls silent: in a rhythm, by question, now and then, or once for ever. What falls silent mostly does so in time for
 * its offer to close among the orders; some speak again.
 */
function feedOf({ offerId }: Supply, random: Random): Timed[] {
  const overdueAt = random.chance(0.8) ? random.whole(-90_000, 10_000) : 400_000;
  const feed = (atMs: number, everyMs?: number): Timed => ({ kind: 'feed', offerId, ...(everyMs !== undefined && { everyMs }), atMs });
  const how = random.pick(['pushed', 'pushed', 'pushed', 'asked', 'now and then', 'once']);
  const again = random.chance(0.5) ? [random.whole(20_000, 80_000)] : [];
  if (how === 'pushed') {
    const everyMs = random.whole(PAUSE_MS.least, PAUSE_MS.most);
    const times = timesOf(overdueAt - 2 * everyMs, () => Math.round(everyMs * (0.9 + random.next() * 0.2)));
    return [...times, ...again].map((it) => feed(it));
  }
  if (how === 'asked') {
    const times = timesOf(overdueAt - 2 * ASKED_EVERY_MS, () => ASKED_EVERY_MS);
    return [...times, ...again].map((it) => feed(it, ASKED_EVERY_MS));
  }
  return how === 'once' ? [] : timesOf(60_000, () => random.pick([2_000, 70_000, 300_000])).map((it) => feed(it));
}

/** From the market's beginning to this. */
function timesOf(last: number, pause: () => number): number[] {
  const times: number[] = [];
  for (let at = last; at > 5_000 - FED_SETTLING_MS; at -= pause()) times.push(at);
  return times;
}

/** Signals come to inventory later than what an operator says there after them. */
const delay = (random: Random): Timed => ({
  kind: 'slow',
  service: 'inventory',
  topic: 'selection.by-sku',
  ms: random.whole(5_000, 30_000),
  atMs: random.whole(0, PLACING_MS),
});

/** A way of delivery lets less through, or all again; now and then it is told how it is doing alone. */
function channelOf({ goods }: Market, random: Random): Timed {
  const state = random.pick(['up', 'up', 'up', 'up', 'slow', 'down'] as const);
  const said = { kind: 'channel', sku: random.pick(goods).sku, busy: random.whole(0, 1e6), channel: CHANNEL, state } as const;
  const byHand = random.chance(0.3);
  const policy = byHand || random.chance(0.85) ? { policy: policyOf(random) } : {};
  return { ...said, ...policy, byHand, atMs: random.whole(0, PLACING_MS + 20_000) };
}

function policyOf(random: Random): PolicyWish {
  const regions = random.pick([['CN'], ['CN-31'], ['US'], [...REGIONS]]);
  const [maxQuantity, leadTimeMs] = [random.pick([1, 2, 4, 50]), random.pick([1_000, 30_000, 80_000, 600_000])];
  return random.pick<PolicyWish>([
    {},
    {},
    { regions },
    { maxQuantity },
    { leadTimeMs },
    { leadTimeMs },
    { regions, maxQuantity, leadTimeMs },
  ]);
}

/** Put once more, for fewer regions, or for fewer or more units at once; or for values that the good has none of. */
function termsOf({ offerId }: Supply, random: Random): Timed {
  const change = random.pick<TermsWish>([
    { regions: ['CN-31'] },
    { regions: ['US'] },
    { regions: ['CN'], maxQuantity: 2 },
    { maxQuantity: 1 },
    { maxQuantity: 3 },
    { minQuantity: 3 },
    { wrongValues: true },
  ]);
  return { kind: 'terms', offerId, busy: random.whole(0, 1e6), change, atMs: random.whole(0, PLACING_MS + 20_000) };
}
