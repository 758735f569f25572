import type { Fact } from '@midstream/contracts';
import { seenAtOf } from '../age';
import type { OfferBook, Product } from '../book';
import { chanceAbove, type Context, type HolidayDay, holidaysOf, type Outlook, outlookOf } from '../demand';
import { dailyOf } from '../demand/daily';
import { calibrationAt } from '../demand/foretold';
import { trendOf } from '../market/heat';
import { PRICE_LASTS_MS, PRICE_TIMES_MAX, UPDATE_UPLIFT } from '../market/limits';
import { FAILURE_SHARE, LOST_SALE_SHARE } from '../worth';
import type { Link } from './goods';
import type { CardNeed } from './need';
import { afterSalesMinor, type Traits } from './value';

type MarketState = Fact<'MarketState'>;

/** A good that is shown, as far as its future depends on it. */
export interface Outlooked {
  readonly product: Product;
  readonly chain: readonly Link[];
  readonly traits: Traits;
  readonly perHour: number;
}

/** A figure of stock is never surer than this, however fresh: others buy, too. */
const RISK_LEAST = 0.002;
/** Demand of one good over a short time: variance is (1 + 1/DISPERSION × mean) times the mean. */
const DISPERSION = 2;
/** Other hubs take from the same supplier about as much as we do. */
const OTHERS_SHARE = 1;
const NEEDED_MOST = 1_000_000;

export interface StockOutlook {
  readonly available: number;
  readonly quantity: number;
  /** Units an hour that go to buyers like ours. */
  readonly perHour: number;
  /** Age of the figure, and the time until the answer. */
  readonly ageMs: number;
  readonly leadMs: number;
}

/**
 * Probability that the stock does not last for this quantity: demand until the answer is negative-binomial by its moments. More stock never
 * raises it; more demand, age or quantity never lowers it.
 */
export function stockOutProbability({ available, quantity, perHour, ageMs, leadMs }: StockOutlook): number {
  const spare = available - quantity;
  if (!(spare >= 0)) return 1;
  const hours = (Math.max(0, ageMs) + Math.max(0, leadMs)) / 3_600_000;
  const mean = Math.max(1e-9, perHour * (1 + OTHERS_SHARE) * hours);
  if (spare > NEEDED_MOST || spare > mean + 12 * Math.sqrt(mean + (mean * mean) / DISPERSION) + 40) return RISK_LEAST;
  const out = chanceAbove({ mean, size: DISPERSION }, spare);
  return Math.min(1, Math.max(RISK_LEAST, Number.isFinite(out) ? out : 1));
}

/** Others' drain is only guessed here: by the hub's own sales, and not surely. */
const DRAIN_SHAPE = 2;
/** What is bought ahead and not sold loses this share: capital over a fortnight, prices that fall. */
const LEFTOVER_SHARE = 0.05;
const DAY_MS = 86_400_000;
const HORIZON_MS = DAY_MS;
/** A festival is felt from three days before it to the day after it, and the horizon with its lead time ends tomorrow. */
const HOLIDAY_AHEAD_DAYS = 5;
/** Days of a good's history whose highest says how much stock is worth looking at. */
const RECENT_DAYS = 7;
/** Stock past what demand could take in any case: it only makes the sums longer. */
export const roomFor = (quantity: number, mean: number): number => Math.ceil(quantity + mean + 12 * Math.sqrt(mean + mean * mean) + 64);

