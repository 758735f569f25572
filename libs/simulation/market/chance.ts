/**
 * Chance that belongs to its key and to nothing else: the same order, attempt and offer meet the same fate under every policy, so that two
 * policies differ by their choices only (common random numbers).
 */
export function chanceOf(seed: number, a: number, b = 0, c = 0, stream = 0): number {
  let hash = mixed(seed ^ 0x9e3779b9);
  hash = mixed(hash ^ Math.imul(a + 1, 0x85ebca6b));
  hash = mixed(hash ^ Math.imul(b + 1, 0xc2b2ae35));
  hash = mixed(hash ^ Math.imul(c + 1, 0x27d4eb2f));
  hash = mixed(hash ^ Math.imul(stream + 1, 0x165667b1));
  return (hash + 0.5) / 2 ** 32;
}

function mixed(value: number): number {
  let it = value | 0;
  it = Math.imul(it ^ (it >>> 16), 0x7feb352d);
  it = Math.imul(it ^ (it >>> 15), 0x846ca68b);
  return (it ^ (it >>> 16)) >>> 0;
}

/** Standard normal from two uniforms. */
export const normalOf = (u: number, v: number): number => Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);

/** Poisson by inversion from one uniform; past a mean of 60, the normal nearest to it. */
export function poissonOf(mean: number, u: number): number {
  if (mean <= 0) return 0;
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalOf(u, (u * 7919) % 1)));
  let [chance, count, below] = [Math.exp(-mean), 0, Math.exp(-mean)];
  while (u > below && count < 400) {
    count++;
    chance *= mean / count;
    below += chance;
  }
  return count;
}

/** Streams of one key, so that its latency tells nothing of its success. */
export const STREAM = {
  serves: 0,
  slow: 1,
  latency: 2,
  spread: 3,
  ambiguous: 4,
  late: 5,
  complains: 6,
  delay: 7,
  invalid: 8,
  returns: 9,
} as const;
