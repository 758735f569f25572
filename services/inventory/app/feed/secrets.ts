import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '@midstream/runtime';
import type { DataKeys } from '../keys';

/** So long an older secret is good beside a new one. */
export const OVERLAP_MS = 24 * 3_600_000;
/** Secrets that a supplier may have at once: the new one, and those that run out. */
export const SECRETS_MAX = 5;
const SECRET_BYTES = 32;

/** A secret as it is shown, once. */
export interface FeedSecret {
  readonly secretId: string;
  readonly secret: string;
}

/** The secrets by which suppliers sign their feeds: sealed like codes, shown once, and changed without a gap. */
export class FeedSecrets {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
  ) {}

  /** A new one; those before it are good for `overlapMs` more, and no longer than they were. Past SECRETS_MAX the oldest go at once. */
  async rotate(supplierId: string, overlapMs: number): Promise<FeedSecret> {
    const secretId = randomUUID();
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const { keyId, sealed } = this.keys.seal(await this.keys.ownFor('token', 1), secret, ['feed', supplierId, secretId]);
    await this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`feed/${supplierId}`]);
      await tx.query(
        `UPDATE feed_secret SET expires_at = least(expires_at, clock_timestamp() + make_interval(secs => $2)) WHERE supplier_id = $1`,
        [supplierId, overlapMs / 1000],
      );
      await tx.query(`INSERT INTO feed_secret (id, supplier_id, key_id, sealed) VALUES ($1, $2, $3, $4)`, [
        secretId,
        supplierId,
        keyId,
        sealed,
      ]);
      await tx.query(
        `DELETE FROM feed_secret WHERE supplier_id = $1 AND (expires_at < clock_timestamp() OR id NOT IN (
           SELECT id FROM feed_secret WHERE supplier_id = $1 ORDER BY created_at DESC LIMIT $2))`,
        [supplierId, SECRETS_MAX],
      );
    });
    return { secretId, secret };
  }

  /** Those that are good now. */
  async of(supplierId: string): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string; key_id: string; sealed: Buffer }>(
      `SELECT id, key_id, sealed FROM feed_secret WHERE supplier_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp())`,
      [supplierId],
    );
    return Promise.all(rows.map((it) => this.keys.open({ keyId: it.key_id, sealed: it.sealed }, ['feed', supplierId, it.id])));
  }
}
