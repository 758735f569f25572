import { Pool } from 'undici';
import type { Follower, Logged } from './follow';
import { followLog } from './follow';
import type { House } from './house';
import { type Merchant, orderBody } from './market';

/** An order that was not answered with 201, or that found nothing: with it a bench has no ratio. */
export class OrderFailed extends Error {}

/** Past it an order counts as lost. */
const PATIENCE_MS = 60_000;

/** Orders over HTTP, and the moment at which each one's LineAssigned was committed, from the order service's log. */
export interface Orders {
  /** Resolves when every line is assigned. @throws OrderFailed */
  place(skus: readonly string[]): Promise<Placed>;
  call(method: 'GET' | 'POST', path: string, merchant: Merchant): Promise<number>;
  readonly merchants: readonly Merchant[];
  close(): Promise<void>;
}

export interface Placed {
  readonly orderId: string;
  readonly merchant: Merchant;
  /** performance.now() at sending, at the answer, and when the last of its lines was seen assigned. */
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly assignedAt: number;
}

interface Waiting {
  left: number;
  readonly done: (assignedAt: number) => void;
  readonly fail: (error: Error) => void;
}

export interface OrdersOptions {
  readonly house: House;
  readonly merchants: readonly Merchant[];
  /** Connections: as many requests at once. */
  readonly connections: number;
  /** Hears every LineAssigned, those that replace another included. */
  readonly hear?: (event: Logged, seenAt: number) => void;
}

export async function openOrders({ house, merchants, connections, hear }: OrdersOptions): Promise<Orders> {
  const pool = new Pool(house.url, { connections, pipelining: 1, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });
  const waiting = new Map<string, Waiting>();
  // assigned before the answer that tells the order's id
  const early = new Map<string, number[]>();
  const client = await house.connect('order');
  const follower: Follower = await followLog(client, ['LineAssigned', 'UnitsGivenUp'], (event, seenAt) => {
    hear?.(event, seenAt);
    if (event.replaces !== null) return;
    const known = waiting.get(event.key);
    if (event.type === 'UnitsGivenUp') return known?.fail(new OrderFailed(`order ${event.key} found nothing`));
    if (known === undefined) early.set(event.key, [...(early.get(event.key) ?? []), seenAt]);
    else if ((known.left -= 1) === 0) known.done(seenAt);
  });
  let count = 0;
  const run = `${Date.now()}`;

  const assigned = (orderId: string, lines: number): Promise<number> => {
    const before = early.get(orderId) ?? [];
    early.delete(orderId);
    if (before.length === lines) return Promise.resolve(before.at(-1) ?? 0);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        waiting.delete(orderId);
      };
      const fail = (error: Error): void => (end(), reject(error));
      const late = setTimeout(
        () => fail(new OrderFailed(`order ${orderId} was not assigned within ${PATIENCE_MS / 1_000} s`)),
        PATIENCE_MS,
      );
      waiting.set(orderId, { left: lines - before.length, done: (at) => (end(), resolve(at)), fail });
    });
  };

  return {
    merchants,
    async place(skus) {
      count += 1;
      const merchant = merchants[count % merchants.length];
      if (merchant === undefined) throw new Error('somebody must order');
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/orders',
        headers: { authorization: `Bearer ${merchant.key}`, 'content-type': 'application/json', 'idempotency-key': `${run}-${count}` },
        body: orderBody(`${run}-${count}`, skus),
      });
      const text = await body.text();
      if (statusCode !== 201) throw new OrderFailed(`POST /v1/orders was answered ${statusCode} ${text.slice(0, 300)}`);
      const answeredAt = performance.now();
      const { orderId } = JSON.parse(text) as { orderId: string };
      return { orderId, merchant, sentAt, answeredAt, assignedAt: await assigned(orderId, skus.length) };
    },
    async call(method, path, merchant) {
      const { statusCode, body } = await pool.request({ method, path, headers: { authorization: `Bearer ${merchant.key}` } });
      await body.dump();
      return statusCode;
    },
    async close() {
      await follower.stop();
      await client.end();
      await pool.destroy();
    },
  };
}
