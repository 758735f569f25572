import { EXPLORED } from './explore';

/** What the hub reckons with when it ranks: one number each, and all of the model that a trial may change. */
export interface MoneySettings {
  /** A complaint costs this share of the price, and so much labour in minor units. */
  readonly complaintShare: number;
  readonly complaintMinor: number;
  /** Times what a sale lost, a failed attempt and a late delivery cost by segment (`worth.ts`). */
  readonly lostSaleTimes: number;
  readonly failureTimes: number;
  readonly lateTimes: number;
  /** Weight of the worst tenth of outcomes for enterprises. */
  readonly riskAversion: number;
  /** What a substitute costs in good will, as a share of the price of what was asked for. */
  readonly substitutionShare: number;
  /** How often a cold offer may be drawn. */
  readonly explorationShare: number;
}

interface Bounds {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

/** The numbers of `chain-money-6`, and how far a trial may go from them (selection.md 1.3, 1.5, 1.6). */
export const SETTINGS: { readonly [Name in keyof MoneySettings]: Bounds } = {
  complaintShare: { usual: 0.6, least: 0, most: 2 },
  complaintMinor: { usual: 800, least: 0, most: 10_000 },
  lostSaleTimes: { usual: 1, least: 0.2, most: 5 },
  failureTimes: { usual: 1, least: 0.2, most: 5 },
  lateTimes: { usual: 1, least: 0.2, most: 5 },
  riskAversion: { usual: 0.3, least: 0, most: 1 },
  // A fatter margin alone must never swap the good: margins in this market are 1 to 15 %
  substitutionShare: { usual: 0.3, least: 0.15, most: 1 },
  explorationShare: { usual: EXPLORED.shareMax, least: 0, most: EXPLORED.shareMax },
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly (keyof MoneySettings)[];

export const USUAL = Object.fromEntries(SETTING_NAMES.map((it) => [it, SETTINGS[it].usual])) as unknown as MoneySettings;

/** NaN is within no bounds. */
export const areWithinBounds = (settings: MoneySettings): boolean =>
  SETTING_NAMES.every((it) => settings[it] >= SETTINGS[it].least && settings[it] <= SETTINGS[it].most);
