/** Half-lives of the two counts behind a good's heat (selection.md 2.2). */
export const HEAT_HOUR_MS = 3_600_000;
export const HEAT_WEEK_MS = 7 * 86_400_000;
/** What a sign of interest weighs, in units that were ordered. */
export const HEAT_WEIGHTS = { view: 0.1, search: 0.2, cart: 0.5, paid: 1 } as const;
/** So many paid orders an hour are added on both sides, so that one order of a quiet good is no wave. */
export const HEAT_CALM_PER_HOUR = 0.5;

/** Two counts of the same signs, discounted to `at` (milliseconds). Exact: nothing is sampled or sketched. */
export interface HeatCount {
  readonly hour: number;
  readonly week: number;
  readonly at: number;
}

export const noHeat = (at: number): HeatCount => ({ hour: 0, week: 0, at });

/** A count as it weighs at another time: half of it is left after `halfLifeMs`. A time that went backwards leaves it as it is. */
export const decayed = (value: number, elapsedMs: number, halfLifeMs: number): number =>
  value * 2 ** (-Math.max(0, elapsedMs) / halfLifeMs);

/** The counts after `weight` more at `at`. A sign that comes late is discounted by its own age, so that order does not matter. */
export function warmed(heat: HeatCount, weight: number, at: number): HeatCount {
  const now = Math.max(heat.at, at);
  const grow = (value: number, halfLifeMs: number) => decayed(value, now - heat.at, halfLifeMs) + decayed(weight, now - at, halfLifeMs);
  return { hour: grow(heat.hour, HEAT_HOUR_MS), week: grow(heat.week, HEAT_WEEK_MS), at: now };
}

/** Signs a millisecond that a count stands for: a steady rate r has the count r × halfLife / ln 2 in the end. */
const rateOf = (value: number, halfLifeMs: number): number => (value * Math.LN2) / halfLifeMs;

/** Paid orders an hour over the last hour, at `at`, by the count of it at `then`. */
export const perLastHour = (hour: number, then: number, at: number): number =>
  rateOf(decayed(hour, at - then, HEAT_HOUR_MS), HEAT_HOUR_MS) * 3_600_000;

/** Paid orders an hour over the last hour, and over the last week, at `at`. */
export const perHour = ({ hour, week, at: then }: HeatCount, at: number): { readonly hour: number; readonly week: number } => ({
  hour: perLastHour(hour, then, at),
  week: rateOf(decayed(week, at - then, HEAT_WEEK_MS), HEAT_WEEK_MS) * 3_600_000,
});

/** How much hotter than in its own week a good is: log2 of the ratio, 0 where nothing changes, 1 where interest doubled. */
export function trendOf(heat: HeatCount, at: number): number {
  const { hour, week } = perHour(heat, at);
  return Math.log2((hour + HEAT_CALM_PER_HOUR) / (week + HEAT_CALM_PER_HOUR));
}

/** Where each value stands among all of them, 0 to 100: the share that lies below it, ties counted half. */
export function percentiles(values: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  const below = (value: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const upTo = (value: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return values.map((it) => (100 * (below(it) + upTo(it))) / (2 * Math.max(1, sorted.length)));
}
