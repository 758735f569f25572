import { type Decision, offerIdOf, reject } from '@midstream/kernel';
import { arm, draftOf, tellState } from './draft';
import { capOffer } from './caps';
import { followChannel } from './channel';
import { applyValidity, followValidity } from './closing';
import { COST_TIERS_MAX, HUB_SUPPLIER, RULED_MAX, UNITS_MAX } from './limits';
import { isNarrower } from './fit';
import { ceilingOf, isRoomFor, isSamePrice, MARKUP_ID, ruledPrices } from './markup';
import type { InventoryCode, InventoryEvent, PutOffer, PutProduct, PutSupplier, RepriceOffer } from './messages';
import { convertTiers } from './rates';
import {
  bannedRegions,
  costAt,
  type Denomination,
  type MarkupRules,
  type OfferedTerms,
  type OfferTerms,
  type Product,
  type Rows,
  rowOf,
  termsOf,
} from './state';
import { setBan } from './verdict';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** A product, whole: what is sold, at which price, or by which rule. Put again as it is, nothing happens. */
export function putProduct({ product: put, priceBy }: PutProduct, rows: Rows): Decided {
  const { sku } = put;
  const known = rows.products[sku];
  if (known !== undefined && known.offerIds.length > 0) {
    if (known.fulfilmentKind !== put.fulfilmentKind) return reject('product-kind-is-fixed', { field: 'fulfilmentKind' });
    // Offers may say which face values they sell
    if (known.faceValueMinor !== put.faceValueMinor) return reject('face-value-is-fixed', { field: 'faceValueMinor' });
    if (known.currency !== put.currency) return reject('wrong-currency', { field: 'currency', currency: known.currency });
  }
  const rules = rows.markups[MARKUP_ID];
  const follows = priceBy === 'rule';
  if (follows && !isRoomFor(rules, sku)) return reject('too-many-ruled', { max: RULED_MAX });
  const prices = follows && known?.ruled?.follows ? pricesByRule(rules, known, put) : { priceMinor: put.priceMinor };
  const product = { ...put, ...prices };
  const state = { type: 'ProductState' as const, ...product, version: (known?.version ?? 0) + 1 };
  const isOther = (known?.ruled?.follows ?? false) !== follows;
  const before = { type: 'ProductState', ...known, offerIds: undefined, ruled: undefined, channels: undefined };
  if (known !== undefined && !isOther && same({ ...state, version: known.version }, before)) return [];
  const events: InventoryEvent[] = isOther ? [state, { type: 'RuleFollowed', sku, follows }] : [state];
  if (known === undefined || known.offerIds.length === 0) return events;
  if (known.category !== product.category) events.push({ type: 'CategoryChanged', sku, offerIds: known.offerIds });
  const { marginFloorBp: floorBp } = product;
  if (isSamePrice(known, prices) && known.marginFloorBp === floorBp && !isOther) return events;
  const terms = { ...(floorBp !== undefined && { floorBp }), ...(follows && { ruled: true as const }) };
  const { version } = state;
  return [...events, { type: 'ProductRepriced', sku, priceMinor: ceilingOf(prices), version, ...terms, offerIds: known.offerIds }];
}

/** What the rules make of the costs that are known; without a rule, the price stays that one has made before. */
const pricesByRule = (rules: MarkupRules | undefined, { ruled, priceMinor, tierPrices }: Product, put: PutProduct['product']) =>
  ruledPrices(rules, { ...put, priceMinor, ...(ruled && { ruled }), ...(tierPrices && { tierPrices }) });

export function putSupplier({ supplier }: PutSupplier, rows: Rows): Decided {
  const known = rows.suppliers[supplier.supplierId];
  if (supplier.supplierId === HUB_SUPPLIER && supplier.kind !== 'vault') return reject('supplier-reserved');
  if (known !== undefined && (known.kind === 'vault') !== (supplier.kind === 'vault')) return reject('supplier-kind-is-fixed');
  if (supplier.kind === 'http' && supplier.baseUrl === undefined) return reject('base-url-missing');
  return known !== undefined && same(known, supplier) ? [] : [{ type: 'SupplierPut', supplier }];
}

/**
 * One supplier's offer of one product. A cost that rises above what its holds are sold for takes their supply away (protocol 22), and so do
 * regions and quantities that leave them out.
 */
