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

/** The key of `Authorization: Bearer <key>`. */
export const bearerOf = (authorization: string | undefined): string | undefined => /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];

export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** The API keys that this replica knows, by hash. The keys themselves are nowhere (protocol 32). */
export class Keys {
  private readonly byHash = new Map<string, Fact<'ApiKeyState'>>();
  private readonly bootstrapHash: Buffer | undefined;

  /** `bootstrapKey`: an operator's key of the machine, which needs no database: the first merchant is made with it. */
  constructor(bootstrapKey: string | undefined) {
    this.bootstrapHash = bootstrapKey === undefined ? undefined : Buffer.from(hashOfKey(bootstrapKey));
  }

  apply(state: Fact<'ApiKeyState'>): void {
    this.byHash.set(state.hash, state);
  }

  callerOf(key: string): Caller | undefined {
    const hash = hashOfKey(key);
    if (this.bootstrapHash !== undefined && timingSafeEqual(Buffer.from(hash), this.bootstrapHash)) {
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
