/**
 * A burst of demand: one-sided Poisson CUSUM on the orders of each minute (selection.md 2.2). Minutes without an order are not written:
 * they lower the sum by what was expected, which is done when the next order comes.
 */
export interface Watch {
  /** The sum of evidence for a doubled demand, a log likelihood ratio. */
  readonly sum: number;
  /** Orders, discounted by BASE_MS and by RECENT_MS, and the time that stands behind them, discounted alike (minutes). */
  readonly base: number;
  readonly baseMinutes: number;
  readonly recent: number;
  readonly recentMinutes: number;
  /** The same by the hour of the day (UTC), halved in a week: the tide of a day. */
  readonly hours: readonly Hour[];
  /** The start of the last minute that was counted. */
  readonly minuteAt: number;
  readonly firstAt: number;
  /** Since when the evidence has been growing. */
  readonly risingAt?: number;
  readonly burst?: Burst;
}

interface Hour {
  readonly orders: number;
  readonly minutes: number;
}

/** All in milliseconds, orders a minute, and times what was expected. */
export interface Burst {
  readonly since: number;
  readonly until: number;
  readonly factor: number;
  readonly ordersPerMinute: number;
  readonly expectedPerMinute: number;
}

export const MINUTE_MS = 60_000;
/** The alarm is tuned to a demand that doubles. */
export const BURST_FACTOR = 2;
/** Evidence at which it is told: e^10 to 1 a minute. One false alarm in 30 days at most, at 2 orders a minute (burst.spec.ts). */
export const BURST_ALARM_AT = 10;
/** A burst lasts so long past the last minute that showed it. */
export const BURST_LASTS_MS = 30 * MINUTE_MS;
/** Nothing is told before so much is known of the ordinary days: a first order is no burst. */
export const BURST_WARM_UP_MS = 3 * 3_600_000;
export const BURST_WARM_UP_ORDERS = 60;
const BASE_MS = 7 * 86_400_000;
const RECENT_MS = 3_600_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The tide of an hour is believed as far as it outweighs two hours at the mean. */
const TIDE_PRIOR_MINUTES = 60;
const TIDE_KNOWN_MS = 4 * DAY_MS;
/** What an hour of the day keeps from one day to the next: half after a week. */
const TIDE_KEEP = 2 ** (-1 / 7);
/** A good is never expected to sell less than this a minute, so that no two orders of a rare one are an alarm. */
const EXPECTED_LEAST = 0.05;
/** Minutes that are worked through when orders come after a long silence: more would change nothing. */
const SILENCE_MAX_MINUTES = 30 * 24 * 60;

export const newWatch = (minuteAt: number): Watch => ({
  sum: 0,
  base: 0,
  baseMinutes: 0,
  recent: 0,
  recentMinutes: 0,
  hours: [],
  minuteAt: minuteAt - MINUTE_MS,
  firstAt: minuteAt,
});

/**
 * What a minute is expected to bring: the ordinary days by their tide, hour by hour, between the middles of two hours. In a good's first four
 * days, when the tide is not known, no less than the last hours.
 */
export function expectedPerMinute(watch: Watch, minuteAt: number): number {
  const { base, baseMinutes, recent, recentMinutes, firstAt } = watch;
  const days = baseMinutes > 0 ? base / baseMinutes : 0;
  const place = (((minuteAt / HOUR_MS - 0.5) % 24) + 24) % 24;
  const [before, share] = [Math.floor(place), place % 1];
  const tide = (hour: number): number => {
    const { orders = 0, minutes = 0 } = watch.hours[hour % 24] ?? {};
    return (orders + TIDE_PRIOR_MINUTES * days) / (minutes + TIDE_PRIOR_MINUTES);
  };
  const usual = tide(before) * (1 - share) + tide(before + 1) * share;
  const hours = recentMinutes > 0 && minuteAt - firstAt < TIDE_KNOWN_MS ? recent / recentMinutes : 0;
  return Math.max(EXPECTED_LEAST, usual, hours);
}

