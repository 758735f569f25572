import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Source, MarketProblem, openYaml } from './source';
import { BuyersFile, OffersFile, PoliciesFile, ProductsFile, RulesFile, SuppliersFile } from './shapes';
import type { Buyer, Market, Offer, Policy, Product, Profile, Rule, Supplier } from './words';
import { readTrace } from './trace';

export { MarketProblem } from './source';
export type * from './words';

/** What the quick start loads: the products marked `core`, at most so many. */
export const SMALL_PRODUCTS_MAX = 20;

/** The market that comes with the house. */
export const SAMPLE_MARKET = __dirname;

/**
 * Reads a market from its folder: suppliers, products, offers, rules, buyers, policies and the trace of a day. Throws `MarketProblem` with
 * every complaint, each with file and line. `small`: the core products only, with what belongs to them.
 */
export function readMarket(dir: string = SAMPLE_MARKET, { profile = 'full' }: { profile?: Profile } = {}): Market {
  const complaints: string[] = [];
  const suppliers = readSuppliers(dir, complaints);
  const products = readProducts(dir, complaints);
  const offers = readOffers(dir, { suppliers, products }, complaints);
  const rules = readRules(dir, products, complaints);
  const policies = readPolicies(dir);
  const buyers = readBuyers(dir, complaints);
  const orders = readTrace(dir, { products, policies, buyers }, complaints);
  if (complaints.length > 0) throw new MarketProblem(complaints);
  const market: Market = {
    suppliers: [...suppliers.values()],
    products: [...products.values()],
    offers,
    rules,
    buyers: [...buyers.values()],
    orders,
  };
  return profile === 'full' ? market : smallOf(market);
}

function readSuppliers(dir: string, complaints: string[]): Map<string, Supplier> {
  const file = openYaml(dir, join(dir, 'suppliers.yaml'), SuppliersFile);
  const found = new Map<string, Supplier>();
  file.value.suppliers.forEach((it, index) => addOnce(found, it.supplierId, it, file, ['suppliers', index], complaints));
  return found;
}

function readProducts(dir: string, complaints: string[]): Map<string, Product> {
  const found = new Map<string, Product>();
  for (const path of yamlFilesOf(dir, 'products')) {
    const file = openYaml(dir, path, ProductsFile);
    const { category, fulfilmentKind, currency, regions, groups } = file.value;
    groups.forEach(({ attributes, products }, group) =>
      products.forEach(({ core = false, ...it }, index) => {
        const product: Product = { ...it, category, fulfilmentKind, currency, regions, attributes, core };
        addOnce(found, it.sku, product, file, ['groups', group, 'products', index], complaints);
      }),
    );
  }
  return found;
}

interface Known {
  readonly suppliers: ReadonlyMap<string, Supplier>;
  readonly products: ReadonlyMap<string, Product>;
}

function readOffers(dir: string, { suppliers, products }: Known, complaints: string[]): Offer[] {
  const found = new Map<string, Offer>();
  for (const path of yamlFilesOf(dir, 'offers')) {
    const file = openYaml(dir, path, OffersFile);
    const { supplierId, defaults, offers } = file.value;
    if (!suppliers.has(supplierId)) complaints.push(`${file.where(['supplierId'])}: no supplier is called ${supplierId}`);
    offers.forEach(([sku, stock, leadTimeMs, capacityPerMinute, tiers, exceptions = {}], index) => {
      const costTiers = tiers.map(([from, costMinor]) => ({ from, costMinor }));
      const offer: Offer = { supplierId, sku, stock, leadTimeMs, capacityPerMinute, costTiers, ...defaults, ...exceptions };
      const place = ['offers', index];
      addOnce(found, `${supplierId}~${sku}`, offer, file, place, complaints);
      for (const it of complaintsOf(offer, products.get(sku))) complaints.push(`${file.where(place)}: ${it}`);
    });
  }
  return [...found.values()];
}

function complaintsOf(offer: Offer, product: Product | undefined): string[] {
  if (product === undefined) return [`no product is called ${offer.sku}`];
  const froms = offer.costTiers.map((it) => it.from);
  return [
    ...(froms[0] === 1 && froms.every((it, index) => index === 0 || it > (froms[index - 1] ?? 0))
      ? []
      : ['cost tiers start at 1 unit and ascend']),
    ...(offer.minQuantity <= offer.maxQuantity ? [] : ['minQuantity is above maxQuantity']),
    ...(offer.currency === product.currency ? [] : [`the product is priced in ${product.currency}`]),
    ...(offer.safetyStock < offer.stock ? [] : ['the safety stock leaves nothing to sell']),
  ];
}

function readRules(dir: string, products: ReadonlyMap<string, Product>, complaints: string[]): Rule[] {
  const file = openYaml(dir, join(dir, 'rules.yaml'), RulesFile);
  const found = new Map<string, Rule>();
  file.value.rules.forEach((it, index) => {
    const place = ['rules', index];
    addOnce(found, it.ruleId, it, file, place, complaints);
    const { sku } = it.match;
    if (sku !== undefined && !products.has(sku)) complaints.push(`${file.where(place)}: no product is called ${sku}`);
  });
  return [...found.values()];
}

const readPolicies = (dir: string): ReadonlyMap<string, Policy> =>
  new Map(Object.entries(openYaml(dir, join(dir, 'policies.yaml'), PoliciesFile).value.policies));

function readBuyers(dir: string, complaints: string[]): Map<string, Buyer> {
  const file = openYaml(dir, join(dir, 'buyers.yaml'), BuyersFile);
  const found = new Map<string, Buyer>();
  file.value.buyers.forEach(([reference, region, segment, tier], index) =>
    addOnce(found, reference, { reference, region, segment, tier }, file, ['buyers', index], complaints),
  );
  return found;
}

function addOnce<Value>(
  found: Map<string, Value>,
  id: string,
  value: Value,
  file: Source<unknown>,
  place: (string | number)[],
  complaints: string[],
): void {
  if (found.has(id)) complaints.push(`${file.where(place)}: ${id} is there twice`);
  found.set(id, value);
}

function smallOf(market: Market): Market {
  const products = market.products.filter((it) => it.core).slice(0, SMALL_PRODUCTS_MAX);
  const skus = new Set(products.map((it) => it.sku));
  const offers = market.offers.filter((it) => skus.has(it.sku));
  const sellers = new Set(offers.map((it) => it.supplierId));
  const rules = market.rules.filter(({ match: { sku } }) => sku === undefined || skus.has(sku));
  const orders = market.orders
    .map((order) => ({ ...order, lines: order.lines.filter(({ skus: meant }) => meant.some((it) => skus.has(it))) }))
    .filter((order) => order.lines.length > 0);
  return { ...market, products, offers, rules, orders, suppliers: market.suppliers.filter((it) => sellers.has(it.supplierId)) };
}

const yamlFilesOf = (dir: string, folder: string): string[] =>
  readdirSync(join(dir, folder))
    .filter((it) => it.endsWith('.yaml'))
    .sort()
    .map((it) => join(dir, folder, it));
