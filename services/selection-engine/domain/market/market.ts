import type { Fact } from '@midstream/contracts';
import { type Burst, newWatch, type Watch } from './burst';
import { type HeatCount, noHeat } from './heat';

type MarketState = Fact<'MarketState'>;

/** What is known of one good's market: its row. Times in milliseconds, as the rows of every service keep them. */
export interface Market {
  readonly sku: string;
  readonly version: number;
  readonly heat: HeatCount;
  readonly watch?: Watch;
  /** The newest of each competitor, channel and game. */
  readonly prices: MarketState['prices'];
  readonly updates: MarketState['updates'];
  readonly channels: MarketState['channels'];
}

export const emptyMarket = (sku: string, at: number): Market => ({
  sku,
  version: 0,
  heat: noHeat(at),
  prices: [],
  updates: [],
  channels: [],
});

/** Internal: the row as it is now. Never leaves the service. */
export interface MarketMoved {
  readonly type: 'MarketMoved';
  readonly market: Market;
}

const iso = (at: number): string => new Date(at).toISOString();
const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

const burstOf = ({ since, until, factor, ordersPerMinute, expectedPerMinute }: Burst): NonNullable<MarketState['burst']> => ({
  since: iso(since),
  until: iso(until),
  factor: rounded(factor),
  ordersPerMinute: rounded(ordersPerMinute),
  expectedPerMinute: rounded(expectedPerMinute),
});

/** The full state that every replica follows. */
export function stateOf({ sku, version, heat, watch, prices, updates, channels }: Market): MarketState {
  return {
    type: 'MarketState',
    sku,
    version,
    prices,
    updates,
    channels,
    heat: { hour: rounded(heat.hour), week: rounded(heat.week), asOf: iso(heat.at) },
    ...(watch?.burst !== undefined && { burst: burstOf(watch.burst) }),
  };
}

/** The facts of a market that changed: its row, what every replica follows, and a burst that was not known before. */
export function moved(before: Market | undefined, changed: Market): (MarketMoved | MarketState | Fact<'BurstDetected'>)[] {
  const market = { ...changed, version: (before?.version ?? 0) + 1 };
  const burst = market.watch?.burst;
  const isNew = burst !== undefined && before?.watch?.burst?.since !== burst.since;
  return [
    { type: 'MarketMoved', market },
    ...(isNew ? [{ type: 'BurstDetected' as const, sku: market.sku, burst: burstOf(burst) }] : []),
    stateOf(market),
  ];
}

export const watchOf = (market: Market, minuteAt: number): Watch => market.watch ?? newWatch(minuteAt);
