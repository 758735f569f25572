import { median, NOISY, rounded, spread } from './figures';
import type { Safety } from './floor';
import type { Memory } from './procs';

/** What a bench came to: printed as the last line with --json. */
export interface Result {
  readonly bench: string;
  readonly bus: string;
  /** Ours over the floor, of the medians; absent where there were errors. */
  readonly ratio?: number;
  readonly ours: number;
  readonly floor: number;
  readonly unit: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMb: number;
  readonly errors: number;
  readonly fsync: string;
  readonly synchronousCommit: string;
  readonly fullPageWrites: string;
  readonly noisy: readonly string[];
  readonly [more: string]: unknown;
}

export interface Measured {
  readonly bench: string;
  readonly bus: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly floor: readonly number[];
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly memory: Memory;
  readonly errors: readonly string[];
  readonly safety: Safety;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Medians, their ratio if nothing went wrong, and which side's rounds lie too far apart to be believed. */
export function resultOf({ bench, bus, unit, memory, safety, more = {}, ...it }: Measured): Result {
  const [ours, floor] = [median(it.ours), median(it.floor)];
  const noisy = (['ours', 'floor'] as const)
    .filter((side) => spread(it[side]) > NOISY)
    .map((side) => `${side} ±${(spread(it[side]) * 50).toFixed(0)} %`);
  return {
    bench,
    bus,
    ...(it.errors.length === 0 && floor > 0 && { ratio: rounded(ours / floor, 3) }),
    ours: rounded(ours, 2),
    floor: rounded(floor, 2),
    unit,
    p50Ms: rounded(it.p50Ms),
    p99Ms: rounded(it.p99Ms),
    peakMb: rounded(memory.totalMb, 0),
    errors: it.errors.length,
    fsync: safety.fsync,
    synchronousCommit: safety.synchronousCommit,
    fullPageWrites: safety.fullPageWrites,
    noisy,
    oursRounds: it.ours.map((one) => rounded(one, 2)),
    floorRounds: it.floor.map((one) => rounded(one, 2)),
    peakMbOf: {
      node: rounded(memory.byKind.node, 0),
      postgres: rounded(memory.byKind.postgres, 0),
      java: rounded(memory.byKind.java, 0),
    },
    largestNodeMb: rounded(memory.largestNodeMb, 0),
    ...more,
  };
}