export function putOffer({ supplierId, sku, terms, at }: PutOffer, rows: Rows): Decided {
  const supplier = rows.suppliers[supplierId];
  const product = rows.products[sku];
  if (supplier === undefined) return reject('unknown-supplier');
  if (product === undefined) return reject('unknown-product');
  const rate = rows.rates[terms.currency]?.quotes[product.currency];
  if (product.currency !== terms.currency && rate === undefined)
    return reject('unknown-rate', { field: 'currency', from: terms.currency, to: product.currency });
  if (!areTiers(terms.costTiers)) return reject('wrong-tiers', { field: 'costTiers' });
  if (terms.minQuantity > terms.maxQuantity) return reject('wrong-quantities', { field: 'minQuantity' });
  if ((terms.validFromAt ?? -Infinity) >= (terms.validUntilAt ?? Infinity)) return reject('wrong-validity', { field: 'validFrom' });
  if (terms.denomination !== undefined && !sells(terms.denomination, product.faceValueMinor))
    return reject('wrong-denomination', { field: 'denomination' });

  const offerId = offerIdOf(supplierId, sku);
  const { upstreamGroup } = supplier;
  const kind = supplier.kind === 'vault' ? 'vault' : 'http';
  const { fulfilmentKind, marginFloorBp } = product;
  const floor = { ...(marginFloorBp !== undefined && { floorBp: marginFloorBp }), ...(product.ruled?.follows && { ruled: true as const }) };
  const whole: OfferTerms = {
    offerId,
    ...terms,
    ...inCurrencyOf(terms, product.currency, rate),
    supplierId,
    sku,
    kind,
    upstreamGroup,
    fulfilmentKind,
    ceilingMinor: ceilingOf(product),
    ...floor,
  };
  const known = rows.offers[offerId];
  if (known !== undefined && same(whole, termsOf(known))) return applyValidity({ type: 'ApplyValidity', offerId, at }, rows);

  const draft = draftOf(rows);
  const costSource = same(known?.costTiers, whole.costTiers) ? {} : { costSource: 'manual' as const };
  const isSamePace = known?.capacityPerMinute === whole.capacityPerMinute && known.leadTimeMs === whole.leadTimeMs;
  const paceSource = isSamePace ? {} : { paceSource: 'manual' as const };
  draft.emit({ type: 'OfferPut', terms: whole, at, ...costSource, ...paceSource, priceVersion: product.version });
  followValidity(draft, offerId, at);
  if (known === undefined) {
    setBan(draft, offerId, bannedRegions(rows.verdicts[sku], at));
    capOffer(draft, offerId);
    followChannel(draft, offerId);
  } else {
    const isShut = known.channel !== whole.channel && followChannel(draft, offerId);
    if (isShut || isDearer(known, whole) || isNarrower(known, rowOf(draft.rows.offers, offerId))) arm(draft, offerId);
  }
  tellState(draft, offerId);
  return draft.events;
}

/** Prices may come in any order, and more than once: the product's own version says which is the newest. */
export function repriceOffer({ offerId, ceilingMinor, priceVersion, floorBp, ruled, at }: RepriceOffer, rows: Rows): Decided {
  const known = rows.offers[offerId];
  if (known === undefined || (priceVersion ?? Infinity) <= (known.priceVersion ?? 0)) return [];
  const isSame = known.ceilingMinor === ceilingMinor && known.floorBp === floorBp && known.ruled === ruled;
  if (isSame && priceVersion === undefined) return [];
  const { floorBp: _, ruled: __, ...terms } = termsOf(known);
  const draft = draftOf(rows);
  const own = { ...(floorBp !== undefined && { floorBp }), ...(ruled && { ruled }) };
  const newest = priceVersion !== undefined && { priceVersion };
  draft.emit({ type: 'OfferPut', terms: { ...terms, ceilingMinor, ...own }, at, ...newest });
  if (isSame) return draft.events;
  if ((floorBp ?? 0) > (known.floorBp ?? 0)) arm(draft, offerId);
  tellState(draft, offerId);
  return draft.events;
}

/** Tiers in the product's currency, with the supplier's own beside them. */
function inCurrencyOf({ currency: own, costTiers }: OfferedTerms, currency: string, rate: { rate: number; seenAt: number } | undefined) {
  if (own === currency || rate === undefined) return { currency, costTiers };
  const quoted = { currency: own, costTiers, rate: rate.rate, rateAt: rate.seenAt };
  return { currency, quoted, costTiers: convertTiers(quoted, currency) };
}

/** Whether an offer of these face values sells the product's. */
export const sells = (it: Denomination, faceValueMinor: number): boolean =>
  it.kind === 'FIXED'
    ? it.valuesMinor.includes(faceValueMinor)
    : it.minMinor <= faceValueMinor && faceValueMinor <= it.maxMinor && (faceValueMinor - it.minMinor) % it.stepMinor === 0;

/** Ascending by `from`, the first from one unit on. */
export const areTiers = (tiers: OfferTerms['costTiers']): boolean =>
  tiers[0]?.from === 1 &&
  tiers.length <= COST_TIERS_MAX &&
  tiers.every((it, n) => it.from <= UNITS_MAX && (n === 0 || it.from > (tiers[n - 1]?.from ?? 0)));

export const isDearer = (known: OfferTerms, next: Pick<OfferTerms, 'costTiers'>): boolean =>
  [...known.costTiers, ...next.costTiers].some(({ from }) => costAt(next.costTiers, from) > costAt(known.costTiers, from));

/** Equal as JSON, whatever the order of properties: rows come back from jsonb with theirs sorted. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [a, b].map((it) => Object.entries(it).filter(([, value]) => value !== undefined)) as [
    [string, unknown][],
    [string, unknown][],
  ];
  const other = new Map(right);
  return left.length === right.length && left.every(([name, value]) => other.has(name) && same(value, other.get(name)));
}
