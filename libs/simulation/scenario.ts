import type { Service, Topic } from '@midstream/contracts';
import { topicsReadBy } from '@midstream/contracts';
import type { Blow } from './machine';
import { type Climate, CURRENCY, type Good, type Market, REGIONS, RUSHED } from './market';
import { type Random, randomOf } from './random';
import { type AdditionsWish, withAdditions } from './scenario.additions';
import { complaints, type ComplaintWish } from './scenario.complaints';
import { packDeeds } from './scenario.packs';
import { tiers } from './scenario.tiers';
import { fedDeeds, isFed, type PolicyWish, type TermsWish } from './fed';
import { isSupplied, supplyDeeds, waiving } from './supply';
import { MOODS, type Mood } from './suppliers';
import { RECEIVER_MOODS, type ReceiverMood } from './receivers';

export interface LineWish {
  readonly lineId: string;
  readonly need: { readonly sku?: string; readonly category?: string; readonly faceValueMinor?: number };
  readonly quantity: number;
  readonly maxUnitPriceMinor: number;
  readonly currency: string;
  readonly recipient?: string;
  readonly substitution: {
    readonly upTo: 'none' | 'other-supplier' | 'repack' | 'same-category' | 'cross-category';
    readonly consent: 'pre-approved' | 'ask';
    readonly consentDefault: 'refund' | 'accept';
    readonly consentMs: number;
    readonly waitUntilAt?: number;
  };
  readonly deliverByAt: number;
  readonly waiveMarginFloor?: boolean;
}

export interface OrderWish {
  readonly orderId: string;
  readonly merchantId: string;
  readonly region: string;
  readonly lines: readonly LineWish[];
  readonly additions?: AdditionsWish;
}

/** An offer; or, with `busy`, one of those that hold units at that time, by this number. */
interface OfOffer {
  readonly offerId: string;
  readonly busy?: number;
}

/** What comes from outside, at its time. */
export type Deed =
  | { readonly kind: 'place'; readonly order: OrderWish; readonly again: 'no' | 'together' | 'later' | 'other-body' | 'without-key' }
  | { readonly kind: 'cancel'; readonly orderId: string; readonly twice: boolean; readonly foreign: boolean }
  | { readonly kind: 'answer'; readonly pick: number; readonly answer: 'yes' | 'no' }
  | ({ readonly kind: 'report'; readonly quantity: number; readonly how: 'push' | 'stale' | 'twice' | 'poll' } & OfOffer)
  | { readonly kind: 'restock'; readonly offerId: string; readonly quantity: number }
  | ({ readonly kind: 'cost'; readonly factor: number; readonly told: boolean } & OfOffer)
  | { readonly kind: 'codes'; readonly offerId: string; readonly quantity: number }
  | { readonly kind: 'reprice'; readonly sku: string; readonly factor: number }
  | ({ readonly kind: 'suspend' | 'reopen' | 'stop-drain' | 'allow-drain' } & OfOffer)
  | { readonly kind: 'ask-purchase' | 'write-off'; readonly pick: number }
  | {
      readonly kind: 'rule';
      readonly ruleId: string;
      readonly effect: 'banned' | 'high-risk';
      readonly match: { readonly sku?: string; readonly category?: string };
      readonly regions: readonly string[];
      /** Of a good that is under way, by this number. */
      readonly busy?: number;
      readonly fromMs?: number;
      readonly forMs?: number;
    }
  | { readonly kind: 'no-rule'; readonly ruleId: string }
  | { readonly kind: 'floor'; readonly sku: string; readonly floorBp: number; readonly busy?: number }
  | { readonly kind: 'rate'; readonly rate: number; readonly lateMs: number }
  | ({ readonly kind: 'pace'; readonly capacityPerMinute?: number; readonly leadTimeMs?: number } & OfOffer)
  | { readonly kind: 'caps'; readonly caps: readonly CapWish[] }
  /** Mark-up rules, in ten-thousandths, for all and for merchants of a tier; and whether the first merchant is one. */
  | { readonly kind: 'tiers'; readonly percentBp: number; readonly goldBp: number; readonly isGold: boolean }
  /** A supplier is asked for its stock, and answers later. */
  | ({ readonly kind: 'ask-stock'; readonly quantity: number; readonly answersMs: number } & OfOffer)
  /** The supplier says what it has; or, with `everyMs`, is asked so often. */
  | ({ readonly kind: 'feed'; readonly everyMs?: number } & OfOffer)
  | ({ readonly kind: 'terms'; readonly change: TermsWish } & OfOffer)
  | {
      readonly kind: 'channel';
      readonly sku: string;
      readonly busy: number;
      readonly channel: string;
      readonly state: 'up' | 'slow' | 'down';
      readonly policy?: PolicyWish;
      /** An operator tells inventory itself; else a signal comes by way of selection. */
      readonly byHand: boolean;
    }
  | ({ readonly kind: 'complain' } & ComplaintWish)
  | { readonly kind: 'burst'; readonly sku: string }
  | { readonly kind: 'launch'; readonly order: OrderWish }
  | { readonly kind: 'crash' | 'pause'; readonly service: Service; readonly ms: number }
  | { readonly kind: 'blow'; readonly service: Service; readonly blow: Blow }
  | { readonly kind: 'slow'; readonly service: Service; readonly topic: Topic; readonly ms: number }
  | { readonly kind: 'redeliver' | 'echo'; readonly service: Service; readonly topic: Topic; readonly messages: number }
  | { readonly kind: 'encore'; readonly service: Service; readonly commands: number }
  | { readonly kind: 'poison'; readonly service: Service; readonly topic: Topic; readonly pick: number; readonly ms: number }
  | ({ readonly kind: 'mood'; readonly mood: Mood; readonly ms: number } & OfOffer)
  | { readonly kind: 'receiver'; readonly endpointId: string; readonly mood: ReceiverMood; readonly ms: number };

