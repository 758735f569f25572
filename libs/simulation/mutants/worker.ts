// A process of the runner: takes one planted bug after the other, and runs seeds of the simulation with it until one of them sees it.
import { createRequire } from 'node:module';
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

/** The file, and all that imports it, straight or not: what holds a bug of the file, or was made with it. */
function reaching(file: string): ReadonlySet<string> {
  const found = new Set([file]);
  const modules = Object.entries(require.cache);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [name, it] of modules) if (it?.children.some((child) => found.has(child.filename)) === true) found.add(name);
  }
  return found;
}

type Planting = Trial['mutant'] & { planted?: boolean };

let lastFile: string | undefined;

/**
 * A simulation of its own, with the bug in one of its files where one is given. What has nothing to do with the bug, or with the one before it,
 * stays loaded: the engine knows it well by then.
 */
function loaded(planting?: Planting): typeof simulate {
  (globalThis as { midstreamMutant?: Planting }).midstreamMutant = planting;
  for (const file of [lastFile, planting?.file]) if (file !== undefined) for (const it of reaching(file)) delete require.cache[it];
  lastFile = planting?.file;
  return (load('../simulate') as { readonly simulate: typeof simulate }).simulate;
}

const withoutBug = loaded();
const sound = new Map<number, boolean>();

/** Whether the seed breaks no rule without a bug. Many bugs are seen by the same seed: each is lived once. */
function isSound(seed: number): boolean {
  const known = sound.get(seed) ?? withoutBug(seed).violation === undefined;
  sound.set(seed, known);
  return known;
}

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
    if (violation === undefined || !isSound(seed)) continue;
    const { invariant, detail } = violation;
    return { tried: index + 1, seed, invariant, detail };
  }
  return { tried: seeds.length };
}

process.on('message', (it: Trial) => {
  process.send?.(trial(it));
});
process.on('disconnect', () => process.exit());
