import { byteaArray, type Database, newId } from '@midstream/runtime';
import type { DataKeys } from './keys';
import type { DataKey, Fingerprints } from './seal';

/** Codes that one statement stores. */
export const CODES_A_STATEMENT = 500;

/** Where codes go, and what seals them. */
export interface Into {
  readonly offerId: string;
  readonly sku: string;
  readonly key: DataKey;
  /** The import; undefined: they are of none. */
  readonly batch?: { readonly id: string; /** A code's id that is older than this sending of it. */ readonly since: string };
}

export interface CodeLine {
  readonly line: number;
  readonly code: string;
  readonly expiresAt?: Date;
  /** Until when it is sold; absent: until it expires. */
  readonly sellUntil?: Date;
}

/** A code that was there already. */
export interface KnownCode {
  readonly line: number;
  /** The import that brought it; undefined for one that a supplier sent with a purchase, or that has come this very moment. */
  readonly batchId?: string;
  /** By an earlier sending of the same import: a repeat, no second code. */
  readonly repeated: boolean;
}

interface Known {
  readonly fingerprint: Buffer;
  readonly batch_id: string | null;
  readonly id: string | null;
}

/** Brings codes into vaults: sealed here, known ones found by fingerprint across all imports and suppliers, counted in the same statement. */
export class Stocking {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly fingerprints: Fingerprints,
  ) {}

  /** Up to CODES_A_STATEMENT of them. Those that are there already, whatever became of them, are left alone, and named. */
  async take({ offerId, sku, key, batch }: Into, lines: readonly CodeLine[]): Promise<{ stored: number; known: KnownCode[] }> {
    const byPrint = new Map<string, CodeLine>();
    const known: KnownCode[] = [];
    const now = Date.now();
    const rows = lines.flatMap((it) => {
      const fingerprint = this.fingerprints.of(sku, it.code);
      const print = fingerprint.toString('latin1');
      if (byPrint.has(print)) {
        known.push({ line: it.line, ...(batch && { batchId: batch.id }), repeated: false });
        return [];
      }
      byPrint.set(print, it);
      const id = newId(now, it.line);
      const { sealed } = this.keys.seal(key, it.code, ['code', sku, id]);
      const expiresAt = it.expiresAt?.toISOString() ?? 'infinity';
      return [{ id, sealed, fingerprint, expiresAt, sellUntil: it.sellUntil?.toISOString() ?? expiresAt }];
    });
    const { rows: there } = await this.database.query<Known>(STOCK, [
      ...[offerId, sku, key.id, batch?.id ?? null],
      ...[rows.map((it) => it.id), byteaArray(rows.map((it) => it.sealed)), byteaArray(rows.map((it) => it.fingerprint))],
      ...[rows.map((it) => it.expiresAt), rows.map((it) => it.sellUntil)],
    ]);
    for (const it of there) {
      const line = byPrint.get(it.fingerprint.toString('latin1'))?.line ?? 0;
      const repeated = batch !== undefined && it.batch_id === batch.id && it.id !== null && it.id < batch.since;
      known.push({ line, ...(it.batch_id !== null && { batchId: it.batch_id }), repeated });
    }
    return { stored: rows.length - there.length, known };
  }
}

const STOCK = `
  WITH c AS MATERIALIZED (
         SELECT * FROM unnest($5::uuid[], $6::bytea[], $7::bytea[], $8::timestamptz[], $9::timestamptz[])
                    AS c(id, sealed, fingerprint, expires_at, sell_until)),
       ins AS (
         INSERT INTO code (id, offer_id, sku, state, stocked, key_id, sealed, fingerprint, batch_id, expires_at, sell_until)
         SELECT id, $1, $2, 'free', 1, $3, sealed, fingerprint, $4, expires_at, sell_until FROM c ORDER BY fingerprint
             ON CONFLICT DO NOTHING RETURNING fingerprint),
       n AS MATERIALIZED (SELECT count(*) AS n FROM ins),
       batch AS (UPDATE code_batch SET stored = stored + n.n, updated_at = clock_timestamp() FROM n WHERE id = $4),
       total AS (
         INSERT INTO vault_total AS t (offer_id, stocked, expired, told) SELECT $1, n.n, 0, 0 FROM n WHERE n.n > 0
             ON CONFLICT (offer_id) DO UPDATE SET stocked = t.stocked + excluded.stocked, changed_at = excluded.changed_at)
  SELECT c.fingerprint, k.batch_id, k.id FROM c LEFT JOIN code k ON k.fingerprint = c.fingerprint
   WHERE c.fingerprint NOT IN (SELECT fingerprint FROM ins)`;
