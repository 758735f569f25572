import { afterLine, type BuyerProfile, type BuyersLine } from '@midstream/selection-engine-domain';
import type { Tx } from '@midstream/runtime';

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
  readonly ended_at: Date;
}

interface BuyerFound {
  readonly id: string;
  readonly state: BuyerProfile | null;
  readonly erased_at: Date | null;
}

/** What the lines say of their buyers, and of the offers that the buyers came back after: in the transaction that marks them. */
export async function noteBuyers(tx: Tx, folded: readonly FoldedLine[]): Promise<void> {
  const lines = folded.flatMap(lineOf);
  if (lines.length === 0) return;
  const { rows } = await tx.query<BuyerFound>('SELECT id, state, erased_at FROM buyer WHERE id = ANY($1)', [
    [...new Set(lines.map((it) => it.buyerKey))],
  ]);
  const erasedAt = new Map(rows.flatMap(({ id, erased_at }) => (erased_at === null ? [] : [[id, erased_at.getTime()] as const])));
  const profiles = new Map(rows.flatMap(({ id, state }) => (state === null ? [] : [[id, state] as const])));
  const changed = new Set<string>();
  const returned = new Map<string, number>();
  for (const line of lines) {
    if (line.at <= (erasedAt.get(line.buyerKey) ?? 0)) continue;
    const { profile, cameBackAfter } = afterLine(profiles.get(line.buyerKey), line);
    profiles.set(line.buyerKey, profile);
    changed.add(line.buyerKey);
    for (const it of cameBackAfter) returned.set(it, (returned.get(it) ?? 0) + 1);
  }
  await keepBuyers(
    tx,
    [...changed].sort().flatMap((it) => profiles.get(it) ?? []),
  );
  await countReturns(tx, [...returned].sort());
}

const lineOf = ({ order_id, merchant_id, buyer_key, tier, served, ended_at }: FoldedLine): BuyersLine[] =>
  buyer_key === null || served === null
    ? []
    : [
        {
          ...{ buyerKey: buyer_key, merchantId: merchant_id ?? '', orderId: order_id, tier: tier ?? 'standard' },
          ...{ at: ended_at.getTime(), served },
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

async function countReturns(tx: Tx, returned: readonly (readonly [offerId: string, count: number])[]): Promise<void> {
  if (returned.length === 0) return;
  await tx.query(
    `INSERT INTO offer_return (offer_id, returned)
     SELECT offer_id, returned FROM json_to_recordset($1::json) AS s(offer_id text, returned bigint)
         ON CONFLICT (offer_id) DO UPDATE SET returned = offer_return.returned + excluded.returned, changed_at = clock_timestamp()`,
    [JSON.stringify(returned.map(([offer_id, count]) => ({ offer_id, returned: count })))],
  );
}
