import type { OfferBook } from '../book';
import { HISTORY_LEAST, type PooledModel, recalibrated, type Sample, trainPooled } from './pooled';

/** What is known of demand by days (UTC), as one replica has worked it out in the night and all follow it. */
export interface DailyDemand {
  /** The last day that is counted, in days since 1970. */
  readonly day: number;
  /** Units of each good by days up to it, the oldest first. */
  readonly units: ReadonlyMap<string, readonly number[]>;
  /** Of one day; none before there is enough to train it on. */
  readonly model?: PooledModel;
}

const DAY_MS = 86_400_000;
/** What ended longer ago says nothing of today. */
const OLD_DAYS = 3;
/** Each series is looked at from so many of its last days; recalibration looks at the last of these. */
const ORIGINS = 7;
const ORIGINS_RECENT = 3;
/** Fewer teach a model nothing that a series' own smoothing does not know; more would hold up the service for longer (0.1 ms of CPU each). */
export const SAMPLES_LEAST = 50;
export const SAMPLES_MAX = 2_000;

/** The pooled model of one day, over all goods together; undefined where there are too few. */
export function trainDaily(series: Iterable<readonly number[]>): PooledModel | undefined {
  const all = [...series];
  const samples = samplesOf(all, ORIGINS);
  return samples.length < SAMPLES_LEAST ? undefined : recalibrated(trainPooled(samples, 1), samplesOf(all, ORIGINS_RECENT));
}

/** The newest days first, so that of many goods each is seen at least once. */
function samplesOf(series: readonly (readonly number[])[], origins: number): Sample[] {
  const samples: Sample[] = [];
  for (let back = 1; back <= origins; back++)
    for (const it of series) {
      const length = it.length - back;
      if (length < HISTORY_LEAST) continue;
      if (samples.length === SAMPLES_MAX) return samples;
      samples.push({ history: it.slice(0, length), demand: it[length] ?? 0 });
    }
  return samples;
}

/** The days of a good, and their model, where there are enough of them and they are not old. */
export function dailyOf({ demand }: OfferBook, sku: string, at: number) {
  const history = demand.units.get(sku) ?? [];
  if (history.length < HISTORY_LEAST || at - (demand.day + 1) * DAY_MS > OLD_DAYS * DAY_MS) return undefined;
  return { history, bucketMs: DAY_MS, ...(demand.model && { model: demand.model }) };
}

/** Every replica that hears of it, whole. */
export function knowDemand(book: OfferBook, demand: DailyDemand): void {
  if (demand.day >= book.demand.day) book.demand = demand;
}
