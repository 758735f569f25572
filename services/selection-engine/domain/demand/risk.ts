import { type Calibration, calibrated } from './calibration';
import { amount, finite, positive, share } from './checks';
import { chances, checked, type Count, COUNT_MAX } from './negative-binomial';

export const RISK_LEVELS = ['low', 'medium', 'high', 'extreme'] as const;
/** 低, 中, 高, 极高. */
export type RiskLevel = (typeof RISK_LEVELS)[number];
/** From which probability a level begins (selection.md 2.3). */
export const LEVEL_FROM: Readonly<Record<RiskLevel, number>> = { low: 0, medium: 0.02, high: 0.1, extreme: 0.3 };

/** Of a stock that nobody has reported: a fifth is gone when just heard of, half of the rest within a day; never below the floor. */
export const UNKNOWN = { chanceOut: 0.2, halfLifeMs: 86_400_000, floor: 0.05 } as const;

/** What is known of an offer's stock. Times in ms, epoch; rates in units an hour. */
export interface StockSeen {
  /** Units by the last snapshot; undefined where none was ever reported. */
  readonly units: number | undefined;
  readonly seenAt: number;
  /** Units of ours that are held but not yet taken out of `units`. */
  readonly reservedUnits: number;
  /** What other buyers take: a Gamma-Poisson rate, as learned from falls between snapshots. `shape` says how sure it is. */
  readonly drain: { readonly unitsPerHour: number; readonly shape: number };
  readonly leadTimeMs: { readonly mean: number; readonly deviation: number };
  /** P(supplier is up over the lead time). */
  readonly up: number;
  /** P(a code is invalid). */
  readonly invalid: number;
}

export interface RiskAsked {
  readonly at: number;
  /** Our own demand over one hour. */
  readonly demandPerHour: Count;
  /** Units of the line at hand. */
  readonly quantity: number;
  /** Of running out, learnt from what became of past probabilities (`calibrationOf`). */
  readonly calibration?: Calibration;
}

export interface StockRisk {
  /** In [0, 1]: that the stock does not serve the line when it comes to it. */
  readonly probability: number;
  readonly level: RiskLevel;
}

const HOUR_MS = 3_600_000;
/** Three points that keep mean and variance of a lead time: (−√3, 0, √3) deviations, weights 1/6, 2/3, 1/6. */
const POINTS = [
  { deviations: -Math.sqrt(3), weight: 1 / 6 },
  { deviations: 0, weight: 2 / 3 },
  { deviations: Math.sqrt(3), weight: 1 / 6 },
] as const;

/**
 * Probability that the stock fails the line, and its level (selection.md 2.3). Others' drain and our demand are kept as two counts, each
 * of its own shape, and are added exactly: so that more stock never raises it, and more demand, drain or age never lowers it; a sum by
 * moments would break that. @throws InvalidDemand
 */
export function stockRiskOf(seen: StockSeen, asked: RiskAsked): StockRisk {
  check(seen, asked);
  const out = calibrated(chanceOut(seen, asked), asked.calibration);
  const probability = 1 - (1 - out) * seen.up * (1 - seen.invalid);
  return { probability, level: levelOf(probability) };
}

/** @throws InvalidDemand */
export function levelOf(probability: number): RiskLevel {
  share('probability', probability);
  return RISK_LEVELS.findLast((it) => probability >= LEVEL_FROM[it]) ?? 'low';
}

/** P(stock is gone before the line takes its units), without outages and bad codes. */
export function chanceOut(seen: StockSeen, { at, demandPerHour, quantity }: RiskAsked): number {
  const age = Math.max(0, at - seen.seenAt);
  if (seen.units === undefined) return Math.max(UNKNOWN.floor, 1 - (1 - UNKNOWN.chanceOut) * 2 ** (-age / UNKNOWN.halfLifeMs));
  const room = Math.floor(seen.units - seen.reservedUnits - quantity);
  if (room < 0) return 1;
  const { mean, deviation } = seen.leadTimeMs;
  return POINTS.reduce((sum, { deviations, weight }) => {
    const lead = Math.max(0, mean + deviations * deviation) / HOUR_MS;
    const drain: Count = { mean: seen.drain.unitsPerHour * (age / HOUR_MS + lead), size: seen.drain.shape };
    return sum + weight * chanceSumAbove(drain, { mean: demandPerHour.mean * lead, size: demandPerHour.size }, room);
  }, 0);
}

/** P(A + B > room), exact to COUNT_MAX units. */
export function chanceSumAbove(a: Count, b: Count, room: number): number {
  const most = Math.min(COUNT_MAX, room);
  const [first, second] = [chances(a, most), chances(b, most)];
  const upTo = new Float64Array(most + 1);
  let sum = 0;
  for (let n = 0; n <= most; n++) upTo[n] = sum += second[n] ?? 0;
  let within = 0;
  for (let n = 0; n <= most; n++) within += (first[n] ?? 0) * (upTo[most - n] ?? 0);
  return Math.max(0, Math.min(1, 1 - within));
}

function check(seen: StockSeen, { at, demandPerHour, quantity }: RiskAsked): void {
  finite('at', at);
  finite('seenAt', seen.seenAt);
  if (seen.units !== undefined) amount('units', seen.units);
  amount('reservedUnits', seen.reservedUnits);
  amount('drain.unitsPerHour', seen.drain.unitsPerHour);
  positive('drain.shape', seen.drain.shape);
  amount('leadTimeMs.mean', seen.leadTimeMs.mean);
  amount('leadTimeMs.deviation', seen.leadTimeMs.deviation);
  share('up', seen.up);
  share('invalid', seen.invalid);
  checked(demandPerHour);
  amount('quantity', quantity);
}
