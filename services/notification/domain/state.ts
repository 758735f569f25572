import { assert, assertNever, type RowsOf } from '@midstream/kernel';
import type { AttemptMade, Endpoint, Letter, NotificationEvent } from './messages';
import { STOCK_TYPES, type StockType } from './public';

/** Endpoints of one merchant: a fact goes to all of them, and nobody should be able to make us a cannon. */
export const ENDPOINTS_MAX = 10;

/** Endpoints of all merchants together that are told of stock: each fact of a good is a message to all of them. */
export const LISTENERS_MAX = 2_000;
/** The one row of them. */
export const LISTENERS_ID = 'stock';

/** The Mailbox: who is told where, how far each order is told, and what became of each message. */
export interface Rows {
  readonly merchants: RowsOf<Merchant>;
  readonly listeners: RowsOf<Listeners>;
  readonly orders: RowsOf<OrderTold>;
  readonly messages: RowsOf<Message>;
}

export interface Merchant {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}

/** Who is told of stock, by the endpoint's id. */
export interface Listeners {
  readonly endpoints: Readonly<Record<string, { readonly merchantId: string; readonly types: readonly StockType[] }>>;
}

export interface OrderTold {
  readonly sequence: number;
}

export interface Message {
  readonly letter: Letter;
  readonly status: 'pending' | 'sent' | 'failed';
  /** All that were ever made; the next one's number is one more. */
  readonly attempts: number;
  /** Those since it was queued, or replayed: its place in the schedule. */
  readonly tries: number;
  /** When the next attempt is due; absent while one is under way, and at the end. */
  readonly nextAt?: number;
  readonly queuedAt: number;
}

export function evolve(rows: Rows, event: NotificationEvent): Rows {
  switch (event.type) {
    case 'EndpointAdded':
      return listening(
        withEndpoints(rows, event.merchantId, (it) => ({ ...it, [event.endpoint.endpointId]: event.endpoint })),
        event.merchantId,
        event.endpoint,
      );
    case 'EndpointRemoved':
      return withEndpoints(deaf(rows, event.endpointId), event.merchantId, ({ [event.endpointId]: _removed, ...others }) => others);
    case 'EndpointDisabled':
      return withEndpoints(deaf(rows, event.endpointId), event.merchantId, (it) => ({
        ...it,
        ...disabled(it[event.endpointId], event.because),
      }));
    case 'FactTold':
      return { ...rows, orders: { ...rows.orders, [event.orderId]: { sequence: event.sequence } } };
    case 'MessageQueued':
      return withMessage(rows, event.letter.messageId, {
        letter: event.letter,
        status: 'pending',
        attempts: 0,
        tries: 0,
        queuedAt: event.at,
      });
    case 'MessageReplayed':
      return withMessage(rows, event.messageId, { ...messageOf(rows, event.messageId), status: 'pending', tries: 0 });
    case 'MessageAbandoned':
      return withMessage(rows, event.messageId, { ...withoutTimer(messageOf(rows, event.messageId)), status: 'failed' });
    case 'AttemptDue':
      return withMessage(rows, event.letter.messageId, withoutTimer(messageOf(rows, event.letter.messageId)));
    case 'AttemptMade':
      return withMessage(rows, event.messageId, attempted(messageOf(rows, event.messageId), event));
    case 'StockTold':
    case 'MessageSent':
    case 'MessageFailed':
      return rows;
    default:
      return assertNever(event);
  }
}

function attempted(message: Message, { attempt, status, nextAt }: AttemptMade): Message {
  return { ...withoutTimer(message), status, attempts: attempt, tries: message.tries + 1, ...(nextAt !== undefined && { nextAt }) };
}

/** The stock types that an endpoint names. */
export const stockTypesOf = (types: readonly string[]): StockType[] => STOCK_TYPES.filter((it) => types.includes(it));

function listening(rows: Rows, merchantId: string, { endpointId, types }: Endpoint): Rows {
  const named = stockTypesOf(types);
  if (named.length === 0) return rows;
  const endpoints = { ...rows.listeners[LISTENERS_ID]?.endpoints, [endpointId]: { merchantId, types: named } };
  return { ...rows, listeners: { ...rows.listeners, [LISTENERS_ID]: { endpoints } } };
}

function deaf(rows: Rows, endpointId: string): Rows {
  const known = rows.listeners[LISTENERS_ID]?.endpoints;
  if (known?.[endpointId] === undefined) return rows;
  const { [endpointId]: _gone, ...endpoints } = known;
  return { ...rows, listeners: { ...rows.listeners, [LISTENERS_ID]: { endpoints } } };
}

export function uphold(rows: Rows): void {
  for (const { endpoints } of Object.values(rows.merchants))
    assert(Object.keys(endpoints).length <= ENDPOINTS_MAX, 'endpoints are bounded');
  for (const { endpoints } of Object.values(rows.listeners))
    assert(Object.keys(endpoints).length <= LISTENERS_MAX, 'listeners are bounded');
  for (const it of Object.values(rows.messages)) {
    assert(it.tries <= it.attempts, 'tries since the replay are among all attempts');
    assert(it.nextAt === undefined || it.status === 'pending', 'only a pending message is tried again');
    assert(it.status !== 'sent' || it.attempts > 0, 'nothing is sent without an attempt');
  }
}

export function messageOf(rows: Rows, messageId: string): Message {
  const message = rows.messages[messageId];
  assert(message !== undefined, `the message ${messageId} is there`);
  return message;
}

const disabled = (endpoint: Endpoint | undefined, disabledBecause: 'gone'): Readonly<Record<string, Endpoint>> =>
  endpoint === undefined ? {} : { [endpoint.endpointId]: { ...endpoint, active: false, disabledBecause } };

const withoutTimer = ({ nextAt: _nextAt, ...rest }: Message): Message => rest;

const withMessage = (rows: Rows, messageId: string, message: Message): Rows => ({
  ...rows,
  messages: { ...rows.messages, [messageId]: message },
});

function withEndpoints(rows: Rows, merchantId: string, change: (endpoints: Merchant['endpoints']) => Merchant['endpoints']): Rows {
  const endpoints = change(rows.merchants[merchantId]?.endpoints ?? {});
  return { ...rows, merchants: { ...rows.merchants, [merchantId]: { endpoints } } };
}
