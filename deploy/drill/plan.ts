import { createHash } from 'node:crypto';
import { queueOf } from '../sample-market/queue';
import type { Market, Product, TraceOrder } from '../sample-market/words';

/** The peak of the day: with everybody at the cheap suppliers, a stock-out hits hundreds of lines. */
const PEAK = { fromMs: 17 * 3_600_000, untilMs: 21 * 3_600_000 } as const;
/** Whose lines wait so long when the trace is replayed quickly has a queue that a stock-out can hit. */
const QUEUED_MS = 60_000;
export const VIDEO = 'video-vip-month';
export const MUSIC = 'music-vip-month';
/** A product that many lines wait for, and for which most buyers accept no other. */
const BANNED = 'jianghu-telecom-30';

/** Offers of one supplier that run dry at once. */
export interface DryOut {
  readonly supplierId: string;
  readonly skus: readonly string[];
}

export interface Plan {
  readonly orders: readonly TraceOrder[];
  /** The first wave takes the video membership from everybody, the second what the slow suppliers have. */
  readonly waves: readonly (readonly DryOut[])[];
  readonly banned?: Product;
}

export interface PlanOptions {
  readonly replayMs: number;
  readonly ordersMax: number;
}

/** Which orders are replayed, who runs dry, and what is banned. */
export function planOf(market: Market, { replayMs, ordersMax }: PlanOptions): Plan {
  const orders = market.orders.filter((it) => it.atMs >= PEAK.fromMs && it.atMs < PEAK.untilMs).slice(0, ordersMax);
  const isHttp = new Set(market.suppliers.filter((it) => it.kind === 'http').map((it) => it.supplierId));
  const queued = new Set(
    queueOf(market, orders, replayMs)
      .filter((it) => it.waitMs >= QUEUED_MS)
      .map((it) => it.supplierId),
  );
  const dryOut = (supplierId: string, test: (sku: string) => boolean): DryOut => ({
    supplierId,
    skus: market.offers.filter((it) => it.supplierId === supplierId && test(it.sku)).map((it) => it.sku),
  });
  const suppliers = market.suppliers.filter((it) => isHttp.has(it.supplierId)).map((it) => it.supplierId);
  const waves = [
    suppliers.map((it) => dryOut(it, (sku) => sku === VIDEO)),
    suppliers.filter((it) => queued.has(it)).map((it) => dryOut(it, (sku) => sku !== VIDEO)),
  ];
  const banned = market.products.find((it) => it.sku === BANNED);
  return { orders, waves: waves.map((wave) => wave.filter((it) => it.skus.length > 0)), ...(banned && { banned }) };
}

/** What a buyer says to a question: a yes, a no, or nothing, by the drill's seed. The same for the same question of the same order. */
export type Word = 'yes' | 'no' | 'silence';

export function wordOf(seed: string, clientReference: string, lineId: string): Word {
  const share = createHash('sha256').update(`${seed}/${clientReference}/${lineId}`).digest().readUInt32BE(0) / 2 ** 32;
  if (share < 0.6) return 'yes';
  return share < 0.85 ? 'no' : 'silence';
}
