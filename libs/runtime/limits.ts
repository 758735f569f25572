/** The shell's named limits (I13: every queue is bounded). Each has a test on either side of it. */
export const BATCH_MAX = 500;
export const CHUNK_BYTES_MAX = 1024 * 1024;
/** REST commands waiting for a batch; past it a caller gets 503 with Retry-After. */
export const GATHER_QUEUE_MAX = 10_000;
/** Transactions of commands, of one replica. With as many as there are sources a storm of 33 s waited 52 s for locks, and took a fifth more statements. */
export const BATCHES_AT_ONCE = 1;
/** Of a replica to its database, unless DATABASE_CONNECTIONS says so: one has the batch, two may have imports; beside them the relay has one of its own. */
export const CONNECTIONS = { least: 5, usual: 8, most: 100 } as const;
/** A source waits with one batch at a time: the bus with one a partition, what is due, requests, outcomes of calls, parked keys. */
export const BATCHES_WAITING_MAX = 10_000;
export const BATCH_TRIES_MAX = 4;
export const RELAY_PAGE = 500;
/** Events at the end of the log that are kept for readers that are a little behind; who is further behind reads them again. */
export const RELAY_KEPT_MAX = 2_000;
export const RELAY_BUSY_MS = 20;
export const RELAY_IDLE_MS = 250;
export const WATERMARK_EVERY_MS = 1_000;
export const FOLLOW_EVERY_MS = 100;
export const TODO_EVERY_MS = 100;
export const EFFECTS_AT_ONCE_MAX = 256;
/** Of these, calls to one supplier or endpoint, and never more than a quarter of what is free. */
export const LANE_AT_ONCE_MAX = 16;
export const EFFECT_LEASE_MS = 60_000;
export const EFFECT_BACKOFF_MS = { first: 500, max: 60_000 } as const;
export const EFFECT_ATTEMPTS_MAX = 1_000;
export const PARKED_KEYS_MAX = 1_000;
export const PARKED_MESSAGES_PER_KEY_MAX = 10_000;
/** Failures of one partition on a live database before the chunk is taken apart to find the culprit. */
export const STRAIN_MAX = 4;
/** Events stay this long in the log, inbox rows a day longer than any bus keeps their events. */
export const EVENT_DAYS = 7;
export const INBOX_DAYS = 8;
export const BODY_BYTES_MAX = 1024 * 1024;
/** Of an Idempotency-Key, in characters. */
export const KEY_LENGTH_MAX = 200;
export const DRAIN_ON_SHUTDOWN_MS = 20_000;
/** REST commands and timers on a parked key wait or are refused this long. */
export const PARKED_RETRY_MS = 30_000;
/**
 * Requests that one caller may send to one service, by API key, or by address without a valid one. 200 a second on average, and any of it at
 * once: a merchant's backend that places an order a request seldom needs a tenth of it.
 */
export const RATE_WINDOW_MS = 10_000;
export const RATE_PER_KEY = 2_000;
export const RATE_PER_ADDRESS = 200;
