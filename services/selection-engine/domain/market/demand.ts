import { watched } from './burst';
import { HEAT_WEIGHTS, warmed } from './heat';
import { emptyMarket, type Market, moved, watchOf } from './market';
import type { SignalEvent } from './signals';

/** The lines that asked for goods in one minute, each line once, and the units that they asked for. A minute that was counted for a good is not counted again. */
export interface CountDemand {
  readonly type: 'CountDemand';
  readonly at: number;
  readonly minuteAt: number;
  readonly counts: readonly { readonly sku: string; readonly orders: number; readonly units: number }[];
}

export function countDemand({ at, minuteAt, counts }: CountDemand, markets: Readonly<Record<string, Market>>): readonly SignalEvent[] {
  return counts.flatMap(({ sku, orders, units }) => {
    const before = markets[sku];
    const market = before ?? emptyMarket(sku, Math.min(at, minuteAt));
    const known = watchOf(market, minuteAt);
    const watch = watched(known, minuteAt, orders);
    if (watch === known) return [];
    return moved(before, { ...market, watch, heat: warmed(market.heat, units * HEAT_WEIGHTS.paid, minuteAt) });
  });
}
