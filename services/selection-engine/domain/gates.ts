import { type Gate, type SelectionRequest, SUBSTITUTION_STEPS, type SubstitutionUpTo } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import { availableAt, type Offer, type OfferBook, pricedFor, type Product, verdictIn } from './book';
import { isTooWeakForBurst } from './market/surge';
import { standsInFor } from './likeness';
import { leastInTimeAt } from './pace';
import { costAt, maxCostOf } from './worth';

/** Another good may cost down to this share of the line's cap: below it, it is not of the same price band. */
export const PRICE_BAND_FLOOR = 0.5;

/** The products that are what the line asks for, and where substitutes for them are looked for. */
export interface Wanted {
  readonly skus: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
  /** Every good of the categories is wanted. */
  readonly isWhole?: true;
  /** The one good that is asked for, where it is one, and what its buyer pays for it: no substitute may be dearer. */
  readonly product?: Product;
  readonly priceMinor?: number;
}

export function wantedBy({ need, priceCapMinor, merchantTier }: SelectionRequest, book: OfferBook): Wanted {
  const products = need.sku === undefined ? productsOf(book, need.category).filter((it) => fits(it, need)) : known(book, [need.sku]);
  const [product] = need.sku === undefined ? [] : products;
  return {
    skus: new Set(products.map((it) => it.sku)),
    categories: new Set(products.map((it) => it.category)),
    ...(product !== undefined && { product, priceMinor: Math.min(pricedFor(product, merchantTier).priceMinor, priceCapMinor) }),
  };
}

/** What is looked at: the category of the good that is asked for; the whole market only where the buyer's policy goes that far. */
export function productsInReach(wanted: Wanted, request: SelectionRequest, book: OfferBook): Product[] {
  if (wanted.skus.size === 0) return [];
  if (request.substitution.upTo === 'cross-category') return [...book.products.values()];
  return [...wanted.categories].flatMap((it) => productsOf(book, it));
}

/** One question of one line at one offer. */
export interface Asked {
  readonly request: SelectionRequest;
  readonly wanted: Wanted;
  readonly offer: Offer;
  readonly product: Product;
  readonly book: OfferBook;
  readonly at: number;
}

type Fails = (asked: Asked) => boolean;

/**
 * In the order of `GATES`, each a reason that no price makes good. `stock` asks the book without the shade: what was just ranked puts an
 * offer behind the others, but must not make a line give up.
 */
const failsAt: Readonly<Record<Gate, Fails>> = {
  'unknown-product': ({ product }) => !product.listed,
  policy: (asked) => !allows(asked),
  region: ({ offer, product, request }) => !coversRegion(product.regions, request.region) || !coversRegion(offer.regions, request.region),
  price: (asked) => !affordable(asked),
  excluded: ({ offer, request }) =>
    request.excluded.some((it) => it.offerId === offer.offerId) ||
    request.tried.some((it) => it.offerId === offer.offerId && it.version >= offer.version),
  // Whether its cost closes it to this line, the gate `price` has said.
  closed: (asked) => isClosed(asked, (cause) => cause !== 'banned' && !(cause === 'price-risen' && asked.request.marginFloorWaived)),
  quantity: ({ offer, request }) => request.quantity < offer.minQuantity,
  'lead-time': ({ offer, request, at }) => leastInTimeAt(offer, at) > Date.parse(request.deliverBy),
  stock: ({ book, offer }) => availableAt(book, offer) < offer.minQuantity,
  // A ban closes the offer, too: the merchant is told of the ban.
  verdict: (asked) =>
    isClosed(asked, (cause) => cause === 'banned') ||
    ['banned', 'high-risk'].includes(verdictIn(asked.book, asked.product.sku, asked.request.region) ?? 'compliant'),
  surge: (asked) => isTooWeakForBurst(asked),
};
const gates = Object.entries(failsAt) as [Gate, Fails][];

/** The first gate that stops the offer, if any. */
export const gateOf = (asked: Asked): Gate | undefined => gates.find(([, fails]) => fails(asked))?.[0];

const isClosed = ({ offer, request }: Asked, by: (cause: Offer['closures'][number]['cause']) => boolean): boolean =>
  offer.closures.some((it) => by(it.cause) && (it.regions === undefined || coversRegion(it.regions, request.region)));

function allows(asked: Asked): boolean {
  const { request, wanted, product } = asked;
  // A top-up needs its account, and to a line that names one nothing else is of use.
  if ((product.fulfilmentKind === 'VALUE_RECHARGE') !== (request.hasRecipient === true)) return false;
  if (!mayGo(stepTo(asked), request)) return false;
  if (wanted.skus.has(product.sku)) return true;
  if (wanted.product !== undefined && !standsInFor(wanted.product, product)) return false;
  return product.priceMinor >= request.priceCapMinor * PRICE_BAND_FLOOR;
}

/** How far the offer is from what was asked for. Pieces of the same brand (2×50 for 100) are no step of an offer: they are a line of their own (`repack/`). */
export function stepTo({
  request: { replaces },
  wanted,
  offer,
  product,
}: Pick<Asked, 'request' | 'wanted' | 'offer' | 'product'>): SubstitutionUpTo {
  if (wanted.skus.has(product.sku)) return replaces === undefined || replaces.offerId === offer.offerId ? 'none' : 'other-supplier';
  return wanted.categories.has(product.category) ? 'same-category' : 'cross-category';
}

/** Within the line's cap, and at a cost that leaves the hub its margin: a higher one would be drained as `price-risen` as soon as it is held (protocol 22). */
function affordable({ request, wanted, product, offer }: Asked): boolean {
  // Never dearer: a substitute costs its buyer no more than the good itself would
  if (!wanted.skus.has(product.sku) && product.priceMinor > (wanted.priceMinor ?? request.priceCapMinor)) return false;
  const sameCurrency = product.currency === request.currency && offer.currency === request.currency;
  const dearest = maxCostOf(product, request.marginFloorWaived);
  return sameCurrency && product.priceMinor <= request.priceCapMinor && costAt(offer, request.quantity) <= dearest;
}

/** Whether another good may serve the line at all; else every other one fails at `policy`. */
export const mayBeAnother = (request: SelectionRequest): boolean => mayGo('same-category', request);

/** Whether pieces of the same brand may. */
export const mayBeRepacked = (request: SelectionRequest): boolean => mayGo('repack', request);

/** The buyer's policy goes so far. */
const mayGo = (step: SubstitutionUpTo, request: SelectionRequest): boolean => rankOf(step) <= rankOf(request.substitution.upTo);

const rankOf = (step: SubstitutionUpTo): number => SUBSTITUTION_STEPS.indexOf(step);

const known = (book: OfferBook, skus: Iterable<string>): Product[] => [...skus].flatMap((it) => book.products.get(it) ?? []);
const productsOf = (book: OfferBook, category: string | undefined): Product[] =>
  category === undefined ? [] : known(book, book.skusByCategory.get(category) ?? []);

const fits = (product: Product, { faceValueMinor, attributes }: SelectionRequest['need']): boolean =>
  (faceValueMinor === undefined || faceValueMinor === product.faceValueMinor) &&
  Object.entries(attributes ?? {}).every(([name, value]) => product.attributes[name] === value);
