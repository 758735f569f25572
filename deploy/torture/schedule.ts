import { createHash } from 'node:crypto';

/** A number in [0, 1) that belongs to the seed and the words: the same whatever else runs beside it. */
export type Chance = (...words: readonly (string | number)[]) => number;

export const chanceOf =
  (seed: string): Chance =>
  (...words) =>
    createHash('sha256')
      .update([seed, ...words].join('/'))
      .digest()
      .readUInt32BE(0) /
    2 ** 32;

export const between = (chance: number, low: number, high: number): number => low + chance * (high - low);

export const oneOf = <Item>(chance: number, items: readonly Item[]): Item | undefined => items[Math.floor(chance * items.length)];

/** When the process is killed: so long after it has said that it is ready, or after it was started, ready or not. */
export interface Kill {
  readonly after: 'ready' | 'start';
  readonly ms: number;
  /** With its database, as by a power cut; else the database ends by itself, or is taken over by the next start. */
  readonly powerCut: boolean;
}

const AT_WORK_MS = { least: 1_000, most: 9_000 } as const;
/** A start takes some five seconds. */
const STARTING_MS = { least: 200, most: 6_000 } as const;
const STARTING_SHARE = 0.25;
const POWER_CUT_SHARE = 0.2;

/** The first kill comes when it works: there is nothing to lose before. */
export const scheduleOf = (chance: Chance, kills: number): Kill[] =>
  Array.from({ length: kills }, (_, n): Kill => {
    const after = n > 0 && chance('early', n) < STARTING_SHARE ? 'start' : 'ready';
    const { least, most } = after === 'start' ? STARTING_MS : AT_WORK_MS;
    return { after, ms: Math.round(between(chance('when', n), least, most)), powerCut: chance('power', n) < POWER_CUT_SHARE };
  });
