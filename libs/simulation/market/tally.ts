import type { Answer } from './policy';

export const BINS = 20;

/** Forecasts of a probability against what came. */
export interface Calibration {
  readonly count: Float64Array;
  readonly said: Float64Array;
  readonly came: Float64Array;
  squared: number;
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
  foreseen(tally: Tally, { success, onTime, stock }: Answer, came: { served: boolean; inTime: boolean; dry: boolean }): void {
    if (success !== undefined) add(tally.success, success, came.served);
    if (onTime !== undefined && came.served) add(tally.onTime, onTime, came.inTime);
    if (stock !== undefined) add(tally.stock, 1 - stock, came.dry);
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
