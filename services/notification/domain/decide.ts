import type { Fact } from '@midstream/contracts';
import { assertNever, type Decision, reject } from '@midstream/kernel';
import type {
  AddEndpoint,
  AttemptDue,
  AttemptMade,
  DisableEndpoint,
  Endpoint,
  Letter,
  NoteAttempt,
  NotificationCode,
  NotificationCommand,
  NotificationEvent,
  QueueMessage,
  RemoveEndpoint,
  ReplayMessage,
  RetryMessage,
  SendTest,
  TellFact,
  TellStock,
} from './messages';
import { pauseAfter } from './schedule';
import { ENDPOINTS_MAX, LISTENERS_ID, LISTENERS_MAX, type Rows, stockTypesOf } from './state';

type Decided = Decision<NotificationEvent, NotificationCode>;

/** The log keeps an error's beginning: what a proxy says in HTML is of no use to anybody. */
export const ERROR_LENGTH_MAX = 300;

export function decide(command: NotificationCommand, rows: Rows): Decided {
  switch (command.type) {
    case 'AddEndpoint':
      return addEndpoint(command, rows);
    case 'RemoveEndpoint':
      return removeEndpoint(command, rows);
    case 'DisableEndpoint':
      return disableEndpoint(command, rows);
    case 'TellFact':
      return tellFact(command, rows);
    case 'TellStock':
      return tellStock(command, rows);
    case 'QueueMessage':
      return queueMessage(command, rows);
    case 'SendTest':
      return sendTest(command, rows);
    case 'ReplayMessage':
      return replayMessage(command, rows);
    case 'NoteAttempt':
      return noteAttempt(command, rows);
    case 'RetryMessage':
      return retryMessage(command, rows);
    default:
      return assertNever(command);
  }
}

function addEndpoint({ merchantId, endpointId, url, types, keyId, at }: AddEndpoint, rows: Rows): Decided {
  const known = rows.merchants[merchantId]?.endpoints ?? {};
  if (known[endpointId] !== undefined) return [];
  if (Object.keys(known).length >= ENDPOINTS_MAX) return reject('too-many-webhooks', { limit: ENDPOINTS_MAX });
  const listeners = Object.keys(rows.listeners[LISTENERS_ID]?.endpoints ?? {}).length;
  if (stockTypesOf(types).length > 0 && listeners >= LISTENERS_MAX) return reject('too-many-stock-webhooks', { limit: LISTENERS_MAX });
  return [{ type: 'EndpointAdded', merchantId, endpoint: { endpointId, url, types, active: true, keyId, createdAt: at } }];
}

function removeEndpoint({ merchantId, endpointId }: RemoveEndpoint, rows: Rows): Decided {
  if (endpointOf(rows, merchantId, endpointId) === undefined) return reject('webhook-not-found');
  return [{ type: 'EndpointRemoved', merchantId, endpointId }];
}

function disableEndpoint({ merchantId, endpointId }: DisableEndpoint, rows: Rows): Decided {
  if (endpointOf(rows, merchantId, endpointId)?.active !== true) return [];
  return [{ type: 'EndpointDisabled', merchantId, endpointId, because: 'gone' }];
}

/** Numbers the fact among those of its order. Nobody is numbered for whom nobody listens. */
function tellFact({ merchantId, orderId, about, data, at }: TellFact, rows: Rows): Decided {
  const listening = Object.values(rows.merchants[merchantId]?.endpoints ?? {}).filter((it) => it.active && wants(it, about));
  if (listening.length === 0) return [];
  const sequence = (rows.orders[orderId]?.sequence ?? 0) + 1;
  const body = bodyOf(about, at, { ...data, sequence });
  return [{ type: 'FactTold', merchantId, orderId, sequence, about, body, endpointIds: listening.map((it) => it.endpointId) }];
}

/** One message for each endpoint that asks for it, under an id of the good's own: told again, it is the same message. */
function tellStock({ sku, version, about, data, at }: TellStock, rows: Rows): Decided {
  const to = Object.entries(rows.listeners[LISTENERS_ID]?.endpoints ?? {}).flatMap(([endpointId, { merchantId, types }]) =>
    types.includes(about) ? [{ merchantId, endpointId }] : [],
  );
  if (to.length === 0) return [];
  return [{ type: 'StockTold', sku, version, about, body: bodyOf(about, at, { ...data, sequence: version }), to }];
}

const wants = ({ types }: Endpoint, about: string): boolean => types.includes('*') || types.includes(about);

/** The payload of the Standard Webhooks specification. */
const bodyOf = (type: string, at: number, data: object): string => JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });

