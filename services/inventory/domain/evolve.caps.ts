import { assertNever } from '@midstream/kernel';
import { CAPS_ID, type CapEvent } from './caps.messages';
import { withHold, withOffer } from './rows';
import { rowOf, type Rows } from './state';

type Changing = Extract<CapEvent, { readonly type: 'CapsPut' | 'CapsApplied' | 'UseCounted' }>;

export function evolveCaps(rows: Rows, event: Changing): Rows {
  switch (event.type) {
    case 'CapsPut':
      return { ...rows, caps: { ...rows.caps, [CAPS_ID]: { version: event.version, caps: event.caps } } };
    case 'CapsApplied':
      return withOffer(rows, event.offerId, ({ caps: _, ...offer }) => (event.caps.length === 0 ? offer : { ...offer, caps: event.caps }));
    case 'UseCounted':
      return counted(rows, event);
    default:
      return assertNever(event);
  }
}

/** What the hold has more, or less, than it was known to have. */
function counted(rows: Rows, { holdId, usageIds, units }: Extract<CapEvent, { readonly type: 'UseCounted' }>): Rows {
  const known = rowOf(rows.holds, holdId).capped?.units ?? 0;
  const usages = usageIds.map((usageId) => [usageId, { usageId, units: (rows.usages[usageId]?.units ?? 0) + units - known }] as const);
  const after = withHold(rows, holdId, (hold) => ({ ...hold, capped: { by: usageIds, units } }));
  return { ...after, usages: { ...rows.usages, ...Object.fromEntries(usages) } };
}
