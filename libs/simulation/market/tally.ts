import type { Answer, Foreseen } from './policy';

export const BINS = 20;

/** Forecasts of a probability against what came. */
export interface Calibration {
  readonly count: Float64Array;
  readonly said: Float64Array;
  readonly came: Float64Array;
  squared: number;
}

/** What orders were expected to come to, and came to, by day. */
export interface MoneyForeseen {
  readonly said: Float64Array;
  readonly variance: Float64Array;
  readonly came: Float64Array;
  orders: number;
}

/** What a policy came to, in one world. Money in minor units. */
export interface Tally {
  readonly policy: string;
  /** By day: what was ordered, and what was earned. */
  readonly gmv: Float64Array;
  readonly money: Float64Array;
  orders: number;
  delivered: number;
  inTime: number;
  attempts: number;
  complaints: number;
  readonly success: Calibration;
  readonly onTime: Calibration;
  readonly stock: Calibration;
  readonly foreseen: MoneyForeseen;
}

const calibration = (): Calibration => ({
  count: new Float64Array(BINS),
  said: new Float64Array(BINS),
  came: new Float64Array(BINS),
  squared: 0,
});

export const emptyTally = (policy: string, days: number): Tally => ({
  policy,
  gmv: new Float64Array(days),
  money: new Float64Array(days),
  orders: 0,
  delivered: 0,
  inTime: 0,
  attempts: 0,
  complaints: 0,
  success: calibration(),
  onTime: calibration(),
  stock: calibration(),
  foreseen: { said: new Float64Array(days), variance: new Float64Array(days), came: new Float64Array(days), orders: 0 },
});

interface Ended {
  readonly day: number;
  readonly price: number;
  readonly money: number;
  readonly attempts: number;
  readonly late: boolean;
  readonly delivered: boolean;
  readonly judged: boolean;
}

interface Came {
  readonly works: boolean;
  readonly served: boolean;
  readonly inTime: boolean;
  readonly dry: boolean;
}

export const note = {
  order(tally: Tally, { day, price, money, attempts, late, delivered, judged }: Ended): void {
    if (!judged) return;
    tally.gmv[day] = (tally.gmv[day] ?? 0) + price;
    tally.money[day] = (tally.money[day] ?? 0) + money;
    tally.orders++;
    tally.attempts += attempts;
    if (!delivered) return;
    tally.delivered++;
    if (!late) tally.inTime++;
  },
  complaint(tally: Tally, chance: number): void {
    tally.complaints += chance;
  },
  foreseen(tally: Tally, { success, onTime, stock }: Answer, came: Came): void {
    if (success !== undefined) add(tally.success, success, came.works);
    if (onTime !== undefined && came.served) add(tally.onTime, onTime, came.inTime);
    if (stock !== undefined) add(tally.stock, 1 - stock, came.dry);
  },
  money({ foreseen }: Tally, day: number, { mean, variance }: Foreseen, came: number): void {
    foreseen.said[day] = (foreseen.said[day] ?? 0) + mean;
    foreseen.variance[day] = (foreseen.variance[day] ?? 0) + variance;
    foreseen.came[day] = (foreseen.came[day] ?? 0) + came;
    foreseen.orders++;
  },
} as const;

function add(it: Calibration, said: number, came: boolean): void {
  const bin = Math.min(BINS - 1, Math.max(0, Math.floor(said * BINS)));
  it.count[bin] = (it.count[bin] ?? 0) + 1;
  it.said[bin] = (it.said[bin] ?? 0) + said;
  it.came[bin] = (it.came[bin] ?? 0) + Number(came);
  it.squared += (said - Number(came)) ** 2;
}

/** Mean distance of said and come, bin by bin; and the Brier score. Undefined where nothing was foreseen. */
export function scoresOf(of: readonly Calibration[]): { readonly ece: number; readonly brier: number; readonly count: number } | undefined {
  const sum = (pick: (it: Calibration) => Float64Array, bin: number): number => of.reduce((total, it) => total + (pick(it)[bin] ?? 0), 0);
  const bins = Array.from({ length: BINS }, (_, n) => n);
  const count = bins.reduce((total, n) => total + sum((it) => it.count, n), 0);
  if (count === 0) return undefined;
  const distance = bins.reduce((total, n) => total + Math.abs(sum((it) => it.said, n) - sum((it) => it.came, n)), 0);
  return { ece: distance / count, brier: of.reduce((total, it) => total + it.squared, 0) / count, count };
}
