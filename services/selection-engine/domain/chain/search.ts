import type { Assessed } from './money';
import { Left } from './left';
import { gainOf } from './money';

/** What a chain is chosen under; with the assessed offers, all that a choice depends on. */
export interface Terms {
  /** What it costs, a unit, when no attempt delivers. */
  readonly lost: number;
  readonly leftMs: number;
  readonly attemptsMax: number;
  readonly riskAversion: number;
  readonly shape: number;
}

/** How much of its chance an offer keeps after another one has failed: of the same supplier, and of the same upstream group. */
export const KEPT = { sameSupplier: 0.3, sameGroup: 0.9 } as const;
/** Offers that are tried in every order. */
export const SEARCHED_MAX = 8;
/** Chains are searched whole to this length; what follows is added by its index. */
export const SEARCHED_LENGTH = 3;
/** The worst tenth of outcomes, for those who are averse to risk. */
const WORST_SHARE = 0.1;
/** A chance that is less than the least that is looked for by no more than this may be that. */
const ROUNDING = 1e-9;
/** Below it two values are equal. */
export const EQUAL_MINOR = 1e-9;

export interface Found {
  readonly order: readonly number[];
  readonly value: number;
  readonly success: number;
}

/** The best chain, and the best that begins with each offer. Ties go to what comes first in `offers`. */
export interface Searched {
  readonly best: Found;
  readonly byFirst: readonly Found[];
}

const kept = (offer: Assessed, failed: Assessed): number => {
  if (offer.supplierId === failed.supplierId) return KEPT.sameSupplier;
  return offer.upstreamGroup === failed.upstreamGroup ? KEPT.sameGroup : 1;
};

/** Every ordered chain of up to three of the offers, under correlated failures and a deadline that failures use up. */
export function searchChains(offers: readonly Assessed[], terms: Terms): Searched {
  const nothing: Found = { order: [], value: -terms.lost, success: 0 };
  const byFirst: Found[] = [];
  const walk = new Walk(offers, terms);
  for (let first = 0; first < offers.length; first++) byFirst.push(walk.from(first));
  const best = byFirst.reduce((a, b) => (b.value > a.value + EQUAL_MINOR ? b : a), nothing);
  return { best, byFirst };
}

/** Used again for each search, which is one call: there are thousands. */
const LEFT = new Left(SEARCHED_LENGTH - 1);
const ENDS = { amount: new Float64Array(SEARCHED_LENGTH + 1), chance: new Float64Array(SEARCHED_LENGTH + 1) };

/** Depth-first over the orders; what has been spent, the time that is left and the chance to come so far are carried along. */
class Walk {
  private readonly gains: readonly number[];
  private readonly path: number[] = [];
  private readonly chances: number[] = [];
  private readonly amounts: number[] = [];
  private best: Found = { order: [], value: -Infinity, success: 0 };
  private readonly depthMax: number;

  constructor(
    private readonly offers: readonly Assessed[],
    private readonly terms: Terms,
  ) {
    this.gains = offers.map(gainOf);
    this.depthMax = Math.min(SEARCHED_LENGTH, terms.attemptsMax);
    LEFT.begin(terms.leftMs);
  }

  from(first: number): Found {
    this.best = { order: [], value: -Infinity, success: 0 };
    this.step(first, 1, 0, 0);
    return this.best;
  }

  private step(index: number, reach: number, spent: number, sum: number): void {
    const it = this.offers[index];
    if (it === undefined) return;
    const { offers, path } = this;
    let q = it.q;
    for (let n = 0; n < path.length; n++) q *= kept(it, offers[path[n] ?? 0] ?? it);
    const gain = (this.gains[index] ?? 0) - spent;
    const [rest, cost] = [reach * (1 - q), spent + it.failure];
    const isLast = path.length + 1 === this.depthMax;
    // What it would bring for sure in time, beyond what it must to be the best; the worst tenth is never better than the mean. Most last steps end here
    const beyond = isLast ? sum + reach * q * gain - rest * (cost + this.terms.lost) - this.best.value : Infinity;
    if (beyond <= 0) return;
    const onTime = LEFT.inTime(it, this.terms.shape, path.length, 1 - beyond / (reach * q * it.late) - ROUNDING);
    if (Number.isNaN(onTime)) return;
    const amount = gain - it.late * (1 - onTime);
    const total = sum + reach * q * amount;
    path.push(index);
    this.chances.push(reach * q);
    this.amounts.push(amount);
    this.end(total, rest, cost);
    if (!isLast) {
      LEFT.fail(it, path.length);
      for (let next = 0; next < offers.length; next++) {
        if (!path.includes(next)) this.step(next, rest, cost, total);
      }
    }
    path.pop();
    this.chances.pop();
    this.amounts.pop();
  }

  private end(sum: number, rest: number, cost: number): void {
    const mean = sum - rest * (cost + this.terms.lost);
    const { riskAversion } = this.terms;
    const value = riskAversion === 0 ? mean : (1 - riskAversion) * mean + riskAversion * this.worst(rest, cost);
    if (value > this.best.value + EQUAL_MINOR) this.best = { order: [...this.path], value, success: 1 - rest };
  }

  /** Mean of the worst tenth, exactly: a chain has at most four outcomes (CVaR; selection.md 1.5). Sorted in place, for it is asked for hundreds of times. */
  private worst(rest: number, cost: number): number {
    const { amounts, chances } = this;
    for (let n = 0; n <= amounts.length; n++) {
      const amount = amounts[n] ?? -cost - this.terms.lost;
      let at = n;
      for (; at > 0 && (ENDS.amount[at - 1] ?? 0) > amount; at--) {
        ENDS.amount[at] = ENDS.amount[at - 1] ?? 0;
        ENDS.chance[at] = ENDS.chance[at - 1] ?? 0;
      }
      ENDS.amount[at] = amount;
      ENDS.chance[at] = chances[n] ?? rest;
    }
    let [left, sum] = [WORST_SHARE, 0];
    for (let n = 0; n <= amounts.length && left > 0; n++) {
      const taken = Math.min(left, ENDS.chance[n] ?? 0);
      sum += taken * (ENDS.amount[n] ?? 0);
      left -= taken;
    }
    return sum / WORST_SHARE;
  }
}
