import { CURRENCY, type Market, REGIONS } from './market';
import { type Random, randomOf } from './random';
import { type LineWish, PLACING_MS, type Timed } from './scenario';

export interface AdditionsWish {
  readonly maxUnitPriceMinor: number;
  readonly maxQuantity: number;
}

interface Place {
  readonly seed: number;
  readonly market: Market;
  readonly startAt: number;
}

/** In some worlds buyers let more be proposed, and demand bursts. By chances of their own: the other worlds stay as they are. */
export function withAdditions(deeds: readonly Timed[], place: Place): Timed[] {
  const random = randomOf(place.seed, 'additions');
  if (!random.chance(0.25)) return [...deeds];
  const all = [...deeds, ...patient(random, place)];
  const skus = all.flatMap((it) => (it.kind === 'place' ? it.order.lines.flatMap(({ need }) => need.sku ?? []) : []));
  return [...all.map((it) => allowing(random, it)), ...bursts(random, skus)];
}

function allowing(random: Random, it: Timed): Timed {
  if (it.kind !== 'place' || random.chance(0.2)) return it;
  const dearest = Math.max(...it.order.lines.map((line) => line.maxUnitPriceMinor));
  const additions = { maxUnitPriceMinor: dearest - random.pick([0, 0, 0, 1_000]), maxQuantity: random.pick([1, 3, 10, 10, 500]) };
  return { ...it, order: { ...it.order, additions } };
}

/** Orders that run until their end: a line of each waits for a price that nobody asks. */
function patient(random: Random, { market: { goods }, startAt }: Place): Timed[] {
  const substitution = { upTo: 'none', consent: 'ask', consentDefault: 'refund', consentMs: 30_000 } as const;
  const pins = goods.slice(0, -2).filter((it) => it.kind === 'PIN_PURCHASE');
  return [1, 2, 3, 4].map((n) => {
    const atMs = random.whole(0, PLACING_MS);
    const deliverByAt = startAt + atMs + random.pick([500_000, 1_200_000]);
    const lineOf = (lineId: string, wish: Pick<LineWish, 'maxUnitPriceMinor' | 'need'> & { readonly waitUntilAt?: number }): LineWish => {
      const { waitUntilAt, ...rest } = wish;
      const waits = { ...substitution, ...(waitUntilAt !== undefined && { waitUntilAt }) };
      return { lineId, quantity: random.pick([1, 2, 5]), currency: CURRENCY, substitution: waits, deliverByAt, ...rest };
    };
    const [good, dear] = [random.pick(pins), random.pick(pins)];
    const lines = [
      lineOf('1', { need: { sku: good.sku }, maxUnitPriceMinor: good.priceMinor + 500 }),
      lineOf('2', { need: { sku: dear.sku }, maxUnitPriceMinor: 1, waitUntilAt: deliverByAt }),
    ];
    return { kind: 'place', again: 'no', atMs, order: { orderId: `patient${n}`, merchantId: 'm2', region: random.pick(REGIONS), lines } };
  });
}

const bursts = (random: Random, skus: readonly string[]): Timed[] =>
  Array.from({ length: 4 }, () => ({ kind: 'burst', sku: random.pick(skus), atMs: random.whole(0, PLACING_MS) }));
