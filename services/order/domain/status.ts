import type { OrderEnd, LineEnd, Line, Order } from './state';
import { deliveredOf, holdsOf, linesOf, openConsents, openOf, ownOf, sum } from './state';

/** Where a line's units can be. A running line is in the first stage that any of its units is in (protocol 21). */
export const STAGES = ['awaiting-consent', 'selecting', 'releasing', 'delivering', 'held'] as const;
export type Stage = (typeof STAGES)[number];
/** How a line has ended of which nothing was given up but what another line looks for as pieces, and nothing came on the line itself. */
export const REPACKED = 'repacked';
export type LineStatus = Stage | LineEnd | typeof REPACKED;
export type OrderStatus = 'running' | OrderEnd;

/** How far units of a stage have come, in [0,1]; a rough measure, for a bar on a screen. */
const REACHED: Readonly<Record<Stage, number>> = { selecting: 0.1, 'awaiting-consent': 0.3, held: 0.5, delivering: 0.7, releasing: 0.8 };

/** What a stage usually takes from here to the end: what a lap takes, and what suppliers do. Rough, until they are learnt. */
const TYPICAL_MS: Readonly<Record<Stage, number>> = {
  selecting: 5_000,
  'awaiting-consent': 5_000,
  held: 4_000,
  delivering: 3_000,
  releasing: 3_000,
};

/** How many units are in which stage. */
export function stagesOf(line: Line): Readonly<Record<Stage, number>> {
  const holds = holdsOf(line);
  const asked = new Set(openConsents(line).map((it) => it.holdId));
  const open = (is: (it: (typeof holds)[number]) => boolean) => sum(holds.filter(is), openOf);
  return {
    'awaiting-consent': open((it) => asked.has(it.holdId)),
    selecting: sum(Object.values(line.selecting), (it) => it.quantity),
    releasing: open((it) => it.releasing !== undefined),
    delivering: open((it) => it.releasing === undefined && it.buying),
    held: open((it) => it.releasing === undefined && !it.buying && !asked.has(it.holdId)),
  };
}

export function statusOf(line: Line): LineStatus {
  if (line.end === 'delivered' && ownOf(line) === 0) return REPACKED;
  if (line.end !== undefined) return line.end;
  const stages = stagesOf(line);
  return STAGES.find((it) => stages[it] > 0) ?? 'held';
}

export const orderStatusOf = (order: Order): OrderStatus => order.end ?? 'running';

/** How a line ends (protocol 21). What was repacked ends with the line of its pieces. */
export function endOf(line: Line): LineEnd {
  const delivered = deliveredOf(line);
  if (delivered === ownOf(line)) return 'delivered';
  if (delivered > 0) return 'partially-delivered';
  return line.closing === 'cancelled' ? 'cancelled' : 'unfillable';
}

export function orderEndOf(order: Order): OrderEnd {
  const lines = linesOf(order).filter((it) => ownOf(it) > 0);
  if (lines.every((it) => it.end === 'delivered')) return 'completed';
  if (lines.some((it) => it.end === 'delivered' || it.end === 'partially-delivered')) return 'partially-completed';
  return lines.every((it) => it.end === 'cancelled') ? 'cancelled' : 'unfillable';
}

export interface Progress {
  readonly ordered: number;
  readonly delivered: number;
  readonly givenUp: number;
  /** Units that are counted as pieces of another line instead, and no more among those that were ordered here. */
  readonly repacked?: number;
  readonly stages: Readonly<Partial<Record<Stage, number>>>;
  /** In [0,1]; 1 when nothing is under way any more. */
  readonly fraction: number;
  /** Milliseconds; an estimate, absent when all is done. */
  readonly estimatedEndAt?: number;
}

/** Delivered units of ordered units, the stage of the rest, and an estimate of the end. `at`: now. */
export function progressOf(lines: readonly Line[], at: number): Progress {
  const staged = lines.map(stagesOf);
  const stages = Object.fromEntries(
    STAGES.map((stage): [Stage, number] => [stage, sum(staged, (it) => it[stage])]).filter(([, units]) => units > 0),
  ) as Partial<Record<Stage, number>>;
  const ordered = sum(lines, ownOf);
  const delivered = sum(lines, deliveredOf);
  const repacked = sum(lines, (it) => it.repacked ?? 0);
  const givenUp = sum(lines, (it) => it.givenUp) - repacked;
  const reached = sum(STAGES, (it) => (stages[it] ?? 0) * REACHED[it]);
  const ends = lines.filter((it) => it.end === undefined).map((it) => endEstimateOf(it, at));
  return {
    ordered,
    delivered,
    givenUp,
    ...(repacked > 0 && { repacked }),
    stages,
    fraction: ordered === 0 ? 1 : Math.round(((delivered + givenUp + reached) / ordered) * 1_000) / 1_000,
    ...(ends.length > 0 && { estimatedEndAt: Math.max(...ends) }),
  };
}

/** The slowest of its units: each waits for its question, its next lap or its supplier; never past the deadline, but for an answer. */
function endEstimateOf(line: Line, at: number): number {
  const stages = stagesOf(line);
  const working = STAGES.filter((it) => stages[it] > 0).map((it) => at + TYPICAL_MS[it]);
  const waiting = [
    ...openConsents(line).map((it) => Math.max(at, it.deadlineAt) + TYPICAL_MS['awaiting-consent']),
    ...Object.values(line.selecting).map((it) => Math.max(at, it.askAt ?? at) + TYPICAL_MS.selecting),
  ];
  return Math.min(Math.max(at, ...working, ...waiting), Math.max(line.deliverByAt, at + TYPICAL_MS.releasing));
}
