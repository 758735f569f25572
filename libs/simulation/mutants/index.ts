import { MUTANTS } from './list';
import type { Mutant } from './mutant';
import { seenByUnitTests, Worker } from './crew';

/** A planted bug that no seed up to this one sees is not seen. */
export const SEEDS_MAX = 200;

export interface Row {
  readonly mutant: Mutant;
  /** What saw it; absent where nothing did. */
  readonly invariant?: string;
  readonly detail?: string;
  /** The seed that saw it, and how many were tried, it included. */
  readonly seed?: number;
  readonly seeds: number;
  /** Whether the unit tests beside the file see it, too; absent where there are none, or they were not asked. */
  readonly unitTests?: boolean;
}

export interface Mutation {
  readonly mutants: number;
  readonly caught: number;
  readonly rows: readonly Row[];
}

export interface MutationOptions {
  readonly mutants?: readonly Mutant[];
  /** Seeds 1 to this. */
  readonly seeds?: number;
  /** Processes at once. */
  readonly atOnce?: number;
  /** Seeds to try before all others, by the mutant's id: where each was seen last. */
  readonly first?: Readonly<Record<string, number>>;
  readonly unitTests?: boolean;
  readonly onRow?: (row: Row, done: number, of: number) => void;
}

/**
 * Plants one bug after the other, and runs the simulation until a seed sees it.
 * @throws Error where a bug is not in the code that the simulation runs
 */
export async function runMutants(options: MutationOptions = {}): Promise<Mutation> {
  const { mutants = MUTANTS, atOnce = 2, onRow } = options;
  const rows: Row[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker();
    try {
      for (let index = next++; index < mutants.length; index = next++) {
        const mutant = mutants[index];
        if (mutant === undefined) return;
        const row = await rowOf(worker, mutant, options);
        rows[index] = row;
        onRow?.(row, ++done, mutants.length);
      }
    } finally {
      worker.stop();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { mutants: mutants.length, caught: rows.filter((it) => it.invariant !== undefined).length, rows };
}

async function rowOf(worker: Worker, mutant: Mutant, { seeds = SEEDS_MAX, first = {}, unitTests = false }: MutationOptions): Promise<Row> {
  const known = first[mutant.id];
  const all = Array.from({ length: seeds }, (_, n) => n + 1);
  const { tried, seed, invariant, detail } = await worker.try(
    mutant,
    known === undefined ? all : [known, ...all.filter((it) => it !== known)],
  );
  const isSeen = unitTests ? await seenByUnitTests(mutant) : undefined;
  return { mutant, seed, invariant, detail, seeds: tried, ...(isSeen !== undefined && { unitTests: isSeen }) };
}

export { MUTANTS } from './list';
export type { Kind, Mutant } from './mutant';
