import { isHit, type Moment, type Seen, type SeenLine } from './seen';

export interface Figures {
  readonly orders: number;
  readonly lines: number;
  /** Lines of which a hold was lost. */
  readonly hit: number;
  /** Hit lines that went into another selection. */
  readonly reselected: number;
  /** Hit lines that were assigned again, by a LineAssigned that replaces what was lost. */
  readonly substituted: number;
  /** Of those, lines that got another product. */
  readonly otherGoods: number;
  readonly asked: number;
  /** Hit lines of which units were given up. */
  readonly givenUp: number;
  /** From a line's first loss to its next assignment or giving-up; lines that asked apart. Milliseconds; 0 where there is none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The same of the lines that asked: it holds the time that a person takes. */
  readonly asked50Ms: number;
}

export function figuresOf({ lines }: Pick<Seen, 'lines'>): Figures {
  const hit = lines.filter(isHit);
  const has = (test: (it: Moment, line: SeenLine) => boolean): SeenLine[] =>
    hit.filter((line) => line.moments.some((it) => test(it, line)));
  const asked = new Set(has((it) => it.what === 'asked'));
  const plain = hit.filter((it) => !asked.has(it)).flatMap(recoveryMs);
  return {
    orders: new Set(lines.map((it) => it.orderId)).size,
    lines: lines.length,
    hit: hit.length,
    reselected: has((it) => it.what === 'selecting' && it.because !== undefined).length,
    substituted: has((it) => it.what === 'assigned' && it.replaces !== undefined).length,
    otherGoods: has((it, { wanted }) => it.what === 'assigned' && it.replaces !== undefined && !wanted.skus.includes(it.sku)).length,
    asked: asked.size,
    givenUp: has((it) => it.what === 'given-up').length,
    p50Ms: percentile(plain, 0.5),
    p99Ms: percentile(plain, 0.99),
    asked50Ms: percentile([...asked].flatMap(recoveryMs), 0.5),
  };
}

/** How long a line was without goods after its first loss; none while it still is. */
export function recoveryMs({ moments }: Pick<SeenLine, 'moments'>): number[] {
  const lost = moments.findIndex((it) => it.what === 'lost');
  const after = lost < 0 ? undefined : moments.slice(lost + 1).find((it) => it.what === 'assigned' || it.what === 'given-up');
  return after === undefined ? [] : [after.at - (moments[lost]?.at ?? after.at)];
}

/** Nearest rank; 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
