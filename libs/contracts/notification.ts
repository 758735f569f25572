import { Type } from '@sinclair/typebox';
import { closed, Id } from './words';

const ofMessage = {
  orderId: Id,
  merchantId: Id,
  messageId: Id,
  endpointId: Id,
  about: Type.String({ maxLength: 80 }),
  attempts: Type.Integer({ minimum: 1 }),
} as const;

export const MessageSent = closed({ ...ofMessage, status: Type.Integer() });
/** Given up after the last retry; the log keeps it, and it can be replayed. */
export const MessageFailed = closed({ ...ofMessage, error: Type.String({ maxLength: 300 }) });
