// A process of main.ts: lives the worlds that it is given, a part at a time, and tells what came of them.
import { type Outcome, simulate } from './simulate';

export interface Part {
  readonly from: number;
  readonly count: number;
}

export interface Told {
  readonly worlds: number;
  readonly steps: number;
  readonly lines: number;
  readonly faults: number;
  readonly broken: readonly Outcome[];
}

process.on('message', ({ from, count }: Part) => {
  const broken: Outcome[] = [];
  const told = { worlds: count, steps: 0, lines: 0, faults: 0 };
  for (let seed = from; seed < from + count; seed++) {
    const outcome = simulate(seed);
    told.steps += outcome.steps;
    told.lines += outcome.lines;
    told.faults += outcome.faults;
    if (outcome.violation !== undefined) broken.push(outcome);
  }
  // Whoever asked may be gone by now, and then nobody wants to know.
  process.send?.({ ...told, broken } satisfies Told, () => undefined);
});
process.on('disconnect', () => process.exit());
