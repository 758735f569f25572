import { type Hands, pause } from '../drill/act';
import type { OrderView } from '../drill/read';
import { orderBodyOf } from '../sample-market/trace';
import type { TraceOrder } from '../sample-market/words';
import { isRefusal, untilAnswered } from './patience';
import { between, type Chance, oneOf } from './schedule';

/** How often an order is placed, whatever becomes of those before. */
export interface Pace {
  readonly gapMs: { readonly least: number; readonly most: number };
  /** Past it nobody places another: all of them wait for an answer. */
  readonly waitingMax: number;
}

/** What was asked for under a key of ours, and what was answered. */
export interface Asked {
  readonly key: string;
  /** The order's id, or the deposit's amount. */
  readonly answer: string;
}

export interface Placing {
  /** Orders that were answered, by id. */
  readonly placed: ReadonlyMap<string, TraceOrder>;
  readonly asked: readonly Asked[];
  /** Asked for, and not answered yet. */
  readonly waiting: number;
  readonly deposits: readonly { readonly key: string; readonly amountMinor: number }[];
  /** What was refused, and should not have been. */
  readonly refused: readonly { readonly where: string; readonly what: string }[];
  /** Places no more, and waits until all that was asked for is answered. */
  stop(): Promise<void>;
}

/** Places orders of the trace one after the other, and pays in now and then; each is asked for with its own key until it is answered. */
export function startPlacing({ merchant, operator, market, options }: Hands, chance: Chance, { gapMs, waitingMax }: Pace): Placing {
  const placed = new Map<string, TraceOrder>();
  const asked: Asked[] = [];
  const deposits: { key: string; amountMinor: number }[] = [];
  const refused: { where: string; what: string }[] = [];
  const waiting = new Set<Promise<void>>();
  let stopping = false;

  const place = async (n: number): Promise<void> => {
    const order = oneOf(chance('order', n), market.orders);
    if (order === undefined) return;
    const key = `torture-${options.seed}-${n}`;
    // one body for all tries: another under the same key is refused
    const body = orderBodyOf(order, { now: Date.now(), clientReference: key });
    const { orderId } = await untilAnswered(() => merchant.post<OrderView>('/v1/orders', { body, idempotencyKey: key }));
    placed.set(orderId, order);
    asked.push({ key, answer: orderId });
  };
  const payIn = async (n: number): Promise<void> => {
    const key = `torture-${options.seed}-deposit-${n}`;
    const body = { amountMinor: 1_000 + n, currency: 'CNY', reference: key };
    await untilAnswered(() => operator.post(`/v1/accounts/${options.merchantId}/deposits`, { body, idempotencyKey: key }));
    deposits.push({ key, amountMinor: body.amountMinor });
  };
  const go = (where: string, work: Promise<void>): void => {
    const fail = (error: unknown): void =>
      void refused.push({ where, what: `${isRefusal(error) ? 'was refused' : 'got no answer'}: ${String(error)}` });
    const done: Promise<void> = work.catch(fail).finally(() => waiting.delete(done));
    waiting.add(done);
  };
  const run = async (): Promise<void> => {
    for (let [n, due] = [0, Date.now()]; !stopping; n++) {
      if (waiting.size < waitingMax) go(`order ${n}`, place(n));
      if (n % 25 === 0) go(`deposit ${n}`, payIn(n));
      due += between(chance('gap', n), gapMs.least, gapMs.most);
      await pause(due - Date.now());
    }
  };
  const ended = run();
  return {
    placed,
    asked,
    deposits,
    refused,
    get waiting() {
      return waiting.size;
    },
    async stop() {
      stopping = true;
      await ended;
      await Promise.all(waiting);
    },
  };
}
