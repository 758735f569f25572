import type { Order } from '@midstream/order-domain';
import { type Caller, Database, NotFound } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import { type ComplaintsView, complaintsView, type OpenComplaintsView, type OpenComplaintView } from './complaints';
import { OrderQueries } from './queries';

const PAGE = 100;

interface Filed {
  readonly n: string;
  readonly merchantId: string;
  readonly complaintId: string;
  readonly state: Order;
}

@Injectable()
export class ComplaintQueries {
  constructor(
    private readonly database: Database,
    private readonly orders: OrderQueries,
  ) {}

  /** @throws NotFound for an order that does not exist, or is another tenant's. */
  async ofOrder(caller: Caller, orderId: string): Promise<ComplaintsView> {
    const order = await this.orders.stateOf(caller, orderId);
    const ids = complaintsView(order).map((it) => it.complaintId);
    return { items: complaintsView(order, await this.notes(ids)) };
  }

  /** Of all merchants, the oldest first; `after` is the `next` of the page before. */
  async open(after = '0'): Promise<OpenComplaintsView> {
    const { rows } = await this.database.pool.query<Filed>(OPEN, [after, PAGE + 1]);
    const page = rows.slice(0, PAGE);
    const notes = await this.notes(page.map((it) => it.complaintId));
    const items = page.flatMap(({ merchantId, complaintId, state }): OpenComplaintView[] => {
      const view = complaintsView(state, notes).find((it) => it.complaintId === complaintId);
      return view === undefined ? [] : [{ ...view, merchantId }];
    });
    const last = page.at(-1);
    return { items, ...(rows.length > PAGE && last !== undefined && { next: last.n }) };
  }

  /** @throws NotFound for an order that does not exist. */
  async merchantOf(orderId: string): Promise<string> {
    const { rows } = await this.database.pool.query<{ id: string }>('SELECT merchant_id AS id FROM orders WHERE id = $1', [orderId]);
    const [row] = rows;
    if (row === undefined) throw new NotFound('order-not-found');
    return row.id;
  }

  /** What the buyer has said is taken away; his complaints stay, without it. */
  async forget(buyerKey: string): Promise<void> {
    await this.database.query('DELETE FROM complaint_note WHERE buyer_key = $1', [buyerKey]);
  }

  private async notes(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.database.pool.query<{ id: string; note: string }>(
      'SELECT complaint_id AS id, note FROM complaint_note WHERE complaint_id = ANY($1)',
      [ids],
    );
    return new Map(rows.map(({ id, note }) => [id, note]));
  }
}

const OPEN = `
  SELECT n, merchant_id AS "merchantId", detail->>'complaintId' AS "complaintId", state
    FROM timeline filed JOIN orders ON orders.id = order_id
   WHERE what = 'complaint-filed' AND n > $1
     AND NOT EXISTS (SELECT FROM timeline answer WHERE answer.order_id = filed.order_id AND answer.what = 'complaint-resolved'
                        AND answer.detail->>'complaintId' = filed.detail->>'complaintId')
   ORDER BY n LIMIT $2`;