export interface CapWish {
  readonly per: 'merchant' | 'buyer';
  readonly category: string;
  readonly maxUnits: number;
}

export type Action = Deed & { readonly index: number; readonly atMs: number };

export interface Scenario {
  readonly actions: readonly Action[];
  /** Rates and sizes of the world, drawn once a seed. */
  readonly partitions: number;
  readonly latencyMs: number;
  readonly strict: boolean;
  /** When faults stop, after the first order may come. */
  readonly calmMs: number;
}

const FAULTS: ReadonlySet<Deed['kind']> = new Set([
  'crash',
  'pause',
  'blow',
  'slow',
  'redeliver',
  'echo',
  'encore',
  'poison',
  'mood',
  'receiver',
]);
export const isFault = (it: Deed): boolean => FAULTS.has(it.kind);

/** Orders come in this long, everything else a while longer; then faults stop. */
export const PLACING_MS = 45_000;
const ACTING_MS = 90_000;
/** Of the few worlds that live through a long outage: longer than a hold is kept. */
const LONG_MS = 900_000;
/** Lines of a seed, at least; the last order may bring a few more. */
const LINES_MIN = 49;

const CROWD_EVERY = 160;
/** Worlds that are grim whatever is drawn, and in which wherever units are held runs dry: a line is lost as often as it may be. */
const HUNTED_EVERY = 8;
/** Worlds with caps against hoarding: what they draw, no other world draws. */
const CAPPED_EVERY = 13;

const HUNTS = 24;
const isHunted = (seed: number): boolean => seed % HUNTED_EVERY === HUNTED_EVERY - 1;

/** Which kind of world the seed is. */
export function climateOf(seed: number): Climate {
  // Dear, and needed once in a while only
  if (seed % CROWD_EVERY === CROWD_EVERY / 2) return 'crowd';
  if (isHunted(seed)) return 'grim';
  const roll = randomOf(seed, 'climate').whole(0, 99);
  return roll < 62 ? 'plain' : roll < 80 ? 'choosy' : roll < 98 ? 'grim' : 'storm';
}

export function scenarioOf(seed: number, market: Market, startAt: number): Scenario {
  const climate = climateOf(seed);
  const random = randomOf(seed, 'scenario');
  const drawn = { partitions: random.whole(1, 4), latencyMs: random.pick([5, 40, 400, 2_000]), strict: random.chance(1 / 25) };
  const isLong = random.chance(0.1);
  const deeds = [
    ...orders(random, market, climate, startAt),
    ...(climate === 'grim' ? grimMoods(random, market) : []),
    ...(climate === 'storm' || climate === 'crowd' ? rush(random, climate, startAt) : []),
    ...events(random, market),
    ...faults(random, market),
    ...(isLong ? outages(random) : []),
    ...(random.chance(0.4) ? [launch(random, startAt)] : []),
    ...tiers(seed, market),
    ...complaints(seed),
    ...packDeeds(seed, market, startAt),
    ...(seed % CAPPED_EVERY === CAPPED_EVERY - 1 ? caps(randomOf(seed, 'caps'), market) : []),
    ...(isHunted(seed) ? hunt(randomOf(seed, 'hunt'), market) : []),
    ...(isSupplied(seed) ? supplyDeeds(market, seed) : []),
    ...(isFed(seed) ? fedDeeds(market, seed) : []),
  ];
  const all = withAdditions(isSupplied(seed) ? waiving(deeds, seed) : deeds, { seed, market, startAt });
  const actions = all.sort((a, b) => a.atMs - b.atMs).map((it, index) => ({ ...it, index }));
  return { ...drawn, actions, calmMs: isLong ? LONG_MS : ACTING_MS };
}

