import { type Decision, reject } from '@midstream/kernel';
import { RULED_MAX } from './limits';
import type { InventoryCode, InventoryEvent } from './messages';
import { closuresOf, costAt, type Markup, type MarkupRule, type MarkupRules, type Offer, type Product, type Rows } from './state';
import type { PriceProduct, PutMarkupRules } from './supply.messages';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** The one row of them. */
export const MARKUP_ID = 'hub';

/** The rule of a product: of its category before any, in its currency before any. */
export const ruleFor = (rules: MarkupRules | undefined, { category, currency }: Pick<Product, 'category' | 'currency'>) =>
  (rules?.rules ?? [])
    .filter((it) => (it.category === category || it.category === '*') && (it.currency ?? currency) === currency)
    .sort((a, b) => rank(b) - rank(a))[0];

const rank = (it: MarkupRule): number => (it.category === '*' ? 0 : 2) + (it.currency === undefined ? 0 : 1);

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

/** What the rule makes of the cheapest open offer's cost; undefined, and so no change, without a rule or a cost. */
export function ruledPrice(rules: MarkupRules | undefined, product: Pick<Product, 'category' | 'currency' | 'ruled'>): number | undefined {
  const rule = ruleFor(rules, product);
  const costs = Object.values(product.ruled?.costs ?? {}).flatMap(({ costMinor }) => (costMinor === undefined ? [] : [costMinor]));
  return rule === undefined || costs.length === 0 ? undefined : priceOf(rule, Math.min(...costs));
}

/** What a unit costs at the offer, at the least that it sells at once; nothing while it is closed. That it is too dear for the price so far closes nothing here: the price follows. */
export const openCostOf = (offer: Offer): number | undefined =>
  closuresOf(offer).some(({ cause, regions }) => cause !== 'price-risen' && regions === undefined)
    ? undefined
    : costAt(offer.costTiers, offer.minQuantity);

/** All rules at once; the products that follow them are priced anew, one by one. */
export function putMarkupRules({ rules }: PutMarkupRules, rows: Rows): Decided {
  const known = rows.markups[MARKUP_ID];
  const names = rules.map((it) => `${it.category} ${it.currency ?? ''}`);
  const twice = rules.find((_, n) => names.indexOf(names[n] ?? '') !== n);
  if (twice !== undefined) return reject('double-rule', { category: twice.category });
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
  const priceMinor = ruledPrice(rows.markups[MARKUP_ID], seen === undefined ? product : { ...product, ruled: noting(product.ruled, seen) });
  if (priceMinor === undefined || priceMinor === product.priceMinor) return noted;
  const { offerIds, ruled: _, ...state } = product;
  const { marginFloorBp: floorBp } = product;
  return [
    ...noted,
    { ...state, type: 'ProductState', priceMinor, version: product.version + 1 },
    {
      type: 'ProductRepriced',
      sku,
      priceMinor,
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
