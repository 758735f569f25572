import type { Service, Topic } from '@midstream/contracts';
import { topicsReadBy } from '@midstream/contracts';
import type { Blow } from './machine';
import { CURRENCY, type Good, type Market, REGIONS } from './market';
import { type Random, randomOf } from './random';
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
    readonly upTo: 'none' | 'other-supplier' | 'same-category' | 'cross-category';
    readonly consent: 'pre-approved' | 'ask';
    readonly consentDefault: 'refund' | 'accept';
    readonly consentMs: number;
    readonly waitUntilAt?: number;
  };
  readonly deliverByAt: number;
}

export interface OrderWish {
  readonly orderId: string;
  readonly merchantId: string;
  readonly region: string;
  readonly lines: readonly LineWish[];
}

/** What comes from outside, at its time. */
export type Deed =
  | { readonly kind: 'place'; readonly order: OrderWish; readonly again: 'no' | 'together' | 'later' | 'other-body' | 'without-key' }
  | { readonly kind: 'cancel'; readonly orderId: string; readonly twice: boolean; readonly foreign: boolean }
  | { readonly kind: 'answer'; readonly pick: number; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'report'; readonly offerId: string; readonly quantity: number; readonly how: 'push' | 'stale' | 'twice' | 'poll' }
  | { readonly kind: 'restock'; readonly offerId: string; readonly quantity: number }
  | { readonly kind: 'cost'; readonly offerId: string; readonly factor: number; readonly told: boolean }
  | { readonly kind: 'codes'; readonly offerId: string; readonly quantity: number }
  | { readonly kind: 'reprice'; readonly sku: string; readonly factor: number }
  | { readonly kind: 'suspend' | 'reopen' | 'stop-drain' | 'allow-drain'; readonly offerId: string }
  | { readonly kind: 'ask-purchase' | 'write-off'; readonly pick: number }
  | {
      readonly kind: 'rule';
      readonly ruleId: string;
      readonly effect: 'banned' | 'high-risk';
      readonly match: { readonly sku?: string; readonly category?: string };
      readonly regions: readonly string[];
      readonly fromMs?: number;
      readonly forMs?: number;
    }
  | { readonly kind: 'no-rule'; readonly ruleId: string }
  | { readonly kind: 'crash' | 'pause'; readonly service: Service; readonly ms: number }
  | { readonly kind: 'blow'; readonly service: Service; readonly blow: Blow }
  | { readonly kind: 'slow'; readonly service: Service; readonly topic: Topic; readonly ms: number }
  | { readonly kind: 'redeliver'; readonly service: Service; readonly topic: Topic; readonly messages: number }
  | { readonly kind: 'poison'; readonly service: Service; readonly topic: Topic; readonly pick: number; readonly ms: number }
  | { readonly kind: 'mood'; readonly offerId: string; readonly mood: Mood; readonly ms: number }
  | { readonly kind: 'receiver'; readonly endpointId: string; readonly mood: ReceiverMood; readonly ms: number };

export type Action = Deed & { readonly index: number; readonly atMs: number };

export interface Scenario {
  readonly actions: readonly Action[];
  /** Rates and sizes of the world, drawn once a seed. */
  readonly partitions: number;
  readonly latencyMs: number;
  readonly strict: boolean;
}

const FAULTS: ReadonlySet<Deed['kind']> = new Set(['crash', 'pause', 'blow', 'slow', 'redeliver', 'poison', 'mood', 'receiver']);
export const isFault = (it: Deed): boolean => FAULTS.has(it.kind);

/** Orders come in this long, everything else a while longer; then faults stop. */
export const PLACING_MS = 60_000;
export const ACTING_MS = 150_000;
/** Lines of a seed, at least; the last order may bring a few more. */
const LINES_MIN = 48;

export function scenarioOf(seed: number, market: Market, startAt: number): Scenario {
  const random = randomOf(seed, 'scenario');
  const drawn = { partitions: random.whole(1, 4), latencyMs: random.pick([5, 40, 400, 2_000]), strict: random.chance(1 / 12) };
  const deeds = [...orders(random, market, startAt), ...events(random, market), ...faults(random, market)];
  const actions = deeds.sort((a, b) => a.atMs - b.atMs).map((it, index) => ({ ...it, index }));
  return { ...drawn, actions };
}

type Timed = Deed & { readonly atMs: number };

