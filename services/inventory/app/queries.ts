import type { Account, Offer, Product, Purchase, Supplier } from '@midstream/inventory-domain';
import { type Caller, cursorOf, Database, NotFound, readCursor } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { ProcurementQuery, ProductQuery, SupplierQuery } from './params.dto';
import { balanceView, type BalanceView } from './procurement.views';
import { type ProductPage, productView, type ProductView } from './product.views';
import { duplicatesOf } from './twins';
import type { DuplicateView } from './vault.views';
import {
  type DeliveryPage,
  offerView,
  type OfferView,
  procurementView,
  type ProcurementPage,
  type SupplierPage,
  supplierView,
  type SupplierView,
} from './views';

const PAGE = 100;
/** Products and suppliers, of which hubs have some thousands. */
const PAGE_MAX = 200;

@Injectable()
export class SupplyQueries {
  constructor(private readonly database: Database) {}

  /** @throws NotFound */
  async product(sku: string, isHub: boolean): Promise<ProductView> {
    return productView(await this.state<Product>('product', sku, 'unknown-product'), isHub);
  }

  /** In the order of their SKUs. `isHub`: also those that are not listed. */
  async products({ category, after = '', limit = PAGE_MAX }: ProductQuery, isHub: boolean): Promise<ProductPage> {
    const { rows } = await this.database.pool.query<{ state: Product }>(
      `SELECT state FROM product
        WHERE id > $1 AND ($2::text IS NULL OR state ->> 'category' = $2) AND ($3 OR (state ->> 'listed')::boolean) ORDER BY id LIMIT $4`,
      [after, category ?? null, isHub, limit],
    );
    const items = rows.map((it) => productView(it.state, isHub));
    const last = items.length === limit ? items.at(-1) : undefined;
    return { items, ...(last && { next: last.sku }) };
  }

  async suppliers({ after = '', limit = PAGE_MAX }: SupplierQuery): Promise<SupplierPage> {
    const { rows } = await this.database.pool.query<{ state: Supplier }>(`SELECT state FROM supplier WHERE id > $1 ORDER BY id LIMIT $2`, [
      after,
      limit,
    ]);
    const items = rows.map((it) => supplierView(it.state));
    const last = items.length === limit ? items.at(-1) : undefined;
    return { items, ...(last && { next: last.supplierId }) };
  }

  /** @throws NotFound */
  async supplier(supplierId: string): Promise<SupplierView> {
    return supplierView(await this.state<Supplier>('supplier', supplierId, 'unknown-supplier'));
  }

  /** @throws NotFound */
  async balance(supplierId: string): Promise<BalanceView> {
    const { rows } = await this.database.pool.query<{ supplier: Supplier; account: Account | null; waiting: string }>(
      `SELECT s.state AS supplier, a.state AS account,
              (SELECT coalesce(sum(h.waiting), 0) FROM hold h JOIN offer o ON o.id = h.offer_id WHERE o.supplier_id = s.id AND h.waiting > 0) AS waiting
         FROM supplier s LEFT JOIN account a ON a.id = s.id WHERE s.id = $1`,
      [supplierId],
    );
    const [found] = rows;
    if (found === undefined) throw new NotFound('unknown-supplier');
    return balanceView(found.supplier, found.account ?? undefined, Number(found.waiting));
  }

  /** @throws NotFound */
  async offer(offerId: string): Promise<OfferView> {
    return offerView(await this.state<Offer>('offer', offerId, 'unknown-offer'));
  }

  /** @throws NotFound */
  async offersOf(supplierId: string): Promise<OfferView[]> {
    await this.supplier(supplierId);
    const { rows } = await this.database.pool.query<{ state: Offer }>(`SELECT state FROM offer WHERE supplier_id = $1 ORDER BY sku`, [
      supplierId,
    ]);
    return rows.map((it) => offerView(it.state));
  }

