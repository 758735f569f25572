import { pause } from '../drill/act';
import { type Flight, lookAtFlight } from './flight';
import { Down, type House, type Launched, openHouse } from './house';
import { judge, type Quiet, type Say, type Violation } from './judge';
import type { KillOptions } from './options';
import { startPlacing } from './orders';
import { type Kill, scheduleOf } from './schedule';
import { startTrouble } from './trouble';
import { settleIn } from './world';

export interface TortureResult {
  readonly kills: number;
  readonly killsWithWorkInFlight: number;
  readonly orders: number;
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/** For tests, which look closer and have less time. */
export interface Closer {
  readonly afterwards?: (quiet: Quiet) => Promise<void>;
  /** What has not ended after it is cancelled. */
  readonly endByItselfMs?: number;
}

/** Some seven orders a second. */
const PACE = { gapMs: { least: 20, most: 260 }, waitingMax: 40 } as const;

/** Kills the whole of Midstream while it works, starts it again, as often as was asked for, and checks what is left of it when all is quiet. */
export async function torture({ kills, seed, keep }: KillOptions, say: Say, closer: Closer = {}): Promise<TortureResult> {
  const at = Date.now();
  const house = await openHouse();
  say(`A Midstream of its own starts in ${house.dir} (seed ${seed})`);
  let up = house.launch();
  let stop = (): void => undefined;
  const result = { kills: 0, killsWithWorkInFlight: 0, orders: 0 };
  const ended = (violations: readonly Violation[]): TortureResult => ({ ...result, violations, seconds: (Date.now() - at) / 1_000 });
  try {
    await up.ready;
    const world = await settleIn(house, seed);
    const placing = startPlacing(world.hands, world.chance, PACE);
    const trouble = startTrouble({ ...world, placed: placing.placed, since: world.start.since });
    stop = () => void Promise.all([placing.stop(), trouble.stop()]);
    let flight: Flight = { runningOrders: 0, openPurchases: 0, due: 0 };
    for (const kill of scheduleOf(world.chance, kills)) {
      flight = await killOnce(house, up, kill, flight, (told) =>
        say(`kill ${result.kills + 1} of ${kills}: ${told}, ${placing.placed.size} orders so far`),
      );
      result.kills += 1;
      if (flight.runningOrders > 0) result.killsWithWorkInFlight += 1;
      result.orders = placing.placed.size;
      up = house.launch();
    }
    await up.ready;
    say('It is left in peace, and everything comes to its end');
    const { violations } = await Promise.race([judge(world, placing, trouble, say, closer), up.alive]);
    result.orders = placing.placed.size;
    return ended(violations);
  } catch (error) {
    if (error instanceof Down) return ended([{ invariant: 'start', where: house.dir, what: error.message }]);
    throw error;
  } finally {
    stop();
    await up.stop();
    if (keep) say(`The data is in ${house.dir}, what was said beside it`);
    else house.remove();
  }
}

/**
 * Waits for the moment, looks what is under way, and kills. Where the database does not run yet, it is what was under way at the kill before:
 * nobody has done anything since.
 */
async function killOnce({ dir }: House, up: Launched, { after, ms, powerCut }: Kill, known: Flight, say: Say): Promise<Flight> {
  if (after === 'ready') await up.ready;
  await Promise.race([pause(ms), up.alive]);
  const flight = (await lookAtFlight(dir)) ?? known;
  await up.kill(powerCut);
  const { runningOrders, openPurchases, due } = flight;
  const when = `${ms} ms after ${after === 'ready' ? 'it was ready' : 'its start'}${powerCut ? ', with its database' : ''}`;
  say(`${when}: ${runningOrders} orders running, ${openPurchases} purchases open, ${due} tasks due`);
  return flight;
}
