import type { Database } from '@midstream/runtime';
import { RETURN_MS } from '@midstream/selection-engine-domain';
import { FOLDING } from './note';
import { countAfterSales, Tallies } from './tallies';

const JUDGED_MAX = 500;

/** Buyers who did not come back in time: their last offers are told so, once. */
export const judgeOldBuyers = (database: Database): Promise<void> =>
  database.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [FOLDING]);
    const { rows } = await tx.query<{ offers: string[] }>(
      `UPDATE buyer SET state = jsonb_set(buyer.state, '{lastOffers}', '[]'), changed_at = clock_timestamp()
         FROM (SELECT id, state->'lastOffers' AS offers FROM buyer
                WHERE seen_at < now() - make_interval(secs => $1) AND state->'lastOffers' <> '[]'::jsonb LIMIT ${JUDGED_MAX}) old
        WHERE buyer.id = old.id RETURNING old.offers`,
      [RETURN_MS / 1_000],
    );
    const tallies = new Tallies();
    for (const { offers } of rows) for (const it of offers) tallies.add(it, { judged: 1 });
    await countAfterSales(tx, tallies);
  });
