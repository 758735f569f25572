import { Violation } from './oracle/violation';
import { World } from './world';

export interface Outcome {
  readonly seed: number;
  /** Transactions, publications and calls that the world was made of. */
  readonly steps: number;
  /** Order lines that were placed. */
  readonly lines: number;
  readonly faults: number;
  /** The first rule that was broken; `at`: milliseconds after the first order could come. */
  readonly violation?: { readonly at: number; readonly invariant: string; readonly detail: string };
  /** What came from outside, in its order. */
  readonly history: readonly string[];
}

export interface Options {
  /** The indexes of the scenario's actions that happen; all without it. */
  readonly keep?: readonly number[];
  readonly maxSteps?: number;
}

const STEPS_MAX = 60_000;

/** Lives one seed's world to its end. The same seed has the same history on every machine. Never throws: what is thrown inside is a violation. */
export function simulate(seed: number, { keep, maxSteps = STEPS_MAX }: Options = {}): Outcome {
  const world = new World(seed, keep && new Set(keep));
  const told = (violation?: Outcome['violation']): Outcome => ({
    seed,
    steps: world.machine.steps,
    lines: world.oracle.lines,
    faults: world.faults,
    history: world.history,
    ...(violation && { violation }),
  });
  try {
    world.run(maxSteps);
    return told();
  } catch (error) {
    const at = world.now - world.openAt;
    if (error instanceof Violation) return told({ at, invariant: error.invariant, detail: error.detail });
    return told({ at, invariant: 'thrown', detail: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
