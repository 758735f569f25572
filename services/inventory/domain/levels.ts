import { assertNever, type Decision, reject } from '@midstream/kernel';
import { type AlertLevels, ALERTS_ID, type LevelEvent, type NoteStock, type PutStockAlerts, type StockStatus } from './levels.messages';
import type { InventoryCode, InventoryEvent, PublicEvent } from './messages';
import { UNITS_MAX } from './limits';
import type { Product, Rows } from './state';

type Decided = Decision<InventoryEvent, InventoryCode>;

/** Of a good without a rule. 20 is what the open stock query calls low. */
export const DEFAULT_LEVELS: AlertLevels = { lowAt: 20, backAt: 5, okAt: 30 };

/** The good's own rule before its category's, and that before `*`. */
export function levelsOf(rows: Pick<Rows, 'alerts'>, { sku, category }: Pick<Product, 'sku' | 'category'>): AlertLevels {
  const rules = rows.alerts[ALERTS_ID]?.rules ?? [];
  const found =
    rules.find((it) => it.sku === sku) ?? rules.find((it) => it.category === category) ?? rules.find((it) => it.category === '*');
  return found ?? DEFAULT_LEVELS;
}

/** What a figure makes of how the good stood. Between two thresholds it stays as it was: a figure that wavers about one is told of once. */
export function statusAfter(status: StockStatus, available: number, { lowAt, backAt, okAt }: AlertLevels): StockStatus {
  if (available <= 0) return 'out_of_stock';
  if (available >= okAt) return 'in_stock';
  if (status === 'in_stock') return available <= lowAt ? 'low_stock' : 'in_stock';
  return status === 'low_stock' || available >= backAt ? 'low_stock' : 'out_of_stock';
}

/** Tells of a good once that it is low, once that it is sold out, and once that it is back. */
export function noteStock({ sku, available }: NoteStock, rows: Rows): Decided {
  const product = rows.products[sku];
  if (product === undefined || !product.listed) return [];
  const known = rows.levels[sku];
  const levels = levelsOf(rows, product);
  const status = statusAfter(known?.status ?? 'in_stock', available, levels);
  if (known === undefined) return available > 0 ? [{ type: 'StockSeen', sku, status }] : [];
  if (status === known.status) return [];
  const { status: was } = known;
  const told = {
    sku,
    version: known.version + 1,
    category: product.category,
    available: Math.min(UNITS_MAX, available),
    lowAt: levels.lowAt,
  };
  if (status === 'out_of_stock') return [{ type: 'StockLow', ...told, status }];
  if (was !== 'in_stock') return [{ type: 'StockBack', ...told, status, was }];
  return status === 'low_stock' ? [{ type: 'StockLow', ...told, status }] : [];
}

/** All rules at once. Who stands otherwise by the new ones is told so with the next figure. */
export function putStockAlerts({ rules }: PutStockAlerts, rows: Rows): Decided {
  const wrong = rules.find((it) => (it.sku === undefined) === (it.category === undefined));
  if (wrong !== undefined) return reject('wrong-alert');
  const crossed = rules.find(({ lowAt, backAt, okAt }) => lowAt >= okAt || backAt > okAt);
  if (crossed !== undefined) return reject('alert-levels-cross', { rule: crossed.sku ?? crossed.category ?? '' });
  const names = rules.map((it) => `${it.sku ?? ''} ${it.category ?? ''}`);
  const twice = rules.find((_, n) => names.indexOf(names[n] ?? '') !== n);
  if (twice !== undefined) return reject('double-alert', { rule: twice.sku ?? twice.category ?? '' });
  return [{ type: 'StockAlertsPut', rules, version: (rows.alerts[ALERTS_ID]?.version ?? 0) + 1 }];
}

type Told = Extract<PublicEvent, { readonly type: 'StockLow' | 'StockBack' }>;

export function evolveLevels(rows: Rows, event: LevelEvent | Told): Rows {
  switch (event.type) {
    case 'StockAlertsPut':
      return { ...rows, alerts: { ...rows.alerts, [ALERTS_ID]: { version: event.version, rules: event.rules } } };
    case 'StockSeen':
      return { ...rows, levels: { ...rows.levels, [event.sku]: { sku: event.sku, version: 1, status: event.status } } };
    case 'StockLow':
    case 'StockBack': {
      const { sku, version, status } = event;
      return { ...rows, levels: { ...rows.levels, [sku]: { sku, version, status } } };
    }
    default:
      return assertNever(event);
  }
}
