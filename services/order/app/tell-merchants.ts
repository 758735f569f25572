import type { Loop } from '@midstream/runtime';
import type { TellMerchant } from '@midstream/order-domain';

/** A merchant that a version made which told of none is told of within it. */
const EVERY_MS = 600_000;
const PAGE = 200;

/** Merchants that `order.by-merchant` does not know yet, told of once. Every replica runs it; a second time changes nothing. */
export const tellMerchantsLoop = (): Loop => ({
  name: 'tell-merchants',
  everyMs: EVERY_MS,
  async run({ database, handle }) {
    const { rows } = await database.pool.query<{ id: string }>(
      `SELECT id FROM merchants WHERE NOT state ? 'told' ORDER BY id LIMIT ${PAGE}`,
    );
    for (const { id } of rows) {
      const command: Omit<TellMerchant, 'at'> = { type: 'TellMerchant', merchantId: id };
      await handle(command);
    }
    return rows.length === PAGE;
  },
});
