import { at, type Transport } from './transport';

/** What a checker that knows nothing of the solver says of an assignment. Money in the problem's unit. */
export interface Certificate {
  /** Nobody gets more than was asked for, and nothing gives more than it has. */
  readonly feasible: boolean;
  readonly objective: number;
  /** No assignment is worth more (weak duality, for any prices that are not negative). */
  readonly bound: number;
  /** `bound − objective`: below one unit of money, with whole numbers, the assignment is the best. */
  readonly gap: number;
}

/** Prices of scarce stock, as a line sees them: an offer's own and those of the caps that it stands under. */
export function bidPrices({ stock, under, offers }: Pick<Transport, 'stock' | 'under' | 'offers'>, price: Float64Array): Float64Array {
  const sums = new Float64Array(stock.length);
  for (let node = stock.length - 1; node >= 0; node--)
    sums[node] = at(price, node) + (at(under, node) === -1 ? 0 : at(sums, at(under, node)));
  return sums.slice(0, offers);
}

/** O(arcs). L(p) = Σ stock × p + Σ demand × max(−refund, max(value − bid price)) ≥ any assignment's value (selection.md 4.1). */
export function certify(it: Transport, flow: Float64Array, price: Float64Array): Certificate {
  const bid = bidPrices(it, price);
  const used = new Float64Array(it.stock.length);
  let [objective, bound, feasible] = [0, 0, flow.length === it.offer.length && price.every((p) => p >= 0)];
  it.demand.forEach((demand, k) => {
    let [served, best] = [0, -at(it.refund, k)];
    for (let arc = at(it.start, k); arc < at(it.start, k + 1); arc++) {
      const [units, offer] = [at(flow, arc), at(it.offer, arc)];
      served += units;
      used[offer] = at(used, offer) + units;
      objective += units * at(it.value, arc);
      best = Math.max(best, at(it.value, arc) - at(bid, offer));
      feasible &&= units >= 0;
    }
    feasible &&= served <= demand;
    objective -= (demand - served) * at(it.refund, k);
    bound += demand * best;
  });
  it.stock.forEach((stock, node) => {
    bound += stock * at(price, node);
    feasible &&= at(used, node) <= stock;
    const cap = at(it.under, node);
    if (cap !== -1) used[cap] = at(used, cap) + at(used, node);
  });
  return { feasible, objective, bound, gap: bound - objective };
}
