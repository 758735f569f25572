import type { Entry, Good, GoodSettings, Kept } from './words';

/** One supplier, as it remembers itself. Changed only by `enter`. */
export interface Shop {
  balanceMinor: number;
  currency: string;
  token: string;
  /** Orders taken: the next order's number. */
  orders: number;
  /** Grows with every change of stock or price. */
  sequence: number;
  readonly goods: Map<string, Good>;
  readonly kept: Map<string, Kept>;
  /** Keys of which the buyer was told that they had no effect: they must never have one. */
  readonly closed: Set<string>;
}

export type Shops = Map<string, Shop>;

/** What a buyer must know to speak with a supplier that was told no other token. */
export const tokenOf = (supplierId: string): string => `sandbox-${supplierId}`;

const newShop = (supplierId: string): Shop => ({
  balanceMinor: 1_000_000_000,
  currency: 'CNY',
  token: tokenOf(supplierId),
  orders: 0,
  sequence: 0,
  goods: new Map(),
  kept: new Map(),
  closed: new Set(),
});

/** A supplier is there as soon as somebody names it. */
export function shopOf(shops: Shops, supplierId: string): Shop {
  const known = shops.get(supplierId);
  if (known !== undefined) return known;
  const made = newShop(supplierId);
  shops.set(supplierId, made);
  return made;
}

const NEW_GOOD: Good = {
  kind: 'code',
  stock: 1000,
  costTiers: [{ from: 1, costMinor: 0 }],
  currency: 'CNY',
  outcome: 'ok',
  sold: 0,
};

/** Applies what was decided; the same on the day and when the journal is read again. */
export function enter(shops: Shops, entry: Entry): void {
  const shop = shopOf(shops, entry.supplierId);
  switch (entry.kind) {
    case 'supplier':
      shop.balanceMinor = entry.balanceMinor ?? shop.balanceMinor;
      shop.currency = entry.currency ?? shop.currency;
      shop.token = entry.token ?? shop.token;
      return;
    case 'good':
      shop.goods.set(entry.sku, scripted(shop.goods.get(entry.sku) ?? { ...NEW_GOOD, currency: shop.currency }, entry.settings));
      shop.sequence += 1;
      return;
    case 'purchase':
      shop.kept.set(entry.key, entry.kept);
      sell(shop, entry.kept);
      return;
    case 'ignored':
      spendScript(shop, entry.sku);
      return;
    case 'closed':
      shop.closed.add(entry.key);
  }
}

/** A new outcome lasts as long as its own `times` says, not as the old one's. */
function scripted(good: Good, settings: GoodSettings): Good {
  const { times: _times, delayMs: _delayMs, ...lasting } = good;
  return settings.outcome === undefined ? { ...good, ...settings } : { ...lasting, ...settings };
}

function sell(shop: Shop, { purchase, sold }: Kept): void {
  const good = shop.goods.get(purchase.sku);
  if (good !== undefined && sold !== undefined) {
    const units = sold.units.length;
    shop.goods.set(purchase.sku, { ...good, stock: Math.max(0, good.stock - units), sold: good.sold + units });
    shop.orders += 1;
    shop.sequence += 1;
    shop.balanceMinor -= units * sold.costMinor;
  }
  spendScript(shop, purchase.sku);
}

function spendScript(shop: Shop, sku: string): void {
  const good = shop.goods.get(sku);
  if (good?.times === undefined) return;
  if (good.times > 1) shop.goods.set(sku, { ...good, times: good.times - 1 });
  else shop.goods.set(sku, scripted(good, { outcome: 'ok' }));
}
