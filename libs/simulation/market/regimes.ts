/** What failing costs, and how large orders are. Shares of the price. */
export interface Regime {
  readonly name: 'A' | 'B' | 'C';
  readonly words: string;
  readonly lostShare: number;
  readonly lateShare: number;
  readonly failureShare: number;
  /** Of failures, those that only a time-out ends. */
  readonly slowFailures: number;
  readonly deadlineMs: number;
  readonly ordersPerDay: number;
  readonly segment: 'retail' | 'enterprise';
  readonly quantity: { readonly least: number; readonly median: number; readonly most: number };
  /** Units that an offer has after a restock, as a multiple of a median order. */
  readonly stockOrders: number;
  readonly tiers: readonly { readonly from: number; readonly off: number }[];
}

const plain = { quantity: { least: 1, median: 1, most: 5 }, segment: 'retail', ordersPerDay: 1_200, stockOrders: 14, tiers: [] } as const;

/** Mild, harsh, and bulk (selection.md 6.1). */
export const REGIMES: Readonly<Record<Regime['name'], Regime>> = {
  A: {
    name: 'A',
    words: 'mild',
    lostShare: 0.03,
    lateShare: 0.015,
    failureShare: 0.0015,
    slowFailures: 0.35,
    deadlineMs: 600_000,
    ...plain,
  },
  B: { name: 'B', words: 'harsh', lostShare: 0.1, lateShare: 0.05, failureShare: 0.0015, slowFailures: 0.6, deadlineMs: 180_000, ...plain },
  C: {
    name: 'C',
    words: 'bulk, enterprise',
    lostShare: 0.1,
    lateShare: 0.03,
    failureShare: 0.005,
    slowFailures: 0.35,
    deadlineMs: 900_000,
    quantity: { least: 50, median: 150, most: 5_000 },
    segment: 'enterprise',
    ordersPerDay: 500,
    stockOrders: 25,
    tiers: [
      { from: 200, off: 0.006 },
      { from: 1_000, off: 0.014 },
    ],
  },
};

/** Of the price, what a buyer who comes back is worth. */
export const RETURN_SHARE = 0.005;
export const TIMEOUT_MS = 120_000;
export const QUERY_MS = 30_000;
export const complaintMinor = (priceMinor: number): number => 0.6 * priceMinor + 800;
