/** A proposal waits so long for the merchant's answer. */
export const ADDITION_MS = 15 * 60_000;
/** What is accepted at the last moment must still have this long to be bought and delivered. */
export const ADDITION_DELIVERY_MS = 5 * 60_000;
/** Nobody answers in less: then nothing is proposed. */
export const ADDITION_LEAST_MS = 60_000;
/** Lines of one order that are looked out for. */
export const WATCHED_LINES_MAX = 20;
/** Goods beside one line that are looked out for: the likest. */
export const SIBLINGS_MAX = 3;
/** Demand so many times what is usual calls for more, where no burst was measured: a quarter more. */
export const CALL_FACTOR_LEAST = 1.25;
/** Interest, in paid orders an hour: below it a few orders of a quiet good would be a wave. */
export const CALL_PER_HOUR_LEAST = 5;
/** Of a trend (log2) no more is believed: interest is no sale. */
export const CALL_TREND_MAX = 3;
