import type { Client } from './client.fixtures';
import { until } from './client.fixtures';
import { anOrder, type LineWish } from './market.fixtures';

export interface OrderSeen {
  readonly orderId: string;
  readonly status: string;
  readonly heldMinor: number;
  readonly capturedMinor: number;
  readonly releasedMinor: number;
  readonly lines: readonly {
    readonly lineId: string;
    readonly status: string;
    readonly quantity: number;
    readonly delivered: number;
    readonly givenUp: number;
    readonly piecesOf?: { readonly lineId: string; readonly sku: string; readonly pieces: number };
    readonly goods: readonly { readonly sku: string; readonly quantity: number; readonly delivered: number }[];
    readonly consents: readonly { readonly consentId: string; readonly sku: string; readonly priceMinor: number }[];
  }[];
}

export interface EntrySeen {
  readonly what: string;
  readonly reason: string | null;
  /** Of the request that it all began with. */
  readonly trace: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Places an order, and tells its id and the trace id of the request. */
export async function place(merchant: Client, ...wishes: readonly LineWish[]): Promise<{ orderId: string; traceId: string }> {
  const { body, traceId } = await merchant.post<OrderSeen>('/orders', anOrder(...wishes));
  return { orderId: body.orderId, traceId };
}

export const orderOf = (client: Client, orderId: string): Promise<OrderSeen> => client.get(`/orders/${orderId}`);

export const timelineOf = async (client: Client, orderId: string): Promise<EntrySeen[]> =>
  (await client.get<{ items: EntrySeen[] }>(`/orders/${orderId}/timeline`)).items;

/** The order, once it is over. */
export const ended = (client: Client, orderId: string, patienceMs?: number): Promise<OrderSeen> =>
  until(
    `the end of ${orderId}`,
    async () => {
      const order = await orderOf(client, orderId);
      return order.status !== 'running' && order;
    },
    patienceMs,
  );

/** Waits until all the orders have been sent on to be bought, and stand in their supplier's queue. */
export async function assigned(client: Client, ...orderIds: readonly string[]): Promise<void> {
  for (const it of orderIds)
    await until(`${it} to be assigned`, async () => (await timelineOf(client, it)).some(({ what }) => what === 'assigned'));
}

/** The open question of the order's first line, about this product. */
export const questionOf = (client: Client, orderId: string, sku: string): Promise<string> =>
  until(`a question about ${sku}`, async () => {
    const [line] = (await orderOf(client, orderId)).lines;
    return line?.consents.find((it) => it.sku === sku)?.consentId;
  });
