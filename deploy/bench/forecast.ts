import { readFileSync } from 'node:fs';
import { UsageProblem } from '../drill/options';
import {
  BASELINES,
  type Calibration,
  calibrated,
  calibrationOf,
  chanceAbove,
  type Count,
  forecastOf,
  type PooledModel,
  recalibrated,
  type Sample,
  trainPooled,
} from '@midstream/selection-engine-domain/demand/index';
import { chances } from '@midstream/selection-engine-domain/demand/negative-binomial';
import { randomOf } from '@midstream/simulation/random';
import { median, rounded } from './figures';
import type { BenchOptions } from './options';
import type { Result } from './result';
import type { Say } from './run';

/** Months of demand; the first three years are trained on, ten origins judged, each by what three months bring. */
const [LENGTH, HORIZON, TRAINED_FROM, TRAINED_TO, ORIGINS] = [51, 3, 24, 36, 10];
const PINBALLS = [0.5, 0.9, 0.95, 0.99] as const;
const FIXTURE = { seed: 20_261_125, series: 600 } as const;

type Series = readonly (readonly number[])[];
/** A forecast, and what its chance of running out is corrected by at an origin. */
interface Method {
  readonly name: string;
  readonly of: (history: readonly number[]) => Count;
  readonly calibration?: ReadonlyMap<number, Calibration>;
}
interface Scores {
  readonly method: string;
  readonly rps: number;
  readonly logScore: number;
  /** Of running out, where as much is in stock as the past needed on average. */
  readonly brier: number;
  readonly ece: number;
  readonly pinball: Readonly<Record<string, number>>;
}

/** `bench forecast`: the pooled model beside its baselines, on the same origins. `ratio` is NB-SBA's RPS over ours. */
export async function forecast({ data }: BenchOptions, say: Say): Promise<Result> {
  const series = data === undefined ? generated() : read(data);
  const began = Date.now();
  const model = trainPooled(samplesOf(series, TRAINED_FROM, TRAINED_TO), HORIZON);
  say(`${series.length} series of ${series[0]?.length ?? 0}; trained in ${Date.now() - began} ms`);
  const length = series[0]?.length ?? 0;
  const origins = Array.from({ length: ORIGINS }, (_, n) => length - HORIZON - ORIGINS + 1 + n);
  const recent = new Map(
    Array.from({ length: ORIGINS + HORIZON + 2 }, (_, n) => (origins[0] ?? 0) - HORIZON - 2 + n).map((it) => [
      it,
      recalibrated(model, samplesOf(series, ...endedBy(it))),
    ]),
  );
  const calibration = new Map(origins.map((it) => [it, calibrationAt(it, series, recent)]));
  const ours = (history: readonly number[]): Count => forecastOf(history, HORIZON, recent.get(history.length));
  const methods: Method[] = [
    ...Object.entries(BASELINES).map(([name, of]): Method => ({ name, of: (history) => of(history, HORIZON) })),
    { name: 'pooled', of: (history) => forecastOf(history, HORIZON, model) },
    { name: 'pooled-recalibrated', of: ours },
    { name: 'pooled-calibrated', of: ours, calibration },
  ];
  const rows = methods.map((it) => scored(it, series, origins));
  for (const it of rows)
    say(
      `${it.method.padEnd(20)} RPS ${it.rps}  log ${it.logScore}  Brier ${it.brier}  ECE ${it.ece}  pinball ${Object.values(it.pinball).join(' ')}`,
    );
  return resultOf(data, rows);
}

/** The newest three origins whose months have ended at `origin`. */
const endedBy = (origin: number): readonly [from: number, to: number] => [origin - HORIZON - 2, origin - HORIZON];

/** From what was said at those origins, by the model as it was then, and what came of it. */
function calibrationAt(origin: number, series: Series, models: ReadonlyMap<number, PooledModel>): Calibration {
  const told = samplesOf(series, ...endedBy(origin)).map(({ history, demand }) => {
    const stock = stockAt(history);
    return { said: chanceAbove(forecastOf(history, HORIZON, models.get(history.length)), stock), came: demand > stock };
  });
  return calibrationOf(told);
}

/** As much as the past needed on average. */
const stockAt = (history: readonly number[]): number => Math.ceil((HORIZON * history.reduce((sum, one) => sum + one, 0)) / history.length);

function resultOf(data: string | undefined, rows: readonly Scores[]): Result {
  const rps = (method: string): number => rows.find((it) => it.method === method)?.rps ?? 0;
  const ours = rows.at(-1);
  const better = (method: string): number => rounded(1 - (ours?.rps ?? 0) / rps(method), 4);
  return {
    bench: 'forecast',
    bus: 'none',
    ratio: rounded(rps('nb-sba') / (ours?.rps ?? 1), 3),
    ours: ours?.rps ?? 0,
    floor: rps('nb-sba'),
    unit: 'RPS',
    p50Ms: 0,
    p99Ms: 0,
    peakMb: rounded(process.memoryUsage().rss / 2 ** 20, 0),
    errors: 0,
    fsync: 'none',
    synchronousCommit: 'none',
    fullPageWrites: 'none',
    noisy: [],
    data: data === undefined ? `generated, seed ${FIXTURE.seed}` : 'given',
    brier: ours?.brier ?? 0,
    ece: ours?.ece ?? 0,
    betterThan: { 'nb-sba': better('nb-sba'), 'nb-tsb': better('nb-tsb'), 'nb-ses': better('nb-ses') },
    rows,
  };
}

