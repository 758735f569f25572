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
  /** Hit lines of which units became pieces of the same brand. */
  readonly repacked: number;
  readonly asked: number;
  /** Hit lines of which units were given up after a loss. */
  readonly givenUp: number;
  /** From a line's first HoldLost, as inventory committed it, to its next assignment, repacking or giving-up; lines that asked apart. 0 of none. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Hit lines whose time is in p50Ms and p99Ms. */
  readonly timed: number;
  /** The same as p50Ms and p99Ms from when order had heard of the loss: without the way to order. */
  readonly heard50Ms: number;
  readonly heard99Ms: number;
  /** The same as p50Ms of the lines that asked: it holds the time that a person takes. */
  readonly asked50Ms: number;
}

export function figuresOf({ lines }: Pick<Seen, 'lines'>): Figures {
  const hit = lines.filter(isHit);
  const after = (line: SeenLine): readonly Moment[] => line.moments.slice(line.moments.findIndex((it) => it.what === 'lost'));
  const has = (test: (it: Moment, line: SeenLine) => boolean): SeenLine[] => hit.filter((line) => after(line).some((it) => test(it, line)));
  const asked = new Set(has((it) => it.what === 'asked'));
  const plain = hit.filter((it) => !asked.has(it));
  const took = plain.flatMap((it) => recoveryMs(it, 'committedAt'));
  const heard = plain.flatMap((it) => recoveryMs(it, 'at'));
  return {
    orders: new Set(lines.map((it) => it.orderId)).size,
    lines: lines.length,
    hit: hit.length,
    reselected: has((it) => it.what === 'selecting' && it.because !== undefined).length,
    substituted: has((it) => it.what === 'assigned' && it.replaces !== undefined).length,
    otherGoods: has((it, { wanted }) => it.what === 'assigned' && it.replaces !== undefined && !wanted.skus.includes(it.sku)).length,
    repacked: has((it) => it.what === 'repacked').length,
    asked: asked.size,
    givenUp: has((it) => it.what === 'given-up').length,
    timed: took.length,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
    heard50Ms: percentile(heard, 0.5),
    heard99Ms: percentile(heard, 0.99),
    asked50Ms: percentile(
      [...asked].flatMap((it) => recoveryMs(it, 'committedAt')),
      0.5,
    ),
  };
}

/** How long a line was without goods after its first loss, from when inventory committed it or order heard of it; none while it still is. */
export function recoveryMs({ moments }: Pick<SeenLine, 'moments'>, since: 'committedAt' | 'at'): number[] {
  const index = moments.findIndex((it) => it.what === 'lost');
  const lost = moments[index];
  const next = moments.slice(index + 1).find((it) => it.what === 'assigned' || it.what === 'given-up' || it.what === 'repacked');
  const from = lost?.what === 'lost' ? lost[since] : undefined;
  return from === undefined || next === undefined ? [] : [next.at - from];
}

/** Nearest rank; 0 of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
