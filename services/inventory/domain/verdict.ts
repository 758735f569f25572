import type { Decision } from '@midstream/kernel';
import { arm, draftOf, tellState, withClosure, withoutClosure, type Draft } from './draft';
import type { ApplyVerdict, FreeQuarantined, InventoryEvent, NoteVerdict } from './messages';
import { bannedRegions, type Closure, isBanned, type Rows, rowOf } from './state';
import { keepCodes } from './keep';

/** A ban takes effect here and now: whoever submits or delivers after this reads it (protocol 14). The offers follow, one by one. */
export function noteVerdict({ sku, version, verdicts }: NoteVerdict, rows: Rows): Decision<InventoryEvent> {
  if (version <= (rows.verdicts[sku]?.version ?? -1)) return [];
  return [{ type: 'VerdictNoted', sku, version, verdicts, offerIds: rows.products[sku]?.offerIds ?? [] }];
}

export function applyVerdict({ offerId, sku, at }: ApplyVerdict, rows: Rows): Decision<InventoryEvent> {
  if (rows.offers[offerId] === undefined) return [];
  const draft = draftOf(rows);
  if (!setBan(draft, offerId, bannedRegions(rows.verdicts[sku], at))) return [];
  tellState(draft, offerId);
  return draft.events;
}

/** Closes the offer in these regions and no others; tells whether that changes anything. */
export function setBan(draft: Draft, offerId: string, regions: readonly string[]): boolean {
  const { closures } = rowOf(draft.rows.offers, offerId);
  const known = closures.find((it) => it.cause === 'banned');
  const ban: Closure | undefined =
    regions.length === 0 ? undefined : regions.includes('*') ? { cause: 'banned' } : { cause: 'banned', regions };
  if (known?.cause === ban?.cause && String(known?.regions) === String(ban?.regions)) return false;
  draft.emit({
    type: 'ClosuresSet',
    offerId,
    closures: ban === undefined ? withoutClosure(closures, 'banned') : withClosure(closures, ban),
  });
  if (ban !== undefined) arm(draft, offerId);
  return true;
}

/** After an unban, codes that the ban kept back become the hub's stock. */
export function freeQuarantined({ purchaseId, holdId, sku, units, at }: FreeQuarantined, rows: Rows): Decision<InventoryEvent> {
  const purchase = rows.purchases[purchaseId];
  const hold = rows.holds[holdId];
  if (purchase === undefined || hold === undefined || isBanned(rows.verdicts[sku], hold.region, at)) return [];
  if (units.length === 0 || purchase.quarantined < units.length) return [];
  const draft = draftOf(rows);
  draft.emit({ type: 'QuarantineEnded', purchaseId, units: units.length });
  keepCodes(draft, purchase, units);
  return draft.events;
}
