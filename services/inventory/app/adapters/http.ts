import { unitId } from '@midstream/inventory-domain';
import { Agent, request } from 'undici';
import type { Codes } from '../codes';
import type { SupplierTokens } from '../tokens';
import { PrivateAddress, publicOnly } from './address';
import { type Answer, type Seller, Unanswered, type Wanted } from './supplier';
import { readPurchase, readRefusal, type WireUnit } from './wire';

/** By the protocol a supplier answers a purchase within 10 s and a question within 5 s; we wait a little longer. */
export const BUY_WAIT_MS = 15_000;
export const ASK_WAIT_MS = 10_000;
const CONNECT_WAIT_MS = 3_000;
const ANSWER_BYTES_MAX = 1024 * 1024;

/** Nothing was sent: the outcome is known, and it is none. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

export interface HttpOptions {
  /** On a laptop suppliers are played at private addresses. Elsewhere none is there. */
  readonly allowPrivate: boolean;
  /** How long we wait for the answer to a purchase, where that is less than the protocol's. */
  readonly buyWaitMs?: number;
}

/** Suppliers that speak the supplier protocol. */
export class HttpSupplier {
  private readonly agent: Agent;

  constructor(
    private readonly codes: Codes,
    private readonly tokens: SupplierTokens,
    private readonly options: HttpOptions,
  ) {
    const lookup = options.allowPrivate ? {} : { lookup: publicOnly };
    this.agent = new Agent({ connect: { timeout: CONNECT_WAIT_MS, ...lookup }, maxResponseSize: ANSWER_BYTES_MAX, pipelining: 0 });
  }

  at(baseUrl: string): Seller {
    return {
      buy: (wanted, signal) => this.buy(baseUrl, wanted, signal),
      ask: (wanted, signal) => this.ask(baseUrl, wanted, signal),
    };
  }

  private async buy(baseUrl: string, wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    const { sku, quantity, maxCostMinor, currency, holdId, recipient } = wanted;
    const reference = holdId.split('/').slice(0, 2).join('/');
    const body = { sku, quantity, maxCostMinor, currency, reference, ...(recipient !== undefined && { recipient }) };
    try {
      const answer = await this.call('POST', `${baseUrl}/purchases`, wanted, {
        signal,
        waitMs: this.options.buyWaitMs ?? BUY_WAIT_MS,
        body,
      });
      return answer.status === 200 ? await this.take(answer.body, wanted) : readRefusal(answer.status, answer.body, 'buy');
    } catch (error) {
      // A supplier that cannot be reached at all is left in peace for a while.
      if (wasNotSent(error)) return { units: [], rest: 'capacity', unitCostMinor: 0 };
      throw error;
    }
  }

  private async ask(baseUrl: string, wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    const path = `${baseUrl}/purchases/${encodeURIComponent(wanted.purchaseId)}`;
    const answer = await this.call('GET', path, wanted, { signal, waitMs: ASK_WAIT_MS });
    return answer.status === 200 ? this.take(answer.body, wanted) : readRefusal(answer.status, answer.body, 'ask');
  }

  /** Codes are kept, encrypted, before anybody hears of them; what goes on names units only. */
  private async take(body: unknown, wanted: Wanted): Promise<Answer> {
    const { status, costMinor, units } = readPurchase(body, wanted);
    const numbered = units.map((it: WireUnit, n) => ({ ...it, unit: n + 1 }));
    const sent = numbered.flatMap((it) => (it.kind === 'code' ? [{ unitId: unitId(wanted.purchaseId, it.unit), code: it.code }] : []));
    const good = sent.length === 0 ? new Set<string>() : await this.codes.keepSent(wanted, sent);
    return {
      units: numbered.map(({ unit, kind }) => ({
        unit,
        kind: kind === 'top-up' ? 'top-up' : good.has(unitId(wanted.purchaseId, unit)) ? 'code' : 'invalid',
      })),
      rest: status === 'accepted' ? 'pending' : 'refused',
      unitCostMinor: costMinor,
    };
  }

  private async call(
    method: 'GET' | 'POST',
    url: string,
    { supplierId, purchaseId, traceparent }: Wanted,
    { signal, waitMs, body }: { readonly signal: AbortSignal; readonly waitMs: number; readonly body?: object },
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const token = await this.tokens.of(supplierId);
    if (!this.options.allowPrivate) PrivateAddress.refuse(url);
    const response = await request(url, {
      method,
      dispatcher: this.agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(waitMs)]),
      // one answer a connection: a late second one must not pass for that to the next question
      reset: true,
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(traceparent !== undefined && { traceparent }),
        ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': purchaseId }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    try {
      return { status: response.statusCode, body: JSON.parse(text) as unknown };
    } catch {
      throw new Unanswered(`the answer ${response.statusCode} is not JSON`);
    }
  }
}

const wasNotSent = (error: unknown): boolean =>
  error instanceof PrivateAddress || NOT_SENT.has(String((error as { readonly code?: unknown } | undefined)?.code));
