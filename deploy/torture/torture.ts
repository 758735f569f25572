import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sealer } from '@midstream/inventory/seal';
import { type Hands, pause, restore } from '../drill/act';
import { check as checkFromOutside, type Violation as OutsideViolation } from '../drill/check';
import { optionsOf as drillOptionsOf } from '../drill/options';
import { type Plan, planOf } from '../drill/plan';
import { lastEntry, readMoney } from '../drill/read';
import { see, type Start } from '../drill/see';
import { openApi } from '../sample-market/api';
import { readMarket } from '../sample-market/market';
import { check, type Sale, type Violation as InsideViolation, type Witness } from './check';
import { type Databases, openDatabases } from './databases';
import { type Flight, lookAtFlight } from './flight';
import { Down, type House, type Launched, openHouse } from './house';
import type { TortureOptions } from './options';
import { type Placing, startPlacing } from './orders';
import { untilAnswered } from './patience';
import { letEnd, untilQuiet } from './quiet';
import { type Chance, chanceOf, type Kill, scheduleOf } from './schedule';
import { setMoods, startTrouble, type Trouble } from './trouble';

export interface Violation {
  readonly invariant: InsideViolation['invariant'] | OutsideViolation['invariant'] | 'start' | 'refused';
  readonly where: string;
  readonly what: string;
}

export interface TortureResult {
  readonly kills: number;
  readonly killsWithWorkInFlight: number;
  readonly orders: number;
  readonly violations: readonly Violation[];
  readonly seconds: number;
}

/** The system, quiet after all that was done to it, for whoever wants to look closer. */
export interface Quiet {
  readonly databases: Databases;
  readonly witness: Witness;
}

/** For tests, which look closer and have less time. */
export interface Closer {
  readonly afterwards?: (quiet: Quiet) => Promise<void>;
  /** What has not ended after it is cancelled. */
  readonly endByItselfMs?: number;
}

interface World {
  readonly house: House;
  readonly hands: Hands;
  readonly plan: Plan;
  readonly start: Start;
  readonly chance: Chance;
}

export type Say = (line: string) => void;

/** Kills Midstream while it works, starts it again, as often as was asked for, and checks what is left of it when all is quiet. */
export async function torture({ kills, seed, keep }: TortureOptions, say: Say, closer: Closer = {}): Promise<TortureResult> {
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
    const placing = startPlacing(world.hands, world.chance);
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
    const violations = await Promise.race([judge(world, placing, trouble, say, closer), up.alive]);
    result.orders = placing.placed.size;
    return ended(violations);
  } catch (error) {
    if (error instanceof Down) return ended([{ invariant: 'start', where: house.dir, what: error.message }]);
    throw error;
  } finally {
    stop();
    await up.stop();
    if (keep) say(`The data is in ${house.dir}, what was said in ${house.logFile}`);
    else house.remove();
  }
}

/** Money for all orders, suppliers with their moods, and what the books say before the first order. */
async function settleIn(house: House, seed: string): Promise<World> {
  const options = drillOptionsOf(['--data', house.dir, '--url', house.url, '--seed', seed], {}, Date.now());
  if (options === 'help') throw new Error('nobody has asked for help');
  const market = readMarket();
  const plan = planOf(market, options);
  const operator = openApi({ url: house.url, key: options.operatorKey });
  const hands: Hands = { operator, merchant: openApi({ url: house.url, key: options.merchantKey }), market, options };
  await restore(hands, { ...plan, orders: market.orders });
  await setMoods(hands);
  const { money, last } = await readMoney(operator, options.merchantId, await lastEntry(operator, options.merchantId));
  return { house, hands, plan, chance: chanceOf(seed), start: { at: Date.now(), since: Date.now(), money, entry: last } };
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

async function judge(
  { house, hands, plan, start }: World,
  placing: Placing,
  trouble: Trouble,
  say: Say,
  { afterwards, ...ending }: Closer,
): Promise<Violation[]> {
  await Promise.all([placing.stop(), trouble.stop()]);
  const { placed } = placing;
  const cancelled = await letEnd({ hands, plan, placed, since: start.since, ...ending });
  if (cancelled > 0) say(`${cancelled} orders had not ended by themselves, and were cancelled`);
  const databases = await openDatabases(house.dir);
  try {
    if (!(await untilQuiet(databases))) say('It has not come to rest; what it still does is among the violations');
    say('It reads what the API tells, and the books of all five');
    const waves = [...plan.waves, trouble.dry];
    const seen = await untilAnswered(() =>
      see(hands.operator, hands.options, { market: hands.market, plan: { ...plan, waves }, placed, start }),
    );
    await untilQuiet(databases);
    const witness = await witnessOf(house, hands, placing);
    const violations = [
      ...[...placing.refused, ...trouble.refused].map((it) => ({ invariant: 'refused' as const, ...it })),
      ...checkFromOutside(seen),
      ...(await check(databases, witness)),
    ];
    await afterwards?.({ databases, witness });
    return violations;
  } finally {
    await databases.close();
  }
}

async function witnessOf({ dir, logFile }: House, { options }: Hands, { asked, deposits }: Placing): Promise<Witness> {
  const { vaultKey, fingerprintKey } = JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8')) as Record<
    'vaultKey' | 'fingerprintKey',
    string
  >;
  const sealer = new Sealer(vaultKey, fingerprintKey);
  const { items: sales } = await openApi({ url: options.sandboxUrl ?? '' }).get<{ items: Sale[] }>('/control/sales');
  return {
    ...{ seed: options.seed, merchantId: options.merchantId, asked, deposits, sales, said: readFileSync(logFile, 'utf8') },
    open: ({ id, sku, keyId, sealed }) => sealer.open({ keyId, sealed }, ['code', sku, id]),
  };
}
