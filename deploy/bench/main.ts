import { UsageProblem } from '../drill/options';
import { type Bench, type BenchOptions, optionsOf, USAGE } from './options';
import { all } from './all';
import { assign } from './assign';
import { cards } from './cards';
import { codes } from './codes';
import { forecast } from './forecast';
import { hiddenMarket } from './hidden-market';
import { holds } from './holds';
import { importCodes } from './import';
import { lap } from './lap';
import { memory } from './memory';
import { place } from './place';
import { relay } from './relay';
import type { Result } from './result';
import type { Say } from './run';
import { storm } from './storm';
import { feed, stock } from './supply';

const EXIT = { fine: 0, broken: 1, usage: 2 } as const;

const BENCH: Readonly<Record<Bench, (options: BenchOptions, say: Say) => Promise<Result>>> = {
  place,
  storm,
  lap,
  relay,
  holds,
  codes,
  import: importCodes,
  stock,
  feed,
  cards,
  memory,
  all,
  assign,
  market: hiddenMarket,
  forecast,
};

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2));
  const at = Date.now();
  const say: Say = (line) => void process.stdout.write(`${line}\n`);
  if (options === 'help') {
    say(USAGE);
    return EXIT.fine;
  }
  const result = await BENCH[options.bench](options, (line) => say(`${((Date.now() - at) / 1_000).toFixed(0).padStart(4)} s  ${line}`));
  say('');
  for (const [name, value] of Object.entries(result))
    say(`  ${name.padEnd(20)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (options.json) say(JSON.stringify(result));
  return result.errors === 0 ? EXIT.fine : EXIT.broken;
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
