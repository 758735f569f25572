const MINUTE_MS = 60_000;
export const STALE_AFTER_MINUTES_MAX = 99_999;

/** How long after it was due a figure counts as stale, and how long after that moment its offer closes. */
export interface StaleAfter {
  readonly staleAfterMs: number;
  readonly closedAfterMs: number;
}

/**
 * Minutes by the category of a product; `*`: any other. Game cards sell out within the hour, courses are sold by the place, and data abroad is made
 * to order.
 */
const MINUTES: Readonly<Record<string, readonly [stale: number, closed: number]>> = {
  'game-card': [15, 120],
  'overseas-game-card': [15, 120],
  membership: [30, 360],
  'international-data': [240, 1_440],
  'course-card': [240, 2_880],
  '*': [60, 720],
};

/**
 * What `MIDSTREAM_STALE_AFTER_MINUTES` says, `game-card=15/120,*=off`, over what holds unless it does; undefined for a category whose figures do not
 * age. @throws Error where it cannot be read.
 */
export function staleAfterOf(setting = ''): ReadonlyMap<string, StaleAfter | undefined> {
  const found = new Map<string, StaleAfter | undefined>(Object.entries(MINUTES).map(([category, it]) => [category, msOf(it)]));
  for (const it of setting.split(',').filter((part) => part.trim() !== '')) {
    const [, category = '', off, stale, closed] = /^\s*(\*|[a-z0-9-]{1,40})\s*=\s*(?:(off)|(\d{1,5})\s*\/\s*(\d{1,5}))\s*$/.exec(it) ?? [];
    if (category === '' || Number(stale) > Number(closed))
      throw new Error(
        `MIDSTREAM_STALE_AFTER_MINUTES: ${it} is not category=stale/closed in minutes, 0 to ${STALE_AFTER_MINUTES_MAX} and ascending, nor category=off`,
      );
    found.set(category, off === undefined ? msOf([Number(stale), Number(closed)]) : undefined);
  }
  return found;
}

const msOf = ([stale, closed]: readonly [number, number]): StaleAfter => ({
  staleAfterMs: stale * MINUTE_MS,
  closedAfterMs: closed * MINUTE_MS,
});
