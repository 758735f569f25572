import type { Endpoint, Merchant, Message } from '@midstream/notification-domain';
import { cursorOf, Database, NotFound, readCursor } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { AttemptView, DeliveriesView, WebhookDeliveryView, WebhookView } from './dto';

const ATTEMPTS_SHOWN = 20;
const DELIVERIES_SHOWN = 20;

interface DeliveryFound {
  readonly id: string;
  readonly state: Message;
  /** As text, to the microsecond: a page goes on exactly behind it. */
  readonly queued: string;
  readonly attempts: readonly { attempt: number; at: string; status: number | null; error: string | null; duration_ms: number }[];
}

@Injectable()
export class WebhookQueries {
  constructor(private readonly database: Database) {}

  async webhooks(merchantId: string): Promise<WebhookView[]> {
    const { rows } = await this.database.pool.query<{ state: Merchant }>('SELECT state FROM mailbox WHERE id = $1', [merchantId]);
    const endpoints = Object.values(rows[0]?.state.endpoints ?? {});
    return endpoints.sort((a, b) => a.createdAt - b.createdAt).map(webhookView);
  }

  /** The newest first. @throws NotFound for what is not there, or is another merchant's. */
  async deliveries(merchantId: string, webhookId: string, page: { limit?: string; cursor?: string }): Promise<DeliveriesView> {
    const own = await this.webhooks(merchantId);
    if (!own.some((it) => it.webhookId === webhookId)) throw new NotFound('webhook-not-found');
    const limit = Number(page.limit ?? DELIVERIES_SHOWN);
    const { at, id } = page.cursor === undefined ? { at: 'infinity', id: '' } : readCursor(page.cursor);
    const { rows } = await this.database.pool.query<DeliveryFound>(
      `SELECT m.id, m.state, m.queued_at::text AS queued, coalesce(a.attempts, '[]') AS attempts
         FROM message m
         LEFT JOIN LATERAL (
           SELECT json_agg(t ORDER BY t.attempt DESC) AS attempts
             FROM (SELECT attempt, at, status, error, duration_ms FROM attempt WHERE message_id = m.id ORDER BY attempt DESC LIMIT ${ATTEMPTS_SHOWN}) t
         ) a ON true
        WHERE m.endpoint_id = $1 AND (m.queued_at, m.id) < ($2::timestamptz, $3)
        ORDER BY m.queued_at DESC, m.id DESC
        LIMIT $4`,
      [webhookId, at, id, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return { items: shown.map(deliveryView), ...(more && { next: cursorOf({ at: last.queued, id: last.id }) }) };
  }
}

export const webhookView = ({ endpointId, url, types, active, disabledBecause, createdAt }: Endpoint): WebhookView => ({
  webhookId: endpointId,
  url,
  types,
  active,
  ...(disabledBecause && { disabledBecause }),
  createdAt: new Date(createdAt).toISOString(),
});

function deliveryView({ id, state, attempts }: DeliveryFound): WebhookDeliveryView {
  const { letter, status, queuedAt, nextAt } = state;
  return {
    messageId: id,
    type: letter.about,
    ...(letter.orderId !== undefined && { orderId: letter.orderId }),
    status,
    queuedAt: new Date(queuedAt).toISOString(),
    ...(nextAt !== undefined && { nextAt: new Date(nextAt).toISOString() }),
    attempts: attempts.map(attemptView),
  };
}

const attemptView = ({ attempt, at, status, error, duration_ms }: DeliveryFound['attempts'][number]): AttemptView => ({
  attempt,
  at: new Date(at).toISOString(),
  ...(status !== null && { status }),
  ...(error !== null && { error }),
  durationMs: duration_ms,
});
