const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How much the level above weighs at each level, in trials. */
export interface LevelWeights {
  readonly category: number;
  readonly supplier: number;
  readonly offer: number;
}

/** How one rate is learnt: its half-life, its prior, and what the level above usually weighs (`weigh.ts` learns what it weighs here). */
export interface RateSettings {
  readonly halfLifeMs: number;
  readonly prior: { readonly good: number; readonly bad: number };
  readonly weight: LevelWeights;
  /** Mean delay of the label, for those that come late; absent for repurchase: its trials come with their labels, and no delivery is one. */
  readonly delayMs?: number;
}

/** How an up/down state moves by itself: mean time until it fails, and until it is repaired. */
export interface StateSettings {
  readonly failsAfterMs: number;
  readonly repairedAfterMs: number;
  /** How much one outcome tells of it: 1 wholly, below it less (tempered). */
  readonly power: number;
}

export interface BeliefSettings {
  readonly fill: RateSettings;
  readonly complaint: RateSettings;
  readonly repurchase: RateSettings;
  readonly invalid: RateSettings;
  readonly ambiguous: RateSettings;
  /** Of ambiguous attempts, those that turn out to be bought after others were asked. The prior is a share of what may have been delivered. */
  readonly doubled: RateSettings;
  /** How long an end is waited for after an attempt was told as ambiguous: what comes later comes too late. */
  readonly askedForMs: number;
  readonly response: { readonly halfLifeMs: number; readonly shape: number; readonly weight: number; readonly priorMs: number };
  readonly supplierState: StateSettings;
  readonly groupState: StateSettings;
  /** P(delivers) of what is down. */
  readonly okWhileDown: number;
  /** Half-life of what became of foreseen chances. */
  readonly foreseen: { readonly halfLifeMs: number };
  /** Half-life of what is known of how far figures of stock hold. */
  readonly figures: { readonly halfLifeMs: number };
  /** Half-life of what is known of an offer's drain by other buyers. */
  readonly drainHalfLifeMs: number;
}

/**
 * Defaults of selection.md 1.2. In every case the shape matters more than the number: half-lives from 1 to 48 h differ by little. Complaints are
 * rare and teach slowly: with 30 days instead of 14, 7 % less is lost by not knowing their rates where these last, and as much where a supplier's
 * changes every 90 days (libs/simulation/market/README.md).
 */
export const DEFAULT_SETTINGS: BeliefSettings = {
  fill: { halfLifeMs: DAY, prior: { good: 8, bad: 1.2 }, weight: { category: 20, supplier: 9, offer: 25 } },
  complaint: { halfLifeMs: 30 * DAY, prior: { good: 0.48, bad: 39.5 }, weight: { category: 80, supplier: 40, offer: 120 }, delayMs: DAY },
  repurchase: { halfLifeMs: 30 * DAY, prior: { good: 3, bad: 7 }, weight: { category: 40, supplier: 20, offer: 60 }, delayMs: 7 * DAY },
  invalid: { halfLifeMs: 14 * DAY, prior: { good: 0.2, bad: 99.8 }, weight: { category: 200, supplier: 100, offer: 200 } },
  ambiguous: { halfLifeMs: 7 * DAY, prior: { good: 0.1, bad: 19.9 }, weight: { category: 100, supplier: 50, offer: 200 } },
  doubled: { halfLifeMs: 30 * DAY, prior: { good: 2, bad: 8 }, weight: { category: 10, supplier: 10, offer: 10 } },
  askedForMs: MINUTE,
  response: { halfLifeMs: 6 * HOUR, shape: 2, weight: 4, priorMs: 30_000 },
  supplierState: { failsAfterMs: 4 * DAY, repairedAfterMs: 70 * MINUTE, power: 1 },
  groupState: { failsAfterMs: 6 * DAY, repairedAfterMs: 110 * MINUTE, power: 0.35 },
  okWhileDown: 0.01,
  foreseen: { halfLifeMs: 14 * DAY },
  figures: { halfLifeMs: 30 * DAY },
  drainHalfLifeMs: 2 * DAY,
};

/** Of a hub that is told of how many buyers it is known whether they came back, and of how many of these did. */
export const JUDGED_REPURCHASE: RateSettings = { ...DEFAULT_SETTINGS.repurchase, delayMs: undefined };
