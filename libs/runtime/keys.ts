import { createHash, timingSafeEqual } from 'node:crypto';
import type { Fact } from '@midstream/contracts';

export interface Caller {
  readonly scope: 'merchant' | 'supplier' | 'operator';
  readonly keyId: string;
  readonly merchantId?: string;
  readonly supplierId?: string;
  /** W3C Trace Context of the request. */
  readonly traceparent?: string;
}

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** The API keys that this replica knows, by hash. The keys themselves are nowhere (protocol 32). */
export class Keys {
  private readonly byHash = new Map<string, Fact<'ApiKeyState'>>();

  /** `bootstrapKey`: an operator's key of the machine, which needs no database: the first merchant is made with it. */
  constructor(private readonly bootstrapKey: string | undefined) {}

  apply(state: Fact<'ApiKeyState'>): void {
    this.byHash.set(state.hash, state);
  }

  callerOf(key: string): Caller | undefined {
    const hash = hashOfKey(key);
    if (this.bootstrapKey !== undefined && timingSafeEqual(Buffer.from(hash), Buffer.from(hashOfKey(this.bootstrapKey)))) {
      return { scope: 'operator', keyId: 'bootstrap' };
    }
    const state = this.byHash.get(hash);
    if (state === undefined || state.revoked) return undefined;
    const { scope, keyId, merchantId, supplierId } = state;
    return { scope, keyId, ...(merchantId !== undefined && { merchantId }), ...(supplierId !== undefined && { supplierId }) };
  }
}

/** Whose idempotency keys a caller's are. */
export const tenantOf = (caller: Caller): string => `${caller.scope}:${caller.merchantId ?? caller.supplierId ?? ''}`;
