import { BASELINES } from './baselines';
import { chanceOf } from './chance';
import { chainOracle, myopicOracle } from './oracles';
import { Ours } from './ours';
import { play, WARM_DAYS } from './play';
import type { Regime } from './regimes';
import { type MoneyScores, moneyScoresOf } from './money';
import { scoresOf, type Tally } from './tally';
import { worldOf } from './world';

/** A value and where it lies with 95 %. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A policy over all worlds. Shares in [0, 1], except `marginPercent`. */
export interface Row {
  readonly policy: string;
  readonly marginPercent: number;
  readonly capture: Interval;
  readonly fill: number;
  readonly onTime: number;
  readonly complaints: number;
  readonly attemptsPerOrder: number;
  readonly success?: { readonly ece: number; readonly brier: number };
  readonly inTime?: { readonly ece: number; readonly brier: number };
  readonly stockOut?: { readonly ece: number; readonly brier: number };
  /** Of the day's money, foreseen order by order. */
  readonly money?: MoneyScores;
}

export interface Comparison {
  readonly rows: readonly Row[];
  /** Of the policy under test: its share of the way from random to the chain oracle, and from the best baseline to it. */
  readonly capture: Interval;
  readonly gapClosed: Interval;
  readonly bestBaseline: string;
}

export const [UNDER_TEST, FLOOR, CEILING] = ['midstream', 'random', 'chain-oracle'] as const;
const NOT_A_BASELINE: readonly string[] = [UNDER_TEST, CEILING, 'myopic-oracle'];
const RESAMPLES = 1_000;

/** All policies through the world of one seed. */
export function playAll(seed: number, regime: Regime, days: number): Tally[] {
  const world = worldOf(seed, regime, days);
  const makers = [...BASELINES.map((make) => () => make(seed)), myopicOracle, () => new Ours(), chainOracle];
  return makers.map((make) => play(world, make));
}

/** Brings worlds together. Each entry of `worlds` holds the tallies of all policies in one world, in the same order. */
export function compare(worlds: readonly (readonly Tally[])[]): Comparison {
  const names = worlds[0]?.map((it) => it.policy) ?? [];
  const ofPolicy = new Map(names.map((name, n) => [name, worlds.flatMap((it) => it[n] ?? [])]));
  const books = new Map([...ofPolicy].map(([name, tallies]) => [name, bookOf(tallies)]));
  const cells = Uint32Array.from({ length: books.get(FLOOR)?.gmv.length ?? 0 }, (_, n) => n);
  const margin = (name: string, drawn: Uint32Array): number => marginOf(books.get(name), drawn);
  const best = names.filter((it) => !NOT_A_BASELINE.includes(it)).reduce((a, b) => (margin(b, cells) > margin(a, cells) ? b : a), FLOOR);
  const share = (name: string, from: string): Interval =>
    intervalOf(cells, (drawn) => {
      const [low, high] = [margin(from, drawn), margin(CEILING, drawn)];
      return high === low ? 0 : (margin(name, drawn) - low) / (high - low);
    });
  return {
    rows: [...ofPolicy].map(([name, tallies]) => rowOf(name, tallies, { margin: margin(name, cells), capture: share(name, FLOOR) })),
    capture: share(UNDER_TEST, FLOOR),
    gapClosed: share(UNDER_TEST, best),
    bestBaseline: best,
  };
}

interface Book {
  readonly money: readonly number[];
  readonly gmv: readonly number[];
}

/** A cell is a day of a world: what is drawn again, for all policies alike (paired bootstrap). Days that are not judged are left out. */
const bookOf = (tallies: readonly Tally[]): Book => ({
  money: tallies.flatMap((it) => [...it.money].slice(WARM_DAYS)),
  gmv: tallies.flatMap((it) => [...it.gmv].slice(WARM_DAYS)),
});

function marginOf(book: Book | undefined, drawn: Uint32Array): number {
  let [money, gmv] = [0, 0];
  for (const cell of drawn) {
    money += book?.money[cell] ?? 0;
    gmv += book?.gmv[cell] ?? 0;
  }
  return gmv === 0 ? 0 : money / gmv;
}

function intervalOf(cells: Uint32Array, of: (drawn: Uint32Array) => number): Interval {
  const drawn = new Uint32Array(cells.length);
  const values = Array.from({ length: RESAMPLES }, (_, round) => {
    for (let n = 0; n < drawn.length; n++) drawn[n] = Math.floor(chanceOf(1, round, n, 0, 300) * cells.length);
    return of(drawn);
  }).sort((a, b) => a - b);
  return { value: of(cells), low: values[Math.floor(0.025 * RESAMPLES)] ?? 0, high: values[Math.floor(0.975 * RESAMPLES)] ?? 0 };
}

function rowOf(policy: string, tallies: readonly Tally[], of: { readonly margin: number; readonly capture: Interval }): Row {
  const sum = (pick: (it: Tally) => number): number => tallies.reduce((total, it) => total + pick(it), 0);
  const orders = Math.max(
    1,
    sum((it) => it.orders),
  );
  const delivered = Math.max(
    1,
    sum((it) => it.delivered),
  );
  const success = scoresOf(tallies.map((it) => it.success));
  const inTime = scoresOf(tallies.map((it) => it.onTime));
  const stockOut = scoresOf(tallies.map((it) => it.stock));
  const money = moneyScoresOf(tallies.map((it) => it.foreseen));
  return {
    policy,
    marginPercent: 100 * of.margin,
    capture: of.capture,
    fill: sum((it) => it.delivered) / orders,
    onTime: sum((it) => it.inTime) / orders,
    complaints: sum((it) => it.complaints) / delivered,
    attemptsPerOrder: sum((it) => it.attempts) / orders,
    ...(success && { success }),
    ...(inTime && { inTime }),
    ...(stockOut && { stockOut }),
    ...(money && { money }),
  };
}
