import { Database, NotFound } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { DifferenceParam, DifferenceView, ReconciliationPage, ReconciliationView } from './reconcile.dto';

const PAGE = 50;
/** Differences that are shown of a comparison, those that are open first; all are counted. */
export const DIFFERENCES_SHOWN_MAX = 500;

interface Found {
  readonly id: string;
  readonly supplier_id: string;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly status: string;
  readonly compared: number;
  readonly left_out: number;
  readonly differing: number;
  readonly error: string | null;
  readonly differences: DifferenceView[];
}

const SELECT = `SELECT r.id, r.supplier_id, r.from_at, r.until_at, r.status, r.compared, r.left_out, r.error,
    (SELECT count(*)::int FROM reconciliation_item i WHERE i.reconciliation_id = r.id) AS differing,
    coalesce((SELECT json_agg(json_strip_nulls(json_build_object('itemId', i.id::text, 'procurementId', i.purchase_id, 'kind', i.kind, 'ours', i.ours,
                'theirs', i.theirs, 'resolution', i.resolution, 'note', i.note, 'resolvedAt', i.resolved_at)) ORDER BY i.id)
                FROM (SELECT * FROM reconciliation_item i WHERE i.reconciliation_id = r.id
                       ORDER BY i.resolved_at IS NOT NULL, i.id LIMIT ${DIFFERENCES_SHOWN_MAX}) AS i), '[]') AS differences
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

  /** @throws NotFound */
  async difference(of: DifferenceParam): Promise<Pick<DifferenceView, 'procurementId' | 'resolution'>> {
    await this.get(of.supplierId, of.reconciliationId);
    const { rows } = await this.database.pool.query<{ purchase_id: string; resolution: string | null }>(
      `SELECT purchase_id, resolution FROM reconciliation_item WHERE reconciliation_id = $1 AND id = $2`,
      [of.reconciliationId, of.itemId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-difference');
    return { procurementId: found.purchase_id, ...(found.resolution !== null && { resolution: found.resolution }) };
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
  differing: it.differing,
  ...(it.error !== null && { error: it.error }),
  differences: it.differences.map(({ resolvedAt, ...of }) => ({
    ...of,
    ...(resolvedAt !== undefined && { resolvedAt: new Date(resolvedAt).toISOString() }),
  })),
});
