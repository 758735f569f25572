import { pause } from '../drill/act';
import { isHit } from '../drill/seen';
import { type Fault, faultsOf, type Server, wordsOf } from './faults';
import { watchFlight } from './flight';
import { Down } from './house';
import { type Hub, openHub } from './hub';
import { judge, type Judgement, type Say, type Violation } from './judge';
import type { MinutesOptions } from './options';
import { type Pace, type Placing, startPlacing } from './orders';
import { type Progress } from './progress';
import { chanceOf } from './schedule';
import { foreignBrokers } from './servers';
import { type Deeds, startStrikes, type Strikes } from './strike';
import { startTrouble, type Trouble } from './trouble';
import { settleIn, type World } from './world';

export interface SiegeResult extends Deeds {
  /** How often a process has ended without us: it could not go on, and was started again. */
  readonly exits: number;
  readonly orders: number;
  readonly lines: number;
  /** Lines of which a hold was lost. */
  readonly hit: number;
  readonly cancelled: number;
  readonly ordersPerSecond: number;
  /** Whether a real Redis took part. */
  readonly redis: boolean;
  /** From the last fault to the end of the checks. */
  readonly quietSeconds: number;
  readonly seconds: number;
  readonly violations: readonly Violation[];
}

/** Five orders a second. Three minutes' worth may wait: that outlasts every fault. */
const PACE: Pace = { gapMs: { least: 100, most: 300 }, waitingMax: 900 };
const PER_SECOND = 5;
const LOOK_EVERY_MS = 5_000;
/** An effect that failed often waits a minute, a purchase that is not known is asked for, and a question to a buyer is open for a minute. */
const ENDING = { endByItselfMs: 120_000, endCancelledMs: 120_000, quietMs: 120_000 } as const;

/** Five processes over real servers, under load, and everything done to them that the seed draws; then what is left of it is checked. */
export async function siege({ minutes, seed, keep }: MinutesOptions, say: Say, progress: Progress): Promise<SiegeResult> {
  const at = Date.now();
  const brokers = await foreignBrokers();
  say(
    `Five services start over servers of their own (seed ${seed})${brokers === undefined ? '' : `; Kafka is not ours to stop: ${brokers.join(',')}`}`,
  );
  const hub = await openHub(brokers, say);
  const forMs = minutes * 60_000;
  const faults = faultsOf(chanceOf(seed), { forMs, servers: Object.keys(hub.servers) as Server[] });
  for (const line of scheduleLines(faults, seed, minutes)) say(line);
  let stop = (): void => undefined;
  try {
    const world = await settleIn(hub, seed, (forMs / 1_000) * PER_SECOND);
    const placing = startPlacing(world.hands, world.chance, PACE);
    const trouble = startTrouble({ ...world, placed: placing.placed, since: world.start.since });
    const strikes = startStrikes(hub, faults, say);
    const flight = watchFlight(hub.dir, LOOK_EVERY_MS);
    stop = () => {
      flight.stop();
      void Promise.all([placing.stop(), trouble.stop()]);
    };
    progress.show(
      () =>
        `${placing.placed.size} orders, ${placing.waiting} waiting, ${flight.now.runningOrders} running, ${wordsOfDeeds(strikes.deeds)}`,
    );
    return await endure({ hub, world, placing, trouble, strikes, forMs, at }, say);
  } catch (error) {
    // At once: what fails while all is taken down must not be all that is told
    say(`It ends early: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  } finally {
    progress.end();
    stop();
    await hub.stop();
    if (keep) say(`The data is in ${hub.dir}, what was said beside it`);
    else hub.remove();
  }
}

interface Course {
  readonly hub: Hub;
  readonly world: World;
  readonly placing: Placing;
  readonly trouble: Trouble;
  readonly strikes: Strikes;
  readonly forMs: number;
  readonly at: number;
}

async function endure({ hub, world, placing, trouble, strikes, forMs, at }: Course, say: Say): Promise<SiegeResult> {
  const begun = Date.now();
  let [calmAt, ordersPerSecond] = [begun, 0];
  const result = (violations: readonly Violation[], lines: Judgement['lines'] = [], cancelled = 0): SiegeResult => ({
    ...strikes.deeds,
    exits: Object.values(hub.processes).reduce((sum, it) => sum + it.exits, 0),
    orders: placing.placed.size,
    lines: lines.length,
    hit: lines.filter(isHit).length,
    cancelled,
    ordersPerSecond,
    redis: hub.servers.redis !== undefined,
    quietSeconds: Math.round((Date.now() - calmAt) / 1_000),
    seconds: Math.round((Date.now() - at) / 1_000),
    violations,
  });
  try {
    await Promise.all([strikes.over, pause(forMs)]);
    calmAt = Date.now();
    ordersPerSecond = Number(((placing.placed.size * 1_000) / (calmAt - begun)).toFixed(2));
    say('It is left in peace, and everything comes to its end');
    void placing.stop();
    await hub.ready();
    const { violations, lines, cancelled } = await judge(world, placing, trouble, say, ENDING);
    return result(violations, lines, cancelled);
  } catch (error) {
    if (error instanceof Down) return result([{ invariant: 'start', where: hub.dir, what: error.message }]);
    throw error;
  }
}

function scheduleLines(faults: readonly Fault[], seed: string, minutes: number): string[] {
  return [
    `The schedule of seed ${seed}, ${minutes} min:`,
    ...faults.map((it) => `  ${(it.atMs / 1_000).toFixed(1).padStart(7)} s  ${wordsOf(it)}`),
  ];
}

const wordsOfDeeds = ({ kills, restarts, cuts, pauses, doubles }: Deeds): string =>
  `${kills} kills, ${restarts} restarts, ${cuts} cuts, ${pauses} pauses, ${doubles} doubles`;
