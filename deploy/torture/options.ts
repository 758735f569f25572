import { parseArgs } from 'node:util';
import { UsageProblem } from '../drill/options';

export const USAGE = `npm run torture -- [options]
  kills a whole Midstream again and again while it works, starts it again, and checks that nothing was lost or doubled

  --kills N     how often it is killed          (default: 20)
  --seed SEED   when, and what happens between  (default: the time)
  --keep        leave the data folder behind
  --json        one JSON object as the last line`;

export interface TortureOptions {
  readonly kills: number;
  readonly seed: string;
  readonly keep: boolean;
  readonly json: boolean;
}

const KILLS_MAX = 1_000;

/** @throws UsageProblem */
export function optionsOf(args: readonly string[], now: number): TortureOptions | 'help' {
  const { kills, seed = String(now), keep = false, json = false, help = false } = flagsOf(args);
  if (help) return 'help';
  const count = kills === undefined ? 20 : Number(kills);
  if (!Number.isInteger(count) || count < 1 || count > KILLS_MAX)
    throw new UsageProblem(`--kills is a whole number from 1 to ${KILLS_MAX}, not ${kills}\n\n${USAGE}`);
  // it is a part of orders' references and of idempotency keys
  if (!/^[\w.-]{1,40}$/.test(seed)) throw new UsageProblem(`--seed is up to 40 letters and digits, not ${seed}\n\n${USAGE}`);
  return { kills: count, seed, keep, json };
}

function flagsOf(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({ args: [...args], options: { kills: text, seed: text, keep: flag, json: flag, help: flag } }).values;
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
