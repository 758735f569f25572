import type { OfferBook } from '../book';
import { amount } from './checks';
import { HISTORY_LEAST, type PooledModel, recalibrated, type Sample, trainPooled } from './pooled';

/** Days of a good that are looked at, and goods that are: of more, those that are asked for most. All together 10 MB. */
export const DEMAND_DAYS_MAX = 120;
export const DEMAND_GOODS_MAX = 20_000;
/** Goods of a page: a page is never moved. */
const PAGE_GOODS = 256;
/** Of one day. */
const UNITS_MAX = 2 ** 32 - 1;

/** Units of each good by days (UTC) up to `day`, side by side: a number for each day since it was first asked for. */
export class DayUnits {
  private readonly goods = new Map<string, { readonly place: number; readonly days: number }>();
  private readonly pages: Uint32Array[] = [];

  constructor(readonly day: number) {}

  get size(): number {
    return this.goods.size;
  }

  /** Days of a good come the oldest first; what is past the limits of days and goods is left out. @throws InvalidDemand */
  note(sku: string, day: number, units: number): void {
    const days = this.day - day + 1;
    if (days < 1 || days > DEMAND_DAYS_MAX) return;
    let good = this.goods.get(sku);
    if (good === undefined) {
      if (this.size === DEMAND_GOODS_MAX) return;
      this.goods.set(sku, (good = { place: this.size, days }));
    }
    const page = (this.pages[Math.floor(good.place / PAGE_GOODS)] ??= new Uint32Array(PAGE_GOODS * DEMAND_DAYS_MAX));
    page[((good.place % PAGE_GOODS) + 1) * DEMAND_DAYS_MAX - days] = Math.min(UNITS_MAX, amount('units', units));
  }

  /** From the first day that it was asked for, the oldest first. */
  get(sku: string): readonly number[] | undefined {
    const good = this.goods.get(sku);
    if (good === undefined) return undefined;
    const end = ((good.place % PAGE_GOODS) + 1) * DEMAND_DAYS_MAX;
    return Array.from(this.pages[Math.floor(good.place / PAGE_GOODS)]?.subarray(end - good.days, end) ?? []);
  }

  /** Of every good, in the order of their names. */
  *series(): Generator<readonly number[]> {
    for (const sku of [...this.goods.keys()].sort()) yield this.get(sku) ?? [];
  }
}

/** What is known of demand by days (UTC), as one replica has worked it out in the night and all follow it. */
export interface DailyDemand {
  /** The last day that is counted, in days since 1970. */
  readonly day: number;
  readonly units: DayUnits;
  /** Of one day; none before there is enough to train it on. */
  readonly model?: PooledModel;
}

export const noDemand = (): DailyDemand => ({ day: -1, units: new DayUnits(-1) });

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
  const all: (readonly number[])[] = [];
  // More than that would give no further sample
  for (const it of series) if (it.length > HISTORY_LEAST && all.push(it) === SAMPLES_MAX) break;
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
