import { randomUUID } from 'node:crypto';
import { type Purchase, SETTLED_AFTER_MS, type Supplier } from '@midstream/inventory-domain';
import { type Database, NotFound, Problem } from '@midstream/runtime';
import type { BookEntry } from '../adapters/port';
import type { House } from '../house';
import { differenceOf, oursOf } from './compare';

/** Purchases that one comparison looks at, the newest; and so long it may take. */
export const COMPARED_MAX = 500;
const COMPARE_WAIT_MS = 50_000;

export interface Window {
  readonly fromAt: number;
  readonly untilAt: number;
}

/** Purchases that one comparison looks at. */
interface Looked {
  readonly purchases: readonly Purchase[];
  /** Older ones of the window, and where what was looked at begins then. */
  readonly leftOut: number;
  readonly from?: Date;
}

/** Our book against a supplier's: what differs is listed, and stays so until somebody has settled it. */
export class Reconciliations {
  constructor(
    private readonly database: Database,
    private readonly house: House,
  ) {}

  /** Compares purchases that were made in the window. Returns its id. @throws NotFound, Problem where the supplier shows no book */
  async run(supplierId: string, { fromAt, untilAt }: Window): Promise<string> {
    const { rows } = await this.database.pool.query<{ state: Supplier }>(`SELECT state FROM supplier WHERE id = $1`, [supplierId]);
    const supplier = rows[0]?.state;
    if (supplier === undefined) throw new NotFound('unknown-supplier');
    const seller = this.house.sellerOf(supplier);
    if (seller.book === undefined) throw new Problem(409, 'supplier-has-no-book', 'Suppliers of this kind show no book of ours');
    const id = randomUUID();
    await this.database.pool.query(
      `INSERT INTO reconciliation (id, supplier_id, from_at, until_at, status) VALUES ($1, $2, $3, $4, 'running')`,
      [id, supplierId, new Date(fromAt), new Date(untilAt)],
    );
    try {
      const looked = await this.purchases(supplierId, { fromAt, untilAt });
      const ids = looked.purchases.map((it) => it.purchaseId);
      const book = await seller.book(ids, AbortSignal.timeout(COMPARE_WAIT_MS));
      await this.note(id, looked, book);
    } catch (error) {
      const words = error instanceof Error ? error.message.slice(0, 300) : 'it failed';
      await this.database.pool.query(
        `UPDATE reconciliation SET status = 'failed', error = $2, ended_at = clock_timestamp() WHERE id = $1`,
        [id, words],
      );
    }
    return id;
  }

  private async purchases(supplierId: string, { fromAt, untilAt }: Window): Promise<Looked> {
    const { rows } = await this.database.pool.query<{ state: Purchase; created_at: Date; found: string }>(
      `SELECT state, created_at, count(*) OVER () AS found FROM purchase
        WHERE supplier_id = $1 AND status <> 'submitting' AND created_at >= $2 AND created_at < least($3, clock_timestamp() - make_interval(secs => $4))
        ORDER BY created_at DESC, id DESC LIMIT $5`,
      [supplierId, new Date(fromAt), new Date(untilAt), SETTLED_AFTER_MS / 1000, COMPARED_MAX],
    );
    const leftOut = Number(rows[0]?.found ?? 0) - rows.length;
    const oldest = rows.at(-1)?.created_at;
    // Of the oldest's millisecond there may be more: it is compared again with those before it
    const from = leftOut > 0 && oldest !== undefined ? { from: new Date(oldest.getTime() + 1) } : {};
    return { purchases: rows.map((it) => it.state), leftOut, ...from };
  }

  private async note(id: string, { purchases, leftOut, from }: Looked, book: readonly BookEntry[]): Promise<void> {
    const byId = new Map(book.map((it) => [it.purchaseId, it]));
    const found = purchases.flatMap((it) => {
      const [ours, theirs] = [oursOf(it), byId.get(it.purchaseId)];
      const kind = differenceOf(ours, theirs);
      return kind === undefined ? [] : [{ purchase_id: it.purchaseId, kind, ours, theirs: theirs ?? null }];
    });
    await this.database.pool.query(
      `WITH item AS (
         INSERT INTO reconciliation_item (reconciliation_id, purchase_id, kind, ours, theirs)
         SELECT $1, d.purchase_id, d.kind, d.ours, d.theirs FROM jsonb_to_recordset($2::jsonb) AS d(purchase_id text, kind text, ours jsonb, theirs jsonb))
       UPDATE reconciliation SET status = 'ended', compared = $3, left_out = $4, from_at = coalesce($5::timestamptz, from_at), ended_at = clock_timestamp() WHERE id = $1`,
      [id, JSON.stringify(found), purchases.length, leftOut, from ?? null],
    );
  }

  /** What an operator has done about a difference, once. @throws NotFound, Problem where it is settled already */
  async settle(
    of: { readonly supplierId: string; readonly reconciliationId: string; readonly itemId: string },
    resolution: string,
    note: string,
    by: string,
  ): Promise<void> {
    const { rowCount } = await this.database.pool.query(
      `UPDATE reconciliation_item SET resolution = $3, note = $4, resolved_by = $5, resolved_at = clock_timestamp()
        WHERE id = $2::bigint AND reconciliation_id = $1::uuid AND resolved_at IS NULL`,
      [of.reconciliationId, of.itemId, resolution, note, by],
    );
    if (rowCount !== 1) throw new Problem(409, 'difference-settled', 'The difference is settled already');
  }
}
