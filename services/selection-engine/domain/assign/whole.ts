import { bidPrices } from './certificate';
import { type Assigned, at, type Transport } from './transport';

export interface Whole {
  /** Of each line, its offer; -1 where it is refunded. */
  readonly offerOf: Int32Array;
  readonly objective: number;
  /** `bound − objective`; the bound of the split problem also bounds this one. */
  readonly gap: number;
}

/**
 * Lines that one offer must serve whole (selection.md 4.1). A basic solution splits few lines: in each class the largest lines fill the
 * offers' quotas first; what is left over goes, dearest first, where there is still stock and the most is won.
 */
export function placeWhole(
  it: Transport,
  solved: Pick<Assigned, 'flow' | 'price'>,
  classOf: Int32Array,
  units: Int32Array,
  bound: number,
): Whole {
  const quota = solved.flow.slice();
  const slack = it.stock.slice();
  const offerOf = new Int32Array(classOf.length).fill(-1);
  const bid = bidPrices(it, solved.price);
  let objective = 0;
  for (let line = 0; line < classOf.length; line++) objective -= at(units, line) * at(it.refund, at(classOf, line));
  const place = (line: number, arc: number): void => {
    const [size, offer] = [at(units, line), at(it.offer, arc)];
    offerOf[line] = offer;
    objective += size * (at(it.value, arc) + at(it.refund, at(classOf, line)));
    for (let node = offer; node !== -1; node = at(it.under, node)) slack[node] = at(slack, node) - size;
  };
  const order = largestFirst(units);
  const over: number[] = [];
  for (const line of order) {
    const arc = bestArc(it, at(classOf, line), (candidate) => (at(quota, candidate) >= at(units, line) ? at(quota, candidate) : -Infinity));
    if (arc === -1) {
      over.push(line);
      continue;
    }
    quota[arc] = at(quota, arc) - at(units, line);
    place(line, arc);
  }
  for (const line of over) {
    const k = at(classOf, line);
    const fits = (arc: number): boolean => {
      for (let node = at(it.offer, arc); node !== -1; node = at(it.under, node)) if (at(slack, node) < at(units, line)) return false;
      return at(it.value, arc) > -at(it.refund, k);
    };
    const arc = bestArc(it, k, (candidate) => (fits(candidate) ? at(it.value, candidate) - at(bid, at(it.offer, candidate)) : -Infinity));
    if (arc !== -1) place(line, arc);
  }
  return { offerOf, objective, gap: bound - objective };
}

/** Counting sort by size, largest first; lines of one size stay in the order in which they came. */
function largestFirst(units: Int32Array): Int32Array {
  const most = units.reduce((max, it) => Math.max(max, it), 0);
  const first = new Int32Array(most + 2);
  for (const it of units) first[most - it + 1] = at(first, most - it + 1) + 1;
  for (let size = 1; size < first.length; size++) first[size] = at(first, size) + at(first, size - 1);
  const order = new Int32Array(units.length);
  units.forEach((it, line) => {
    order[at(first, most - it)] = line;
    first[most - it] = at(first, most - it) + 1;
  });
  return order;
}

/** The first of the class's arcs that scores highest; -1 where none scores above −∞. */
function bestArc({ start }: Transport, k: number, score: (arc: number) => number): number {
  let [best, found] = [-Infinity, -1];
  for (let arc = at(start, k); arc < at(start, k + 1); arc++) {
    const it = score(arc);
    if (it > best) [best, found] = [it, arc];
  }
  return found;
}
