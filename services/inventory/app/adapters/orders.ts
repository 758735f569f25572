import type { Database } from '@midstream/runtime';

/** What a supplier calls a purchase of ours, and what its adapter must remember of it. Never a code. */
export interface SupplierOrder {
  readonly purchaseId: string;
  readonly supplierOrderNo: string;
  /** Of one unit, in minor units. */
  readonly unitCostMinor: number;
  /** Fingerprint of a text that is no code, so that it is known again. */
  readonly seen?: string;
}

/** Kept for those suppliers that can be asked by their own numbers only. */
export class SupplierOrders {
  constructor(private readonly database: Database) {}

  /** As the supplier has told it: what is known stays. */
  async keep({ purchaseId, supplierOrderNo, unitCostMinor, seen }: SupplierOrder): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO supplier_order (purchase_id, supplier_order_no, unit_cost_minor, seen) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [purchaseId, supplierOrderNo, unitCostMinor, seen ?? null],
    );
  }

  /** As an operator has found it: while the outcome is open, his last word counts. */
  async correct({ purchaseId, supplierOrderNo, unitCostMinor }: Omit<SupplierOrder, 'seen'>): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO supplier_order (purchase_id, supplier_order_no, unit_cost_minor)
       SELECT id, $2, $3 FROM purchase WHERE id = $1 AND status IN ('unknown', 'accepted')
           ON CONFLICT (purchase_id) DO UPDATE SET supplier_order_no = excluded.supplier_order_no`,
      [purchaseId, supplierOrderNo, unitCostMinor],
    );
  }

  async of(purchaseId: string): Promise<SupplierOrder | undefined> {
    const { rows } = await this.database.pool.query<{ supplier_order_no: string; unit_cost_minor: string; seen: string | null }>(
      `SELECT supplier_order_no, unit_cost_minor, seen FROM supplier_order WHERE purchase_id = $1`,
      [purchaseId],
    );
    const [found] = rows;
    if (found === undefined) return undefined;
    const { supplier_order_no: supplierOrderNo, unit_cost_minor: cost, seen } = found;
    return { purchaseId, supplierOrderNo, unitCostMinor: Number(cost), ...(seen !== null && { seen }) };
  }
}
