// npm run simulate: lives many worlds on all cores, and tells which rules they break.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { runMutants } from './mutants';
import { type Options, optionsOf, USAGE, UsageProblem } from './options';
import type { shorten, story } from './shorten';
import type { Outcome, simulate } from './simulate';
import type { Part, Told } from './worker';

const PART = 20;
const TELL_EVERY_MS = 2_000;
/** So many broken seeds are shortened and told; the rest is counted. */
const STORIES_MAX = 3;
const DETAIL_MAX = 500;
/** Worlds make much young garbage: a bigger nursery saves a tenth of the time. */
const FLAGS = [
  '--conditions=@midstream/source',
  '--max-semi-space-size=64',
  '-r',
  path.resolve(__dirname, '../../deploy/local/typescript.cjs'),
];

/** Worlds are lived by processes of their own: what loads the services here, 2 s of CPU, is loaded where it is needed. */
const load = createRequire(__filename);

interface Total {
  seeds: number;
  steps: number;
  lines: number;
  faults: number;
  readonly broken: Outcome[];
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Lives the seeds on every core, one process each. */
async function liveAll({ seeds, seed }: Options): Promise<Total> {
  const total: Total = { seeds: 0, steps: 0, lines: 0, faults: 0, broken: [] };
  const parts: Part[] = [];
  for (let from = 0; from < seeds; from += PART) parts.push({ from: seed + from, count: Math.min(PART, seeds - from) });
  const teller = setInterval(() => say(`${total.seeds} of ${seeds} worlds, ${total.broken.length} broken`), TELL_EVERY_MS);
  const atOnce = Math.min(parts.length, availableParallelism());
  try {
    await Promise.all(Array.from({ length: atOnce }, () => liveParts(parts, total)));
  } finally {
    clearInterval(teller);
  }
  total.broken.sort((a, b) => a.seed - b.seed);
  return total;
}

function liveParts(parts: Part[], total: Total): Promise<void> {
  const child = fork(path.join(__dirname, 'worker.ts'), { execArgv: FLAGS });
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const part = parts.shift();
      if (part !== undefined) child.send(part);
      else {
        child.removeAllListeners();
        child.disconnect();
        resolve();
      }
    };
    child.on('message', (it) => {
      const told = it as Told;
      total.seeds += told.worlds;
      total.steps += told.steps;
      total.lines += told.lines;
      total.faults += told.faults;
      total.broken.push(...told.broken);
      for (const it of told.broken) say(`seed ${it.seed} breaks ${it.violation?.invariant}: ${it.violation?.detail.slice(0, DETAIL_MAX)}`);
      next();
    });
    child.once('error', reject).once('exit', (code) => reject(new Error(`a process of worlds ended with ${code}`)));
    next();
  });
}

function liveOne(seed: number, keep: readonly number[]): Total {
  const worlds = load('./simulate') as { readonly simulate: typeof simulate };
  const outcome = worlds.simulate(seed, { keep });
  for (const it of outcome.history) say(`  ${it}`);
  const { steps, lines, faults, violation } = outcome;
  return { seeds: 1, steps, lines, faults, broken: violation ? [outcome] : [] };
}

function tellBroken(broken: readonly Outcome[], isShort: boolean): void {
  for (const it of broken.slice(0, STORIES_MAX)) {
    const { seed, violation } = it;
    say(isShort ? `seed ${seed} breaks ${violation?.invariant}: ${violation?.detail}` : storyOf(seed));
  }
  const others = broken.slice(STORIES_MAX).map((it) => it.seed);
  if (others.length > 0) say(`${others.length} more are broken: ${others.slice(0, 50).join(' ')}${others.length > 50 ? ' …' : ''}`);
}

function storyOf(seed: number): string {
  const it = load('./shorten') as { readonly shorten: typeof shorten; readonly story: typeof story };
  return it.story(it.shorten(seed));
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === 'help') {
    say(USAGE);
    return 0;
  }
  const startedAt = performance.now();
  const total = options.keep === undefined ? await liveAll(options) : liveOne(options.seed, options.keep);
  const seconds = (performance.now() - startedAt) / 1000;
  tellBroken(total.broken, options.keep !== undefined);
  const mutation = options.mutants
    ? await (load('./mutants') as { readonly runMutants: typeof runMutants }).runMutants({
        onRow: ({ mutant, seed }, done, of) =>
          say(`${done} of ${of}: ${mutant.id} ${seed === undefined ? 'is not caught' : `is caught by seed ${seed}`}`),
      })
    : undefined;
  const told = {
    seeds: total.seeds,
    steps: total.steps,
    violations: total.broken.length,
    mutants: mutation?.mutants ?? 0,
    mutantsCaught: mutation?.caught ?? 0,
    seedsPerSecond: Math.round((total.seeds / seconds) * 10) / 10,
  };
  say(
    `${told.seeds} worlds, ${told.violations} broken, ${told.steps} steps; ${Math.round(total.lines / told.seeds)} lines and ${Math.round(total.faults / told.seeds)} faults each; ${told.seedsPerSecond} worlds a second`,
  );
  if (!options.mutants) say('no bugs were planted (--mutants plants them)');
  if (options.json) console.log(JSON.stringify(told));
  return told.violations > 0 || told.mutantsCaught < told.mutants ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    say(error instanceof UsageProblem ? error.message : String(error instanceof Error ? error.stack : error));
    process.exitCode = error instanceof UsageProblem ? 2 : 1;
  },
);
