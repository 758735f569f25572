import type { NotificationEvent } from '@midstream/notification-domain';
import type { TableRows } from '@midstream/runtime';
import { AttemptRow } from './tables';

/** The log of attempts. */
export function recordsOf(event: NotificationEvent): TableRows[] {
  if (event.type !== 'AttemptMade') return [];
  const { messageId, attempt, at, result } = event;
  const { status = null, error = null, durationMs } = result;
  return [{ entity: AttemptRow, rows: [{ message_id: messageId, attempt, at: new Date(at), status, error, duration_ms: durationMs }] }];
}
