import { Pool } from 'undici';
import { Assignments, OrderFailed, PATIENCE_MS } from './assignments';
import { type Follower, followLog, type Logged } from './follow';
import type { House } from './house';
import { type Merchant, orderBody, type OrderKind, PLAIN } from './market';

/** Orders over HTTP, and the moment at which each one's LineAssigned was committed, from the order service's log. */
export interface Orders {
  /** Resolves when every line is assigned. @throws OrderFailed */
  place(skus: readonly string[], kind?: OrderKind): Promise<Placed>;
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
  /** When it was seen closed; the order is done then. @throws OrderFailed where it was not delivered */
  deliveredAt(): Promise<number>;
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
  const assignments = new Assignments();
  const client = await house.connect('order');
  const follower: Follower = await followLog(client, ['LineAssigned', 'UnitsGivenUp', 'OrderClosed'], (event, seenAt) => {
    hear?.(event, seenAt);
    assignments.note(event, seenAt);
  });
  let count = 0;
  const run = `${Date.now()}`;
  return {
    merchants,
    async place(skus, kind = PLAIN) {
      count += 1;
      const merchant = merchants[count % merchants.length];
      if (merchant === undefined) throw new Error('somebody must order');
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/orders',
        headers: { authorization: `Bearer ${merchant.key}`, 'content-type': 'application/json', 'idempotency-key': `${run}-${count}` },
        body: orderBody(`${run}-${count}`, skus, kind),
      });
      const text = await body.text();
      if (statusCode !== 201) throw new OrderFailed(`POST /v1/orders was answered ${statusCode} ${text.slice(0, 300)}`);
      const answeredAt = performance.now();
      const { orderId } = JSON.parse(text) as { orderId: string };
      const assignedAt = await assignments.of(orderId, skus.length);
      return { orderId, merchant, sentAt, answeredAt, assignedAt, deliveredAt: () => assignments.closed(orderId) };
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
