import { parseArgs } from 'node:util';
import { UsageProblem } from '../drill/options';

export const USAGE = `npm run torture -- --kills N | --minutes M [options]
  --kills N     kills a whole standalone Midstream N times while it works     (default: 20)
  --minutes M   runs five processes over real servers under load for so long, and kills, stops, cuts, slows, pauses and doubles
                what the seed draws
  both start it again, let it come to rest, and check that nothing was lost or doubled

  --seed N      what is done, and when          (default: the time)
  --keep        leave the data folder behind
  --json        one JSON object as the last line`;

interface Common {
  readonly seed: string;
  readonly keep: boolean;
  readonly json: boolean;
}
export interface KillOptions extends Common {
  readonly kills: number;
}
export interface MinutesOptions extends Common {
  readonly minutes: number;
}

const KILLS_MAX = 1_000;
const MINUTES_MAX = 1_440;

/** @throws UsageProblem */
export function optionsOf(args: readonly string[], now: number): KillOptions | MinutesOptions | 'help' {
  const { kills, minutes, seed = String(now), keep = false, json = false, help = false } = flagsOf(args);
  if (help) return 'help';
  if (kills !== undefined && minutes !== undefined)
    throw new UsageProblem(`--kills is for the standalone and --minutes for five processes: give one of them\n\n${USAGE}`);
  // it is a part of orders' references and of idempotency keys
  if (!/^\d{1,15}$/.test(seed)) throw new UsageProblem(`--seed is a whole number of up to 15 digits, not ${seed}\n\n${USAGE}`);
  const common = { seed, keep, json };
  if (minutes === undefined) return { ...common, kills: countOf('kills', kills ?? '20', KILLS_MAX) };
  const count = Number(minutes);
  if (minutes.trim() === '' || !Number.isFinite(count) || count <= 0 || count > MINUTES_MAX)
    throw new UsageProblem(`--minutes is a number above 0, up to ${MINUTES_MAX}, not ${minutes}\n\n${USAGE}`);
  return { ...common, minutes: count };
}

function countOf(name: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new UsageProblem(`--${name} is a whole number from 1 to ${most}, not ${text}\n\n${USAGE}`);
}

function flagsOf(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    return parseArgs({ args: [...args], options: { kills: text, minutes: text, seed: text, keep: flag, json: flag, help: flag } }).values;
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}
