import type { Fact } from '@midstream/contracts';
import type { OfferBook } from '../book';
import { EVENT_FADE_MS, factorAt } from '../demand/context';
import { perHour, trendOf } from '../market/heat';
import { isBursting } from '../market/surge';
import { UPDATE_UPLIFT } from '../market/limits';
import { CALL_FACTOR_LEAST, CALL_PER_HOUR_LEAST, CALL_TREND_MAX } from './limits';

/** Why more of a good is called for, and how many times as much of it as usual is wanted. */
export interface Call {
  readonly because: Extract<Fact<'AdditionProposed'>['because'], 'burst' | 'version-update' | 'heat'>;
  readonly factor: number;
}

/** An update calls for more until demand is back to `CALL_FACTOR_LEAST` times what is usual. */
export const UPDATE_CALLS_MS = EVENT_FADE_MS * Math.log(UPDATE_UPLIFT / Math.log(CALL_FACTOR_LEAST));

/**
 * What calls for more of the good now, if anything: a burst that was measured; a new version of its game, which foretells one; or interest
 * that has grown beyond what its own week is used to, of which a share becomes demand. The forecast's own factors (`demand/context.ts`).
 */
export function callFor(book: OfferBook, sku: string, at: number): Call | undefined {
  const market = book.markets.get(sku);
  if (market === undefined) return undefined;
  if (market.burst !== undefined && isBursting(book, sku, at)) return { because: 'burst', factor: market.burst.factor };
  const newest = Math.max(-Infinity, ...market.updates.map((it) => Date.parse(it.observedAt)));
  if (newest <= at && at - newest <= UPDATE_CALLS_MS)
    return { because: 'version-update', factor: factorAt({ events: [{ at: newest, uplift: UPDATE_UPLIFT }] }, at) };
  const heat = { hour: market.heat.hour, week: market.heat.week, at: Date.parse(market.heat.asOf) };
  if (perHour(heat, at).hour < CALL_PER_HOUR_LEAST) return undefined;
  const factor = factorAt({ heat: Math.min(CALL_TREND_MAX, trendOf(heat, at)) }, at);
  return factor < CALL_FACTOR_LEAST ? undefined : { because: 'heat', factor };
}
