import { type Database, type Loop, point } from '@midstream/runtime';
import { CALL_PER_HOUR_LEAST, type ProposeAddition, UPDATE_CALLS_MS } from '@midstream/selection-engine-domain';

/** A burst lasts half an hour and more (domain/market/burst.ts), an update and heat longer: a few seconds of it are no loss. */
const EVERY_MS = 10_000;
const PAGE = 200;

interface Called {
  readonly orderId: string;
  readonly sku: string;
}

/**
 * Looks which running orders the market calls for more in: those that came before it did. Every replica runs it; a good is proposed to an
 * order once, and without one order that allows additions it reads an empty index.
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

/** Open orders with a good that may be called for now, the next page of them; whether it is, the domain says. */
async function calledFor(database: Database, { orderId, sku }: Called): Promise<readonly Called[]> {
  const { rows } = await database.pool.query<Called>(
    `SELECT w.id AS "orderId", m.id AS sku
       FROM watched w CROSS JOIN LATERAL unnest(w.skus) AS s(sku) JOIN market m ON m.id = s.sku
      WHERE w.skus <> '{}' AND w.until > now() AND (w.id, m.id) > ($1, $2)
        AND ((m.state #>> '{watch,burst,until}')::numeric > extract(epoch FROM now()) * 1000
             OR EXISTS (SELECT FROM jsonb_array_elements(m.state -> 'updates') AS it
                         WHERE (it ->> 'observedAt')::timestamptz > now() - $4 * interval '1 ms')
             OR ${HOT})
      ORDER BY w.id, m.id LIMIT $3`,
    [orderId, sku, PAGE, UPDATE_CALLS_MS, CALL_PER_HOUR_LEAST],
  );
  return rows;
}

/** Paid orders an hour by the last hour: enough of them, and clearly more than the week is used to (domain/market/heat.ts). */
const HOT = `(SELECT hour >= $5 AND hour > 2 * week
                FROM (SELECT ln(2) * (m.state #>> '{heat,hour}')::float8 * power(2, -age / 3600000) AS hour,
                             ln(2) * (m.state #>> '{heat,week}')::float8 * power(2, -age / 604800000) / 168 AS week
                        FROM (SELECT greatest(0, extract(epoch FROM now()) * 1000 - (m.state #>> '{heat,at}')::float8)::float8 AS age) AS it) AS rates)`;
