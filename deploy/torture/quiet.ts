import { SERVICES, type Service, TOPICS, topicsReadBy } from '@midstream/contracts';
import { type Hands, pause, dryOut, liftBan } from '../drill/act';
import type { Plan } from '../drill/plan';
import { runningOrders } from '../drill/read';
import { inParallel } from '../sample-market/api';
import type { TraceOrder } from '../sample-market/words';
import type { Databases } from './databases';
import { untilAnswered } from './patience';
import { answerAll, cancel, fillBalances } from './trouble';

/** A lost purchase is asked for, a supplier that was too slow rests for a minute. */
const END_BY_ITSELF_MS = 90_000;
/** What was cancelled waits for the suppliers' answers only. */
const END_CANCELLED_MS = 60_000;
const QUIET_MS = 60_000;
const CANCELS_AT_ONCE = 8;
const STILL_MS = 1_500;
const LOOK_EVERY_MS = 400;
/** No timer of consequence may strike while the books are read. */
const AHEAD_S = 6;

/** How long everything may take to come to its end, and to rest. */
export interface EndingTimes {
  /** What has not ended after it is cancelled. */
  readonly endByItselfMs?: number;
  readonly endCancelledMs?: number;
  readonly quietMs?: number;
}

interface Ending extends EndingTimes {
  readonly hands: Hands;
  readonly plan: Plan;
  readonly placed: ReadonlyMap<string, TraceOrder>;
  readonly since: number;
}

/**
 * Lets everything come to its end: the ban is lifted, suppliers have our money, those with a long queue run dry, so that what waits there is
 * selected again, and questions are answered. What still runs after its time is cancelled. Gives how many were.
 */
export async function letEnd({ hands, plan, placed, since, ...times }: Ending): Promise<number> {
  const { endByItselfMs = END_BY_ITSELF_MS, endCancelledMs = END_CANCELLED_MS } = times;
  await untilAnswered(() => liftBan(hands.operator));
  await untilAnswered(() => fillBalances(hands));
  await untilAnswered(() => dryOut(hands, plan.waves.flat()));
  for (const until = Date.now() + endByItselfMs; Date.now() < until; await pause(1_000))
    if ((await untilAnswered(() => answerAll({ hands, placed, since }, true))) === 0) return 0;
  const late = await untilAnswered(() => runningOrders(hands.merchant, since));
  await inParallel(late, CANCELS_AT_ONCE, ({ orderId }) => untilAnswered(() => cancel(hands.merchant, orderId)));
  for (const until = Date.now() + endCancelledMs; Date.now() < until; await pause(1_000))
    if ((await untilAnswered(() => runningOrders(hands.merchant, since))).length === 0) break;
  return late.length;
}

/**
 * Waits until nothing is being done, told, heard or about to be; for a time, since what never comes to rest is for the checker to name.
 * Undefined when it is quiet; else what it still does.
 */
export async function untilQuiet(databases: Databases, quietMs: number = QUIET_MS): Promise<string | undefined> {
  let before = '';
  let since = Date.now();
  let now: State = { busy: '', logs: '' };
  for (const until = Date.now() + quietMs; Date.now() < until; await pause(LOOK_EVERY_MS)) {
    now = await stateOf(databases);
    if (now.busy !== '' || now.logs !== before) [before, since] = [now.logs, Date.now()];
    else if (Date.now() - since > STILL_MS) return undefined;
  }
  return `not quiet within ${quietMs / 1_000} s: ${now.busy === '' ? 'the logs grow' : now.busy}`;
}

/**
 * Of an order that has ended these change nothing: a purchase that waits for its turn at an offer was struck with the order, its turn comes
 * all the same, for minutes where the queue was long. A look at a balance changes no book.
 */
const HARMLESS = ['ExpireHold', 'MeetDeadline', 'ExpireConsent', 'SubmitPurchase', 'CheckBalance'];

interface State {
  /** What is under way, in words; nothing at rest. */
  readonly busy: string;
  /** The ends of the logs. */
  readonly logs: string;
}

interface Moment {
  readonly topic: string;
  readonly at: number;
}

const MS = (at: string): string => `(extract(epoch FROM ${at}) * 1000)::float8`;

/** Of $1 seconds and $2 types of command: an effect, what is due, and what will be while the books are read. */
const IS_NEAR = `(kind <> 'command' OR due_at < clock_timestamp()
  OR (due_at < clock_timestamp() + make_interval(secs => $1) AND NOT payload ->> 'type' = ANY($2)))`;

/** Which they are, when they are due, how often they were tried, and what the last error was: why a service does not come to rest. */
async function tasksOf(query: Databases['query'], service: Service): Promise<string> {
  const rows = await query<{ words: string }>(
    service,
    `SELECT format('%s × %s, due in %s s, %s tries%s', count(*), CASE WHEN kind = 'command' THEN payload ->> 'type' ELSE kind END,
              round(extract(epoch FROM min(due_at) - clock_timestamp())), max(attempts),
              CASE WHEN bool_or(stuck) THEN ', stuck' ELSE '' END || coalesce(', ' || left(max(error), 120), '')) AS words
       FROM todo WHERE ${IS_NEAR} GROUP BY CASE WHEN kind = 'command' THEN payload ->> 'type' ELSE kind END ORDER BY count(*) DESC LIMIT 5`,
    [AHEAD_S, HARMLESS],
  );
  return rows.map(({ words }) => words).join('; ');
}

/** How far a reader has heard is told by the owners' watermarks: what calls for nothing leaves no trace in its inbox. */
async function stateOf({ query }: Databases): Promise<State> {
  const busy: string[] = [];
  const logs: string[] = [];
  const told = new Map<string, number>();
  const heard: number[] = [];
  const heardUpTo = new Map<Service, ReadonlyMap<string, number>>();
  for (const it of SERVICES) {
    const [row] = await query<{ busy: number; last: string; heard: number }>(
      it,
      `SELECT (SELECT count(*)::int FROM todo WHERE ${IS_NEAR}) AS busy,
              (SELECT coalesce(max(id), 0) FROM event)::text AS last, (SELECT count(*)::int FROM inbox WHERE consumer = $3) AS heard`,
      [AHEAD_S, HARMLESS, it],
    );
    if (row === undefined) continue;
    if (row.busy > 0) busy.push(`${it} has ${row.busy} tasks (${await tasksOf(query, it)})`);
    logs.push(row.last);
    heard.push(row.heard);
    const ends = await query<Moment>(it, `SELECT topic, ${MS('max(at)')} AS at FROM event WHERE topic IS NOT NULL GROUP BY topic`);
    for (const { topic, at } of ends) told.set(topic, at);
    const marks = await query<Moment>(
      it,
      `SELECT topic, CASE WHEN count(*) >= max(partitions) THEN ${MS('min(at)')} ELSE 0 END AS at FROM watermark GROUP BY topic`,
    );
    heardUpTo.set(it, new Map(marks.map(({ topic, at }) => [topic, at])));
  }
  for (const [reader, marks] of heardUpTo) {
    const plain = topicsReadBy(reader).filter((it) => !TOPICS[it].compacted);
    const behind = plain.filter((it) => (marks.get(it) ?? 0) <= (told.get(it) ?? -1));
    if (behind.length > 0) busy.push(`${reader} has not heard all of ${behind.join(' and ')}`);
  }
  return { busy: busy.join(', '), logs: [...logs, ...heard].join(' ') };
}
