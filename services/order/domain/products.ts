import type { AnyFact, Fact, Need } from '@midstream/contracts';
import type { OrderEvent } from './messages';

export type Product = Pick<
  Fact<'ProductState'>,
  'name' | 'category' | 'fulfilmentKind' | 'faceValueMinor' | 'priceMinor' | 'tierPrices' | 'currency' | 'attributes' | 'listed'
>;
/** What is on sale, by SKU. */
export type Products = Map<string, Product>;

export function applyToProducts(products: Products, fact: AnyFact | OrderEvent): void {
  if (fact.type !== 'ProductState') return;
  const { sku, name, category, fulfilmentKind, faceValueMinor, priceMinor, tierPrices, currency, attributes, listed } = fact;
  const own = tierPrices && { tierPrices };
  products.set(sku, { name, category, fulfilmentKind, faceValueMinor, priceMinor, ...own, currency, attributes, listed });
}

/** What a merchant of the tier, or of none, pays for a unit. */
export const priceFor = ({ priceMinor, tierPrices }: Product, tier: string | undefined): number =>
  (tier === undefined ? undefined : tierPrices?.[tier]) ?? priceMinor;

/** Whether the product is what the need describes. */
export const fits = (product: Product, { category, faceValueMinor, attributes }: Need): boolean =>
  product.category === category &&
  (faceValueMinor === undefined || faceValueMinor === product.faceValueMinor) &&
  Object.entries(attributes ?? {}).every(([name, value]) => product.attributes[name] === value);
