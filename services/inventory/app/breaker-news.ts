import type { InventoryCommand } from '@midstream/inventory-domain';
import { Commands, Database } from '@midstream/runtime';
import { INSIDE, type Inside } from '@midstream/runtime/ops';
import { Inject, Injectable } from '@nestjs/common';
import { BREAKER_REST_MS } from './breakers';
import { House } from './house';

/** Offers that are closed at once when their supplier's breaker opens. */
const OFFERS_MAX = 1_000;

/** Tells the domain that a supplier does not answer: its offers close for a while, and what is held there goes elsewhere while there is time. */
@Injectable()
export class BreakerNews {
  constructor(
    private readonly database: Database,
    private readonly commands: Commands<InventoryCommand>,
    house: House,
    @Inject(INSIDE) { metrics }: Inside,
  ) {
    metrics.gauge('midstream_supplier_breakers_open', 'Suppliers that this process calls no more for a while', () => house.breakers.open);
    house.breakers.tell((supplierId) => void this.close(supplierId).catch(() => undefined));
  }

  /** Where it fails nothing is lost: each purchase closes its own offer, and the next silence opens the breaker again. */
  private async close(supplierId: string): Promise<void> {
    const { rows } = await this.database.pool.query<{ id: string }>(`SELECT id FROM offer WHERE supplier_id = $1 ORDER BY id LIMIT $2`, [
      supplierId,
      OFFERS_MAX,
    ]);
    const forMs = 2 * BREAKER_REST_MS;
    await Promise.all(rows.map(({ id }) => this.commands.outcome({ type: 'CloseOffer', offerId: id, cause: 'too-slow', forMs }, {})));
  }
}
