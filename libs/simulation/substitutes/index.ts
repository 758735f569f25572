import { chanceOf } from '../market/chance';
import { type Buyers, buyersOf, DAY_MS, Tastes } from './buyers';
import { anyOf, type Chooser, likest, mostSold, nearestPrice, ours, tasteOracle } from './choose';

/** Of lines whose buyer had agreed beforehand to a good of the same category: how many got one, and how many kept it. */
export interface Kept {
  readonly chooser: string;
  readonly offered: number;
  readonly kept: number;
}

/** Days at the beginning in which a chooser learns and is not judged. */
const WARM_DAYS = 5;

/** All choosers through the buyers of one seed; what a buyer says to a good depends on the line and the good, and on what he got before. */
export function playSubstitutes(seed: number, days: number): Kept[] {
  const buyers = buyersOf(seed, days);
  const makers = [() => anyOf(seed), nearestPrice, likest, mostSold, ours, tasteOracle];
  return makers.map((make) => play(buyers, make));
}

function play({ seed, wishes }: Buyers, make: (tastes: Tastes) => Chooser): Kept {
  const tastes = new Tastes(seed);
  const chooser = make(tastes);
  let [offered, kept] = [0, 0];
  for (const wish of wishes) {
    const { substitutes } = wish;
    const good = substitutes === undefined ? wish.good : chooser.choose(wish, substitutes);
    if (good === undefined) continue; // nothing may stand in
    const isKept = good === wish.good || chanceOf(seed, wish.nth, good.index, 0, 440) < tastes.keeps(wish, good);
    if (substitutes !== undefined && wish.at >= WARM_DAYS * DAY_MS) {
      offered++;
      kept += Number(isKept);
    }
    chooser.hear(wish, good, isKept, substitutes === undefined ? undefined : wish.good);
    if (isKept) tastes.bought({ buyer: wish.buyer, good });
  }
  return { chooser: chooser.name, offered, kept };
}

/** Shares of what was offered that was kept, in all worlds; in the order of the choosers. */
export const keptShares = (worlds: readonly (readonly Kept[])[]): readonly { readonly chooser: string; readonly share: number }[] =>
  (worlds[0] ?? []).map(({ chooser }, n) => {
    const sum = (pick: (it: Kept) => number): number => worlds.reduce((total, it) => total + (it[n] === undefined ? 0 : pick(it[n])), 0);
    return {
      chooser,
      share:
        sum((it) => it.kept) /
        Math.max(
          1,
          sum((it) => it.offered),
        ),
    };
  });