function queueMessage({ letter, at }: QueueMessage, rows: Rows): Decided {
  const endpoint = endpointOf(rows, letter.merchantId, letter.endpointId);
  if (rows.messages[letter.messageId] !== undefined || endpoint?.active !== true) return [];
  return queued(letter, endpoint, at);
}

function sendTest({ merchantId, endpointId, messageId, at }: SendTest, rows: Rows): Decided {
  const endpoint = endpointOf(rows, merchantId, endpointId);
  if (endpoint === undefined) return reject('webhook-not-found');
  if (!endpoint.active) return reject('webhook-disabled');
  if (rows.messages[messageId] !== undefined) return [];
  const body = bodyOf('webhook.test', at, { webhookId: endpointId });
  return queued({ messageId, endpointId, merchantId, about: 'webhook.test', body }, endpoint, at);
}

function replayMessage({ merchantId, endpointId, messageId }: ReplayMessage, rows: Rows): Decided {
  const endpoint = endpointOf(rows, merchantId, endpointId);
  const message = rows.messages[messageId];
  if (endpoint === undefined) return reject('webhook-not-found');
  if (message?.letter.merchantId !== merchantId || message.letter.endpointId !== endpointId) return reject('delivery-not-found');
  if (!endpoint.active) return reject('webhook-disabled');
  if (message.status === 'pending') return reject('delivery-pending');
  return [{ type: 'MessageReplayed', messageId }, due(message.letter, message.attempts + 1, endpoint)];
}

/** An effect may be run twice: what it says of an attempt that is known already is nothing new. */
function noteAttempt({ messageId, attempt, result, at }: NoteAttempt, rows: Rows): Decided {
  const message = rows.messages[messageId];
  if (message?.status !== 'pending' || attempt !== message.attempts + 1) return [];
  const { letter } = message;
  const { merchantId, endpointId } = letter;
  const made = (outcome: Pick<AttemptMade, 'status' | 'nextAt'>): AttemptMade => ({
    type: 'AttemptMade',
    messageId,
    merchantId,
    endpointId,
    attempt,
    at,
    result,
    ...outcome,
  });
  const { status } = result;
  if (status !== undefined && status >= 200 && status < 300) return [made({ status: 'sent' }), ...sent(letter, attempt, status)];
  const pauseMs = status === GONE ? undefined : pauseAfter(message.tries + 1, messageId, result.retryAfterMs);
  if (pauseMs !== undefined) return [made({ status: 'pending', nextAt: at + pauseMs })];
  return [made({ status: 'failed' }), ...failed(letter, attempt, result.error ?? `the endpoint answered ${status ?? 'nothing'}`)];
}

/** The endpoint does not want any more of it, ever (Standard Webhooks). */
export const GONE = 410;

function retryMessage({ messageId, merchantId, attempt, at }: RetryMessage, rows: Rows): Decided {
  const message = rows.messages[messageId];
  if (message?.nextAt === undefined || at < message.nextAt || attempt !== message.attempts + 1) return [];
  const endpoint = endpointOf(rows, merchantId, message.letter.endpointId);
  if (endpoint?.active === true) return [due(message.letter, attempt, endpoint)];
  return [{ type: 'MessageAbandoned', messageId }, ...failed(message.letter, message.attempts, 'the endpoint is gone')];
}

const queued = (letter: Letter, endpoint: Endpoint, at: number): NotificationEvent[] => [
  { type: 'MessageQueued', letter, at },
  due(letter, 1, endpoint),
];

const due = (letter: Letter, attempt: number, { url, keyId }: Endpoint): AttemptDue => ({
  type: 'AttemptDue',
  letter,
  attempt,
  url,
  keyId,
});

/** The hub's own backends are told of messages about orders; a test is nobody else's business. */
const sent = ({ orderId, merchantId, messageId, endpointId, about }: Letter, attempts: number, status: number): Fact<'MessageSent'>[] =>
  orderId === undefined ? [] : [{ type: 'MessageSent', orderId, merchantId, messageId, endpointId, about, attempts, status }];

const failed = ({ orderId, merchantId, messageId, endpointId, about }: Letter, attempts: number, error: string): Fact<'MessageFailed'>[] =>
  orderId === undefined
    ? []
    : [{ type: 'MessageFailed', orderId, merchantId, messageId, endpointId, about, attempts, error: error.slice(0, ERROR_LENGTH_MAX) }];

const endpointOf = (rows: Rows, merchantId: string, endpointId: string): Endpoint | undefined =>
  rows.merchants[merchantId]?.endpoints[endpointId];