export type Timed = Deed & { readonly atMs: number };

/** Before the first order, and once more among them, with other maxima. */
const caps = (random: Random, { goods }: Market): Timed[] =>
  [0, random.whole(5_000, PLACING_MS)].map((atMs) => {
    const all = [...new Set(goods.map((it) => it.category))].flatMap((category): CapWish[] => [
      { per: 'merchant', category, maxUnits: random.whole(4, 20) },
      { per: 'buyer', category, maxUnits: random.whole(1, 6) },
    ]);
    return { kind: 'caps', caps: all.filter(() => random.chance(0.8)), atMs };
  });

function orders(random: Random, market: Market, climate: Climate, startAt: number): Timed[] {
  const made: Timed[] = [];
  for (let lines = 0, n = 1; lines < LINES_MIN; n++) {
    const merchantId = random.pick(['m1', 'm1', 'm1', 'm2', 'm3']);
    const count = merchantId === 'm2' ? 1 : random.pick([1, 2, 2, 3, 5]);
    const atMs = random.whole(0, PLACING_MS);
    const wishes = Array.from({ length: count }, (_, at) => lineOf(random, market, climate, `${at + 1}`, startAt + atMs));
    const order = { orderId: `o${n}`, merchantId, region: random.pick(REGIONS), lines: wishes };
    const again = random.chance(0.3) ? random.pick(['together', 'later', 'other-body', 'without-key'] as const) : 'no';
    made.push({ kind: 'place', order, again, atMs });
    if (random.chance(0.25))
      made.push({
        kind: 'cancel',
        orderId: `o${n}`,
        twice: random.chance(0.3),
        foreign: random.chance(0.1),
        atMs: atMs + random.whole(0, 40_000),
      });
    lines += count;
  }
  return made;
}

/** A good that is new on the market, and an order that may find it before the law has looked at it. */
function launch(random: Random, startAt: number): Timed {
  const atMs = random.whole(0, PLACING_MS);
  const substitution = { upTo: 'same-category', consent: 'pre-approved', consentDefault: 'accept', consentMs: 30_000 } as const;
  const need = { category: 'game', faceValueMinor: 10_000 };
  const line = { need, quantity: 2, maxUnitPriceMinor: 11_000, currency: CURRENCY, substitution, deliverByAt: startAt + atMs + 600_000 };
  const lines = [1, 2, 3].map((it) => ({ lineId: `${it}`, ...line }));
  return { kind: 'launch', order: { orderId: 'news', merchantId: 'm1', region: 'CN-31', lines }, atMs };
}

const STEPS = ['none', 'other-supplier', 'same-category', 'same-category', 'cross-category'] as const;

function lineOf(random: Random, { goods }: Market, climate: Climate, lineId: string, placedAt: number): LineWish {
  const good = random.pick(goods.slice(0, -2));
  const isChoosy = climate === 'choosy' && random.chance(0.8);
  const consent = isChoosy ? 'ask' : random.pick(['pre-approved', 'ask'] as const);
  const waits = random.chance(0.2);
  const deliverByAt = placedAt + random.pick([45_000, 90_000, 600_000, 1_200_000, 86_000_000]);
  return {
    lineId,
    currency: CURRENCY,
    deliverByAt,
    need: needOf(random, good),
    quantity: isChoosy ? random.whole(3, 9) : random.chance(0.05) ? random.whole(20, 250) : random.pick([1, 1, 2, 3, 5, 8]),
    maxUnitPriceMinor: random.chance(0.05) ? good.priceMinor - 100 : good.priceMinor + random.pick([0, 100, 200, 500, 1_000]),
    ...(good.kind === 'VALUE_RECHARGE' && { recipient: `acc-${random.whole(1, 1e6)}` }),
    substitution: {
      upTo: isChoosy || climate === 'grim' ? random.pick(['same-category', 'cross-category'] as const) : random.pick(STEPS),
      consent,
      consentDefault: random.pick(['refund', 'accept'] as const),
      consentMs: random.pick([5_000, 30_000, 900_000]),
      ...(waits && { waitUntilAt: placedAt + random.whole(20_000, 120_000) }),
    },
  };
}

