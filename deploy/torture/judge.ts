import { check as checkFromOutside, type Violation as OutsideViolation } from '../drill/check';
import { see } from '../drill/see';
import type { Seen } from '../drill/seen';
import { check, type Violation as InsideViolation, type Witness } from './check';
import { type Databases, openDatabases } from './databases';
import type { Placing } from './orders';
import { untilAnswered } from './patience';
import { type EndingTimes, letEnd, untilQuiet } from './quiet';
import type { Trouble } from './trouble';
import { witnessOf, type World } from './world';

export interface Violation {
  readonly invariant: InsideViolation['invariant'] | OutsideViolation['invariant'] | 'start' | 'refused' | 'quiet';
  readonly where: string;
  readonly what: string;
}

/** The system, quiet after all that was done to it, for whoever wants to look closer. */
export interface Quiet {
  readonly databases: Databases;
  readonly witness: Witness;
}

export interface Judging extends EndingTimes {
  readonly afterwards?: (quiet: Quiet) => Promise<void>;
}

export interface Judgement {
  readonly violations: readonly Violation[];
  /** The lines of all orders, as the API tells of them. */
  readonly lines: Seen['lines'];
  readonly cancelled: number;
}

export type Say = (line: string) => void;

/** Ends the load, lets everything come to its end, and checks what is left, by the API and by SQL. */
export async function judge(world: World, placing: Placing, trouble: Trouble, say: Say, judging: Judging = {}): Promise<Judgement> {
  const { place, hands, plan, start } = world;
  const { afterwards, ...times } = judging;
  await Promise.all([placing.stop(), trouble.stop()]);
  const { placed } = placing;
  const cancelled = await letEnd({ hands, plan, placed, since: start.since, ...times });
  if (cancelled > 0) say(`${cancelled} orders had not ended by themselves, and were cancelled`);
  const databases = await openDatabases(place.dir);
  try {
    const restless = await untilQuiet(databases, times.quietMs);
    if (restless !== undefined) say('It has not come to rest; what it still does is among the violations');
    say('It reads what the API tells, and the books of all five');
    const waves = [...plan.waves, trouble.dry];
    const seen = await untilAnswered(() =>
      see(hands.operator, hands.options, { market: hands.market, plan: { ...plan, waves }, placed, start }),
    );
    await untilQuiet(databases);
    const witness = await witnessOf(world, placing);
    const violations = [
      ...[...placing.refused, ...trouble.refused].map((it) => ({ invariant: 'refused' as const, ...it })),
      ...(restless === undefined ? [] : [{ invariant: 'quiet' as const, where: place.dir, what: restless }]),
      ...checkFromOutside(seen),
      ...(await check(databases, witness)),
    ];
    await afterwards?.({ databases, witness });
    return { violations, lines: seen.lines, cancelled };
  } finally {
    await databases.close();
  }
}
