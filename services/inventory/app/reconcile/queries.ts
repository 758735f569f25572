import { Database, NotFound } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { DifferenceView, ReconciliationPage, ReconciliationView } from './reconcile.dto';

const PAGE = 50;

interface Found {
  readonly id: string;
  readonly supplier_id: string;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly status: string;
  readonly compared: number;
  readonly left_out: number;
  readonly error: string | null;
  readonly differences: DifferenceView[];
}

const SELECT = `SELECT r.id, r.supplier_id, r.from_at, r.until_at, r.status, r.compared, r.left_out, r.error,
    coalesce((SELECT json_agg(json_strip_nulls(json_build_object('itemId', i.id::text, 'procurementId', i.purchase_id, 'kind', i.kind, 'ours', i.ours,
                'theirs', i.theirs, 'resolution', i.resolution, 'note', i.note, 'resolvedAt', i.resolved_at)) ORDER BY i.id)
                FROM reconciliation_item i WHERE i.reconciliation_id = r.id), '[]') AS differences
  FROM reconciliation r`;

@Injectable()
export class ReconciliationQueries {
  constructor(private readonly database: Database) {}

  async list(supplierId: string): Promise<ReconciliationPage> {
    const { rows } = await this.database.pool.query<Found>(`${SELECT} WHERE r.supplier_id = $1 ORDER BY r.started_at DESC LIMIT $2`, [
      supplierId,
      PAGE,
    ]);
    return { items: rows.map(viewOf) };
  }

  /** @throws NotFound */
  async get(supplierId: string, reconciliationId: string): Promise<ReconciliationView> {
    const { rows } = await this.database.pool.query<Found>(`${SELECT} WHERE r.supplier_id = $1 AND r.id = $2`, [
      supplierId,
      reconciliationId,
    ]);
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-reconciliation');
    return viewOf(found);
  }
}

const viewOf = (it: Found): ReconciliationView => ({
  reconciliationId: it.id,
  supplierId: it.supplier_id,
  from: it.from_at.toISOString(),
  until: it.until_at.toISOString(),
  status: it.status,
  compared: it.compared,
  leftOut: it.left_out,
  ...(it.error !== null && { error: it.error }),
  differences: it.differences,
});