/** Everybody wants one good, and its only offer runs dry in the middle of it. */
function rush(random: Random, climate: 'storm' | 'crowd', startAt: number): Timed[] {
  const [orders, lines, quantity] = climate === 'storm' ? [3, 2, 3_000] : [6, 87, 1];
  const substitution = { upTo: 'none', consent: 'pre-approved', consentDefault: 'refund', consentMs: 30_000 } as const;
  const made = Array.from({ length: orders }, (_, n): Timed => {
    const wishes = Array.from({ length: lines }, (_line, at) => ({
      lineId: `${at + 1}`,
      need: { sku: RUSHED.sku },
      quantity,
      maxUnitPriceMinor: RUSHED.priceMinor,
      currency: CURRENCY,
      substitution,
      deliverByAt: startAt + 1_200_000,
    }));
    const order = { orderId: `rush${n}`, merchantId: 'm1', region: 'US', lines: wishes };
    return { kind: 'place', order, again: 'no', atMs: random.whole(0, 20_000) };
  });
  const offerId = `zx-north~${RUSHED.sku}`;
  return [...made, { kind: 'report', offerId, quantity: random.pick([0, 0, 40]), how: 'push', atMs: random.whole(30_000, 60_000) }];
}

/** Most suppliers fail most of the time, each in its own way. */
const grimMoods = (random: Random, { supplies }: Market): Timed[] =>
  supplies
    .filter((it) => !it.isVault && random.chance(0.8))
    .map(({ offerId }) => ({
      kind: 'mood',
      offerId,
      mood: random.pick(['dry', 'invalid', 'partial', 'broke', 'dear', 'late', 'accepts'] as const),
      ms: ACTING_MS,
      atMs: random.whole(0, 20_000),
    }));

/** Every few seconds an offer that holds units has none; or the good that waits there is banned for a while. */
const hunt = (random: Random, { supplies, goods }: Market): Timed[] =>
  Array.from({ length: HUNTS }, (_, n): Timed => {
    const [busy, atMs] = [random.whole(0, 1e6), 5_000 + n * 2_500];
    if (n % 4 < 3) return { kind: 'report', offerId: random.pick(supplies).offerId, busy, quantity: 0, how: 'push', atMs };
    const match = { sku: random.pick(goods).sku };
    return { kind: 'rule', ruleId: `hunt${n}`, effect: 'banned', busy, match, regions: ['*'], forMs: 45_000, atMs };
  });

function needOf(random: Random, good: Good): LineWish['need'] {
  if (good.kind === 'VALUE_RECHARGE' || random.chance(0.8)) return { sku: good.sku };
  return { category: good.category, ...(random.chance(0.5) && { faceValueMinor: good.faceValueMinor }) };
}

/** What happens in the market and at the desks; each of it may come at any moment. */
function events(random: Random, market: Market): Timed[] {
  const count = random.whole(12, 36);
  return Array.from({ length: count }, (_, n) => ({ ...eventOf(random, market, n), atMs: random.whole(0, ACTING_MS - 15_000) }));
}

