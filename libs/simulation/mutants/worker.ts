// A process of the runner: takes one planted bug after the other, and runs seeds of the simulation with it until one of them sees it.
import { createRequire } from 'node:module';
import path from 'node:path';
import type { simulate } from '../simulate';

export interface Trial {
  /** As overlay.cjs wants it: `file` is a whole path. */
  readonly mutant: { readonly file: string; readonly before: string; readonly after: string };
  readonly seeds: readonly number[];
}

/** A sign of life. */
export interface Begun {
  readonly begins: number;
}

/** The first seed that saw the bug, and how; without `seed` none did. */
export interface Verdict {
  /** Whether the file with the bug was loaded at all. */
  readonly planted: boolean;
  readonly tried: number;
  readonly seed?: number;
  readonly invariant?: string;
  readonly detail?: string;
}

const load = createRequire(__filename);

/** All that may hold the bug, or was made with the bug before it. Libraries, the kernel and the contracts stay loaded. */
const isOurs = (file: string): boolean => OURS.some((it) => file.startsWith(it)) && file !== __filename;
const OURS = ['services', 'libs/simulation'].map((it) => path.join(__dirname, '../../..', it) + path.sep);

type Planting = Trial['mutant'] & { planted?: boolean };

/** A simulation of its own, made anew from the files, with the bug in one of them where one is given. */
function loaded(planting: Planting | undefined): typeof simulate {
  (globalThis as { midstreamMutant?: Planting }).midstreamMutant = planting;
  for (const it of Object.keys(require.cache)) if (isOurs(it)) delete require.cache[it];
  return (load('../simulate') as { readonly simulate: typeof simulate }).simulate;
}

const withoutBug = loaded(undefined);

function trial({ mutant, seeds }: Trial): Verdict {
  const planting: Planting = { ...mutant };
  const verdict = firstOf(loaded(planting), seeds);
  return { planted: planting.planted === true, ...verdict };
}

function firstOf(run: typeof simulate, seeds: readonly number[]): Omit<Verdict, 'planted'> {
  for (const [index, seed] of seeds.entries()) {
    process.send?.({ begins: seed } satisfies Begun);
    const { violation } = run(seed);
    // A seed that breaks a rule without the bug, too, says nothing of the bug
    if (violation === undefined || withoutBug(seed).violation !== undefined) continue;
    const { invariant, detail } = violation;
    return { tried: index + 1, seed, invariant, detail };
  }
  return { tried: seeds.length };
}

process.on('message', (it: Trial) => {
  process.send?.(trial(it));
});
process.on('disconnect', () => process.exit());
