import { type Caps, CAPS_ID, type InventoryCommand, type InventoryEvent } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { EffectContext } from '@midstream/runtime';

/** Offers that one step tells of the caps. */
const STEP = 200;

/** The offers that a cap names, and those that know one: the first after where the last step ended. */
export async function spread(
  { after = '' }: Extract<InventoryEvent, { readonly type: 'CapsDue' }>,
  { database }: EffectContext,
): Promise<readonly Untimed<InventoryCommand>[]> {
  const { rows: known } = await database.pool.query<{ state: Caps }>('SELECT state FROM cap WHERE id = $1', [CAPS_ID]);
  const caps = known[0]?.state.caps ?? [];
  const { rows } = await database.pool.query<{ id: string }>(
    `SELECT o.id FROM offer o JOIN product p ON p.id = o.sku
      WHERE o.id > $1 AND (o.state -> 'caps' IS NOT NULL OR o.id = ANY ($2) OR o.sku = ANY ($3) OR p.state ->> 'category' = ANY ($4))
      ORDER BY o.id LIMIT $5`,
    [after, caps.flatMap((it) => it.offerId ?? []), caps.flatMap((it) => it.sku ?? []), caps.flatMap((it) => it.category ?? []), STEP],
  );
  const last = rows.at(-1)?.id;
  const commands = rows.map(({ id }) => ({ type: 'ApplyCaps' as const, offerId: id }));
  return last === undefined || rows.length < STEP ? commands : [...commands, { type: 'SpreadCaps', after: last }];
}
