import { amount, finite, InvalidDemand, positive } from './checks';
import type { Count } from './negative-binomial';

/** A day on which people buy otherwise. Calendars are data: an app reads them, the domain only weighs them. */
export interface HolidayDay {
  /** Midnight UTC of the day, ms. */
  readonly at: number;
  readonly name: string;
}

/** What moves demand beyond its own past; each part is optional, and neutral where absent. */
export interface Context {
  readonly holidays?: readonly HolidayDay[];
  /** Learned log uplifts by `name/lag`; else the prior of the lag. */
  readonly holidayUplift?: Readonly<Record<string, number>>;
  /** Version updates, releases, outages of competitors: log uplift at its start, fading with `fadeMs`. */
  readonly events?: readonly { readonly at: number; readonly uplift: number; readonly fadeMs?: number }[];
  /** Posterior factor of a burst that is on, by `burstFactor`. Fades with half an hour. */
  readonly burst?: { readonly factor: number; readonly at: number };
  /** Heat: logarithm, base 2, of interest now over interest usually. */
  readonly heat?: number;
  /** Cheapest competitor and our price; elasticity of our demand to their ratio, with its deviation. */
  readonly competitor?: { readonly priceMinor: number; readonly ownMinor: number; readonly elasticity?: number };
}

/** Log uplift from three days before a holiday to the day after (selection.md 2.2), before anything is learned. */
export const HOLIDAY_PRIOR: Readonly<Record<string, number>> = { '-3': 0.1, '-2': 0.2, '-1': 0.35, '0': 0.5, '1': 0.2 };
export const EVENT_FADE_MS = 3 * 86_400_000;
export const BURST_HALF_LIFE_MS = 1_800_000;
export const ELASTICITY_PRIOR = -2;
/** A share of heat becomes demand: views are not sales. */
const HEAT_SHARE = 0.15;
/** However much speaks for it, demand is taken for no more than ten times itself, nor less than a tenth. */
const LOG_MAX = Math.log(10);
/** A price signal further off than this is a mistake of units, not an offer. */
export const PRICE_RATIO_MAX = 20;
const DAY_MS = 86_400_000;
/** Half-hours are enough to see a burst fade; no longer horizon is cut into more pieces. */
const PIECES = 48;

/** The forecast over the time from `at` for `horizonMs`, moved by what is known of that time. @throws InvalidDemand */
export function inContext(plain: Count, context: Context, at: number, horizonMs: number): Count {
  finite('at', at);
  positive('horizonMs', horizonMs);
  return { mean: plain.mean * factorOver(context, at, horizonMs), size: plain.size };
}

/** The mean of what it is over the time. What neither fades nor comes is the same all the time. */
function factorOver(context: Context, at: number, horizonMs: number): number {
  if (context.holidays === undefined && context.burst === undefined && (context.events ?? []).length === 0) return factorAt(context, at);
  let sum = 0;
  for (let n = 0; n < PIECES; n++) sum += factorAt(context, at + ((n + 0.5) * horizonMs) / PIECES);
  return sum / PIECES;
}

/** By how much demand at this time differs from its own past; in [0.1, 10]. @throws InvalidDemand */
export function factorAt(context: Context, at: number): number {
  const log =
    holidayLog(context, at) +
    (context.events ?? []).reduce((sum, it) => sum + eventLog(it, at), 0) +
    burstLog(context.burst, at) +
    HEAT_SHARE * finite('heat', context.heat ?? 0) * Math.LN2 +
    priceLog(context.competitor);
  return Math.exp(Math.min(LOG_MAX, Math.max(-LOG_MAX, log)));
}

/** One holiday counts, the strongest: neighbours are one festival. */
function holidayLog({ holidays = [], holidayUplift = {} }: Context, at: number): number {
  let most = 0;
  for (const it of holidays) {
    const lag = Math.floor((at - finite('holidays.at', it.at)) / DAY_MS);
    if (lag < -3 || lag > 1) continue;
    most = Math.max(most, holidayUplift[`${it.name}/${lag}`] ?? HOLIDAY_PRIOR[String(lag)] ?? 0);
  }
  return most;
}

function eventLog(event: { readonly at: number; readonly uplift: number; readonly fadeMs?: number }, at: number): number {
  const since = at - finite('events.at', event.at);
  const uplift = finite('events.uplift', event.uplift);
  return since < 0 ? 0 : uplift * Math.exp(-since / positive('events.fadeMs', event.fadeMs ?? EVENT_FADE_MS));
}

function burstLog(burst: Context['burst'], at: number): number {
  if (burst === undefined) return 0;
  return Math.log(positive('burst.factor', burst.factor)) * 2 ** (-Math.max(0, at - finite('burst.at', burst.at)) / BURST_HALF_LIFE_MS);
}

function priceLog(competitor: Context['competitor']): number {
  if (competitor === undefined) return 0;
  const ratio = positive('competitor.ownMinor', competitor.ownMinor) / positive('competitor.priceMinor', competitor.priceMinor);
  if (ratio > PRICE_RATIO_MAX || ratio < 1 / PRICE_RATIO_MAX)
    throw new InvalidDemand('out-of-range', 'competitor.priceMinor', competitor.priceMinor);
  // a dearer competitor brings us buyers: elasticity is negative
  return finite('competitor.elasticity', competitor.elasticity ?? ELASTICITY_PRIOR) * Math.log(ratio);
}

/** Posterior of a burst's factor, Gamma(4 m, 4) before anything is counted: `seen` where `expected` was foreseen. @throws InvalidDemand */
export const burstFactor = (seen: number, expected: number, before = 1): number =>
  (4 * positive('before', before) + amount('seen', seen)) / (4 + amount('expected', expected));

/**
 * Elasticity of demand to own over competitor's price, from changes within one good: ridge towards the prior N(−2, 1). Each point is the
 * deviation from the good's own mean of log(own / competitor) and of log demand. `certain` says whether its 80 % interval leaves out 0:
 * without it no price is to be made from it. @throws InvalidDemand
 */
export function elasticityOf(points: readonly { readonly logRatio: number; readonly logDemand: number }[]): {
  readonly mean: number;
  readonly deviation: number;
  readonly certain: boolean;
} {
  const spread = points.reduce((sum, it) => sum + finite('logRatio', it.logRatio) ** 2, 0);
  const product = points.reduce((sum, it) => sum + it.logRatio * finite('logDemand', it.logDemand), 0);
  const slope = spread > 0 ? product / spread : 0;
  const residual = points.reduce((sum, it) => sum + (it.logDemand - slope * it.logRatio) ** 2, 0);
  const noise = Math.max(0.01, residual / Math.max(1, points.length - 1));
  const precision = spread / noise + 1;
  const mean = (product / noise + ELASTICITY_PRIOR) / precision;
  const deviation = 1 / Math.sqrt(precision);
  return { mean, deviation, certain: Math.abs(mean) > 1.2816 * deviation && points.length > 2 };
}
