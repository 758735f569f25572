import { type Caller, Database, type Idempotency, NotFound, Problem, type Tx } from '@midstream/runtime';
import { caughtUpAt } from '@midstream/runtime/inbox';
import { Injectable } from '@nestjs/common';
import { House } from './house';
import type { RevealView } from './views';

/** A key that was revoked longer ago than this reveals nothing (protocol 32). */
export const KEYS_AGE_MS_MAX = 5_000;

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
  constructor(
    private readonly database: Database,
    private readonly house: House,
  ) {}

  /** The same key opens it again, and leaves another record. @throws Problem for another key, a top-up, or another merchant's delivery. */
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
      const revealedAt = await audit(tx, { deliveryId: delivery.id, reason, caller, key, repeat: first !== undefined });
      return {
        ...{ deliveryId, code, revealedAt: (first?.revealed_at ?? revealedAt).toISOString() },
        ...(expiresAt !== undefined && { expiresAt: expiresAt.toISOString() }),
      };
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

async function firstReveal(tx: Tx, deliveryId: string): Promise<Revealed | undefined> {
  const { rows } = await tx.query<Revealed>(`SELECT revealed_at, idempotency_key FROM reveal WHERE delivery_id = $1 AND NOT repeat`, [
    deliveryId,
  ]);
  return rows[0];
}

interface Audited {
  readonly deliveryId: string;
  readonly reason: string;
  readonly caller: Caller;
  readonly key: string;
  readonly repeat: boolean;
}

async function audit(tx: Tx, { deliveryId, reason, caller, key, repeat }: Audited): Promise<Date> {
  const { rows } = await tx.query<{ revealed_at: Date }>(
    `INSERT INTO reveal (delivery_id, merchant_id, api_key_id, idempotency_key, reason, repeat) VALUES ($1, $2, $3, $4, $5, $6) RETURNING revealed_at`,
    [deliveryId, caller.merchantId, caller.keyId, key, reason, repeat],
  );
  const [written] = rows;
  if (written === undefined) throw new Error('no reveal without its record');
  return written.revealed_at;
}
