import { type Database, type Loop, point } from '@midstream/runtime';
import type { ProposeAddition } from '@midstream/selection-engine-domain';

/** A burst lasts half an hour and more (domain/market/burst.ts): a few seconds of it are no loss. */
const EVERY_MS = 10_000;
const PAGE = 200;

interface Called {
  readonly orderId: string;
  readonly sku: string;
}

/**
 * Looks which running orders a burst calls for more in: those that came before it. Every replica runs it; a good is proposed to an order
 * once, and without one order that allows additions it reads an empty index.
 */
export function additionsLoop(): Loop {
  let after: Called = { orderId: '', sku: '' };
  return {
    name: 'additions',
    everyMs: EVERY_MS,
    async run({ database, handle }) {
      const page = await calledFor(database, after);
      for (const { orderId, sku } of page) {
        const command: Omit<ProposeAddition, 'at'> = { type: 'ProposeAddition', orderId, sku };
        await handle(command);
        point('additions:after-propose');
      }
      const isFull = page.length === PAGE;
      after = (isFull && page.at(-1)) || { orderId: '', sku: '' };
      return isFull;
    },
  };
}

/** Open orders with a good whose demand bursts now, the next page of them. */
async function calledFor(database: Database, { orderId, sku }: Called): Promise<readonly Called[]> {
  const { rows } = await database.pool.query<Called>(
    `SELECT w.id AS "orderId", m.id AS sku
       FROM watched w CROSS JOIN LATERAL unnest(w.skus) AS s(sku) JOIN market m ON m.id = s.sku
      WHERE w.skus <> '{}' AND w.until > now() AND (w.id, m.id) > ($1, $2)
        AND (m.state #>> '{watch,burst,until}')::numeric > extract(epoch FROM now()) * 1000
      ORDER BY w.id, m.id LIMIT $3`,
    [orderId, sku, PAGE],
  );
  return rows;
}
