import { amount, finite, InvalidDemand, positive, share } from './checks';

/** One attempt of a chain, money a unit. */
export interface Attempt {
  /** P(it serves): mean, and how many observations stand behind it. */
  readonly fill: { readonly mean: number; readonly observations: number };
  readonly costMinor: number;
  /** Expected after-sales cost, complaints and bad codes, less what a happy buyer brings later. May be below 0. */
  readonly afterSalesMinor: number;
  /** Cost of one failed attempt. */
  readonly failureMinor: number;
}

export interface MarginAsked {
  readonly chain: readonly Attempt[];
  readonly priceMinor: number;
  readonly lostSaleMinor: number;
  /** Lines that are thought of together: the more, the narrower. */
  readonly lines: number;
}

/** Minor units a unit sold. `share` is mean over price. Low and high bound 80 %. */
export interface ExpectedMargin {
  readonly meanMinor: number;
  readonly lowMinor: number;
  readonly highMinor: number;
  readonly share: number;
}

const ATTEMPTS_MAX = 8;
/** Ten and ninety per cent of a normal. */
const TAIL = 1.2815515655446004;

interface Outcome {
  readonly chance: number;
  readonly minor: number;
}

/**
 * Expected margin of a chain of attempts, with an 80 % interval. Chance has two sides: which attempt serves (it averages out over lines),
 * and that fill rates are estimates (it does not). One line: quantiles of the outcomes themselves. @throws InvalidDemand
 */
export function expectedMarginOf(asked: MarginAsked): ExpectedMargin {
  check(asked);
  const outcomes = outcomesOf(asked, 0);
  const mean = meanOf(outcomes);
  // fill rates of one chain err together at worst: all a deviation up, or down
  const unsure = Math.abs(meanOf(outcomesOf(asked, 1)) - meanOf(outcomesOf(asked, -1))) / 2;
  const variance = outcomes.reduce((sum, it) => sum + it.chance * (it.minor - mean) ** 2, 0);
  const half = TAIL * Math.sqrt(variance / asked.lines + unsure ** 2);
  const values = outcomes.map((it) => it.minor);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const single = asked.lines < 2;
  const low = single ? Math.min(mean, outcomeAt(outcomes, 0.1)) : Math.max(least, mean - half);
  const high = single ? Math.max(mean, outcomeAt(outcomes, 0.9)) : Math.min(most, mean + half);
  return {
    meanMinor: Math.round(mean),
    lowMinor: Math.min(Math.round(mean), Math.round(low)),
    highMinor: Math.max(Math.round(mean), Math.round(high)),
    share: mean / asked.priceMinor,
  };
}

function outcomesOf({ chain, priceMinor, lostSaleMinor }: MarginAsked, deviations: number): readonly Outcome[] {
  let [open, spent] = [1, 0];
  const outcomes = chain.map(({ fill, costMinor, afterSalesMinor, failureMinor }): Outcome => {
    const deviation = Math.sqrt((fill.mean * (1 - fill.mean)) / (fill.observations + 1));
    const chance = Math.min(1, Math.max(0, fill.mean + deviations * deviation));
    const outcome = { chance: open * chance, minor: priceMinor - costMinor - afterSalesMinor - spent };
    open *= 1 - chance;
    spent += failureMinor;
    return outcome;
  });
  return [...outcomes, { chance: open, minor: -lostSaleMinor - spent }];
}

const meanOf = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, it) => sum + it.chance * it.minor, 0);

function outcomeAt(outcomes: readonly Outcome[], chance: number): number {
  const sorted = [...outcomes].sort((a, b) => a.minor - b.minor);
  let below = 0;
  return sorted.find((it) => (below += it.chance) >= chance - 1e-12)?.minor ?? 0;
}

function check({ chain, priceMinor, lostSaleMinor, lines }: MarginAsked): void {
  if (chain.length === 0) throw new InvalidDemand('empty', 'chain', 0);
  if (chain.length > ATTEMPTS_MAX) throw new InvalidDemand('too-long', 'chain', chain.length);
  for (const it of chain) {
    share('fill.mean', it.fill.mean);
    amount('fill.observations', it.fill.observations);
    amount('costMinor', it.costMinor);
    finite('afterSalesMinor', it.afterSalesMinor);
    amount('failureMinor', it.failureMinor);
  }
  positive('priceMinor', priceMinor);
  amount('lostSaleMinor', lostSaleMinor);
  positive('lines', lines);
}
