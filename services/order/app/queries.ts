import type { Account, Merchant, Order } from '@midstream/order-domain';
import { type Caller, cursorOf, Database, NotFound, readCursor } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import type { OrdersQuery } from './dto';
import {
  additionsView,
  type AdditionsView,
  type EntriesView,
  type EntryView,
  merchantView,
  type MerchantView,
  orderView,
  type OrdersView,
  type OrderView,
  type TimelineEntryView,
  type TimelineView,
  withoutHub,
} from './views';

const PAGE = 20;
const TIMELINE_PAGE = 1_000;
const ENTRIES_PAGE = 200;

interface Placed {
  readonly id: string;
  readonly state: Order;
  readonly placed: string;
}

/** Whose rows a caller may see: a merchant's own, all for the hub. */
const tenantOf = ({ scope, merchantId }: Caller): string | null => (scope === 'operator' ? null : (merchantId ?? ''));

@Injectable()
export class OrderQueries {
  constructor(private readonly database: Database) {}

  /** @throws NotFound for an order that does not exist, or is another tenant's. */
  async order(caller: Caller, orderId: string): Promise<OrderView> {
    return orderView(await this.stateOf(caller, orderId), Date.now());
  }

  /** @throws NotFound as `order` does. */
  async additions(caller: Caller, orderId: string): Promise<AdditionsView> {
    return additionsView(await this.stateOf(caller, orderId));
  }

  /** @throws NotFound as `order` does. */
  async stateOf(caller: Caller, orderId: string): Promise<Order> {
    const { rows } = await this.database.pool.query<{ state: Order }>(
      'SELECT state FROM orders WHERE id = $1 AND ($2::text IS NULL OR merchant_id = $2)',
      [orderId, tenantOf(caller)],
    );
    const [row] = rows;
    if (row === undefined) throw new NotFound('order-not-found');
    return row.state;
  }

  /** The newest first. */
  async orders(caller: Caller, { limit, cursor, status, clientReference }: OrdersQuery): Promise<OrdersView> {
    const size = Number(limit ?? PAGE);
    const from = typeof cursor === 'string' ? readCursor(cursor) : undefined;
    const { rows } = await this.database.pool.query<Placed>(
      `SELECT id, state, placed_at::text AS placed FROM orders
        WHERE ($1::text IS NULL OR merchant_id = $1) AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR client_reference = $3)
          AND ($4::timestamptz IS NULL OR (placed_at, id) < ($4, $5))
        ORDER BY placed_at DESC, id DESC LIMIT $6`,
      [tenantOf(caller), status ?? null, clientReference ?? null, from?.at ?? null, from?.id ?? null, size + 1],
    );
    const page = rows.slice(0, size);
    const last = page.at(-1);
    const at = Date.now();
    return {
      items: page.map((it) => orderView(it.state, at)),
      ...(rows.length > size && last && { next: cursorOf({ at: last.placed, id: last.id }) }),
    };
  }

  /** The oldest first; `after` is the `next` of the page before. */
  async timeline(caller: Caller, orderId: string, after = '0'): Promise<TimelineView> {
    await this.order(caller, orderId);
    const { rows } = await this.database.pool.query<TimelineEntryView>(
      `SELECT n, line_id AS "lineId", at, what, reason, actor, cause, trace, detail FROM timeline
        WHERE order_id = $1 AND n > $2 ORDER BY n LIMIT $3`,
      [orderId, after, TIMELINE_PAGE + 1],
    );
    const { items, next } = pageOf(rows, TIMELINE_PAGE);
    const seen = caller.scope === 'operator' ? items : items.map((it) => ({ ...it, detail: withoutHub(it.detail) as object }));
    return { items: seen, ...next };
  }

  async merchant(merchantId: string): Promise<MerchantView> {
    const { rows } = await this.database.pool.query<{ state: Merchant }>('SELECT state FROM merchants WHERE id = $1', [merchantId]);
    const [row] = rows;
    if (row === undefined) throw new NotFound('merchant-not-found');
    return merchantView(row.state);
  }

  /** The tier of a merchant that the caller may ask about. */
  async tier(caller: Caller, merchantId: string): Promise<string | undefined> {
    const { rows } = await this.database.pool.query<{ tier: string | null }>(
      `SELECT state ->> 'tier' AS tier FROM merchants WHERE id = $1 AND ($2::text IS NULL OR id = $2)`,
      [merchantId, tenantOf(caller)],
    );
    const [row] = rows;
    if (row === undefined) throw new NotFound('account-not-found');
    return row.tier ?? undefined;
  }

  async account(caller: Caller, merchantId: string): Promise<Account> {
    const { rows } = await this.database.pool.query<{ state: Account }>(
      'SELECT state FROM accounts WHERE id = $1 AND ($2::text IS NULL OR id = $2)',
      [merchantId, tenantOf(caller)],
    );
    const [row] = rows;
    if (row === undefined) throw new NotFound('account-not-found');
    return row.state;
  }

  /** The ledger, the oldest first; `after` is the `next` of the page before. */
  async entries(caller: Caller, merchantId: string, after = '0'): Promise<EntriesView> {
    await this.account(caller, merchantId);
    const { rows } = await this.database.pool.query<EntryView>(
      `SELECT n, movement_id AS "movementId", order_id AS "orderId", line_id AS "lineId", at, why, reference, account,
              amount_minor::float8 AS "amountMinor", currency
         FROM ledger_entry WHERE merchant_id = $1 AND n > $2 ORDER BY n LIMIT $3`,
      [merchantId, after, ENTRIES_PAGE + 1],
    );
    const { items, next } = pageOf(rows, ENTRIES_PAGE);
    return { items, ...next };
  }
}

/** One row more was asked for than a page has: it says whether there is another. */
function pageOf<Row extends { readonly n: string }>(rows: Row[], size: number): { items: Row[]; next: { next?: string } } {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  return { items, next: rows.length > size && last !== undefined ? { next: last.n } : {} };
}
