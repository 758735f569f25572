import type { OfferBook } from '../book';
import { isOfOneKind, likenessOf } from '../likeness';
import { SIBLINGS_MAX } from './limits';

/** Goods that may stand beside this one: other cards and packs of the same game, platform and region; the likest first. */
export function siblingsOf(book: OfferBook, sku: string): string[] {
  const good = book.products.get(sku);
  if (good === undefined) return [];
  const others = [...(book.skusByCategory.get(good.category) ?? [])].flatMap((it) => book.products.get(it) ?? []);
  return others
    .filter((it) => it.sku !== sku && it.listed && it.fulfilmentKind === good.fulfilmentKind && isOfOneKind(good, it))
    .map((it) => ({ sku: it.sku, likeness: likenessOf(good, it) }))
    .sort((a, b) => b.likeness - a.likeness || Number(a.sku > b.sku) - Number(a.sku < b.sku))
    .slice(0, SIBLINGS_MAX)
    .map((it) => it.sku);
}
