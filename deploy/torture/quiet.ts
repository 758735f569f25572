import { SERVICES } from '@midstream/contracts';
import { type Hands, pause, dryOut, liftBan } from '../drill/act';
import type { Plan } from '../drill/plan';
import { runningOrders } from '../drill/read';
import type { TraceOrder } from '../sample-market/words';
import type { Databases } from './databases';
import { untilAnswered } from './patience';
import { answerAll, cancel } from './trouble';

/** Questions to buyers are open for a minute, a lost purchase is asked for, a supplier that was too slow rests for a minute. */
const END_BY_ITSELF_MS = 90_000;
/** What was cancelled waits for the suppliers' answers only. */
const END_CANCELLED_MS = 60_000;
const QUIET_MS = 60_000;
const STILL_MS = 1_500;
/** No timer of consequence may strike while the books are read. */
const AHEAD_S = 6;

interface Ending {
  readonly hands: Hands;
  readonly plan: Plan;
  readonly placed: ReadonlyMap<string, TraceOrder>;
  readonly since: number;
  readonly endByItselfMs?: number;
}

/**
 * Lets everything come to its end: the ban is lifted, the suppliers with a long queue run dry, so that what waits there is selected again, and
 * questions are answered. What still runs after its time is cancelled. Gives how many were.
 */
export async function letEnd({ hands, plan, placed, since, endByItselfMs = END_BY_ITSELF_MS }: Ending): Promise<number> {
  await untilAnswered(() => liftBan(hands.operator));
  await untilAnswered(() => dryOut(hands, plan.waves.flat()));
  for (const until = Date.now() + endByItselfMs; Date.now() < until; await pause(1_000))
    if ((await untilAnswered(() => answerAll({ hands, placed, since }))) === 0) return 0;
  const late = await untilAnswered(() => runningOrders(hands.merchant, since));
  for (const { orderId } of late) await untilAnswered(() => cancel(hands.merchant, orderId));
  for (const until = Date.now() + END_CANCELLED_MS; Date.now() < until; await pause(1_000))
    if ((await untilAnswered(() => runningOrders(hands.merchant, since))).length === 0) break;
  return late.length;
}

/** Waits until nothing is being done, told or about to be; for a time, since what never comes to rest is for the checker to name. */
export async function untilQuiet(databases: Databases): Promise<boolean> {
  let before = '';
  let since = Date.now();
  for (const until = Date.now() + QUIET_MS; Date.now() < until; await pause(300)) {
    const now = await stateOf(databases);
    if (now.busy > 0 || now.logs !== before) [before, since] = [now.logs, Date.now()];
    else if (Date.now() - since > STILL_MS) return true;
  }
  return false;
}

/** Of an order that has ended these change nothing. */
const HARMLESS = ['ExpireHold', 'MeetDeadline', 'ExpireConsent'];

async function stateOf({ query }: Databases): Promise<{ busy: number; logs: string }> {
  let busy = 0;
  const logs: string[] = [];
  for (const it of SERVICES) {
    const [row] = await query<{ busy: number; last: string; heard: string }>(
      it,
      `SELECT (SELECT count(*)::int FROM todo WHERE kind <> 'command' OR due_at < clock_timestamp()
                  OR (due_at < clock_timestamp() + make_interval(secs => $1) AND NOT payload ->> 'type' = ANY($2))) AS busy,
              (SELECT coalesce(max(id), 0) FROM event)::text AS last, (SELECT count(*) FROM inbox)::text AS heard`,
      [AHEAD_S, HARMLESS],
    );
    busy += row?.busy ?? 0;
    logs.push(`${row?.last}/${row?.heard}`);
  }
  return { busy, logs: logs.join(' ') };
}
