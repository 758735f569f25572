const DAY_MS = 86_400_000;
export const MARGIN_DAYS_MAX = 365;

/** So many days before its expiry a code is no longer sold, by the category of its product; `*`: any other. A course is begun when there is time. */
const MARGIN_DAYS: Readonly<Record<string, number>> = {
  'course-card': 30,
  'international-data': 14,
  'overseas-game-card': 7,
  'game-card': 3,
  membership: 3,
  '*': 1,
};

/** What `MIDSTREAM_SELL_MARGIN_DAYS` says, `game-card=5,*=2`, over what holds unless it does. @throws Error where it cannot be read. */
export function sellMarginsOf(setting = ''): (category: string) => number {
  const said = setting.split(',').filter((it) => it.trim() !== '');
  const days = new Map(Object.entries(MARGIN_DAYS));
  for (const it of said) {
    const [, category = '', number = ''] = /^\s*(\*|[a-z0-9-]{1,40})\s*=\s*(\d{1,3})\s*$/.exec(it) ?? [];
    if (category === '' || Number(number) > MARGIN_DAYS_MAX)
      throw new Error(`MIDSTREAM_SELL_MARGIN_DAYS: ${it} is not category=days, with 0 to ${MARGIN_DAYS_MAX} days`);
    days.set(category, Number(number));
  }
  return (category) => days.get(category) ?? days.get('*') ?? 0;
}

/** The last moment at which a code is sold. */
export const sellUntilOf = (expiresAt: Date, marginDays: number): Date => new Date(expiresAt.getTime() - marginDays * DAY_MS);
