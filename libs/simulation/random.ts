/** A stream of chance that belongs to its seed: the same seed, the same numbers, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in `share` of the cases; `share` in [0, 1]. */
  chance(share: number): boolean;
  /** One of these; never of an empty list. */
  pick<T>(of: readonly T[]): T;
}

/** sfc32: small, fast, and good enough to pass PractRand. */
export function randomOf(...seeds: readonly (number | string)[]): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, hashOf(seeds.join('/')), 1];
  const draw = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < 12; n++) draw();
  const whole = (least: number, most: number): number => least + Math.floor(draw() * (most - least + 1));
  return {
    next: draw,
    whole,
    chance: (share) => draw() < share,
    pick<T>(of: readonly T[]): T {
      const found = of[whole(0, of.length - 1)];
      if (found === undefined) throw new Error('nothing to pick from');
      return found;
    },
  };
}

/** FNV-1a, 32 bits: a number that belongs to the text. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n++) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  return hash >>> 0;
}
