import { PIECES_MAX } from '@midstream/contracts';
import type { OfferBook, Product } from '../book';
import { lastsAsLong, VALIDITY } from '../likeness';

/** What a brand is known by: pieces come from whoever is named there, and a good that names none has no pieces. */
const BRAND = ['platform', 'game', 'brand'] as const;

export interface Pack {
  readonly product: Product;
  /** So many come to the face value of one unit. */
  readonly pieces: number;
}

/** Goods of the same brand of which a few pieces come to the face value of one unit exactly; the fewest pieces first. */
export function packsOf(good: Product, { skusByCategory, products }: Pick<OfferBook, 'skusByCategory' | 'products'>): readonly Pack[] {
  const packs: Pack[] = [];
  // A plain loop, and the cheapest question first: a category may have thousands of goods, and each line asks
  for (const sku of skusByCategory.get(good.category) ?? []) {
    const product = products.get(sku);
    const pieces = product === undefined ? 0 : good.faceValueMinor / product.faceValueMinor;
    if (product === undefined || !Number.isSafeInteger(pieces) || pieces < 2 || pieces > PIECES_MAX) continue;
    if (isOfOneBrand(good, product) && lastsAsLong(good, product)) packs.push({ product, pieces });
  }
  return packs.sort((a, b) => a.pieces - b.pieces || (a.product.sku < b.product.sku ? -1 : 1));
}

/** Alike in all but what they are worth and how long they last: a gift box is no card, whatever it is worth. */
function isOfOneBrand(good: Product, other: Product): boolean {
  const isAlike = other.fulfilmentKind === good.fulfilmentKind && other.currency === good.currency && other.listed;
  if (!isAlike || !BRAND.some((it) => good.attributes[it] !== undefined)) return false;
  const names = new Set([...Object.keys(good.attributes), ...Object.keys(other.attributes)]);
  names.delete(VALIDITY);
  return [...names].every((it) => good.attributes[it] === other.attributes[it]);
}
