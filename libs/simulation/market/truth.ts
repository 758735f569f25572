import { type HiddenWorld, type MarketOffer, STEP_MS } from './world';

/** What really becomes of one attempt. `unknown`: served or not, nobody finds out in time. */
export interface Fate {
  readonly served: boolean;
  readonly unknown: boolean;
  readonly silent: boolean;
  readonly dry: boolean;
  readonly ms: number;
}

export const DOWN_SERVES = 0.01;

/** P(an attempt at it is served, if the stock is there). */
export function serveChance({ suppliers }: HiddenWorld, offer: MarketOffer, at: number): number {
  const supplier = suppliers[offer.supplier];
  if (supplier === undefined) return 0;
  if (supplier.down[Math.floor(at / 60_000)] === 1) return DOWN_SERVES;
  const logit = (supplier.logit[Math.floor(at / STEP_MS)] ?? 0) + offer.logit;
  return 1 / (1 + Math.exp(-logit));
}
