import type { Orders, Placed } from './load';
import { ticksOf } from './schedule';

/** What other callers met while a storm lasted, milliseconds from when each call was due. */
export interface Interference {
  /** `GET /v1/orders/{id}`. */
  readonly get: readonly number[];
  /** `POST /v1/orders`, until its answer. */
  readonly post: readonly number[];
  /** The same, until LineAssigned is committed. */
  readonly lap: readonly number[];
  readonly errors: readonly string[];
}

/** A GET and a POST so often, whatever becomes of the ones before: an open loop. */
const EVERY_MS = 50;

/** Reads and places orders at a modest pace, until it is stopped; then waits for all that was asked. */
export function interfere(orders: Orders, skus: readonly string[]): { stop(): Promise<Interference> } {
  const found = { get: [] as number[], post: [] as number[], lap: [] as number[], errors: [] as string[] };
  const waiting = new Set<Promise<void>>();
  let known: Placed | undefined;
  const go = (work: Promise<void>): void => {
    const done: Promise<void> = work
      .catch((error: unknown) => void found.errors.push(error instanceof Error ? error.message : String(error)))
      .finally(() => waiting.delete(done));
    waiting.add(done);
  };
  const place = async (due: number, sku: string): Promise<void> => {
    const placed = await orders.place([sku]);
    found.post.push(placed.answeredAt - due);
    found.lap.push(placed.assignedAt - due);
    known = placed;
  };
  const read = async (due: number, { orderId, merchant }: Placed): Promise<void> => {
    const status = await orders.call('GET', `/v1/orders/${orderId}`, merchant);
    if (status !== 200) throw new Error(`GET /v1/orders/${orderId} was answered ${status}`);
    found.get.push(performance.now() - due);
  };

  let stopping = false;
  const running = ticksOf({ everyMs: EVERY_MS, forMs: Infinity, stopped: () => stopping }, (due, n) => {
    go(place(due, skus[n % skus.length] ?? ''));
    if (known !== undefined) go(read(due, known));
  });
  return {
    async stop() {
      stopping = true;
      await running;
      while (waiting.size > 0) await Promise.all(waiting);
      return found;
    },
  };
}
