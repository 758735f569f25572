import type { Transport } from './transport';

/** A stream of numbers in [0, 1), the same for the same seed. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let it = Math.imul(state ^ (state >>> 15), state | 1);
    it = (it + Math.imul(it ^ (it >>> 7), it | 61)) ^ it;
    return ((it ^ (it >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface InstanceShape {
  readonly seed: number;
  readonly lines: number;
  readonly classes: number;
  readonly offers: number;
  readonly degree: number;
  /** Stock as a share of demand. */
  readonly supply?: number;
  readonly unitsMax?: number;
  /** Suppliers, and upstream groups over them, that the offers stand under. */
  readonly suppliers?: number;
  readonly groups?: number;
}

export interface Instance {
  readonly classOf: Int32Array;
  readonly units: Int32Array;
  readonly withDemand: (demand: Float64Array) => Transport;
}

/** Tight stock, values in 厘: a quality of the offer, a price of the class, and what only the two have together. */
export function instanceOf({ seed, lines, classes, offers, degree, ...more }: InstanceShape): Instance {
  const { supply = 0.9, unitsMax = 1, suppliers = 0, groups = 0 } = more;
  const chance = chanceOf(seed);
  const upTo = (most: number): number => Math.floor(chance() * most);
  const classOf = Int32Array.from({ length: lines }, () => upTo(classes));
  const units = Int32Array.from({ length: lines }, () => 1 + upTo(unitsMax));
  const total = units.reduce((sum, it) => sum + it, 0);
  const quality = Array.from({ length: offers }, () => upTo(800));
  const weight = Array.from({ length: offers }, () => 0.2 + chance());
  const weights = weight.reduce((sum, it) => sum + it, 0);
  const start = Int32Array.from({ length: classes + 1 }, (_, k) => k * degree);
  const offer = new Int32Array(classes * degree);
  const value = new Float64Array(classes * degree);
  const refund = Float64Array.from({ length: classes }, () => 50 + upTo(1_000));
  for (let k = 0; k < classes; k++) {
    const price = upTo(1_500);
    const chosen = new Set<number>();
    while (chosen.size < degree) chosen.add(upTo(offers));
    [...chosen].forEach((j, index) => {
      offer[k * degree + index] = j;
      value[k * degree + index] = price + (quality[j] ?? 0) + upTo(700) - 300;
    });
  }
  const own = weight.map((it) => Math.max(1, Math.round((total * supply * it) / weights)));
  const capOf = (count: number, share: number): number[] =>
    Array.from({ length: count }, () => Math.ceil((total * share) / Math.max(1, count)));
  const stock = Float64Array.from([...own, ...capOf(suppliers, 0.95), ...capOf(groups, 0.93)]);
  const under = Int32Array.from([
    ...own.map((_, j) => (suppliers === 0 ? -1 : offers + (j % suppliers))),
    ...capOf(suppliers, 1).map((_, s) => (groups === 0 ? -1 : offers + suppliers + (s % groups))),
    ...capOf(groups, 1).map(() => -1),
  ]);
  return { classOf, units, withDemand: (demand) => ({ demand, refund, start, offer, value, stock, under, offers }) };
}
