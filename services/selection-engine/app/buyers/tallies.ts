import type { Tx } from '@midstream/runtime';
import { AFTER_SALES_HALF_MS, type AfterSales } from '@midstream/selection-engine-domain';

/** What is to be added to each offer's counts. */
export class Tallies {
  readonly byOffer = new Map<string, AfterSales>();

  add(offerId: string, { served = 0, faulty = 0, judged = 0, returned = 0 }: Partial<AfterSales>): void {
    const known = this.byOffer.get(offerId) ?? { served: 0, faulty: 0, judged: 0, returned: 0 };
    this.byOffer.set(offerId, {
      served: known.served + served,
      faulty: known.faulty + faulty,
      judged: known.judged + judged,
      returned: known.returned + returned,
    });
  }
}

/** What was counted before weighs less by its age. */
export async function countAfterSales(tx: Tx, { byOffer }: Tallies): Promise<void> {
  if (byOffer.size === 0) return;
  const rows = [...byOffer].sort(([a], [b]) => (a < b ? -1 : 1)).map(([offer_id, it]) => ({ offer_id, ...it }));
  await tx.query(
    `INSERT INTO after_sales AS known (offer_id, served, faulty, judged, returned)
     SELECT offer_id, served, faulty, judged, returned
       FROM json_to_recordset($1::json) AS s(offer_id text, served float8, faulty float8, judged float8, returned float8)
         ON CONFLICT (offer_id) DO UPDATE SET
            served = known.served * ${KEPT} + excluded.served, faulty = known.faulty * ${KEPT} + excluded.faulty,
            judged = known.judged * ${KEPT} + excluded.judged, returned = known.returned * ${KEPT} + excluded.returned,
            changed_at = clock_timestamp()`,
    [JSON.stringify(rows)],
  );
}

const KEPT = `power(0.5, greatest(0, extract(epoch FROM now() - known.changed_at)) / ${AFTER_SALES_HALF_MS / 1_000})`;
