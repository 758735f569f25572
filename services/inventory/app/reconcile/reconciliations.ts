import { randomUUID } from 'node:crypto';
import { type Purchase, SETTLED_AFTER_MS, type Supplier } from '@midstream/inventory-domain';
import { type Database, NotFound, Problem } from '@midstream/runtime';
import type { BookEntry, Seller } from '../adapters/port';
import type { House } from '../house';
import { differenceOf, oursOf } from './compare';

/** Purchases that one comparison looks at, the newest, so many at a time; and so long it may take. */
export const COMPARED_MAX = 10_000;
export const COMPARED_AT_ONCE = 500;
export const COMPARE_WAIT_MS = 240_000;

export interface Window {
  readonly fromAt: number;
  readonly untilAt: number;
}

/** The last purchase that was looked at, as the database tells its moment. */
interface Place {
  readonly at: string;
  readonly id: string;
}

type Book = NonNullable<Seller['book']>;

interface Page {
  readonly purchases: readonly Purchase[];
  /** Undefined: that was all. */
  readonly next?: Place;
}

/** Our book against a supplier's: what differs is listed, and stays so until somebody has settled it. */
export class Reconciliations {
  constructor(
    private readonly database: Database,
    private readonly house: House,
    private readonly limits = { most: COMPARED_MAX, atOnce: COMPARED_AT_ONCE },
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
      const left = await this.compareAll(id, supplierId, { fromAt, untilAt }, seller.book.bind(seller));
      await this.end(id, supplierId, fromAt, left);
    } catch (error) {
      const words = error instanceof Error ? error.message.slice(0, 300) : 'it failed';
      await this.database.pool.query(
        `UPDATE reconciliation SET status = 'failed', error = $2, ended_at = clock_timestamp() WHERE id = $1`,
        [id, words],
      );
    }
    return id;
  }

  /**
   * Page by page, the newest first. Returns where it stopped, undefined where nothing was left out. A page that was not answered in time is as
   * good as one that was not asked for. @throws Error where that is the first
   */
  private async compareAll(id: string, supplierId: string, window: Window, book: Book): Promise<Place | undefined> {
    const signal = AbortSignal.timeout(COMPARE_WAIT_MS);
    let place: Place | undefined;
    for (let compared = 0; compared < this.limits.most; compared += this.limits.atOnce) {
      const { purchases, next } = await this.page(supplierId, window, place);
      const entries = await book(
        purchases.map((it) => it.purchaseId),
        signal,
      );
      if (signal.aborted && place === undefined) throw new Error('the supplier did not answer in time');
      if (signal.aborted) break;
      await this.note(id, purchases, entries);
      place = next;
      if (place === undefined) break;
    }
    return place;
  }

  private async page(supplierId: string, window: Window, after: Place | undefined): Promise<Page> {
    const { rows } = await this.database.pool.query<{ state: Purchase; at: string; id: string }>(
      `SELECT state, id, created_at::text AS at FROM purchase
        WHERE ${COMPARED} AND ($5::text IS NULL OR (created_at, id) < ($5::timestamptz, $6)) ORDER BY created_at DESC, id DESC LIMIT $7`,
      [...windowOf(supplierId, window), after?.at ?? null, after?.id ?? null, this.limits.atOnce],
    );
    const last = rows.length === this.limits.atOnce ? rows.at(-1) : undefined;
    return { purchases: rows.map((it) => it.state), ...(last && { next: { at: last.at, id: last.id } }) };
  }

  private async note(id: string, purchases: readonly Purchase[], book: readonly BookEntry[]): Promise<void> {
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
       UPDATE reconciliation SET compared = compared + $3 WHERE id = $1`,
      [id, JSON.stringify(found), purchases.length],
    );
  }

  /** Of the last one's millisecond there may be more: it is compared again with those before it. */
  private async end(id: string, supplierId: string, fromAt: number, left: Place | undefined): Promise<void> {
    const leftOut = left === undefined ? 0 : await this.countBefore(supplierId, fromAt, left);
    await this.database.pool.query(
      `UPDATE reconciliation SET status = 'ended', left_out = $2, ended_at = clock_timestamp(),
              from_at = CASE WHEN $2 > 0 THEN date_trunc('milliseconds', $3::timestamptz) + interval '1 millisecond' ELSE from_at END WHERE id = $1`,
      [id, leftOut, left?.at ?? null],
    );
  }

  private async countBefore(supplierId: string, fromAt: number, { at, id }: Place): Promise<number> {
    const { rows } = await this.database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM purchase WHERE ${COMPARED} AND (created_at, id) < ($5::timestamptz, $6)`,
      [...windowOf(supplierId, { fromAt, untilAt: Date.now() }), at, id],
    );
    return rows[0]?.n ?? 0;
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

/** What is compared: the outcome was to be known by then. */
const COMPARED = `supplier_id = $1 AND status <> 'submitting' AND created_at >= $2 AND created_at < least($3, clock_timestamp() - make_interval(secs => $4))`;

const windowOf = (supplierId: string, { fromAt, untilAt }: Window): unknown[] => [
  supplierId,
  new Date(fromAt),
  new Date(untilAt),
  SETTLED_AFTER_MS / 1000,
];
