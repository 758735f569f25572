/**
 * Classes of like lines and the offers that may serve them (selection.md 4.1): maximise Σ value × flow − Σ refund × units left over.
 * Money is whole numbers of one small unit (厘), units are whole numbers. The arcs of class k are `start[k]` to `start[k + 1]`.
 */
export interface Transport {
  /** Units that each class asks for. */
  readonly demand: Float64Array;
  /** What each unit of a class costs that nothing serves. */
  readonly refund: Float64Array;
  /** One more than there are classes. */
  readonly start: Int32Array;
  /** Of each arc, which offer. */
  readonly offer: Int32Array;
  /** Of each arc, what a unit is worth; may be negative. */
  readonly value: Float64Array;
  /** Units of each offer, then of each cap: a supplier's rate limit, the most that one upstream group may take. */
  readonly stock: Float64Array;
  /** The cap that each offer, then each cap, stands under, as an index into `stock`; -1 for none. Caps come after what is under them. */
  readonly under: Int32Array;
  readonly offers: number;
}

export interface Assigned {
  readonly objective: number;
  /** Units on each arc. */
  readonly flow: Float64Array;
  /** Units of each class that nothing serves. */
  readonly left: Float64Array;
  /** What one more unit of each offer's stock, or of each cap, would be worth: its dual, never negative. */
  readonly price: Float64Array;
  readonly pivots: number;
  /** False where the cap on pivots was reached: what is there may be used, and is not proven best. */
  readonly optimal: boolean;
}

export const CLASSES_MAX = 100_000;
export const OFFERS_MAX = 100_000;
export const ARCS_MAX = 4_000_000;
/** Below it, sums of units × money are exact in a double. */
const EXACT = Number.MAX_SAFE_INTEGER;

export type TransportProblem =
  'too-many-classes' | 'too-many-offers' | 'too-many-arcs' | 'wrong-shape' | 'wrong-units' | 'wrong-money' | 'numbers-too-large';

/** What is wrong with it, if anything; nothing is solved that is not sound. */
export function problemOf(it: Transport): TransportProblem | undefined {
  const classes = it.demand.length;
  if (classes > CLASSES_MAX) return 'too-many-classes';
  if (it.stock.length > OFFERS_MAX) return 'too-many-offers';
  if (it.offer.length > ARCS_MAX) return 'too-many-arcs';
  if (!hasShape(it, classes)) return 'wrong-shape';
  if (![it.demand, it.stock].every((all) => all.every((units) => Number.isSafeInteger(units) && units >= 0))) return 'wrong-units';
  if (!it.refund.every((money) => Number.isSafeInteger(money) && money >= 0)) return 'wrong-money';
  if (!it.value.every((money) => Number.isSafeInteger(money))) return 'wrong-money';
  return isExact(it, classes) ? undefined : 'numbers-too-large';
}

function hasShape({ demand, refund, start, offer, value, stock, under, offers }: Transport, classes: number): boolean {
  if (refund.length !== demand.length || start.length !== classes + 1 || offer.length !== value.length) return false;
  if (under.length !== stock.length || !Number.isInteger(offers) || offers < 0 || offers > stock.length) return false;
  if (start[0] !== 0 || start[classes] !== offer.length) return false;
  if (start.some((it, index) => index > 0 && it < at(start, index - 1))) return false;
  if (offer.some((it) => it < 0 || it >= offers)) return false;
  return under.every((it, node) => it === -1 || (it > node && it >= offers && it < stock.length));
}

function isExact({ demand, refund, value, stock }: Transport, classes: number): boolean {
  const units = demand.reduce((sum, it) => sum + it, 0);
  const most = value.reduce(
    (max, it) => Math.max(max, Math.abs(it)),
    refund.reduce((max, it) => Math.max(max, it), 1),
  );
  // A potential is a sum along a path of the tree, and the bound sums stock × price
  const supply = stock.reduce((sum, it) => sum + Math.min(it, units), 0);
  return most * Math.max(units + supply, classes + stock.length + 1) * 2 <= EXACT;
}

/** An index that is known to be inside. */
export const at = (all: Float64Array | Int32Array, index: number): number => all[index] as number;
