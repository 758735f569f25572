import { Agent, request } from 'undici';
import { PrivateAddress, publicOnly } from './address';

const CONNECT_WAIT_MS = 3_000;
/** Past it the connection is cut: the answer is none. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** Nothing was sent: the outcome is known, and it is none. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

export interface OutsideOptions {
  /** On a laptop suppliers are played at private addresses. Elsewhere none is there. */
  readonly allowPrivate: boolean;
}

export interface Said {
  readonly status: number;
  readonly text: string;
}

/** HTTP to suppliers, without trust: no redirect is followed, no private address reached, no answer longer or later than its limit. */
export class Outside {
  private readonly agent: Agent;

  constructor(private readonly options: OutsideOptions) {
    const lookup = options.allowPrivate ? {} : { lookup: publicOnly };
    this.agent = new Agent({ connect: { timeout: CONNECT_WAIT_MS, ...lookup }, maxResponseSize: ANSWER_BYTES_MAX, pipelining: 0 });
  }

  /** `waitMs`: for all of the answer, to its last byte. @throws PrivateAddress, or the error of the connection (`wasNotSent`). */
  async say(
    method: 'GET' | 'POST',
    url: string,
    {
      signal,
      waitMs,
      headers,
      body,
    }: { readonly signal: AbortSignal; readonly waitMs: number; readonly headers: Record<string, string>; readonly body?: string },
  ): Promise<Said> {
    if (!this.options.allowPrivate) PrivateAddress.refuse(url);
    const response = await request(url, {
      method,
      dispatcher: this.agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(waitMs)]),
      // one answer a connection: a late second one must not pass for that to the next question
      reset: true,
      headers,
      ...(body !== undefined && { body }),
    });
    return { status: response.statusCode, text: await response.body.text() };
  }
}

/** Whether nothing was sent at all, so that nothing can have been bought. */
export const wasNotSent = (error: unknown): boolean =>
  error instanceof PrivateAddress || NOT_SENT.has(String((error as { readonly code?: unknown } | undefined)?.code));
