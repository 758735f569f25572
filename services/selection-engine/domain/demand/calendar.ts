import { getDayDetail } from 'chinese-days';
import { finite, InvalidDemand } from './checks';
import type { HolidayDay } from './context';

const DAY_MS = 86_400_000;
/** No calendar is asked for more at once. */
export const CALENDAR_DAYS_MAX = 800;

/**
 * Days on which people buy otherwise, from `from` to `to` (ms, both days included): public holidays of China as announced (chinese-days), and
 * the days of cross-border trade. Data for a `Context`. @throws InvalidDemand
 */
export function holidaysOf(from: number, to: number): HolidayDay[] {
  const [first, last] = [Math.floor(finite('from', from) / DAY_MS), Math.floor(finite('to', to) / DAY_MS)];
  if (last < first) throw new InvalidDemand('out-of-range', 'to', to);
  if (last - first >= CALENDAR_DAYS_MAX) throw new InvalidDemand('too-long', 'to', to);
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * DAY_MS).flatMap((at) =>
    [chineseAt(at), crossBorderAt(at)].flatMap((name) => (name === undefined ? [] : [{ at, name }])),
  );
}

/** Name of the public holiday; plain weekends, and weekends that are worked, are none. */
function chineseAt(at: number): string | undefined {
  const { work, name } = getDayDetail(new Date(at).toISOString().slice(0, 10));
  const [english, chinese] = name.split(',');
  return work || chinese === undefined ? undefined : english;
}

const FIXED: Readonly<Record<string, string>> = { '06-18': '618', '11-11': 'Singles Day', '12-12': 'Double Twelve', '12-25': 'Christmas' };

function crossBorderAt(at: number): string | undefined {
  const date = new Date(at);
  const fixed = FIXED[date.toISOString().slice(5, 10)];
  if (fixed !== undefined) return fixed;
  // the day after the fourth Thursday of November is the 23rd to the 29th, and a Friday; Monday follows it
  const [weekday, beforeMs] = [date.getUTCDay(), at - 3 * DAY_MS];
  if (weekday === 5 && isThanksgivingWeek(at)) return 'Black Friday';
  return weekday === 1 && isThanksgivingWeek(beforeMs) ? 'Cyber Monday' : undefined;
}

function isThanksgivingWeek(at: number): boolean {
  const date = new Date(at);
  return date.getUTCMonth() === 10 && date.getUTCDate() >= 23 && date.getUTCDate() <= 29;
}
