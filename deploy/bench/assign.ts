import { assignByHighs, loadHighs } from '@midstream/selection-engine/assign/highs';
import { instanceOf, type InstanceShape } from '@midstream/selection-engine-domain/assign/assign.fixtures';
import { certify } from '@midstream/selection-engine-domain/assign/certificate';
import { demandOf } from '@midstream/selection-engine-domain/assign/classes';
import { assign as solve } from '@midstream/selection-engine-domain/assign/simplex';
import { placeWhole } from '@midstream/selection-engine-domain/assign/whole';
import { median, quantile, rounded } from './figures';
import type { BenchOptions } from './options';
import type { Result } from './result';
import type { Say } from './run';

/** The sizes of selection.md 4.2: stock is 90 % of what is asked for. */
const CASES: readonly (InstanceShape & { readonly name: string; readonly runs: number; readonly whole?: true })[] = [
  { name: '100k lines', seed: 1, lines: 100_000, classes: 1_000, offers: 128, degree: 12, runs: 30 },
  { name: '100k lines under caps', seed: 2, lines: 100_000, classes: 1_000, offers: 128, degree: 12, suppliers: 24, groups: 6, runs: 10 },
  { name: '1M lines', seed: 3, lines: 1_000_000, classes: 5_000, offers: 256, degree: 12, runs: 5 },
  {
    name: '100k lines, indivisible',
    seed: 4,
    lines: 100_000,
    classes: 1_000,
    offers: 128,
    degree: 12,
    unitsMax: 300,
    runs: 5,
    whole: true,
  },
];
/** The first runs are the compiler's. */
const WARM_UP = 3;

interface Row {
  readonly name: string;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly cpuMs: number;
  readonly highsMs: number;
  readonly highsCpuMs: number;
  /** Of processor times, so that what else runs on the machine does not count; where nothing does, they are the times on the wall. */
  readonly ratio: number;
  readonly objective: number;
  readonly gap: number;
  /** Of indivisible lines: what is lost at most, as a share of the value. */
  readonly wholeGap?: number;
  readonly pivots: number;
  readonly errors: readonly string[];
}

/** `bench assign`: grouping and solving by the network simplex, then the same model by HiGHS on the same machine; both must come to the same money. */
export async function assign(_options: BenchOptions, say: Say): Promise<Result> {
  const highs = await loadHighs();
  const rows: Row[] = [];
  for (const it of CASES) {
    const row = measure(it, (transport) => assignByHighs(highs, transport).objective);
    rows.push(row);
    say(
      `${row.name}: ${row.medianMs} ms (p95 ${row.p95Ms}), HiGHS ${row.highsMs} ms: ${row.ratio} times; gap ${row.gap}${row.errors.length > 0 ? `; ${row.errors.join('; ')}` : ''}`,
    );
  }
  const [first] = rows;
  if (first === undefined) throw new Error('nothing was measured');
  const errors = rows.flatMap((it) => it.errors).length;
  return {
    bench: 'assign',
    bus: 'none',
    ...(errors === 0 && { ratio: first.ratio }),
    gap: Math.max(...rows.map((it) => it.gap)),
    ours: first.medianMs,
    floor: first.highsMs,
    unit: 'ms',
    p50Ms: first.medianMs,
    p95Ms: first.p95Ms,
    p99Ms: first.p95Ms,
    peakMb: rounded(process.memoryUsage().rss / 2 ** 20, 0),
    errors,
    fsync: 'none',
    synchronousCommit: 'none',
    fullPageWrites: 'none',
    noisy: [],
    rows,
  };
}

function measure({ name, runs, whole, ...shape }: (typeof CASES)[number], byHighs: (it: Parameters<typeof solve>[0]) => number): Row {
  const { classOf, units, withDemand } = instanceOf(shape);
  const [times, cpus]: [number[], number[]] = [[], []];
  const once = () => {
    const [at, cpu] = [performance.now(), process.cpuUsage()];
    const transport = withDemand(demandOf(shape.classes, classOf, units));
    const solved = solve(transport);
    times.push(performance.now() - at);
    cpus.push(process.cpuUsage(cpu).user / 1_000);
    return { transport, solved };
  };
  for (let run = 1; run < WARM_UP + runs; run++) once();
  const { transport, solved } = once();
  const proof = certify(transport, solved.flow, solved.price);
  const cpuAt = process.cpuUsage();
  const at = performance.now();
  const theirs = Math.round(byHighs(transport));
  const highsMs = performance.now() - at;
  const highsCpuMs = process.cpuUsage(cpuAt).user / 1_000;
  const seen = times.slice(WARM_UP).sort((a, b) => a - b);
  const errors = [
    ...(solved.optimal ? [] : ['the pivots ran out']),
    ...(proof.feasible && proof.gap === 0 && proof.objective === solved.objective ? [] : [`not proven: a gap of ${proof.gap}`]),
    ...(theirs === solved.objective ? [] : [`HiGHS says ${theirs}, we say ${solved.objective}`]),
  ];
  const [medianMs, cpuMs] = [median(seen), median(cpus.slice(WARM_UP))];
  return {
    name,
    medianMs: rounded(medianMs),
    p95Ms: rounded(quantile(seen, 0.95)),
    cpuMs: rounded(cpuMs),
    highsMs: rounded(highsMs, 0),
    highsCpuMs: rounded(highsCpuMs, 0),
    ratio: rounded(highsCpuMs / cpuMs, 1),
    objective: solved.objective,
    gap: proof.gap,
    ...(whole && { wholeGap: placeWhole(transport, solved, classOf, units, proof.bound).gap / Math.abs(proof.bound) }),
    pivots: solved.pivots,
    errors,
  };
}
