/** Lines of one order: an order is one row, and one transaction. */
export const LINES_MAX = 100;
/** Units of one line. More is several orders. */
export const QUANTITY_MAX = 10_000;
/** Ten million yuan a unit: with every other limit at its end, an order's money is still an exact integer. */
export const UNIT_PRICE_MAX_MINOR = 1_000_000_000;
export const DEPOSIT_MAX_MINOR = 100_000_000_000_000;
/** What an account may hold in all. */
export const ACCOUNT_MAX_MINOR = 1_000_000_000_000_000;
/** Properties of a need: an order of LINES_MAX such lines is still within EVENT_BYTES_MAX. */
export const ATTRIBUTES_MAX = 8;

/** Past it, a refund serves the buyer better than another wait. Depth counts lost holds only (protocol 4). */
export const DEPTH_MAX = 4;
/** Laps of one line in all, waits for a restock apart: what expires again and again ends, too. */
export const ATTEMPTS_PER_LINE_MAX = 60;
/** How often units that could not be held are ranked again at the same depth (protocol 15). */
export const RANKINGS_MAX = 5;
/** Before the second ranking; it doubles with each. A lap takes a fraction of a second. */
export const RANKING_BACKOFF_MS = 250;
/** As many exclusions and tried offers as a request carries (contracts). A line that has lost more offers is given up. */
export const EXCLUSIONS_MAX = 64;
/** While a line waits for a restock, it asks this often (protocol 17). */
export const WAIT_RETRY_MS = 15_000;

/** What one order is offered beside its lines: each is kept with it. */
export const ADDITIONS_MAX = 20;

/** Units may be complained of for so long after they came. */
export const COMPLAINT_MS = 30 * 24 * 3_600_000;
/** Complaints of one order, whatever became of them: each is kept with it. */
export const COMPLAINTS_MAX = 100;

/** Where the buyer's backend says nothing. */
export const DELIVER_WITHIN_MS = 24 * 3_600_000;
export const DELIVER_WITHIN_MAX_MS = 30 * 24 * 3_600_000;
export const CONSENT_MS = 15 * 60_000;
export const CONSENT_MIN_MS = 1_000;
export const CONSENT_MAX_MS = 7 * 24 * 3_600_000;
