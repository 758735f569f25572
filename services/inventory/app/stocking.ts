import { byteaArray, type Database, newId } from '@midstream/runtime';
import type { DataKeys } from './keys';
import type { DataKey, Fingerprints } from './seal';
import { KNOWN_CODE, KNOWN_FROM, type KnownFrom, knownFrom, type KnownRow } from './twins';

/** Codes that one statement stores. */
export const CODES_A_STATEMENT = 500;

interface BatchInto {
  readonly id: string;
  /** A code's id that is older than this sending of it. */
  readonly since: string;
  readonly supplierId: string;
  readonly importedBy: string;
}

/** Where codes go, and what seals them. */
export interface Into {
  readonly offerId: string;
  readonly sku: string;
  readonly key: DataKey;
  /** The import; undefined: they are of none. */
  readonly batch?: BatchInto;
}

export interface CodeLine {
  readonly line: number;
  readonly code: string;
  readonly expiresAt?: Date;
  /** Until when it is sold; absent: until it expires. */
  readonly sellUntil?: Date;
}

/** A code that was there already, of whichever good. */
export interface KnownCode {
  readonly line: number;
  /** Undefined: it has come this very moment, from elsewhere. */
  readonly from?: KnownFrom;
  /** By an earlier sending of the same import: a repeat, no second code. */
  readonly repeated: boolean;
}

interface Taken {
  readonly stored: number;
  readonly known: readonly KnownCode[];
}

interface Known extends KnownRow {
  readonly hub_print: Buffer;
  readonly id: string | null;
}

/** Brings codes into vaults: sealed here, known ones found by fingerprint across all goods, imports and suppliers, counted in the same statement. */
export class Stocking {
  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
    private readonly fingerprints: Fingerprints,
  ) {}

  /** Up to CODES_A_STATEMENT of them. Those that are there already, whatever became of them, are left alone, and named. */
  take(into: Into, lines: readonly CodeLine[]): Promise<Taken> {
    return this.prepare(into, lines)();
  }

  /** The same in two: they are sealed now, while those before are being stored, and what it gives stores them. */
  prepare({ offerId, sku, key, batch }: Into, lines: readonly CodeLine[]): () => Promise<Taken> {
    const byPrint = new Map<string, CodeLine>();
    const known: KnownCode[] = [];
    const now = Date.now();
    const rows = lines.flatMap((it) => {
      const hubPrint = this.fingerprints.of(it.code);
      const print = hubPrint.toString('latin1');
      const first = byPrint.get(print);
      if (first !== undefined) {
        known.push({ line: it.line, from: { sku, line: first.line, ...(batch && nameOf(batch)) }, repeated: false });
        return [];
      }
      byPrint.set(print, it);
      const id = newId(now, it.line);
      const { sealed } = this.keys.seal(key, it.code, ['code', sku, id]);
      const expiresAt = it.expiresAt?.toISOString() ?? 'infinity';
      return [{ id, line: it.line, sealed, hubPrint, expiresAt, sellUntil: it.sellUntil?.toISOString() ?? expiresAt }];
    });
    const params = [
      ...[offerId, sku, key.id, batch?.id ?? null],
      ...[rows.map((it) => it.id), byteaArray(rows.map((it) => it.sealed)), byteaArray(rows.map((it) => it.hubPrint))],
      `{${rows.map((it) => it.line).join()}}`,
      ...[rows.map((it) => it.expiresAt), rows.map((it) => it.sellUntil)],
    ];
    return async () => {
      const { rows: there } = await this.database.query<Known>(STOCK, params);
      for (const it of there) {
        const line = byPrint.get(it.hub_print.toString('latin1'))?.line ?? 0;
        const repeated = batch !== undefined && it.batch_id === batch.id && it.id !== null && it.id < batch.since;
        const from = knownFrom(it);
        known.push({ line, ...(from && { from }), repeated });
      }
      return { stored: rows.length - there.length, known };
    };
  }
}

const nameOf = ({ id, supplierId, importedBy }: BatchInto) => ({ batchId: id, supplierId, importedBy });

/** In the order of their fingerprints: two imports that wait never wait for each other. */
const STOCK = `
  WITH c AS MATERIALIZED (
         SELECT * FROM unnest($5::uuid[], $6::bytea[], $7::bytea[], $8::int[], $9::timestamptz[], $10::timestamptz[])
                    AS c(id, sealed, hub_print, line, expires_at, sell_until)),
       ins AS (
         INSERT INTO code (id, offer_id, sku, state, stocked, key_id, sealed, hub_print, batch_id, line, expires_at, sell_until)
         SELECT id, $1, $2, 'free', 1, $3, sealed, hub_print, $4, line, expires_at, sell_until FROM c ORDER BY hub_print
             ON CONFLICT DO NOTHING RETURNING hub_print),
       n AS MATERIALIZED (SELECT count(*) AS n FROM ins),
       batch AS (UPDATE code_batch SET stored = stored + n.n, updated_at = clock_timestamp() FROM n WHERE id = $4),
       total AS (
         INSERT INTO vault_total AS t (offer_id, stocked, expired, told) SELECT $1, n.n, 0, 0 FROM n WHERE n.n > 0
             ON CONFLICT (offer_id) DO UPDATE SET stocked = t.stocked + excluded.stocked, changed_at = excluded.changed_at)
  SELECT c.hub_print, k.id, ${KNOWN_FROM}
    FROM c LEFT JOIN LATERAL (${KNOWN_CODE}) AS k ON true
    LEFT JOIN code_batch b ON b.id = k.batch_id LEFT JOIN offer o ON o.id = k.offer_id
   WHERE c.hub_print NOT IN (SELECT hub_print FROM ins)`;
