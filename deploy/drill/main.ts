import { MarketProblem } from '../sample-market/market';
import { drill } from './drill';
import { optionsOf, USAGE, UsageProblem } from './options';
import { tableOf, terminalOf, violationLines } from './show';

const EXIT = { fine: 0, broken: 1, usage: 2 } as const;

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), process.env, Date.now());
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.fine;
  }
  const terminal = terminalOf(process.stdout, Date.now);
  const { figures, violations, story, seconds } = await drill(options, terminal);
  for (const line of [tableOf(figures, violations, seconds), '', ...story, '', ...violationLines(violations)]) terminal.say(line);
  terminal.say(violations.length === 0 ? 'Everything that must hold holds.' : `${violations.length} violations.`);
  if (options.json) {
    const { orders, lines, hit, substituted, asked, givenUp, p50Ms, p99Ms } = figures;
    terminal.say(JSON.stringify({ orders, lines, hit, substituted, asked, givenUp, p50Ms, p99Ms, violations: violations.length }));
  }
  return violations.length === 0 ? EXIT.fine : EXIT.broken;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isForPeople = error instanceof UsageProblem || error instanceof MarketProblem;
    process.stderr.write(`${isForPeople ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(error instanceof UsageProblem ? EXIT.usage : EXIT.broken);
  },
);