/** Risk, margin and purchase of one good that is shown: by the whole model, which is too slow for all that are not (selection.md 2). */
export function outlookFor({ product, chain, traits, perHour }: Outlooked, need: CardNeed, book: OfferBook, at: number): Outlook {
  const { priceMinor } = product;
  const failureMinor = priceMinor * FAILURE_SHARE[need.segment];
  const afterSales = afterSalesMinor(traits.complaint, traits.invalid, priceMinor);
  const { rate, demand, context } = demandFor(product, perHour, book, at);
  const drain = drainAt(perHour, chain.length);
  const calibration = calibrationAt(book, at);
  return outlookOf({
    at,
    demand,
    context,
    quantity: need.quantity,
    priceMinor: Math.max(1, priceMinor),
    lostSaleMinor: priceMinor * LOST_SALE_SHARE[need.segment],
    offers: chain.map(({ offer, fill, up, trials, responseMs, available }) => {
      const seenAt = Math.min(at, seenAtOf(offer, at));
      const hours = (at - seenAt + responseMs) / 3_600_000;
      const units = Math.min(available, roomFor(need.quantity, rate * 2 * hours));
      return {
        stock: {
          units,
          seenAt,
          reservedUnits: 0,
          drain,
          leadTimeMs: { mean: responseMs, deviation: responseMs / 2 },
          up,
          invalid: traits.invalid,
        },
        fill: { mean: fill, observations: trials },
        tiers: offer.costTiers,
        afterSalesMinor: afterSales,
        failureMinor,
        minQuantity: offer.minQuantity,
        maxQuantity: offer.maxQuantity,
      };
    }),
    horizonMs: HORIZON_MS,
    leftoverShare: LEFTOVER_SHARE,
    onHand: chain.reduce((sum, it) => sum + (it.offer.kind === 'vault' ? it.available : 0), 0),
    inbound: 0,
    ...(calibration !== undefined && { calibration }),
  });
}

/** By its days where there are enough of them, else by its last hour; with what moves it, and the most units an hour that it may come to. */
export function demandFor(product: Product, perHour: number, book: OfferBook, at: number) {
  const daily = dailyOf(book, product.sku, at);
  return {
    rate: Math.max(perHour, ...(daily?.history.slice(-RECENT_DAYS) ?? []).map((it) => it / 24)),
    demand: daily ?? { forecast: { mean: perHour, size: DISPERSION }, bucketMs: 3_600_000 },
    context: contextOf(product, book.markets.get(product.sku), at),
  };
}

/** What others take of each of a good's offers. */
export const drainAt = (perHour: number, offers: number) => ({ unitsPerHour: perHour / Math.max(1, offers), shape: DRAIN_SHAPE });

/** What was reported of the market and still counts. */
function contextOf({ priceMinor }: Product, market: MarketState | undefined, at: number): Context {
  const holidays = holidaysAround(at);
  if (market === undefined) return { ...(holidays.length > 0 && { holidays }) };
  const { burst, prices, updates, heat } = market;
  const cheapest = prices.filter((it) => isBelievable(it, priceMinor, at)).sort((a, b) => a.priceMinor - b.priceMinor)[0];
  const trend = trendOf({ hour: heat.hour, week: heat.week, at: Date.parse(heat.asOf) }, at);
  return {
    ...(holidays.length > 0 && { holidays }),
    events: updates.map((it) => ({ at: Date.parse(it.observedAt), uplift: UPDATE_UPLIFT })),
    heat: Math.max(-3, Math.min(3, trend)),
    // It lasts: it fades from now on, and not since it began
    ...(burst !== undefined && Date.parse(burst.until) > at && { burst: { factor: Math.max(1, burst.factor), at } }),
    ...(cheapest !== undefined && priceMinor > 0 && { competitor: { priceMinor: cheapest.priceMinor, ownMinor: priceMinor } }),
  };
}

/** The days that may move demand over the horizon; asked of the calendar once a day. */
let holidays: { readonly day: number; readonly days: readonly HolidayDay[] } = { day: -1, days: [] };
function holidaysAround(at: number): readonly HolidayDay[] {
  const day = Math.floor(at / DAY_MS);
  if (holidays.day !== day) holidays = { day, days: holidaysOf((day - 1) * DAY_MS, (day + HOLIDAY_AHEAD_DAYS) * DAY_MS) };
  return holidays.days;
}

/** Our own price may have moved since: what is too far off by now says nothing. */
const isBelievable = (it: MarketState['prices'][number], ownMinor: number, at: number): boolean =>
  at - Date.parse(it.observedAt) < PRICE_LASTS_MS &&
  it.priceMinor * PRICE_TIMES_MAX >= ownMinor &&
  it.priceMinor <= ownMinor * PRICE_TIMES_MAX;
