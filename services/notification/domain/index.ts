import type { AnyFact } from '@midstream/contracts';
import { assertNever, type Domain, type RowKey, type Untimed } from '@midstream/kernel';
import { decide } from './decide';
import type { NotificationCode, NotificationCommand, NotificationEvent } from './messages';
import { react } from './react';
import { evolve, LISTENERS_ID, type Rows, uphold } from './state';

/** Tells merchants what became of their orders: a signed message for each fact and endpoint, repeated until somebody takes it. */
export const notification: Domain<Rows, NoView, NotificationCommand, NotificationEvent, AnyFact, NotificationCode> = {
  keysOf,
  decide,
  evolve,
  uphold,
  react,
  view: { create: () => ({}), apply: () => undefined },
};

/** All that it needs to know is in the rows. */
export type NoView = Readonly<Record<string, never>>;

/** A merchant's row is only read where facts are told and messages sent: orders of one merchant do not wait for each other. */
function keysOf(command: NotificationCommand | Untimed<NotificationCommand>): readonly RowKey<keyof Rows>[] {
  switch (command.type) {
    case 'AddEndpoint':
    case 'RemoveEndpoint':
    case 'DisableEndpoint':
      return [
        { kind: 'merchants', id: command.merchantId },
        { kind: 'listeners', id: LISTENERS_ID },
      ];
    case 'TellStock':
      return [{ kind: 'listeners', id: LISTENERS_ID, mode: 'share' }];
    case 'TellFact':
      return [{ kind: 'orders', id: command.orderId }, readMerchant(command.merchantId)];
    case 'QueueMessage':
      return [{ kind: 'messages', id: command.letter.messageId }, readMerchant(command.letter.merchantId)];
    case 'SendTest':
    case 'ReplayMessage':
    case 'RetryMessage':
      return [{ kind: 'messages', id: command.messageId }, readMerchant(command.merchantId)];
    case 'NoteAttempt':
      return [{ kind: 'messages', id: command.messageId }];
    default:
      return assertNever(command);
  }
}

const readMerchant = (id: string): RowKey<'merchants'> => ({ kind: 'merchants', id, mode: 'share' });

export * from './messages';
export { ERROR_LENGTH_MAX, GONE } from './decide';
export { HUB_MAILBOX, HUB_TYPES, type HubType, hubViewOf } from './hub';
export { PUBLIC_TYPES, type PublicType, type PublicView, publicViewOf, STOCK_TYPES, stockViewOf } from './public';
export { messageIdOf } from './react';
export { ATTEMPTS_MAX, JITTER, pauseAfter, RETRY_AFTER_MAX_MS, RETRY_SCHEDULE_MS } from './schedule';
export {
  ENDPOINTS_MAX,
  type Listeners,
  LISTENERS_ID,
  LISTENERS_MAX,
  type Merchant,
  type Message,
  type OrderTold,
  type Rows,
} from './state';
