import { type Caller, Database, type Idempotency, NotFound, Problem, SETTINGS, type Tx } from '@midstream/runtime';
import { caughtUpAt } from '@midstream/runtime/inbox';
import { Inject, Injectable } from '@nestjs/common';
import { append, lockTail, verifyChain } from './chain';
import { House } from './house';
import type { ChainView } from './vault.views';
import type { RevealView } from './views';

/** A key that was revoked longer ago than this reveals nothing (protocol 32). */
export const KEYS_AGE_MS_MAX = 5_000;

/** Reveals a minute, of an API key and of a merchant: a key that was stolen empties no account of its codes before somebody sees it. */
const REVEALS_A_MINUTE = { key: 3_000, merchant: 6_000 } as const;
const RETRY_AFTER_S = 10;

interface Delivered {
  readonly id: string;
  readonly kind: string;
}

interface Revealed {
  readonly revealed_at: Date;
  readonly idempotency_key: string;
}

/** Shows a code to the merchant that it was delivered to, once; nothing of it is stored, but for who saw it, when and why (protocol 23, 33). */
@Injectable()
export class Reveals {
  private readonly most: Readonly<Record<'key' | 'merchant', number>>;

  constructor(
    private readonly database: Database,
    private readonly house: House,
    @Inject(SETTINGS) settings: Readonly<Record<string, string>>,
  ) {
    this.most = {
      key: Number(settings['revealsPerKey'] ?? REVEALS_A_MINUTE.key),
      merchant: Number(settings['revealsPerMerchant'] ?? REVEALS_A_MINUTE.merchant),
    };
    if (!Object.values(this.most).every((it) => Number.isInteger(it) && it > 0))
      throw new Error('MIDSTREAM_REVEALS_PER_KEY and MIDSTREAM_REVEALS_PER_MERCHANT are whole numbers, reveals a minute');
  }

  /** The same key opens it again, and leaves another record. @throws Problem for another key, a key of another delivery, a top-up, or another merchant's delivery. */
  async reveal(deliveryId: string, reason: string, caller: Caller, { key }: Idempotency): Promise<RevealView> {
    await this.refuseStaleKeys();
    return this.database.transaction(async (tx) => {
      const delivery = await lockDelivery(tx, deliveryId, caller.merchantId ?? '');
      if (delivery.kind !== 'code') throw new Problem(409, 'nothing-to-reveal', 'A top-up has no code');
      const first = await firstReveal(tx, delivery.id);
      if (first !== undefined && first.idempotency_key !== key) {
        throw new Problem(409, 'already-revealed', 'The code was revealed before, under another Idempotency-Key', undefined, {
          revealedAt: first.revealed_at.toISOString(),
        });
      }
      const { code, expiresAt } = await this.house.codes.open(tx, delivery.id);
      const merchantId = caller.merchantId ?? '';
      const tail = await lockTail(tx, merchantId);
      if (first === undefined) await refuseReused(tx, merchantId, key);
      await this.refuseHaste(tx, merchantId, caller.keyId);
      append(tx, tail, {
        merchantId,
        deliveryId: delivery.id,
        apiKeyId: caller.keyId,
        idempotencyKey: key,
        reason,
        repeat: first !== undefined,
      });
      return {
        deliveryId,
        code,
        revealedAt: (first?.revealed_at ?? tail.at).toISOString(),
        ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
      };
    });
  }

  verify(merchantId: string, after: number): Promise<ChainView> {
    return this.database.transaction((tx) => verifyChain(tx, merchantId, after));
  }

  /** Counted from the records, under the lock of the merchant's chain. @throws Problem */
  private async refuseHaste(tx: Tx, merchantId: string, keyId: string): Promise<void> {
    const { rows } = await tx.query<{ key: string; merchant: string }>(
      `SELECT (SELECT count(*) FROM reveal WHERE api_key_id = $1 AND revealed_at > clock_timestamp() - interval '1 minute') AS key,
              (SELECT count(*) FROM reveal WHERE merchant_id = $2 AND revealed_at > clock_timestamp() - interval '1 minute') AS merchant`,
      [keyId, merchantId],
    );
    const seen = { key: Number(rows[0]?.key), merchant: Number(rows[0]?.merchant) };
    if (seen.key < this.most.key && seen.merchant < this.most.merchant) return;
    throw new Problem(429, 'too-many-reveals', 'More codes are asked for in a minute than may be; come again', undefined, {
      retryAfter: RETRY_AFTER_S,
    });
  }

  /** @throws Problem while it is not known which keys have been revoked. */
  private async refuseStaleKeys(): Promise<void> {
    const heardAt = await caughtUpAt(this.database, 'order.by-api-key');
    if (Date.now() - heardAt <= KEYS_AGE_MS_MAX) return;
    throw new Problem(503, 'keys-not-fresh', 'Which keys are revoked is not known at the moment; nothing is revealed', undefined, {
      retryAfter: 1,
    });
  }
}

async function lockDelivery(tx: Tx, deliveryId: string, merchantId: string): Promise<Delivered> {
  const { rows } = await tx.query<Delivered>(`SELECT id, kind FROM delivery WHERE public_id = $1 AND merchant_id = $2 FOR NO KEY UPDATE`, [
    deliveryId,
    merchantId,
  ]);
  const [found] = rows;
  if (found === undefined) throw new NotFound('delivery-not-found');
  return found;
}

/** Under the lock of the merchant's chain. @throws Problem where the key has revealed another delivery */
async function refuseReused(tx: Tx, merchantId: string, key: string): Promise<void> {
  const { rows } = await tx.query(`SELECT FROM reveal WHERE merchant_id = $1 AND idempotency_key = $2 LIMIT 1`, [merchantId, key]);
  if (rows.length > 0) throw new Problem(422, 'idempotency-key-reused', 'The Idempotency-Key was used for another delivery');
}

async function firstReveal(tx: Tx, deliveryId: string): Promise<Revealed | undefined> {
  const { rows } = await tx.query<Revealed>(`SELECT revealed_at, idempotency_key FROM reveal WHERE delivery_id = $1 AND NOT repeat`, [
    deliveryId,
  ]);
  return rows[0];
}
