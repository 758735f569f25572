import { type Decision, reject } from '@midstream/kernel';
import { RULED_MAX, TIERS_MAX } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { closuresOf, costAt, type Markup, type MarkupRule, type MarkupRules, type Offer, type Product, type Rows } from './state';
import type { PriceProduct, PutMarkupRules } from './supply.messages';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** The one row of them. */
export const MARKUP_ID = 'hub';

type Goods = Pick<Product, 'category' | 'currency'>;

/**
 * The rule of a product for merchants of a tier, or of none: the most specific that fits. What is said of the tier counts before what is
 * said of the category, for it is promised to somebody; and that before what is said of the currency.
 */
export const ruleFor = (rules: MarkupRules | undefined, { category, currency }: Goods, tier?: string): MarkupRule | undefined =>
  (rules?.rules ?? [])
    .filter((it) => (it.category === category || it.category === '*') && (it.currency ?? currency) === currency)
    .filter((it) => it.tier === undefined || it.tier === tier)
    .sort((a, b) => rank(b) - rank(a))[0];

const rank = (it: MarkupRule): number =>
  (it.tier === undefined ? 0 : 4) + (it.category === '*' ? 0 : 2) + (it.currency === undefined ? 0 : 1);

const tiersOf = (rules: MarkupRules | undefined): string[] => [...new Set((rules?.rules ?? []).flatMap((it) => it.tier ?? []))].sort();

/** Price of a unit of this cost, in minor units: never below the cost, whatever the rounding; undefined where it is no number any more. */
export function priceOf(rule: Markup, costMinor: number): number | undefined {
  const cost = BigInt(costMinor);
  const step = BigInt(rule.stepMinor ?? 1);
  const exact = cost * 10_000n + (rule.kind === 'fixed' ? BigInt(rule.amountMinor) * 10_000n : cost * BigInt(rule.percentBp));
  const unit = step * 10_000n;
  const up = ((exact + unit - 1n) / unit) * step;
  const nearest = ((exact * 2n + unit) / (unit * 2n)) * step;
  const price = Number(rule.rounding === 'nearest' && nearest >= cost ? nearest : up);
  return Number.isSafeInteger(price) ? Math.max(1, price) : undefined;
}

type Prices = Pick<Product, 'priceMinor' | 'tierPrices'>;

/**
 * What the rules make of the cheapest open offer's cost. Without a cost nothing changes; without a rule for everybody the price stays, and
 * without a rule of its own a tier pays what everybody pays.
 */
export function ruledPrices(rules: MarkupRules | undefined, product: Goods & Prices & Pick<Product, 'ruled'>): Prices {
  const costs = Object.values(product.ruled?.costs ?? {}).flatMap(({ costMinor }) => (costMinor === undefined ? [] : [costMinor]));
  if (costs.length === 0) return pricesOf(product.priceMinor, tiersKept(rules, product));
  const made = (rule: MarkupRule | undefined): number | undefined => rule && priceOf(rule, Math.min(...costs));
  const own = tiersOf(rules).flatMap((tier): [string, number][] => {
    const rule = ruleFor(rules, product, tier);
    const price = rule?.tier === undefined ? undefined : made(rule);
    return price === undefined ? [] : [[tier, price]];
  });
  return pricesOf(made(ruleFor(rules, product)) ?? product.priceMinor, own);
}

/** A tier that no rule names any more has no price of its own, whether a cost is known or not. */
const tiersKept = (rules: MarkupRules | undefined, product: Goods & Prices): [string, number][] =>
  Object.entries(product.tierPrices ?? {}).filter(([tier]) => ruleFor(rules, product, tier)?.tier !== undefined);

const pricesOf = (priceMinor: number, own: readonly (readonly [string, number])[]): Prices => {
  const other = own.filter(([, price]) => price !== priceMinor);
  return { priceMinor, ...(other.length > 0 && { tierPrices: Object.fromEntries(other) }) };
};

export const isSamePrice = (a: Prices, b: Prices): boolean => {
  const [left, right] = [a.tierPrices ?? {}, b.tierPrices ?? {}];
  const isSameAs = ([tier, price]: readonly [string, number]): boolean => right[tier] === price;
  const isSame = Object.keys(left).length === Object.keys(right).length && Object.entries(left).every(isSameAs);
  return a.priceMinor === b.priceMinor && isSame;
};

/** The dearest that anybody pays: what an offer may cost before it closes. Each hold is measured by its own price besides. */
export const ceilingOf = ({ priceMinor, tierPrices = {} }: Prices): number => Math.max(priceMinor, ...Object.values(tierPrices));

/** What a unit costs at the offer, at the least that it sells at once; nothing while it is closed. That it is too dear for the price so far closes nothing here: the price follows. */
export const openCostOf = (offer: Offer): number | undefined =>
  closuresOf(offer).some(({ cause, regions }) => cause !== 'price-risen' && regions === undefined)
    ? undefined
    : costAt(offer.costTiers, offer.minQuantity);

/** All rules at once; the products that follow them are priced anew, one by one. */
export function putMarkupRules({ rules }: PutMarkupRules, rows: Rows): Decided {
  const known = rows.markups[MARKUP_ID];
  const names = rules.map((it) => `${it.category} ${it.currency ?? ''} ${it.tier ?? ''}`);
  const twice = rules.find((_, n) => names.indexOf(names[n] ?? '') !== n);
  if (twice !== undefined) return reject('double-rule', { category: twice.category });
  if (new Set(rules.flatMap((it) => it.tier ?? [])).size > TIERS_MAX) return reject('too-many-tiers', { max: TIERS_MAX });
  return [{ type: 'MarkupRulesPut', rules, version: (known?.version ?? 0) + 1, skus: known?.skus ?? [] }];
}

/** Notes what an offer costs now, where one is named, and derives the price anew: from the cost each time, never from the price before. */
export function priceProduct({ sku, seen }: PriceProduct, rows: Rows): Decided {
  const product = rows.products[sku];
  if (product?.ruled === undefined) return [];
  const isNews = seen !== undefined && seen.version > (product.ruled.costs[seen.offerId]?.version ?? 0);
  if (seen !== undefined && !isNews) return [];
  const noted: InventoryEvent[] = seen === undefined ? [] : [{ type: 'CostNoted', sku, ...seen }];
  if (!product.ruled.follows) return noted;
  const prices = ruledPrices(rows.markups[MARKUP_ID], seen === undefined ? product : { ...product, ruled: noting(product.ruled, seen) });
  if (isSamePrice(prices, product)) return noted;
  const { offerIds, ruled: _, tierPrices: __, channels: ___, ...state } = product;
  const { marginFloorBp: floorBp } = product;
  return [
    ...noted,
    { ...state, type: 'ProductState', ...prices, version: product.version + 1 },
    {
      type: 'ProductRepriced',
      sku,
      priceMinor: ceilingOf(prices),
      version: product.version + 1,
      ...(floorBp !== undefined && { floorBp }),
      ruled: true,
      offerIds,
    },
  ];
}

type Ruled = NonNullable<Product['ruled']>;
type Seen = NonNullable<PriceProduct['seen']>;

export const noting = (ruled: Ruled, { offerId, version, costMinor }: Seen): Ruled => ({
  ...ruled,
  costs: { ...ruled.costs, [offerId]: { version, ...(costMinor !== undefined && { costMinor }) } },
});

/** No more products than these: a change of the rules names them all. */
export const isRoomFor = (rules: MarkupRules | undefined, sku: string): boolean =>
  rules === undefined || rules.skus.includes(sku) || rules.skus.length < RULED_MAX;
