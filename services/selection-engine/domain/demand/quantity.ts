import { amount, InvalidDemand, positive, share } from './checks';
import { chances, checked, type Count, COUNT_MAX } from './negative-binomial';

/** All-units prices: the tier with the greatest `from` that the quantity reaches. */
export interface Tier {
  readonly from: number;
  readonly costMinor: number;
}

export interface PurchaseAsked {
  /** Over review period and lead time. */
  readonly demand: Count;
  readonly priceMinor: number;
  readonly tiers: readonly Tier[];
  /** Of a unit that is asked for and not there: refund, lost sale, less what a substitute earns. */
  readonly shortageMinor: number;
  /** Share of the cost that a unit left over loses: capital over the horizon, expiry, price drops. 0 for a mere reservation. */
  readonly leftoverShare: number;
  readonly onHand: number;
  readonly inbound: number;
  /** Of the units bought, the share that comes and works: mean, and how sure (Beta with so many observations). Only what comes is paid. */
  readonly yield: { readonly mean: number; readonly observations: number };
  readonly minQuantity: number;
  readonly maxQuantity: number;
  readonly budgetMinor?: number;
}

export interface Purchase {
  readonly quantity: number;
  readonly expectedProfitMinor: number;
}

/** Yields that keep mean and variance of the Beta: a standard deviation to each side. */
function yieldsOf({ mean, observations }: PurchaseAsked['yield']): readonly number[] {
  const deviation = Math.sqrt((mean * (1 - mean)) / (observations + 1));
  return [Math.max(0, mean - deviation), Math.min(1, mean + deviation)];
}

/**
 * Expected profit of buying `quantity`, up to a constant, minor units. The demand counts exactly, the yield at two points.
 * Concave in the quantity inside a tier, since what is left over is worth less than any tier's cost.
 */
export function profitOf(asked: PurchaseAsked): (quantity: number) => number {
  const soldBy = expectedSales(asked.demand);
  const yields = yieldsOf(asked.yield);
  const before = asked.onHand + asked.inbound;
  const cheapest = Math.min(...asked.tiers.map((it) => it.costMinor));
  const leftoverMinor = cheapest * (1 - asked.leftoverShare);
  return (quantity) => {
    const costMinor = tierOf(asked.tiers, quantity).costMinor;
    const total = yields.reduce((sum, it) => {
      const [came, stock] = [it * quantity, before + it * quantity];
      const sold = soldBy(stock);
      return sum + (asked.priceMinor + asked.shortageMinor) * sold - costMinor * came + leftoverMinor * (stock - sold);
    }, 0);
    return total / yields.length;
  };
}

/** The quantity with the greatest expected profit: inside each tier by bisection of a concave function, 0 among them. @throws InvalidDemand */
export function suggestedPurchase(asked: PurchaseAsked): Purchase {
  check(asked);
  const profit = profitOf(asked);
  const most = mostOf(asked);
  const tiers = [...asked.tiers].sort((a, b) => a.from - b.from);
  let best: Purchase = { quantity: 0, expectedProfitMinor: profit(0) };
  tiers.forEach((tier, n) => {
    const least = Math.max(1, asked.minQuantity, n === 0 ? 0 : tier.from);
    const affordable = asked.budgetMinor === undefined || tier.costMinor === 0 ? Infinity : Math.floor(asked.budgetMinor / tier.costMinor);
    const end = Math.min(most, affordable, (tiers[n + 1]?.from ?? Infinity) - 1);
    if (least > end) return;
    const quantity = peak(profit, least, end);
    const expectedProfitMinor = profit(quantity);
    if (expectedProfitMinor > best.expectedProfitMinor + 1e-9) best = { quantity, expectedProfitMinor };
  });
  return best;
}

/** Nobody needs more than what covers demand at the worst yield but one in a million. */
function mostOf(asked: PurchaseAsked): number {
  const { mean, size } = asked.demand;
  const deviation = Math.sqrt(mean + (Number.isFinite(size) ? (mean * mean) / size : 0));
  const need = Math.ceil((mean + 12 * deviation + 12) / Math.max(0.05, asked.yield.mean));
  const lastTier = Math.max(...asked.tiers.map((it) => it.from));
  return Math.min(COUNT_MAX, asked.maxQuantity, Math.max(need, lastTier));
}

/** Of a concave function on whole numbers, the least argument of its maximum. */
function peak(of: (at: number) => number, least: number, most: number): number {
  let [low, high] = [least, most];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(middle + 1) > of(middle) + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low;
}

const tierOf = (tiers: readonly Tier[], quantity: number): Tier => {
  let found: Tier | undefined;
  for (const it of tiers) if (it.from <= quantity && (found === undefined || it.from > found.from)) found = it;
  return found ?? tiers.reduce((a, b) => (b.from < a.from ? b : a));
};

/** E min(D, stock) for any stock, linear between whole units. */
function expectedSales(demand: Count): (stock: number) => number {
  const deviation = Math.sqrt(demand.mean + (Number.isFinite(demand.size) ? demand.mean ** 2 / demand.size : 0));
  const most = Math.min(COUNT_MAX, Math.ceil(demand.mean + 20 * deviation + 20));
  const table = chances(demand, most);
  const sold = new Float64Array(most + 2);
  let above = 1;
  for (let n = 0; n <= most; n++) {
    above = Math.max(0, above - (table[n] ?? 0));
    sold[n + 1] = (sold[n] ?? 0) + above;
  }
  return (stock) => {
    const whole = Math.min(most, Math.floor(stock));
    const next = sold[whole + 1] ?? 0;
    const here = sold[whole] ?? 0;
    return here + (next - here) * Math.min(1, stock - whole);
  };
}

function check(asked: PurchaseAsked): void {
  checked(asked.demand);
  positive('priceMinor', asked.priceMinor);
  if (asked.tiers.length === 0) throw new InvalidDemand('empty', 'tiers', 'none');
  for (const it of asked.tiers) {
    amount('tiers.from', it.from);
    amount('tiers.costMinor', it.costMinor);
  }
  amount('shortageMinor', asked.shortageMinor);
  share('leftoverShare', asked.leftoverShare);
  amount('onHand', asked.onHand);
  amount('inbound', asked.inbound);
  share('yield.mean', asked.yield.mean);
  amount('yield.observations', asked.yield.observations);
  amount('minQuantity', asked.minQuantity);
  amount('maxQuantity', asked.maxQuantity);
  if (asked.budgetMinor !== undefined) amount('budgetMinor', asked.budgetMinor);
}
