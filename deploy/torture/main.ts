import { UsageProblem } from '../drill/options';
import { optionsOf, USAGE } from './options';
import { torture, type Violation } from './torture';

const EXIT = { fine: 0, broken: 1, usage: 2 } as const;
/** Violations of one invariant that are printed; the rest is counted. */
const EXAMPLES_MAX = 8;

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), Date.now());
  const at = Date.now();
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (options === 'help') {
    say(USAGE);
    return EXIT.fine;
  }
  const { kills, killsWithWorkInFlight, orders, violations, seconds } = await torture(options, (line) =>
    say(`${((Date.now() - at) / 1_000).toFixed(0).padStart(4)} s  ${line}`),
  );
  for (const line of told(violations)) say(line);
  const outcome = violations.length === 0 ? 'Everything that must hold holds.' : `${violations.length} violations.`;
  say(`${kills} kills, ${killsWithWorkInFlight} with work in flight, ${orders} orders, ${seconds.toFixed(0)} s. ${outcome}`);
  if (options.json) say(JSON.stringify({ kills, killsWithWorkInFlight, orders, violations: violations.length }));
  return violations.length === 0 ? EXIT.fine : EXIT.broken;
}

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