  /** `supplierId`: of this supplier only. */
  async offersOfSkus(skus: readonly string[], supplierId: string | undefined): Promise<OfferView[]> {
    const { rows } = await this.database.pool.query<{ state: Offer }>(
      `SELECT state FROM offer WHERE sku = ANY($1) AND ($2::text IS NULL OR supplier_id = $2) ORDER BY sku, supplier_id`,
      [skus, supplierId ?? null],
    );
    return rows.map((it) => offerView(it.state));
  }

  /** @throws NotFound */
  async purchase(purchaseId: string): Promise<Purchase> {
    return this.state<Purchase>('purchase', purchaseId, 'unknown-purchase');
  }

  /** Units whose codes were known, by their number, and from where. */
  async duplicatesOf(purchaseId: string): Promise<DuplicateView[]> {
    const found = await duplicatesOf(this.database, purchaseId);
    return found.map(({ unitId, from }) => ({ unit: Number(unitId.slice(purchaseId.length + 1)), knownFrom: from }));
  }

  async purchases(of: ProcurementQuery): Promise<ProcurementPage> {
    const from = of.after === undefined ? undefined : readCursor(of.after);
    const { rows } = await this.database.pool.query<{ state: Purchase; created_at: string; id: string }>(
      `SELECT state, id, created_at::text FROM purchase
        WHERE ($1::text IS NULL OR supplier_id = $1) AND ($2::text IS NULL OR status = $2)
          AND ($3::text IS NULL OR (created_at, id) < ($3::timestamptz, $4))
          AND (NOT $5 OR status IN ('unknown', 'accepted') AND (state ->> 'deliverByAt')::bigint < extract(epoch FROM clock_timestamp()) * 1000)
        ORDER BY created_at DESC, id DESC LIMIT $6`,
      [of.supplierId ?? null, of.status ?? null, from?.at ?? null, from?.id ?? null, of.overdue === 'true', PAGE],
    );
    const last = rows.length === PAGE ? rows[PAGE - 1] : undefined;
    return {
      items: rows.map((it) => procurementView(it.state)),
      ...(last && { next: cursorOf({ at: last.created_at, id: last.id }) }),
    };
  }

  private async state<State>(table: 'product' | 'supplier' | 'offer' | 'purchase', id: string, code: string): Promise<State> {
    const { rows } = await this.database.pool.query<{ state: State }>(`SELECT state FROM ${table} WHERE id = $1`, [id]);
    const [found] = rows;
    if (found === undefined) throw new NotFound(code);
    return found.state;
  }
}

@Injectable()
export class DeliveryQueries {
  constructor(private readonly database: Database) {}

  /** Of an order of another merchant: nothing. */
  async deliveries(orderId: string, { scope, merchantId }: Caller): Promise<DeliveryPage> {
    const { rows } = await this.database.pool.query<{
      public_id: string;
      order_id: string;
      line_id: string;
      sku: string;
      kind: string;
      delivered_at: Date;
      revealed_at: Date | null;
      cost_minor: string | null;
      currency: string | null;
    }>(
      `SELECT d.public_id, d.order_id, d.line_id, d.sku, d.kind, d.delivered_at, r.revealed_at,
              round((p.state ->> 'costMinor')::numeric / nullif((p.state ->> 'bought')::int, 0))::bigint AS cost_minor, p.state ->> 'currency' AS currency
         FROM delivery d LEFT JOIN purchase p ON $3 AND p.id = d.purchase_id LEFT JOIN reveal r ON r.delivery_id = d.id AND NOT r.repeat
        WHERE d.order_id = $1 AND ($2::text IS NULL OR d.merchant_id = $2)
        ORDER BY d.delivered_at, d.id`,
      [orderId, scope === 'operator' ? null : (merchantId ?? ''), scope === 'operator'],
    );
    const items = rows.map((it) => ({
      deliveryId: it.public_id,
      orderId: it.order_id,
      lineId: it.line_id,
      sku: it.sku,
      kind: it.kind,
      deliveredAt: it.delivered_at.toISOString(),
      ...(it.cost_minor !== null && it.currency !== null && { costMinor: Number(it.cost_minor), costCurrency: it.currency }),
      ...(it.revealed_at && { revealedAt: it.revealed_at.toISOString() }),
    }));
    return { items };
  }
}
