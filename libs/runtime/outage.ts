import type { Logger } from 'pino';

/** So many failures in a row are an outage: one alone is no news, and a hundred lines a minute are not read. */
const FAILURES_TOLD = 7;

/** Tells of a loop that goes on trying: once that it fails for a while, and once that this is over. */
export interface Outage {
  failed(error: unknown): void;
  passed(): void;
}

export function outage(logger: Logger, words: { readonly fails: string; readonly again: string }, about: object = {}): Outage {
  let failures = 0;
  return {
    failed(error) {
      failures += 1;
      logger[failures === FAILURES_TOLD ? 'warn' : 'debug']({ err: error, ...about, failures }, words.fails);
    },
    passed() {
      if (failures >= FAILURES_TOLD) logger.info({ ...about, failures }, words.again);
      failures = 0;
    },
  };
}
