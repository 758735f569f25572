import { createRequire } from 'node:module';

interface RequestQueue {
  readonly throttledUntil: number;
  readonly pending: readonly unknown[];
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

/** As kafkajs has it. */
const CHECK_PENDING_MS = 10;

/**
 * kafkajs 2.2.4 sets a timer to `-1 - now` at every connect, of which Node 24 warns (tulios/kafkajs#1751; its mends are not merged). Its own
 * function, but for the time of a queue that is neither throttled nor waiting: at once, as Node took it for.
 */
export function patchKafkajs(): void {
  const { prototype } = createRequire(__filename)('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
  prototype.scheduleCheckPendingRequests = function () {
    if (this.throttleCheckTimeoutId !== null) return;
    const throttledMs = this.throttledUntil - Date.now();
    const check = () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    };
    this.throttleCheckTimeoutId = setTimeout(check, throttledMs > 0 ? throttledMs : this.pending.length > 0 ? CHECK_PENDING_MS : 0);
  };
}
