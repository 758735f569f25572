import { cursorOf, Database, readCursor } from '@midstream/runtime';
import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable } from '@nestjs/common';
import type { UnbackedQuery, UnbackedView } from './views';

const PAGE = 50;

interface UnbackedFound {
  readonly hold_id: string;
  readonly order_id: string;
  readonly line_id: string;
  readonly offer_id: string;
  readonly supplier_id: string;
  readonly sku: string;
  readonly units: number;
  readonly since: Date;
  readonly at: string;
}

@Injectable()
export class BackupQueries {
  constructor(
    private readonly database: Database,
    @Inject(INSIDE) { metrics }: Inside,
  ) {
    const help = 'Lines in flight without an independent fallback';
    metrics.gauge('midstream_lines_without_backup', help, () => this.count().catch(() => Number.NaN));
  }

  /** The newest first. @throws Problem for a cursor that is none */
  async page({ supplierId, limit, cursor }: UnbackedQuery): Promise<UnbackedView> {
    const size = Number(limit ?? PAGE);
    const from = cursor === undefined ? undefined : readCursor(cursor);
    const { rows } = await this.database.pool.query<UnbackedFound>(
      `SELECT *, since::text AS at FROM unbacked
        WHERE ($1::text IS NULL OR supplier_id = $1) AND ($2::timestamptz IS NULL OR (since, hold_id) < ($2, $3))
        ORDER BY since DESC, hold_id DESC LIMIT $4`,
      [supplierId ?? null, from?.at ?? null, from?.id ?? null, size + 1],
    );
    const page = rows.slice(0, size);
    const last = page.at(-1);
    return { items: page.map(lineOf), ...(rows.length > size && last && { next: cursorOf({ at: last.at, id: last.hold_id }) }) };
  }

  private async count(): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: string }>('SELECT count(DISTINCT (order_id, line_id)) AS n FROM unbacked');
    return Number(rows[0]?.n);
  }
}

const lineOf = ({ order_id, line_id, offer_id, supplier_id, sku, units, since }: UnbackedFound): UnbackedView['items'][number] => ({
  orderId: order_id,
  lineId: line_id,
  offerId: offer_id,
  supplierId: supplier_id,
  sku,
  units,
  flag: '无独立后备',
  since: since.toISOString(),
});
