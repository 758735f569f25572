import type { Tx } from '@midstream/runtime';
import { afterLine, type BuyerProfile, type BuyersLine } from '@midstream/selection-engine-domain';
import { countAfterSales, Tallies } from './tallies';

/**
 * One replica at a time counts lines: those of one order that end apart are told from orders apart by the rows of those that were counted
 * before. Nobody is erased meanwhile.
 */
export const FOLDING = 60_107;

/** A line that was just counted into its case. */
export interface FoldedLine {
  readonly order_id: string;
  readonly merchant_id: string | null;
  readonly buyer_key: string | null;
  readonly tier: string | null;
  readonly served: BuyersLine['served'] | null;
  readonly faulty: readonly string[] | null;
  readonly ended_at: Date;
}

interface BuyerFound {
  readonly id: string;
  readonly state: BuyerProfile | null;
  readonly erased_at: Date | null;
}

/** What the lines say of their buyers, and of the offers that served them: in the transaction that marks them. */
export async function noteBuyers(tx: Tx, folded: readonly FoldedLine[]): Promise<void> {
  const tallies = new Tallies();
  for (const { served, faulty } of folded) {
    for (const it of new Set(served?.map(({ offerId }) => offerId))) tallies.add(it, { served: 1 });
    for (const it of new Set(faulty)) tallies.add(it, { faulty: 1 });
  }
  await keepBuyers(tx, await profilesAfter(tx, folded.flatMap(lineOf), tallies));
  await countAfterSales(tx, tallies);
}

async function profilesAfter(tx: Tx, lines: readonly BuyersLine[], tallies: Tallies): Promise<BuyerProfile[]> {
  const keys = [...new Set(lines.map((it) => it.buyerKey))];
  if (keys.length === 0) return [];
  const { rows } = await tx.query<BuyerFound>('SELECT id, state, erased_at FROM buyer WHERE id = ANY($1)', [keys]);
  const erasedAt = new Map(rows.map(({ id, erased_at }) => [id, erased_at?.getTime() ?? 0]));
  const profiles = new Map(rows.flatMap(({ id, state }) => (state === null ? [] : [[id, state] as const])));
  const changed = new Set<string>();
  for (const line of lines) {
    if (line.at <= (erasedAt.get(line.buyerKey) ?? 0)) continue;
    const { profile, judged, cameBack } = afterLine(profiles.get(line.buyerKey), line);
    profiles.set(line.buyerKey, profile);
    changed.add(line.buyerKey);
    for (const it of judged) tallies.add(it, { judged: 1, returned: cameBack ? 1 : 0 });
  }
  return [...changed].sort().flatMap((it) => profiles.get(it) ?? []);
}

const lineOf = ({ order_id, merchant_id, buyer_key, tier, served, ended_at }: FoldedLine): BuyersLine[] =>
  buyer_key === null || served === null
    ? []
    : [
        {
          buyerKey: buyer_key,
          merchantId: merchant_id ?? '',
          orderId: order_id,
          tier: tier ?? 'standard',
          at: ended_at.getTime(),
          served,
        },
      ];

async function keepBuyers(tx: Tx, profiles: readonly BuyerProfile[]): Promise<void> {
  if (profiles.length === 0) return;
  await tx.query(
    `INSERT INTO buyer (id, merchant_id, state, seen_at)
     SELECT state->>'buyerKey', state->>'merchantId', state, to_timestamp((state->>'lastAt')::bigint / 1000.0)
       FROM json_to_recordset($1::json) AS s(state jsonb)
         ON CONFLICT (id) DO UPDATE
        SET state = excluded.state, seen_at = excluded.seen_at, changed_at = clock_timestamp(), erased_at = NULL`,
    [JSON.stringify(profiles.map((state) => ({ state })))],
  );
}
