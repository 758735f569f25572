import { type Merchant, type Message, notification, type NotificationEvent, type OrderTold } from '@midstream/notification-domain';
import { defineService } from '@midstream/runtime';
import { WebhooksController } from './http';
import { laneOf } from './lanes';
import { AsWritten3 } from './migrations/as-written-3';
import { CreateNotification1 } from './migrations/create-notification-1';
import { Listeners2 } from './migrations/listeners-2';
import { Outside, outsideOf } from './outside';
import { WebhookQueries } from './queries';
import { recordsOf } from './records';
import { AttemptRow, ListenerRow, MailboxRow, MessageRow, OrderToldRow } from './tables';

export const notificationService = defineService({
  name: 'notification',
  domain: notification,
  lingerMs: 100,
  tables: {
    merchants: { entity: MailboxRow, columns: (it: Merchant) => ({ endpoints: Object.keys(it.endpoints).length }) },
    listeners: { entity: ListenerRow },
    orders: { entity: OrderToldRow, columns: (it: OrderTold) => ({ sequence: it.sequence }) },
    messages: { entity: MessageRow, columns: messageColumns },
  },
  entities: [AttemptRow],
  migrations: [CreateNotification1, Listeners2, AsWritten3],
  recordsOf,
  effects: {
    send: {
      on: 'AttemptDue',
      key: (event: NotificationEvent) => (event.type === 'AttemptDue' ? laneOf(event.letter) : ''),
      lane: (event: NotificationEvent) => (event.type === 'AttemptDue' ? event.letter.endpointId : ''),
      async run(event: NotificationEvent, context) {
        if (event.type !== 'AttemptDue') return [];
        const result = await outsideOf(context).attempt(event, context);
        return [{ type: 'NoteAttempt' as const, messageId: event.letter.messageId, attempt: event.attempt, result }];
      },
    },
  },
  problems: {
    'webhook-not-found': { status: 404, title: 'There is no such webhook' },
    'delivery-not-found': { status: 404, title: 'This webhook has no such delivery' },
    'webhook-disabled': { status: 409, title: 'The endpoint has answered 410; make a new webhook' },
    'delivery-pending': { status: 409, title: 'The delivery is still being tried' },
    'too-many-stock-webhooks': { status: 422, title: 'The hub tells no more webhooks of stock; follow GET /v1/stock/stream instead' },
    'too-many-webhooks': { status: 422, title: 'A merchant has at most 10 webhooks' },
  },
  controllers: [WebhooksController],
  providers: [WebhookQueries, Outside],
});

function messageColumns({ letter, status, attempts, nextAt, queuedAt }: Message): Readonly<Record<string, unknown>> {
  return {
    merchant_id: letter.merchantId,
    endpoint_id: letter.endpointId,
    status,
    attempts,
    next_at: nextAt === undefined ? null : new Date(nextAt),
    queued_at: new Date(queuedAt),
  };
}
