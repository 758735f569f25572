import type { AnyFact, Fact, Need } from '@midstream/contracts';
import type { OrderEvent } from './messages';

export type Product = Pick<
  Fact<'ProductState'>,
  'name' | 'category' | 'fulfilmentKind' | 'faceValueMinor' | 'priceMinor' | 'currency' | 'attributes' | 'listed'
>;
/** What is on sale, by SKU. */
export type Products = Map<string, Product>;

export function applyToProducts(products: Products, fact: AnyFact | OrderEvent): void {
  if (fact.type !== 'ProductState') return;
  const { sku, name, category, fulfilmentKind, faceValueMinor, priceMinor, currency, attributes, listed } = fact;
  products.set(sku, { name, category, fulfilmentKind, faceValueMinor, priceMinor, currency, attributes, listed });
}

/** Whether the product is what the need describes. */
export const fits = (product: Product, { category, faceValueMinor, attributes }: Need): boolean =>
  product.category === category &&
  (faceValueMinor === undefined || faceValueMinor === product.faceValueMinor) &&
  Object.entries(attributes ?? {}).every(([name, value]) => product.attributes[name] === value);
