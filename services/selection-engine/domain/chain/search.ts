import type { Assessed } from './money';
import { gainOf, inTime } from './money';

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
  }

  from(first: number): Found {
    this.best = { order: [], value: -Infinity, success: 0 };
    this.step(first, 1, 0, this.terms.leftMs, 0);
    return this.best;
  }

  private step(index: number, reach: number, spent: number, leftMs: number, sum: number): void {
    const it = this.offers[index];
    if (it === undefined) return;
    let q = it.q;
    for (const before of this.path) q *= kept(it, this.offers[before] ?? it);
    const gain = (this.gains[index] ?? 0) - spent;
    const [rest, cost] = [reach * (1 - q), spent + it.failure];
    const isLast = this.path.length + 1 === this.depthMax;
    // In time for sure it could not be worth more, and the worst tenth is never better than the mean: most last steps end here
    if (isLast && sum + reach * q * gain - rest * (cost + this.terms.lost) <= this.best.value) return;
    const amount = gain - it.late * (1 - inTime(it, this.terms.shape, leftMs));
    const total = sum + reach * q * amount;
    this.path.push(index);
    this.chances.push(reach * q);
    this.amounts.push(amount);
    this.end(total, rest, cost);
    if (!isLast) {
      for (let next = 0; next < this.offers.length; next++) {
        if (!this.path.includes(next)) this.step(next, rest, cost, leftMs - it.failMs, total);
      }
    }
    this.path.pop();
    this.chances.pop();
    this.amounts.pop();
  }

  private end(sum: number, rest: number, cost: number): void {
    const mean = sum - rest * (cost + this.terms.lost);
    const { riskAversion } = this.terms;
    const value = riskAversion === 0 ? mean : (1 - riskAversion) * mean + riskAversion * this.worst(rest, cost);
    if (value > this.best.value + EQUAL_MINOR) this.best = { order: [...this.path], value, success: 1 - rest };
  }

  /** Mean of the worst tenth, exactly: a chain has at most four outcomes (CVaR; selection.md 1.5). */
  private worst(rest: number, cost: number): number {
    const outcomes = this.amounts.map((amount, index) => ({ amount, chance: this.chances[index] ?? 0 }));
    outcomes.push({ amount: -cost - this.terms.lost, chance: rest });
    outcomes.sort((a, b) => a.amount - b.amount);
    let [left, sum] = [WORST_SHARE, 0];
    for (const { amount, chance } of outcomes) {
      const taken = Math.min(left, chance);
      sum += taken * amount;
      left -= taken;
      if (left <= 0) break;
    }
    return sum / WORST_SHARE;
  }
}
