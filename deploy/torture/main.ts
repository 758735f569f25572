import { UsageProblem } from '../drill/options';
import type { Say, Violation } from './judge';
import { type KillOptions, type MinutesOptions, optionsOf, USAGE } from './options';
import { progressOnStderr } from './progress';
import { siege } from './siege';
import { torture } from './torture';

const EXIT = { fine: 0, broken: 1, usage: 2 } as const;
/** Violations of one invariant that are printed; the rest is counted. */
const EXAMPLES_MAX = 8;

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), Date.now());
  const at = Date.now();
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  if (options === 'help') {
    say(USAGE);
    return EXIT.fine;
  }
  const sayWhen: Say = (line) => say(`${((Date.now() - at) / 1_000).toFixed(0).padStart(4)} s  ${line}`);
  const { violations, figures } = await run(options, sayWhen);
  for (const line of told(violations)) say(line);
  const outcome = violations.length === 0 ? 'Everything that must hold holds.' : `${violations.length} violations.`;
  say(`${wordsOf(figures)}. ${outcome}`);
  if (options.json) say(JSON.stringify({ ...figures, violations: violations.length }));
  return violations.length === 0 ? EXIT.fine : EXIT.broken;
}

type Figures = Readonly<Record<string, number | boolean | string>>;

/** The seed and all that is counted, and what is broken. */
async function run(
  options: KillOptions | MinutesOptions,
  say: Say,
): Promise<{ readonly figures: Figures; readonly violations: readonly Violation[] }> {
  const { seed } = options;
  if ('minutes' in options) {
    const { violations, ...figures } = await siege(options, say, progressOnStderr());
    return { figures: { seed, minutes: options.minutes, ...figures }, violations };
  }
  const { violations, ...figures } = await torture(options, say);
  return { figures: { seed, ...figures }, violations };
}

const wordsOf = (figures: Figures): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (it) => ` ${it.toLowerCase()}`)} ${String(value)}`)
    .join(', ');

function told(violations: readonly Violation[]): string[] {
  const names = [...new Set(violations.map((it) => it.invariant))];
  return names.flatMap((name) => {
    const of = violations.filter((it) => it.invariant === name);
    const more = of.length > EXAMPLES_MAX ? [`    … and ${of.length - EXAMPLES_MAX} more`] : [];
    return [`  BROKEN ${name} (${of.length})`, ...of.slice(0, EXAMPLES_MAX).map(({ where, what }) => `    ${where}: ${what}`), ...more];
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof UsageProblem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(error instanceof UsageProblem ? EXIT.usage : EXIT.broken);
  },
);
