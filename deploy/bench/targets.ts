import { CEILING, type Comparison, type Regime, type Row, UNDER_TEST } from '@midstream/simulation/market/index';
import { rounded } from './figures';

/** One claim of selection in hidden markets: what is wanted, and what came. Shares in [0, 1]; `least` and `most` belong to what is wanted. */
export interface Target {
  readonly claim: string;
  readonly least?: number;
  readonly most?: number;
  readonly measured: number;
  readonly met: boolean;
}

/** Of the way from random to the oracle. */
const CAPTURE_LEAST = { A: 0.95, B: 0.92, C: 0.9 } as const;

type Wanted = readonly [claim: string, measured: number | undefined, bounds: { readonly least?: number; readonly most?: number }];

/** What is wanted of the policy under test, against the oracle and against what came; `substitutes`: the share that buyers keep. What was not measured is not there. */
export function targetsOf({ name }: Regime, { rows, capture, gapClosed }: Comparison, substitutes?: number): Target[] {
  const row = (policy: string): Row | undefined => rows.find((it) => it.policy === policy);
  const [ours, oracle] = [row(UNDER_TEST), row(CEILING)];
  if (ours === undefined || oracle === undefined) return [];
  const wanted: Wanted[] = [
    ['capture of the oracle’s margin', capture.value, { least: CAPTURE_LEAST[name] }],
    ['gap to the oracle closed, over the best baseline', gapClosed.value, { least: 0.65 }],
    ['its lower 95 % bound', gapClosed.low, { least: 0.5 }],
    ['fill, less the oracle’s', ours.fill - oracle.fill, { least: -0.005 }],
    ['on time, less the oracle’s', ours.onTime - oracle.onTime, { least: -0.01 }],
    ['complaints, times the oracle’s', ours.complaints / oracle.complaints, { most: 1.05 }],
    ['ECE of success', ours.success?.ece, { most: 0.015 }],
    ['ECE of running out', ours.stockOut?.ece, { most: 0.02 }],
    ['day’s money: WAPE', ours.money?.wape, { most: 0.05 }],
    ['day’s money: bias', ours.money?.bias, { least: -0.01, most: 0.01 }],
    ['day’s money: within 80 % bounds', ours.money?.coverage, { least: 0.77, most: 0.83 }],
    ['substitutes that buyers keep', substitutes, { least: 0.9 }],
  ];
  return wanted.flatMap(([claim, measured, bounds]) => (measured === undefined ? [] : [targetOf(claim, measured, bounds)]));
}

function targetOf(claim: string, measured: number, { least, most }: Wanted[2]): Target {
  const met = measured >= (least ?? -Infinity) && measured <= (most ?? Infinity);
  return { claim, ...(least !== undefined && { least }), ...(most !== undefined && { most }), measured: rounded(measured, 4), met };
}

/** A line for each. */
export const toldOf = (targets: readonly Target[]): string[] =>
  targets.map(({ claim, least, most, measured, met }) => {
    const bounds = [least !== undefined && `from ${least}`, most !== undefined && `up to ${most}`].filter(Boolean).join(' ');
    return `${met ? 'met     ' : 'NOT MET '}  ${claim.padEnd(50)} ${measured.toFixed(4).padStart(8)}  (wanted: ${bounds})`;
  });
