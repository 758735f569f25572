import type { InventoryCommand, InventoryEvent, Supplier } from '@midstream/inventory-domain';
import type { Untimed } from '@midstream/kernel';
import type { EffectContext } from '@midstream/runtime';
import { ASK_WAIT_MS } from './adapters/port';
import { House } from './house';

type Command = Untimed<InventoryCommand>;
type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { readonly type: Type }>;

/** Holds that one step plans again. */
const RESUMED_MAX = 200;

/** What the supplier says that we have there; that it does not answer is an answer, too. */
export async function askBalance(
  { supplierId, check }: EventOf<'BalanceAsked'>,
  { database, signal }: EffectContext,
): Promise<readonly Command[]> {
  const { rows } = await database.pool.query<{ state: Supplier }>(`SELECT state FROM supplier WHERE id = $1`, [supplierId]);
  const supplier = rows[0]?.state;
  if (supplier === undefined) return [];
  const seller = House.of(database).sellerOf(supplier);
  const noted = { type: 'NoteBalance' as const, supplierId, check };
  if (seller.balance === undefined) return [{ ...noted, cannotTell: true }];
  try {
    const { balanceMinor, currency } = await seller.balance(AbortSignal.any([signal, AbortSignal.timeout(ASK_WAIT_MS)]));
    return [{ ...noted, balance: { balanceMinor, currency } }];
  } catch {
    return [noted];
  }
}

/** The balance is back: the supplier's offers are open again, and what waits there is planned, the oldest first, some at a time. */
export async function resume({ supplierId }: EventOf<'BalanceBack'>, { database }: EffectContext): Promise<readonly Command[]> {
  const { rows: offers } = await database.pool.query<{ id: string }>(
    `SELECT id FROM offer WHERE supplier_id = $1 AND state ->> 'unpaid' = 'true' ORDER BY id`,
    [supplierId],
  );
  const { rows: holds } = await database.pool.query<{ id: string }>(
    `SELECT h.id FROM hold h JOIN offer o ON o.id = h.offer_id
      WHERE o.supplier_id = $1 AND h.waiting > 0 ORDER BY h.created_at, h.id LIMIT $2`,
    [supplierId, RESUMED_MAX],
  );
  const commands: Command[] = [
    ...offers.map(({ id }): Command => ({ type: 'ResumeOffer', offerId: id })),
    ...holds.map(({ id }): Command => ({ type: 'ResumeHold', holdId: id })),
  ];
  return holds.length < RESUMED_MAX ? commands : [...commands, { type: 'ResumeAccount', supplierId, more: true }];
}
