import { parseArgs } from 'node:util';

export const USAGE = `npm run simulate -- [options]
  --seeds N     how many worlds                       (default: 300)
  --seed S      the first one's seed; alone, with --keep, the only one  (default: 1)
  --keep I,J,…  of one seed: only these actions of its scenario, as a shortened history names them
  --mutants     plant bugs as well, and tell how many the worlds catch (minutes)
  --json        one JSON object as the last line`;

export interface Options {
  readonly seeds: number;
  readonly seed: number;
  readonly keep?: readonly number[];
  readonly mutants: boolean;
  readonly json: boolean;
}

export class UsageProblem extends Error {}

const SEEDS_MAX = 10_000_000;
const SEED_MAX = 2 ** 47;

/** @throws UsageProblem */
export function optionsOf(args: readonly string[]): Options | 'help' {
  const { seeds, seed = '1', keep, mutants = false, json = false, help = false } = flagsOf(args);
  if (help) return 'help';
  const kept = keep?.split(',').map((it) => wholeOf('keep', it, 0, SEEDS_MAX));
  const count = wholeOf('seeds', seeds ?? (kept ? '1' : '300'), 1, SEEDS_MAX);
  if (kept !== undefined && count !== 1) throw new UsageProblem(`--keep is for one seed: leave --seeds out\n\n${USAGE}`);
  return { seeds: count, seed: wholeOf('seed', seed, 0, SEED_MAX), mutants, json, ...(kept && { keep: kept }) };
}

function wholeOf(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UsageProblem(`--${name} is a whole number from ${least} to ${most}, not ${text === '' ? 'nothing' : text}\n\n${USAGE}`);
}

function flagsOf(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({ args: [...args], options: { seeds: text, seed: text, keep: text, mutants: flag, json: flag, help: flag } }).values;
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
