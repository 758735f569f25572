const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses after a failed attempt: nine repeats over three days, as Standard Webhooks proposes. */
export const RETRY_SCHEDULE_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
export const ATTEMPTS_MAX = RETRY_SCHEDULE_MS.length + 1;
/** A receiver may ask for more patience, but not for more than this. */
export const RETRY_AFTER_MAX_MS = 24 * HOUR;
/** A pause is longer by up to this share, so that the messages of one bad minute do not come back in one. */
export const JITTER = 0.2;

/**
 * The pause after the `tries`th failed attempt, in milliseconds; undefined when there are no more. The jitter belongs to the message, so that
 * the same history always has the same times.
 */
export function pauseAfter(tries: number, messageId: string, retryAfterMs = 0): number | undefined {
  const planned = RETRY_SCHEDULE_MS[tries - 1];
  if (planned === undefined) return undefined;
  const jittered = Math.round(planned * (1 + JITTER * shareOf(`${messageId}#${tries}`)));
  return Math.max(jittered, Math.min(retryAfterMs, RETRY_AFTER_MAX_MS));
}

/** A number in [0, 1) that belongs to the text (FNV-1a). */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const it of text) hash = Math.imul(hash ^ (it.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}