function orders(random: Random, market: Market, startAt: number): Timed[] {
  const made: Timed[] = [];
  for (let lines = 0, n = 1; lines < LINES_MIN; n++) {
    const merchantId = random.pick(['m1', 'm1', 'm2', 'm3']);
    const count = merchantId === 'm2' ? 1 : random.pick([1, 2, 3, 4, 5]);
    const atMs = random.whole(0, PLACING_MS);
    const wishes = Array.from({ length: count }, (_, at) => lineOf(random, market, `${at + 1}`, startAt + atMs));
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

function lineOf(random: Random, { goods }: Market, lineId: string, placedAt: number): LineWish {
  const good = random.pick(goods);
  const consent = random.pick(['pre-approved', 'ask'] as const);
  const waits = random.chance(0.2);
  const deliverByAt = placedAt + random.pick([20_000, 90_000, 600_000, 1_200_000, 86_000_000]);
  return {
    ...{ lineId, currency: CURRENCY, deliverByAt },
    need: needOf(random, good),
    quantity: random.chance(0.05) ? random.whole(20, 250) : random.pick([1, 1, 2, 3, 5, 8]),
    maxUnitPriceMinor: random.chance(0.15) ? good.priceMinor - 100 : good.priceMinor + random.pick([0, 0, 100, 500]),
    ...(good.kind === 'VALUE_RECHARGE' && { recipient: `acc-${random.whole(1, 1e6)}` }),
    substitution: {
      upTo: random.pick(['none', 'other-supplier', 'same-category', 'same-category', 'cross-category'] as const),
      ...{ consent, consentDefault: random.pick(['refund', 'accept'] as const), consentMs: random.pick([5_000, 30_000, 900_000]) },
      ...(waits && { waitUntilAt: placedAt + random.whole(20_000, 120_000) }),
    },
  };
}

function needOf(random: Random, good: Good): LineWish['need'] {
  if (good.kind === 'VALUE_RECHARGE' || random.chance(0.8)) return { sku: good.sku };
  return { category: good.category, ...(random.chance(0.5) && { faceValueMinor: good.faceValueMinor }) };
}

/** What happens in the market and at the desks; each of it may come at any moment. */
function events(random: Random, market: Market): Timed[] {
  const count = random.whole(8, 30);
  return Array.from({ length: count }, (_, n) => ({ ...eventOf(random, market, n), atMs: random.whole(0, ACTING_MS) }));
}

function eventOf(random: Random, { supplies, goods }: Market, n: number): Deed {
  const { offerId, isVault } = random.pick(supplies);
  const { sku, category } = random.pick(goods);
  const roll = random.whole(0, 99);
  if (roll < 24 && !isVault)
    return {
      kind: 'report',
      offerId,
      quantity: random.pick([0, 0, 1, 5, 30]),
      how: random.pick(['push', 'push', 'stale', 'twice', 'poll'] as const),
    };
  if (roll < 34)
    return isVault
      ? { kind: 'codes', offerId, quantity: random.whole(1, 20) }
      : { kind: 'restock', offerId, quantity: random.whole(1, 60) };
  if (roll < 44 && !isVault) return { kind: 'cost', offerId, factor: random.pick([0.9, 1.1, 1.4]), told: random.chance(0.6) };
  if (roll < 48) return { kind: 'reprice', sku, factor: random.pick([0.8, 1.1]) };
  if (roll < 54) return { kind: random.pick(['suspend', 'suspend', 'reopen'] as const), offerId };
  if (roll < 59) return { kind: random.pick(['stop-drain', 'allow-drain'] as const), offerId };
  if (roll < 70) return { kind: random.pick(['ask-purchase', 'write-off'] as const), pick: random.whole(0, 1e6) };
  if (roll < 80) return { kind: 'answer', pick: random.whole(0, 1e6), answer: random.pick(['yes', 'no'] as const) };
  if (roll < 88) return { kind: 'no-rule', ruleId: `r${random.whole(0, n)}` };
  return {
    ...{ kind: 'rule', ruleId: `r${n}`, effect: random.chance(0.8) ? 'banned' : 'high-risk' },
    match: random.chance(0.7) ? { sku } : { category },
    regions: random.pick([['*'], ['CN'], ['CN-31'], ['US', 'CN-11']]),
    ...(random.chance(0.3) && { fromMs: random.whole(0, 60_000) }),
    ...(random.chance(0.4) && { forMs: random.whole(61_000, 200_000) }),
  };
}

const NAMES: readonly Service[] = ['order', 'selection-engine', 'compliance', 'inventory', 'notification'];
const BLOWS: readonly Blow[] = ['before-commit', 'after-commit', 'after-publish', 'after-call'];

/** Swarm: a seed has its own weights, so that one seed is all suppliers' moods and another all crashes. */
function faults(random: Random, market: Market): Timed[] {
  const count = random.whole(10, 28);
  const share = random.next();
  return Array.from({ length: count }, () => ({
    ...(random.chance(share) ? outsideFault(random, market) : insideFault(random)),
    atMs: random.whole(0, ACTING_MS - 20_000),
  }));
}

function outsideFault(random: Random, { supplies }: Market): Deed {
  if (random.chance(0.12))
    return { kind: 'receiver', endpointId: 'w1', mood: random.pick(RECEIVER_MOODS), ms: random.whole(1_000, 60_000) };
  const http = supplies.filter((it) => !it.isVault);
  return { kind: 'mood', offerId: random.pick(http).offerId, mood: random.pick(MOODS), ms: random.whole(5_000, 60_000) };
}

function insideFault(random: Random): Deed {
  const service = random.pick(NAMES);
  const topic = random.pick(topicsReadBy(service).filter((it) => it !== 'order.by-api-key'));
  const roll = random.whole(0, 99);
  if (roll < 15) return { kind: 'crash', service, ms: random.pick([500, 5_000, 40_000]) };
  if (roll < 25) return { kind: 'pause', service, ms: random.pick([2_000, 30_000]) };
  if (roll < 65) return { kind: 'blow', service, blow: random.pick(BLOWS) };
  if (roll < 80) return { kind: 'slow', service, topic, ms: random.pick([1_000, 10_000, 50_000]) };
  if (roll < 92) return { kind: 'redeliver', service, topic, messages: random.whole(1, 30) };
  return { kind: 'poison', service, topic, pick: random.whole(0, 1e6), ms: random.whole(1_000, 40_000) };
}