function eventOf(random: Random, { supplies, goods }: Market, n: number): Deed {
  const { offerId, isVault } = random.pick(supplies);
  const { sku, category } = random.pick(goods);
  const busy = random.chance(0.75) ? { busy: random.whole(0, 1e6) } : {};
  const roll = random.whole(0, 99);
  if (roll < 24)
    return {
      kind: 'report',
      offerId,
      quantity: random.pick([0, 0, 1, 5, 30]),
      ...busy,
      how: random.pick(['push', 'push', 'push', 'stale', 'twice', 'poll'] as const),
    };
  if (roll < 32)
    return isVault
      ? { kind: 'codes', offerId, quantity: random.whole(1, 20) }
      : { kind: 'restock', offerId, quantity: random.whole(1, 60) };
  if (roll < 42) return { kind: 'cost', offerId, factor: random.pick([0.9, 1.05, 1.4]), told: random.chance(0.6), ...busy };
  if (roll < 45) return { kind: 'reprice', sku, factor: random.pick([0.95, 1.02]) };
  if (roll < 52) return { kind: random.pick(['suspend', 'suspend', 'reopen'] as const), offerId, ...busy };
  if (roll < 57) return { kind: random.pick(['stop-drain', 'allow-drain'] as const), offerId, ...busy };
  if (roll < 68) return { kind: random.pick(['ask-purchase', 'write-off'] as const), pick: random.whole(0, 1e6) };
  if (roll < 77) return { kind: 'answer', pick: random.whole(0, 1e6), answer: random.pick(['yes', 'no'] as const) };
  if (roll < 85) return { kind: 'no-rule', ruleId: `r${random.whole(0, n)}` };
  return {
    kind: 'rule',
    ruleId: `r${n}`,
    effect: random.chance(0.8) ? 'banned' : 'high-risk',
    ...busy,
    match: random.chance(0.7) ? { sku } : { category },
    regions: random.pick([['*'], ['CN'], ['CN-31'], ['US', 'CN-11']]),
    ...(random.chance(0.3) && { fromMs: random.whole(0, 40_000) }),
    ...(random.chance(0.4) && { forMs: random.whole(41_000, 200_000) }),
  };
}

const NAMES: readonly Service[] = ['order', 'selection-engine', 'compliance', 'inventory', 'notification'];
const BLOWS: readonly Blow[] = ['late-commit', 'late-commit', 'before-commit', 'after-commit', 'after-publish', 'after-call'];

/** Swarm: a seed has its own weights, so that one seed is all suppliers' moods and another all crashes. */
function faults(random: Random, market: Market): Timed[] {
  const count = random.whole(10, 28);
  const share = random.next();
  return Array.from({ length: count }, () => ({
    ...(random.chance(share) ? outsideFault(random, market) : insideFault(random)),
    atMs: random.whole(0, ACTING_MS - 20_000),
  }));
}

/** Somebody hears nothing of somebody else for longer than a hold is kept (protocol 16). */
function outages(random: Random): Timed[] {
  const ms = 700_000;
  const deed = random.pick<Deed>([
    { kind: 'slow', service: 'order', topic: 'inventory.by-order', ms },
    { kind: 'slow', service: 'inventory', topic: 'order.by-order', ms },
    { kind: 'crash', service: 'order', ms },
    { kind: 'crash', service: 'inventory', ms },
  ]);
  // An order service that is away for so long takes no orders: it goes when they are in.
  return [{ ...deed, atMs: deed.kind === 'crash' ? PLACING_MS : random.whole(0, PLACING_MS) }];
}

function outsideFault(random: Random, { supplies }: Market): Deed {
  if (random.chance(0.12))
    return { kind: 'receiver', endpointId: 'w1', mood: random.pick(RECEIVER_MOODS), ms: random.whole(1_000, 60_000) };
  const http = supplies.filter((it) => !it.isVault);
  const busy = random.chance(0.8) ? { busy: random.whole(0, 1e6) } : {};
  return { kind: 'mood', offerId: random.pick(http).offerId, ...busy, mood: random.pick(MOODS), ms: random.whole(10_000, 70_000) };
}

function insideFault(random: Random): Deed {
  const service = random.pick(NAMES);
  const topic = random.pick(topicsReadBy(service).filter((it) => it !== 'order.by-api-key'));
  const roll = random.whole(0, 99);
  if (roll < 15) return { kind: 'crash', service, ms: random.pick([500, 5_000, 40_000]) };
  if (roll < 25) return { kind: 'pause', service, ms: random.pick([2_000, 30_000]) };
  if (roll < 65) return { kind: 'blow', service, blow: random.pick(BLOWS) };
  if (roll < 80) return { kind: 'slow', service, topic, ms: random.pick([1_000, 10_000, 50_000]) };
  if (roll < 86) return { kind: 'redeliver', service, topic, messages: random.whole(1, 30) };
  if (roll < 89 && service !== 'notification') return { kind: 'echo', service, topic, messages: random.whole(1, 20) };
  if (roll < 96)
    return { kind: 'encore', service: random.pick(['inventory', 'inventory', 'order', service]), commands: random.whole(5, 60) };
  return { kind: 'poison', service, topic, pick: random.whole(0, 1e6), ms: random.whole(1_000, 40_000) };
}
