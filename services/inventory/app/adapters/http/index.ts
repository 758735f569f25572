import { unitId } from '@midstream/inventory-domain';
import { wasNotSent } from '../outside';
import {
  type Adapter,
  type Answer,
  ASK_WAIT_MS,
  type Balance,
  type BookEntry,
  BUY_WAIT_MS,
  type Seller,
  type StockItem,
  type Tools,
  Unanswered,
  type Wanted,
} from '../port';
import { bodyOf, readBalance, readBook, readPurchase, readRefusal, readStock, theirs, type WireUnit } from './wire';

/** Suppliers that speak the supplier protocol (services/sandbox-supplier/PROTOCOL.md). */
export const http = (tools: Tools): Adapter => ({
  kind: 'http',
  can: ['catalogue', 'stock', 'buy', 'query', 'balance', 'push'],
  needs: ['baseUrl'],
  at: ({ supplierId, baseUrl = '' }) => new HttpSeller(tools, supplierId, baseUrl),
});

export class HttpSeller implements Seller {
  constructor(
    private readonly tools: Tools,
    private readonly supplierId: string,
    private readonly baseUrl: string,
    private readonly token?: string,
  ) {}

  async buy(wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    const body = bodyOf(wanted);
    const waitMs = this.tools.buyWaitMs ?? BUY_WAIT_MS;
    try {
      const answer = await this.call('POST', '/purchases', { signal, waitMs, wanted, body });
      return answer.status === 200 ? await this.take(answer.body, wanted) : readRefusal(answer.status, answer.body, 'buy');
    } catch (error) {
      // A supplier that cannot be reached at all is left in peace for a while.
      if (wasNotSent(error)) return { units: [], rest: 'capacity', unitCostMinor: 0 };
      throw error;
    }
  }

  async ask(wanted: Wanted, signal: AbortSignal): Promise<Answer> {
    const answer = await this.call('GET', `/purchases/${encodeURIComponent(wanted.purchaseId)}`, { signal, waitMs: ASK_WAIT_MS, wanted });
    return answer.status === 200 ? this.take(answer.body, wanted) : readRefusal(answer.status, answer.body, 'ask');
  }

  async balance(signal: AbortSignal): Promise<Balance> {
    return readBalance(await this.read('/balance', signal));
  }

  async stock(supplierSkus: readonly string[] | undefined, signal: AbortSignal): Promise<readonly StockItem[]> {
    if (supplierSkus === undefined) return this.pages(signal);
    const found: StockItem[] = [];
    for (const it of supplierSkus) found.push(...readStock(await this.read(`/stock?sku=${encodeURIComponent(it)}`, signal)).items);
    return found;
  }

  async catalogue(signal: AbortSignal) {
    return (await this.pages(signal)).map((it) => ({ ...it, name: it.supplierSku }));
  }

  async book(purchaseIds: readonly string[], signal: AbortSignal): Promise<readonly BookEntry[]> {
    const found: BookEntry[] = [];
    const left = [...purchaseIds];
    const read = async (): Promise<void> => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const entry = await this.bookEntry(id, signal);
        if (entry !== undefined) found.push(entry);
      }
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, read));
    return found;
  }

  private async bookEntry(purchaseId: string, signal: AbortSignal): Promise<BookEntry | undefined> {
    try {
      const { status, body } = await this.call('GET', `/purchases/${encodeURIComponent(purchaseId)}`, { signal, waitMs: ASK_WAIT_MS });
      return readBook(status, body, purchaseId);
    } catch {
      return { purchaseId, status: 'unanswered', units: 0, costMinor: 0 };
    }
  }

  private async pages(signal: AbortSignal): Promise<readonly StockItem[]> {
    const found: StockItem[] = [];
    let after: string | undefined;
    for (let page = 0; page < PAGES_MAX; page++) {
      const { items, next } = readStock(
        await this.read(`/stock${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, signal),
      );
      found.push(...items);
      if (next === undefined || next === after) break;
      after = next;
    }
    return found;
  }

  private async read(path: string, signal: AbortSignal): Promise<unknown> {
    const { status, body } = await this.call('GET', path, { signal, waitMs: ASK_WAIT_MS });
    if (status !== 200) throw new Unanswered(`the supplier answered ${status}`);
    return body;
  }

  /** Codes are kept, encrypted, before anybody hears of them; what goes on names units only. */
  private async take(body: unknown, wanted: Wanted): Promise<Answer> {
    const { status, costMinor, units } = readPurchase(body, { ...wanted, sku: theirs(wanted) });
    const numbered = units.map((it: WireUnit, n) => ({ ...it, unit: n + 1 }));
    const sent = numbered.flatMap((it) => (it.kind === 'code' ? [{ unitId: unitId(wanted.purchaseId, it.unit), code: it.code }] : []));
    const good = sent.length === 0 ? new Set<string>() : await this.tools.codes.keepSent(wanted, sent);
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
    path: string,
    {
      signal,
      waitMs,
      wanted,
      body,
    }: { readonly signal: AbortSignal; readonly waitMs: number; readonly wanted?: Wanted; readonly body?: object },
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const token = this.token ?? (await this.tools.tokens.of(this.supplierId));
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(wanted?.traceparent !== undefined && { traceparent: wanted.traceparent }),
      ...(wanted !== undefined && body !== undefined && { 'content-type': 'application/json', 'idempotency-key': wanted.purchaseId }),
    };
    const { status, text } = await this.tools.outside.say(method, `${this.baseUrl}${path}`, {
      signal,
      waitMs,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    try {
      return { status, body: JSON.parse(text) as unknown };
    } catch {
      throw new Unanswered(`the answer ${status} is not JSON`);
    }
  }
}

const ASKED_AT_ONCE = 8;

/** Of 1,000 goods each, as the protocol has it. */
const PAGES_MAX = 10;
