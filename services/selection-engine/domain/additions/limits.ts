/** A proposal waits so long for the merchant's answer. */
export const ADDITION_MS = 15 * 60_000;
/** What is accepted at the last moment must still have this long to be bought and delivered. */
export const ADDITION_DELIVERY_MS = 5 * 60_000;
/** Nobody answers in less: then nothing is proposed. */
export const ADDITION_LEAST_MS = 60_000;
/** Lines of one order that are looked out for. */
export const WATCHED_LINES_MAX = 20;
