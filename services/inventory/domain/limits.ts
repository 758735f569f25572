/** How long a hold waits for its order's answer. A lap takes less than a second; the rest is for a backlog (protocol 16). */
export const HOLD_TTL_MS = 10 * 60_000;
/** A hold outlives the question that it waits for by this much, so that an answer in the last second still finds it (protocol 19). */
export const HOLD_GRACE_MS = 60_000;
/** Units of one purchase at most: a lost answer leaves no more than these in the dark. */
export const PURCHASE_UNITS_MAX = 100;
/** A backlog of due purchases may use up this much capacity at once; what is past it gets a new slot. */
export const PACE_BURST_MS = 60_000;
/** Ways of delivery that are remembered of a good: those that were told of last. */
export const CHANNELS_MAX = 10;
/** A rate may be so much ahead of our clock: clocks differ. */
export const RATE_AHEAD_MS = 300_000;
/** How old a figure may be of an offer whose feed promises to be fresh. */
export const FRESH_MS = { instant: 15 * 60_000, bulk: 24 * 3_600_000 } as const;
/**
 * Feeds that have promised nothing. `least`: so many pauses make a rhythm, each at most `alike` times as long or as short as is usual. Once
 * `missed` of them have passed, a figure is overdue.
 */
export const FED = { least: 8, alike: 3, missed: 2 } as const;
/** Holds named by one drain command: what a command costs grows with the square of it. */
export const DRAIN_BATCH = 50;
/** Drain commands of one step, in one transaction of bounded size (protocol 12). */
export const DRAIN_COMMANDS = 5;
/** With so many units on their way that have not come back yet, a drain waits (protocol 13): what a new order's lap may find before it, a second's work. */
export const STORM_WINDOW = 250;
/** After it a lost unit no longer counts as on its way. */
export const STORM_PATIENCE_MS = 60_000;
export const DRAIN_RETRY_MS = 100;
/** The first and the longest pause between two questions about one purchase. */
export const ASK_AFTER_MS = { first: 1_000, max: 300_000 } as const;
/** Past it only an operator asks again; at the longest pause it is some days. */
export const ASKS_MAX = 1_000;
/** Purchases of an offer without an answer in a row: past it the supplier counts as too slow. */
export const SILENT_MAX = 5;
/**
 * Measured slowness. `samples`: deliveries that count, `least`: as many are needed. Slow above `at`, itself again at `back` or below: so many
 * times its lead time, or so much more, whichever is longer. `news`: a change of this share is told again. `forMs`: without news it is forgotten.
 */
export const SLOW = {
  samples: 20,
  least: 8,
  at: { times: 1.5, moreMs: 2_000 },
  back: { times: 1.1, moreMs: 500 },
  news: 0.25,
  forMs: 900_000,
} as const;
/** A supplier that was too slow, or short of balance, is tried again after this. */
export const REST_MS = 60_000;
/** How often a balance that is watched is asked for; the first and the longest pause while it is short. */
export const BALANCE_EVERY_MS = 300_000;
export const BALANCE_SHORT_MS = { first: 2_000, max: 60_000 } as const;
/** Short again within this, the questions go on as far apart as they were. */
export const BALANCE_AGAIN_MS = 600_000;
/** A figure that a poll has found again is told again after this: each telling costs every reader. */
export const POLL_TELL_MS = 300_000;
/** How often our book is compared with a supplier's, where its balance is watched. */
export const RECONCILE_EVERY_MS = 86_400_000;
/** Younger purchases are on their way still: they are compared the next time. */
export const SETTLED_AFTER_MS = 60_000;
/** A supplier that cannot tell its balance is tried again after this. */
export const BALANCE_BLIND_MS = 60_000;
/** Units wait for balance no longer than this, and no longer than half of the time that their line has left. */
export const BALANCE_PATIENCE_MS = 30 * 60_000;
/** Units that one report or import may name, as in contracts. */
export const UNITS_MAX = 1_000_000;
/** Tiers of a cost, as in contracts. */
export const COST_TIERS_MAX = 20;
/** Tiers of merchants that mark-up rules may name: a price each for every product. */
export const TIERS_MAX = 20;
/** Products that follow mark-up rules. */
export const RULED_MAX = 10_000;
/** The hub's own vault: what was bought and is not wanted any more. */
export const HUB_SUPPLIER = 'hub';
/** Fresh stock that comes in parts within this time came once. */
export const RESTOCK_APART_MS = 60_000;
