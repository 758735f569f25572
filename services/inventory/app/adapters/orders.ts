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

  /** What is known stays; a number that an operator has found is taken where none was known. */
  async keep({ purchaseId, supplierOrderNo, unitCostMinor, seen }: SupplierOrder): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO supplier_order (purchase_id, supplier_order_no, unit_cost_minor, seen) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [purchaseId, supplierOrderNo, unitCostMinor, seen ?? null],
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
