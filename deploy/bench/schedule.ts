export interface Ticks {
  readonly everyMs: number;
  /** Infinity: until `stopped`. */
  readonly forMs: number;
  readonly stopped?: () => boolean;
  /** performance.now(), unless a test says otherwise. */
  readonly now?: () => number;
}

/** How often we look: several ticks of a fast schedule are due at once. */
const LOOK_MS = 2;

/**
 * Calls `tick` with the time at which it was due, late or not: who measures from there measures what a caller would have waited, also
 * while we ourselves were held up (no coordinated omission). Resolves when the last has been called.
 */
export async function ticksOf(
  { everyMs, forMs, stopped = () => false, now = () => performance.now() }: Ticks,
  tick: (due: number, n: number) => void,
): Promise<void> {
  const begin = now();
  const count = Math.max(1, Math.floor(forMs / everyMs));
  for (let sent = 0; sent < count && !stopped();) {
    for (; sent < count && !stopped() && begin + sent * everyMs <= now(); sent++) tick(begin + sent * everyMs, sent);
    if (sent < count) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
