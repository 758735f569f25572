/** A signal may be so far ahead of the database's clock: clocks differ. */
export const SIGNAL_AHEAD_MS = 2 * 60_000;
/** What was seen longer ago says nothing of today. */
export const SIGNAL_AGE_MAX_MS = 30 * 86_400_000;
/** A competitor's price is believed from a tenth of ours to ten times of it: past that somebody wrote 元 for 分, or the other way. */
export const PRICE_TIMES_MAX = 10;
/** Goods of one game that an update may name. */
export const SKUS_PER_SIGNAL_MAX = 500;
export const PRICES_MAX = 20;
export const UPDATES_MAX = 5;
export const CHANNELS_MAX = 10;
/** A competitor's price counts so long. */
export const PRICE_LASTS_MS = 3 * 86_400_000;
/** A line heats its good by so many of its units at most: one lot for a company is no wave. */
export const LINE_UNITS_MAX = 20;
/** Goods whose demand one command counts. */
export const COUNTED_MAX = 200;
/** A new version makes two thirds more of a game's goods be bought at its start, before anything is learned of it. */
export const UPDATE_UPLIFT = 0.5;
