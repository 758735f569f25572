import type { Fact } from '@midstream/contracts';
import type { Timed } from '@midstream/kernel';

/** The one row of them. */
export const ALERTS_ID = 'hub';

export type StockStatus = Fact<'StockLow'>['status'] | Fact<'StockBack'>['status'];

/** At which figures a good is told of; units of all its open offers together. */
export interface AlertLevels {
  /** At this, or fewer, it is low. */
  readonly lowAt: number;
  /** What was sold out is back from so many on. */
  readonly backAt: number;
  /** What was low, or sold out, is in stock again from so many on: above `lowAt`, so that a figure that wavers there is told of once. */
  readonly okAt: number;
}

export interface AlertRule extends AlertLevels {
  /** One of the two: a good, or a category (`*`: any without a rule of its own). */
  readonly sku?: string;
  readonly category?: string;
}

export interface StockAlerts {
  readonly version: number;
  readonly rules: readonly AlertRule[];
}

/** How a good stands, as it was told last. There is none of a good that was never in stock. */
export interface StockLevel {
  readonly sku: string;
  readonly version: number;
  readonly status: StockStatus;
}

/** All rules, whole. */
export interface PutStockAlerts extends Timed {
  readonly type: 'PutStockAlerts';
  readonly rules: readonly AlertRule[];
}
/** So many units of a good can be had now. */
export interface NoteStock extends Timed {
  readonly type: 'NoteStock';
  readonly sku: string;
  readonly available: number;
}
export type LevelCommand = PutStockAlerts | NoteStock;

export type LevelEvent =
  | { readonly type: 'StockAlertsPut'; readonly version: number; readonly rules: readonly AlertRule[] }
  /** In stock for the first time: from now on it is watched. */
  | { readonly type: 'StockSeen'; readonly sku: string; readonly status: StockStatus };
