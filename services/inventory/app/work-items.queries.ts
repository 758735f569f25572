import { type Caller, cursorOf, Database, NotFound, readCursor } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { WorkItemPage, WorkItemQuery, WorkItemView, WorkUnitView } from './work-items.dto';

const PAGE = 100;

interface Found {
  readonly id: string;
  readonly supplier_id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly wants: string;
  readonly status: string;
  readonly reason: string | null;
  readonly recipient: string | null;
  readonly due_at: Date;
  readonly due: string;
  readonly late: boolean;
  readonly reminded_at: Date | null;
  readonly late_told_at: Date | null;
  readonly wanted: boolean;
  readonly units: WorkUnitView[];
}

const SELECT = `SELECT w.id, w.supplier_id, w.sku, w.quantity, w.wants, w.status, w.reason, w.due_at, w.due_at::text AS due, w.reminded_at, w.late_told_at,
    w.status = 'open' AND w.due_at < clock_timestamp() AS late,
    CASE WHEN w.status = 'open' THEN h.state ->> 'recipient' END AS recipient, h.state -> 'releaseAsked' IS NULL AS wanted,
    coalesce((SELECT json_agg(json_strip_nulls(json_build_object('unit', u.unit, 'kind', u.kind, 'doneAt', u.done_at,
                'proof', CASE WHEN u.proof IS NOT NULL THEN json_build_object('kind', u.proof_kind, 'value', u.proof) END)) ORDER BY u.unit)
                FROM work_item_unit u WHERE u.work_item_id = w.id), '[]') AS units
  FROM work_item w LEFT JOIN hold h ON h.id = w.hold_id`;

@Injectable()
export class WorkItemQueries {
  constructor(private readonly database: Database) {}

  async list({ supplierId, status = 'open', due, after }: WorkItemQuery, caller: Caller): Promise<WorkItemPage> {
    const from = after === undefined ? undefined : readCursor(after);
    const { rows } = await this.database.pool.query<Found>(
      `${SELECT}
        WHERE w.status = $1 AND ($2::text IS NULL OR w.supplier_id = $2)
          AND ($3::text IS NULL OR w.due_at < clock_timestamp() OR ($3 = 'soon' AND w.reminded_at IS NOT NULL))
          AND ($4::text IS NULL OR (w.due_at, w.id) > ($4::timestamptz, $5))
        ORDER BY w.due_at, w.id LIMIT $6`,
      [status, scopeOf(caller) ?? supplierId ?? null, due ?? null, from?.at ?? null, from?.id ?? null, PAGE],
    );
    const last = rows.length === PAGE ? rows[PAGE - 1] : undefined;
    return { items: rows.map(viewOf), ...(last && { next: cursorOf({ at: last.due, id: last.id }) }) };
  }

  /** @throws NotFound, also for another supplier's */
  async get(workItemId: string, caller: Caller): Promise<WorkItemView> {
    const { rows } = await this.database.pool.query<Found>(`${SELECT} WHERE w.id = $1 AND ($2::text IS NULL OR w.supplier_id = $2)`, [
      workItemId,
      scopeOf(caller) ?? null,
    ]);
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-work-item');
    return viewOf(found);
  }
}

const scopeOf = ({ scope, supplierId }: Caller): string | undefined => (scope === 'supplier' ? (supplierId ?? '') : undefined);

const viewOf = (it: Found): WorkItemView => ({
  workItemId: it.id,
  supplierId: it.supplier_id,
  sku: it.sku,
  quantity: it.quantity,
  wants: it.wants,
  status: it.status,
  ...(it.reason !== null && { reason: it.reason }),
  ...(it.recipient !== null && { recipient: it.recipient }),
  dueAt: it.due_at.toISOString(),
  late: it.late,
  wanted: it.wanted,
  units: it.units.map((unit) => ({ ...unit, doneAt: new Date(unit.doneAt).toISOString() })),
  ...(it.reminded_at !== null && { remindedAt: it.reminded_at.toISOString() }),
  ...(it.late_told_at !== null && { lateToldAt: it.late_told_at.toISOString() }),
});
