import type { AttemptResult } from '@midstream/notification-domain';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { AddressNotAllowed, isPrivateLiteral, publicLookup } from './address';

/** What an endpoint has time for; a slow one is told again later, and must ignore what it has taken. */
export const SEND_DEADLINE_MS = 10_000;
/** Of an answer only the status counts; the rest is read so far, to keep the connection, and thrown away. */
const ANSWER_BYTES_MAX = 16 * 1024;
const CONNECTIONS_MAX = 8;

export interface Sending {
  readonly url: string;
  readonly messageId: string;
  readonly body: string;
  readonly secret: string;
  readonly traceparent?: string;
  readonly signal?: AbortSignal;
}

export interface SenderOptions {
  /** Send to private addresses, too: for a laptop, and for tests. */
  readonly allowPrivate: boolean;
  readonly deadlineMs?: number;
}

export type Send = (sending: Sending) => Promise<AttemptResult>;

/** Sends a signed message once, and tells what came of it: never throws. A redirect is not followed: it is a status like another. */
export function sender({ allowPrivate, deadlineMs = SEND_DEADLINE_MS }: SenderOptions): Send {
  const dispatcher = new Agent({
    connections: CONNECTIONS_MAX,
    connect: { timeout: deadlineMs, ...(!allowPrivate && { lookup: publicLookup }) },
  });
  return async (sending) => {
    const startedAt = performance.now();
    const lasted = () => Math.round(performance.now() - startedAt);
    const signal = AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(sending.signal ? [sending.signal] : [])]);
    try {
      if (!allowPrivate && isPrivateLiteral(new URL(sending.url).hostname)) throw new AddressNotAllowed();
      const { statusCode, headers, body } = await request(sending.url, {
        method: 'POST',
        headers: headersOf(sending, new Date()),
        body: sending.body,
        dispatcher,
        signal,
      });
      await body.dump({ limit: ANSWER_BYTES_MAX, signal }).catch(() => undefined);
      const retryAfterMs = patienceOf(headers['retry-after'], Date.now());
      return { status: statusCode, durationMs: lasted(), ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (error) {
      return { error: wordOf(error), durationMs: lasted() };
    }
  };
}

function headersOf({ messageId, body, secret, traceparent }: Sending, now: Date): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Midstream-Webhooks/1',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(messageId, now, body),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** `Retry-After`, in seconds or as a date. */
export function patienceOf(value: string | readonly string[] | undefined, nowMs: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms) : undefined;
}

/** A code, and not a message: what a resolver or a socket says may name our own network. */
function wordOf(error: unknown): string {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  return typeof code === 'string' ? code : 'connection-failed';
}