const after = (series: readonly number[], origin: number): number =>
  series.slice(origin, origin + HORIZON).reduce((sum, it) => sum + it, 0);

const samplesOf = (series: Series, from: number, to: number): Sample[] =>
  series.flatMap((it) =>
    Array.from({ length: to - from + 1 }, (_, n) => ({ history: it.slice(0, from + n), demand: after(it, from + n) })),
  );

function scored({ name, of, calibration }: Method, series: Series, origins: readonly number[]): Scores {
  const sums = { count: 0, rps: 0, log: 0, squared: 0, pinball: PINBALLS.map(() => 0) };
  const [said, came] = [new Float64Array(20), new Float64Array(20)];
  for (const it of series)
    for (const origin of origins) {
      const history = it.slice(0, origin);
      const demand = after(it, origin);
      const count = of(history);
      const table = chances(count, Math.max(80, demand, Math.ceil(count.mean * 4)));
      const stock = stockAt(history);
      const one = against(table, demand, stock);
      const out = calibrated(one.out, calibration?.get(origin));
      sums.count++;
      sums.rps += one.rps;
      sums.log += Math.log(Math.max(1e-9, table[demand] ?? 0));
      sums.squared += (out - Number(demand > stock)) ** 2;
      one.pinball.forEach((loss, n) => (sums.pinball[n] = (sums.pinball[n] ?? 0) + loss));
      const bin = Math.min(19, Math.floor(out * 20));
      said[bin] = (said[bin] ?? 0) + out;
      came[bin] = (came[bin] ?? 0) + Number(demand > stock);
    }
  const mean = (sum: number): number => rounded(sum / sums.count, 4);
  return {
    method: name,
    rps: mean(sums.rps),
    logScore: mean(sums.log),
    brier: mean(sums.squared),
    ece: mean(said.reduce((sum, it, bin) => sum + Math.abs(it - (came[bin] ?? 0)), 0)),
    pinball: Object.fromEntries(PINBALLS.map((it, n) => [it, mean(sums.pinball[n] ?? 0)])),
  };
}

/** Ranked probability score, chance of running out, and the loss of each quantile, of one forecast. */
function against(table: Float64Array, demand: number, stock: number) {
  let [below, rps, within] = [0, 0, 0];
  const quantiles = PINBALLS.map(() => table.length - 1);
  const open = PINBALLS.map(() => true);
  table.forEach((chance, count) => {
    below += chance;
    rps += (below - Number(demand <= count)) ** 2;
    if (count === Math.min(stock, table.length - 1)) within = below;
    PINBALLS.forEach((it, n) => {
      if (open[n] !== true || below < it) return;
      [quantiles[n], open[n]] = [count, false];
    });
  });
  const pinball = PINBALLS.map((it, n) => {
    const error = demand - (quantiles[n] ?? 0);
    return error >= 0 ? it * error : (it - 1) * error;
  });
  return { rps, out: Math.min(1, Math.max(0, 1 - within)), pinball };
}

/** Slow goods: gamma rates, clumps, levels that shift, and goods that die. */
function generated(): number[][] {
  const random = randomOf('forecast', FIXTURE.seed);
  const exponential = (): number => -Math.log(1 - random.next());
  return Array.from({ length: FIXTURE.series }, () => {
    let rate = 0.08 + 0.6 * exponential() * random.next();
    const clump = 1 + Math.floor(2 * exponential());
    const dies = random.chance(0.1) ? random.whole(20, 60) : LENGTH;
    return Array.from({ length: LENGTH }, (_, month) => {
      if (random.chance(0.03)) rate *= random.pick([0.4, 0.6, 1.6, 2.5]);
      const wanted = month < dies && random.next() < 1 - Math.exp(-rate);
      return wanted ? 1 + Math.floor(clump * exponential() * 0.7) : 0;
    });
  });
}

/** Series that are whole; those with a gap are left out. @throws UsageProblem */
function read(file: string): number[][] {
  const told = (): UsageProblem => new UsageProblem(`--data ${file}: not a JSON array of arrays of counts`);
  const data = parsed(file);
  if (!Array.isArray(data)) throw told();
  const whole = data.filter((it): it is number[] => Array.isArray(it) && it.every((one) => typeof one === 'number' && one >= 0));
  const length = median(whole.map((it) => it.length));
  const kept = whole.filter((it) => it.length === length);
  if (kept.length === 0 || length < TRAINED_TO + HORIZON + ORIGINS) throw told();
  return kept;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageProblem(`--data ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
