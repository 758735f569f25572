import type { InventoryEvent } from '@midstream/inventory-domain';
import { type EffectContext, Problem } from '@midstream/runtime';
import { House } from '../house';
import { COMPARE_WAIT_MS, Reconciliations } from './reconciliations';

/** The shell ends a call at four fifths of its lease. */
export const RECONCILE_LEASE_MS = Math.ceil((COMPARE_WAIT_MS + 10_000) / 0.8);

/** The books are compared once a day; a supplier that shows none is left alone. */
export async function reconcile(
  { supplierId, fromAt, untilAt }: Extract<InventoryEvent, { readonly type: 'ReconciliationDue' }>,
  { database }: EffectContext,
): Promise<readonly never[]> {
  try {
    await new Reconciliations(database, House.of(database)).run(supplierId, { fromAt, untilAt });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
  }
  return [];
}
