import type { AnyFact } from '@midstream/contracts';
import type { Due, Untimed } from '@midstream/kernel';
import { GONE } from './decide';
import type { AttemptMade, FactTold, NotificationCommand, NotificationEvent, StockTold } from './messages';
import { hubViewOf } from './hub';
import { publicViewOf, stockViewOf } from './public';

type Dues = readonly Due<Untimed<NotificationCommand>>[];

export function react(fact: AnyFact | NotificationEvent): Dues {
  switch (fact.type) {
    case 'FactTold':
      return messagesOf(fact);
    case 'StockLow':
    case 'StockBack':
      return [{ command: { type: 'TellStock', ...stockViewOf(fact) } }];
    case 'StockTold':
      return stockMessagesOf(fact);
    case 'AttemptMade':
      return afterAttempt(fact);
    case 'EndpointAdded':
    case 'EndpointRemoved':
    case 'EndpointDisabled':
    case 'MessageQueued':
    case 'MessageReplayed':
    case 'MessageAbandoned':
    case 'AttemptDue':
      return [];
    default:
      return tellings(fact);
  }
}

/** What a merchant may not see ends here: it is in no command, row or log of this service that is a merchant's. */
function tellings(fact: AnyFact): Dues {
  return [publicViewOf(fact), hubViewOf(fact)].flatMap((it): Dues => (it === undefined ? [] : [{ command: { type: 'TellFact', ...it } }]));
}

/** One `webhook-id` per fact and endpoint (protocol 34). */
export const messageIdOf = (endpointId: string, orderId: string, sequence: number): string => `${endpointId}:${orderId}:${sequence}`;

function messagesOf({ merchantId, orderId, sequence, about, body, endpointIds }: FactTold): Dues {
  return endpointIds.map((endpointId) => ({
    command: {
      type: 'QueueMessage',
      letter: { messageId: messageIdOf(endpointId, orderId, sequence), endpointId, merchantId, orderId, about, body },
    },
  }));
}

const stockMessagesOf = ({ sku, version, about, body, to }: StockTold): Dues =>
  to.map(({ merchantId, endpointId }) => ({
    command: { type: 'QueueMessage', letter: { messageId: `${endpointId}:stock:${sku}:${version}`, endpointId, merchantId, about, body } },
  }));

function afterAttempt({ messageId, merchantId, endpointId, attempt, nextAt, result }: AttemptMade): Dues {
  if (nextAt !== undefined) return [{ command: { type: 'RetryMessage', messageId, merchantId, attempt: attempt + 1 }, at: nextAt }];
  return result.status === GONE ? [{ command: { type: 'DisableEndpoint', merchantId, endpointId } }] : [];
}
