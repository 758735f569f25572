import { type Database, NotFound, Problem } from '@midstream/runtime';
import type { PoolClient } from 'pg';
import type { DataKeys } from './keys';
import type { DataKey } from './seal';
import type { KnownFrom } from './twins';
import type { CodeBatchView } from './vault.views';

/** Imports that one process reads at once: each holds a connection. */
export const IMPORTS_AT_ONCE_MAX = 2;

export interface BatchOf {
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly name: string;
  readonly source: 'ndjson' | 'csv';
  readonly importedBy: string;
  /** What of its codes names no other. */
  readonly expiresAt?: Date;
  /** So many days before their expiry its codes are no longer sold. */
  readonly marginDays: number;
}

/** What has been read of a stream so far. */
export interface Counts {
  lines: number;
  invalid: number;
  duplicates: number;
  repeated: number;
}

export interface LineProblem {
  readonly line: number;
  readonly code: string;
  readonly column?: string;
  /** Of a duplicate: the import that brought it. */
  readonly batchId?: string;
  /** And all that is known of where it came from. */
  readonly knownFrom?: KnownFrom;
}

export type BatchState = 'running' | 'done' | 'stopped';

/** The books of imports: who brought which codes, under which data key, and how far it is. */
export class Batches {
  private running = 0;

  constructor(
    private readonly database: Database,
    private readonly keys: DataKeys,
  ) {}

  /**
   * Opens a batch, or opens it again: the same id names the same one. It is ours until `work` ends; a process that dies lets it go.
   * @throws Problem while somebody else sends it, or this process reads as many imports as it can.
   */
  async within<T>(of: BatchOf, work: (batchId: string, key: DataKey) => Promise<T>): Promise<T> {
    if (this.running >= IMPORTS_AT_ONCE_MAX)
      throw new Problem(503, 'too-many-imports', 'As many imports are being read as there may be at once; come again', undefined, {
        retryAfter: 5,
      });
    this.running += 1;
    const id = `${of.offerId}/${of.name}`;
    let client: PoolClient | undefined;
    try {
      client = await this.database.pool.connect();
      await lock(client, id);
      return await work(id, await this.open(id, of));
    } finally {
      this.running -= 1;
      // Thrown away: with it goes the lock, whatever became of the connection
      client?.release(true);
    }
  }

  async note(
    batchId: string,
    counts: Counts,
    problems: readonly LineProblem[],
    end?: { state: BatchState; hash: string },
  ): Promise<number> {
    const { rows } = await this.database.query<{ stored: number }>(
      `UPDATE code_batch SET lines = $2, invalid = $3, duplicates = $4, repeated = $5, problems = $6, updated_at = clock_timestamp(),
              state = $7, content_hash = CASE WHEN $7 = 'done' THEN $8 ELSE content_hash END, ended_at = CASE WHEN $7 <> 'running' THEN clock_timestamp() END
        WHERE id = $1 RETURNING stored`,
      [
        ...[batchId, counts.lines, counts.invalid, counts.duplicates, counts.repeated, JSON.stringify(problems)],
        ...[end?.state ?? 'running', end?.hash ?? null],
      ],
    );
    return rows[0]?.stored ?? 0;
  }

  /** The newest first. */
  async list(of: { supplierId?: string; sku?: string; state?: string; before?: string; limit: number }): Promise<CodeBatchView[]> {
    const { rows } = await this.database.query<CodeBatchView>(
      `SELECT ${COLUMNS} FROM code_batch
        WHERE ($1::text IS NULL OR supplier_id = $1) AND ($2::text IS NULL OR sku = $2) AND ($3::text IS NULL OR state = $3)
          AND ($4::text IS NULL OR (started_at, id) < (SELECT started_at, id FROM code_batch WHERE id = $4))
        ORDER BY started_at DESC, id DESC LIMIT $5`,
      [of.supplierId ?? null, of.sku ?? null, of.state ?? null, of.before ?? null, of.limit],
    );
    return rows.map(shown);
  }

  /** `supplierId`: of this supplier only. @throws NotFound */
  async one(batchId: string, supplierId?: string): Promise<CodeBatchView> {
    const { rows } = await this.database.query<CodeBatchView>(
      `SELECT ${COLUMNS} FROM code_batch WHERE id = $1 AND ($2::text IS NULL OR supplier_id = $2)`,
      [batchId, supplierId ?? null],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-code-batch');
    return shown(found);
  }

  private async open(id: string, of: BatchOf): Promise<DataKey> {
    const { rows } = await this.database.query<{ data_key_id: string }>(
      `UPDATE code_batch SET state = 'running', source = $2, margin_days = $3, lines = 0, invalid = 0, duplicates = 0, repeated = 0, problems = '[]', ended_at = NULL,
              updated_at = clock_timestamp() WHERE id = $1 RETURNING data_key_id`,
      [id, of.source, of.marginDays],
    );
    const [known] = rows;
    if (known !== undefined) return this.keys.of(known.data_key_id);
    return this.database.transaction(async (tx) => {
      const key = await this.keys.make('batch', tx);
      await tx.query(
        `INSERT INTO code_batch (id, offer_id, supplier_id, sku, name, source, data_key_id, state, imported_by, expires_at, margin_days)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9, $10)`,
        [
          ...[id, of.offerId, of.supplierId, of.sku, of.name, of.source, key.id, of.importedBy],
          ...[of.expiresAt?.toISOString() ?? 'infinity', of.marginDays],
        ],
      );
      return key;
    });
  }
}

async function lock(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{ got: boolean }>(`SELECT pg_try_advisory_lock(hashtextextended('code-batch/' || $1, 0)) AS got`, [
    id,
  ]);
  if (rows[0]?.got !== true) throw new Problem(409, 'batch-is-running', 'This batch is being sent at the moment; see GET /v1/code-batches');
}

const COLUMNS = `id AS "batchId", offer_id AS "offerId", supplier_id AS "supplierId", sku, name, source, content_hash AS "contentHash", state,
  lines AS read, stored, invalid, duplicates, repeated, problems, imported_by AS "importedBy", nullif(expires_at, 'infinity') AS "expiresAt", margin_days AS "marginDays",
  started_at AS "startedAt", updated_at AS "updatedAt", ended_at AS "endedAt"`;

/** Null is: not there. */
const shown = (row: CodeBatchView): CodeBatchView =>
  Object.fromEntries(Object.entries(row).filter(([, it]) => it !== null)) as CodeBatchView;
