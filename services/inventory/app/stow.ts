import type { InventoryCommand, InventoryEvent } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { EffectContext } from '@midstream/runtime';
import { House } from './house';

type Command = Untimed<InventoryCommand>;
type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** Codes that nobody wants any more go back into a vault, and its offer counts them. */
export async function stow({ units, terms }: EventOf<'CodesKept'>, { database }: EffectContext): Promise<readonly Command[]> {
  const { codes } = House.of(database);
  await codes.giveBack(units, terms.offerId);
  return [{ type: 'CountVault', offerId: terms.offerId, ...(await codes.totals(terms.offerId)), terms }];
}

export async function quarantine({ units }: EventOf<'CodesQuarantined'>, { database }: EffectContext): Promise<readonly Command[]> {
  await House.of(database).codes.quarantine(units);
  return [];
}

/** The ban of an offer has ended, here or there: what it has kept back is looked through. */
export async function unban({ offerId }: EventOf<'ClosuresSet'>, { database }: EffectContext): Promise<readonly Command[]> {
  const { rows } = await database.pool.query<{ purchaseId: string; holdId: string; sku: string; units: string[] }>(
    `SELECT p.id AS "purchaseId", p.state ->> 'holdId' AS "holdId", p.state ->> 'sku' AS sku, array_agg(c.unit_id ORDER BY c.unit_id) AS units
       FROM purchase p JOIN code c ON c.purchase_id = p.id AND c.state IN ('assigned', 'quarantined')
      WHERE p.offer_id = $1 AND p.quarantined > 0 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.id = c.unit_id)
      GROUP BY p.id`,
    [offerId],
  );
  return rows.map((it) => ({ type: 'FreeQuarantined', ...it }));
}
