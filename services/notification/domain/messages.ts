import type { Fact } from '@midstream/contracts';
import type { HubType } from './hub';
import type { PublicType, StockType } from './public';

/** Where a merchant wants to be told, and of what. The secret is nowhere: it is derived from the service's key (README). */
export interface Endpoint {
  readonly endpointId: string;
  readonly url: string;
  /** Public types, or `*` for all. */
  readonly types: readonly string[];
  readonly active: boolean;
  readonly disabledBecause?: 'gone';
  /** The service's key from which the secret is derived. */
  readonly keyId: string;
  readonly createdAt: number;
}

export interface AddEndpoint {
  readonly type: 'AddEndpoint';
  readonly at: number;
  readonly merchantId: string;
  readonly endpointId: string;
  readonly url: string;
  readonly types: readonly string[];
  readonly keyId: string;
}

export interface RemoveEndpoint {
  readonly type: 'RemoveEndpoint';
  readonly at: number;
  readonly merchantId: string;
  readonly endpointId: string;
}

/** The endpoint answered 410: it never wants to hear from us again. */
export interface DisableEndpoint {
  readonly type: 'DisableEndpoint';
  readonly at: number;
  readonly merchantId: string;
  readonly endpointId: string;
}

/** Tell a merchant's endpoints of a fact, as far as a merchant may see it; or the hub's own. */
export interface TellFact {
  readonly type: 'TellFact';
  readonly at: number;
  readonly merchantId: string;
  readonly orderId: string;
  readonly about: PublicType | HubType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Tell all endpoints that ask for it how a good stands. */
export interface TellStock {
  readonly type: 'TellStock';
  readonly at: number;
  readonly sku: string;
  /** Of how the good stands: grows, so that a merchant keeps the newest. */
  readonly version: number;
  readonly about: StockType;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is sent to one endpoint, under one `webhook-id`, however often. */
export interface Letter {
  readonly messageId: string;
  readonly endpointId: string;
  readonly merchantId: string;
  /** Absent in a test message. */
  readonly orderId?: string;
  readonly about: string;
  /** The exact text that is signed, the same in every attempt. */
  readonly body: string;
}

export interface QueueMessage {
  readonly type: 'QueueMessage';
  readonly at: number;
  readonly letter: Letter;
}

export interface SendTest {
  readonly type: 'SendTest';
  readonly at: number;
  readonly merchantId: string;
  readonly endpointId: string;
  readonly messageId: string;
}

export interface ReplayMessage {
  readonly type: 'ReplayMessage';
  readonly at: number;
  readonly merchantId: string;
  readonly endpointId: string;
  readonly messageId: string;
}

/** What came of one attempt: a status, or the reason why there is none. */
export interface AttemptResult {
  readonly status?: number;
  readonly error?: string;
  readonly durationMs: number;
  /** The receiver's own wish. */
  readonly retryAfterMs?: number;
}

export interface NoteAttempt {
  readonly type: 'NoteAttempt';
  readonly at: number;
  readonly messageId: string;
  readonly attempt: number;
  readonly result: AttemptResult;
}

/** A timer. */
export interface RetryMessage {
  readonly type: 'RetryMessage';
  readonly at: number;
  readonly messageId: string;
  readonly merchantId: string;
  readonly attempt: number;
}

export type NotificationCommand =
  | AddEndpoint
  | RemoveEndpoint
  | DisableEndpoint
  | TellFact
  | TellStock
  | QueueMessage
  | SendTest
  | ReplayMessage
  | NoteAttempt
  | RetryMessage;

export interface EndpointAdded {
  readonly type: 'EndpointAdded';
  readonly merchantId: string;
  readonly endpoint: Endpoint;
}

export interface EndpointRemoved {
  readonly type: 'EndpointRemoved';
  readonly merchantId: string;
  readonly endpointId: string;
}

export interface EndpointDisabled {
  readonly type: 'EndpointDisabled';
  readonly merchantId: string;
  readonly endpointId: string;
  readonly because: 'gone';
}

/** A fact has its number among those of its order; each endpoint gets a message of it. */
export interface FactTold {
  readonly type: 'FactTold';
  readonly merchantId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly about: string;
  readonly body: string;
  readonly endpointIds: readonly string[];
}

/** How a good stands has been told; each endpoint that listens gets a message of it. */
export interface StockTold {
  readonly type: 'StockTold';
  readonly sku: string;
  readonly version: number;
  readonly about: StockType;
  readonly body: string;
  readonly to: readonly { readonly merchantId: string; readonly endpointId: string }[];
}

export interface MessageQueued {
  readonly type: 'MessageQueued';
  readonly letter: Letter;
  readonly at: number;
}

export interface MessageReplayed {
  readonly type: 'MessageReplayed';
  readonly messageId: string;
}

/** Calls for the effect `send`. */
export interface AttemptDue {
  readonly type: 'AttemptDue';
  readonly letter: Letter;
  readonly attempt: number;
  readonly url: string;
  readonly keyId: string;
}

export interface AttemptMade {
  readonly type: 'AttemptMade';
  readonly messageId: string;
  readonly merchantId: string;
  readonly endpointId: string;
  readonly attempt: number;
  readonly at: number;
  readonly result: AttemptResult;
  readonly status: 'pending' | 'sent' | 'failed';
  /** Set while pending. */
  readonly nextAt?: number;
}

/** Given up without another attempt: its endpoint is gone. */
export interface MessageAbandoned {
  readonly type: 'MessageAbandoned';
  readonly messageId: string;
}

export type NotificationEvent =
  | EndpointAdded
  | EndpointRemoved
  | EndpointDisabled
  | FactTold
  | StockTold
  | MessageQueued
  | MessageReplayed
  | MessageAbandoned
  | AttemptDue
  | AttemptMade
  | Fact<'MessageSent'>
  | Fact<'MessageFailed'>;

export type NotificationCode =
  'webhook-not-found' | 'webhook-disabled' | 'too-many-webhooks' | 'too-many-stock-webhooks' | 'delivery-not-found' | 'delivery-pending';
