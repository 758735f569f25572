import { codes } from './codes';
import { holds } from './holds';
import { importCodes } from './import';
import { lap } from './lap';
import { memory } from './memory';
import type { BenchOptions } from './options';
import { place } from './place';
import { relay } from './relay';
import type { Result } from './result';
import type { Say } from './run';
import { storm } from './storm';

/** Lines of the storms, so that one sees how the cost of a line grows. */
const STORMS = [1_000, 10_000, 100_000];

/** `bench all`: every bench, one house after the other, on the bus that is asked for; its result has all results in it. */
export async function all(options: BenchOptions, say: Say): Promise<Result & { readonly results: readonly Result[] }> {
  const alone: readonly [string, () => Promise<Result>][] = [
    ['holds', () => holds(options, say)],
    ['codes', () => codes(options, say)],
    ['import', () => importCodes(options, say)],
  ];
  const runs: readonly [string, () => Promise<Result>][] = [
    ['place', () => place(options, say)],
    ['lap', () => lap(options, say)],
    ...STORMS.map((lines): [string, () => Promise<Result>] => [
      `storm of ${lines}`,
      () => storm({ ...options, lines, rounds: lines > 10_000 ? 1 : options.rounds }, say),
    ]),
    ['relay', () => relay(options, say)],
    ...(options.bus === 'embedded' ? alone : []),
    ['memory', () => memory(options, say)],
  ];
  const results: Result[] = [];
  for (const [name, run] of runs) {
    say(`== ${name} over ${options.bus}`);
    results.push(await run());
    say(JSON.stringify(results.at(-1)));
  }
  const [first] = results;
  if (first === undefined) throw new Error('nothing was measured');
  return { ...first, bench: 'all', errors: results.reduce((sum, it) => sum + it.errors, 0), results };
}
