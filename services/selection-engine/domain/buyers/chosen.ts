import type { SelectionRequest } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import type { Offered } from '../beliefs/choices';
import { observe } from '../beliefs/observe';
import { availableAt, type OfferBook, pricedFor, type Product } from '../book';
import { chanceOf } from '../chain/explore';
import { likenessOf, standsInFor } from '../likeness';

/** Goods that a choice is told among, and that are looked at for it: any of them, if drawn alike, teach as well as all (McFadden). */
export const CHOICE_GOODS_MAX = 30;
export const LOOKED_AT_MAX = 200;

/**
 * A new line of a buyer who is remembered, for another good than what he likes best of its category, though it could stand in for that: it is
 * learnt what he takes in its place, of all that could be sold to him now. O(the goods of the category); for all other lines a look at what their buyer likes.
 */
export function learnChoice(book: OfferBook, request: SelectionRequest): void {
  const { buyerKey, need, attempt, replaces } = request;
  const liked = buyerKey === undefined ? undefined : book.beliefs.loyalty.get(buyerKey);
  const chosen = need.sku === undefined ? undefined : book.products.get(need.sku);
  if (buyerKey === undefined || liked === undefined || chosen === undefined || attempt !== 1 || replaces !== undefined) return;
  const favourite = favouriteIn(book, chosen.category, liked);
  if (favourite === undefined || favourite.sku === chosen.sku || !standsInFor(favourite, chosen)) return;
  const { sku, category } = chosen;
  const options = [chosen, ...others(book, request, chosen, favourite)].map((it) => offered(it, favourite, request.merchantTier));
  observe(book.beliefs, { type: 'choice', at: book.heardAt, buyer: buyerKey, sku, category, options });
}

function favouriteIn({ products }: OfferBook, category: string, liked: ReadonlyMap<string, number>): Product | undefined {
  let best: Product | undefined;
  let most = 0;
  for (const [sku, value] of liked) {
    const product = products.get(sku);
    if (value > most && product?.category === category) [best, most] = [product, value];
  }
  return best;
}

/** The favourite, where it can be sold, and others that stand in for it, as the line draws them. */
function others(book: OfferBook, request: SelectionRequest, chosen: Product, favourite: Product): Product[] {
  const found = isSold(book, favourite, request) ? [favourite] : [];
  for (const sku of drawn(book.skusByCategory.get(chosen.category) ?? new Set(), chanceOf(`${request.orderId}/${request.lineId}`))) {
    const it = book.products.get(sku);
    if (it === undefined || it.sku === chosen.sku || it.sku === favourite.sku || it.currency !== chosen.currency) continue;
    if (standsInFor(favourite, it) && isSold(book, it, request)) found.push(it);
    if (found.length === CHOICE_GOODS_MAX - 1) break;
  }
  return found;
}

/** Goods from all over the category, at most LOOKED_AT_MAX, from a drawn one on. */
function drawn(skus: ReadonlySet<string>, chance: number): string[] {
  const step = Math.ceil(skus.size / LOOKED_AT_MAX);
  const first = Math.floor(chance * skus.size);
  const picked: string[] = [];
  let n = 0;
  for (const it of skus) if (n++ % step === first % step) picked.push(it);
  const from = Math.floor(first / step);
  return [...picked.slice(from), ...picked.slice(0, from)];
}

/** To such a line, by any supplier. A top-up needs its account, and to a line that names one nothing else is of use. */
function isSold(book: OfferBook, { sku, listed, regions, fulfilmentKind }: Product, { region, hasRecipient }: SelectionRequest): boolean {
  if (!listed || !coversRegion(regions, region) || (fulfilmentKind === 'VALUE_RECHARGE') !== (hasRecipient === true)) return false;
  for (const it of book.offersBySku.get(sku)?.values() ?? [])
    if (it.closures.length === 0 && availableAt(book, it) >= it.minQuantity && coversRegion(it.regions, region)) return true;
  return false;
}

function offered(it: Product, favourite: Product, tier: string | undefined): Offered {
  return { sku: it.sku, priceMinor: pricedFor(it, tier).priceMinor, similarity: likenessOf(favourite, it) };
}