/** What is known after one more minute with orders; a minute that was counted before changes nothing. `burst` is there while it lasts. */
export function watched(watch: Watch, minuteAt: number, orders: number): Watch {
  if (minuteAt <= watch.minuteAt) return watch;
  const expected = expectedPerMinute(watch, minuteAt);
  const silent = Math.min(SILENCE_MAX_MINUTES, Math.round((minuteAt - watch.minuteAt) / MINUTE_MS) - 1);
  const calmed = Math.max(0, watch.sum - silent * expected * (BURST_FACTOR - 1));
  const sum = Math.max(0, calmed + orders * Math.log(BURST_FACTOR) - expected * (BURST_FACTOR - 1));
  const risingAt = sum === 0 ? undefined : calmed === 0 || watch.risingAt === undefined ? minuteAt : watch.risingAt;
  const burst = burstAfter(watch, { minuteAt, orders, expected, sum, risingAt: risingAt ?? minuteAt });
  // While it lasts, only what is ordinary of it becomes the measure of the ordinary
  const ordinary = burst === undefined ? orders : Math.min(orders, expected);
  return {
    ...learned(watch, minuteAt, silent + 1, ordinary),
    minuteAt,
    firstAt: watch.firstAt,
    // Past the alarm the evidence does not pile up: else a long burst would not be seen to end
    sum: Math.min(sum, 2 * BURST_ALARM_AT),
    ...(risingAt !== undefined && { risingAt }),
    ...(burst !== undefined && { burst }),
  };
}

interface Minute {
  readonly minuteAt: number;
  readonly orders: number;
  readonly expected: number;
  readonly sum: number;
  readonly risingAt: number;
}

function burstAfter(watch: Watch, { minuteAt, expected, sum, risingAt, orders }: Minute): Burst | undefined {
  const running = watch.burst !== undefined && watch.burst.until > minuteAt ? watch.burst : undefined;
  const warm = minuteAt - watch.firstAt >= BURST_WARM_UP_MS && watch.base >= BURST_WARM_UP_ORDERS;
  if (!warm || sum < BURST_ALARM_AT) return running;
  const since = running?.since ?? risingAt;
  // From the sum itself: orders since it began to rise are what it was made of
  const minutes = Math.max(1, (minuteAt - since) / MINUTE_MS + 1);
  const known = running ?? { ordersPerMinute: (sum + expected * minutes) / Math.LN2 / minutes, expectedPerMinute: expected };
  const ordersPerMinute = running === undefined ? known.ordersPerMinute : known.ordersPerMinute + (orders - known.ordersPerMinute) / 10;
  const measure = Math.max(EXPECTED_LEAST, known.expectedPerMinute);
  return {
    since,
    until: minuteAt + MINUTE_MS + BURST_LASTS_MS,
    factor: Math.min(1_000, ordersPerMinute / measure),
    ordersPerMinute,
    expectedPerMinute: measure,
  };
}

function learned(watch: Watch, minuteAt: number, minutes: number, orders: number) {
  const keep = (halfLifeMs: number) => 2 ** ((-minutes * MINUTE_MS) / halfLifeMs);
  const [base, recent] = [keep(BASE_MS), keep(RECENT_MS)];
  // The time of the minutes themselves, discounted as the orders are
  const span = (kept: number, halfLifeMs: number) => ((1 - kept) * halfLifeMs) / Math.LN2 / MINUTE_MS;
  return {
    base: watch.base * base + orders,
    baseMinutes: watch.baseMinutes * base + span(base, BASE_MS),
    recent: watch.recent * recent + orders,
    recentMinutes: watch.recentMinutes * recent + span(recent, RECENT_MS),
    hours: tideAfter(watch, minuteAt, orders),
  };
}

/** Each hour of the day that has gone by since gets its minutes, the last one its orders. */
function tideAfter({ hours, minuteAt: from }: Watch, minuteAt: number, orders: number): readonly Hour[] {
  const next = Array.from({ length: 24 }, (_, it) => hours[it] ?? { orders: 0, minutes: 0 });
  let at = Math.max(from + MINUTE_MS, minuteAt - SILENCE_MAX_MINUTES * MINUTE_MS);
  while (at <= minuteAt) {
    const hourAt = Math.floor(at / HOUR_MS) * HOUR_MS;
    const end = Math.min(hourAt + HOUR_MS, minuteAt + MINUTE_MS);
    const slot = (hourAt / HOUR_MS) % 24;
    const kept = at === hourAt ? TIDE_KEEP : 1;
    const known = next[slot] ?? { orders: 0, minutes: 0 };
    next[slot] = { orders: known.orders * kept, minutes: known.minutes * kept + (end - at) / MINUTE_MS };
    at = end;
  }
  const slot = Math.floor(minuteAt / HOUR_MS) % 24;
  const known = next[slot] ?? { orders: 0, minutes: 0 };
  next[slot] = { ...known, orders: known.orders + orders };
  return next;
}
