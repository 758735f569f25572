import type { Product } from './book';

/** Attributes that a substitute must share where both goods name them: a card of another game or platform is of no use. */
const MUST_MATCH = ['platform', 'game', 'gameRegion'] as const;
/** In days; a substitute must last as long. */
export const VALIDITY = 'validityDays';

/** Likeness in [0,1]: the share of attributes that agree, and how near the prices and face values are (Gower). */
export function likenessOf(wanted: Product, other: Product): number {
  const names = new Set([...Object.keys(wanted.attributes), ...Object.keys(other.attributes)]);
  let [sum, all] = [nearness(wanted.priceMinor, other.priceMinor) + nearness(wanted.faceValueMinor, other.faceValueMinor), 2];
  for (const name of names) {
    all++;
    if (wanted.attributes[name] === other.attributes[name]) sum++;
  }
  if (wanted.fulfilmentKind === other.fulfilmentKind) sum++;
  return sum / (all + 1);
}

const nearness = (a: number, b: number): number => (Math.max(a, b) === 0 ? 1 : Math.min(a, b) / Math.max(a, b));

/**
 * Whether the other good may stand in for the wanted one: same game and platform, valid as long, and of one kind worth as much: a card of 50
 * is none of 100. A gate, no penalty.
 */
export function standsInFor(wanted: Product, other: Product): boolean {
  const shared = MUST_MATCH.every((name) => {
    const [a, b] = [wanted.attributes[name], other.attributes[name]];
    return a === undefined || b === undefined || a === b;
  });
  const [face, otherFace] = [wanted.faceValueMinor, other.faceValueMinor];
  const isLess = otherFace > 0 && otherFace < face && isOfOneKind(wanted, other);
  return shared && lastsAsLong(wanted, other) && !isLess;
}

/** Where both say for how many days. */
export function lastsAsLong(wanted: Product, other: Product): boolean {
  const [days, otherDays] = [Number(wanted.attributes[VALIDITY] ?? 0), Number(other.attributes[VALIDITY] ?? Infinity)];
  return !(days > otherDays);
}

/** Whether both name a game or a platform, and agree in all of these that they name. */
export const isOfOneKind = (a: Product, b: Product): boolean =>
  MUST_MATCH.every((name) => a.attributes[name] === b.attributes[name]) && MUST_MATCH.some((name) => a.attributes[name] !== undefined);
