import type { HoldTally, LossReason } from '@midstream/contracts';
import type { Moment, SeenHold } from './seen';

/** An entry of `GET /orders/{id}/timeline`, as an operator sees it. */
export interface TimelineEntry {
  readonly lineId: string | null;
  readonly at: string;
  readonly what: string;
  readonly reason: string | null;
  /** The event that caused it: of a loss, inventory's HoldLost. */
  readonly cause: string | null;
  readonly detail: Detail;
}

interface Held {
  readonly sku: string;
  readonly quantity: number;
  readonly priceMinor: number;
  readonly hub?: { readonly holdId?: string; readonly supplierId?: string; readonly tally?: HoldTally };
}

interface Detail {
  readonly attempt?: number;
  readonly depth?: number;
  readonly quantity?: number;
  readonly sku?: string;
  readonly replaces?: string;
  readonly consentId?: string;
  readonly priceMinor?: number;
  readonly held?: readonly Held[];
  readonly holds?: readonly Held[];
  readonly delivered?: number;
  readonly lost?: number;
  readonly released?: number;
  readonly pieces?: number;
  readonly into?: { readonly lineId: string; readonly sku: string };
  readonly hub?: { readonly holdId?: string; readonly replaces?: string; readonly tally?: HoldTally };
}

/** What a line's timeline tells, in order. */
export const momentsOf = (entries: readonly TimelineEntry[]): Moment[] => entries.flatMap(momentsOfEntry);

function momentsOfEntry({ at: instant, what, reason, cause, detail }: TimelineEntry): Moment[] {
  const at = Date.parse(instant);
  const { sku = '', quantity: units = 0, hub = {} } = detail;
  const because = reason as LossReason;
  switch (what) {
    case 'selecting':
      return [{ what, at, attempt: detail.attempt ?? 0, depth: detail.depth ?? 0, ...(reason !== null && { because }) }];
    case 'assigned':
    case 'substituted':
      return (detail.holds ?? []).map((it) => ({
        what: 'assigned',
        at,
        holdId: it.hub?.holdId ?? '',
        sku: it.sku,
        units: it.quantity,
        priceMinor: it.priceMinor,
        ...(it.hub?.supplierId !== undefined && { supplierId: it.hub.supplierId }),
        ...(what === 'substituted' && { replaces: { holdId: hub.replaces ?? '', sku: detail.replaces ?? '', reason: because } }),
      }));
    case 'consent-requested':
      return [{ what: 'asked', at, consentId: detail.consentId ?? '', sku, priceMinor: detail.priceMinor ?? 0 }];
    case 'consent-answered':
      return [{ what: 'answered', at, consentId: detail.consentId ?? '', sku, answer: reason ?? '' }];
    case 'given-up':
      return [{ what, at, units, reason: reason ?? '' }];
    case 'repacked': {
      const { pieces = 0, into } = detail;
      return [{ what, at, units, pieces, sku: into?.sku ?? '', lineId: into?.lineId ?? '' }];
    }
    case 'line-closed':
      return [{ what: 'closed', at, status: reason ?? '' }];
    default:
      return tallyMoments({ at, reason: because, committedAt: timeOf(cause) }, detail);
  }
}

interface Told {
  readonly at: number;
  readonly reason: LossReason;
  readonly committedAt: number | undefined;
}

/** One entry tells the whole difference of a tally: a loss that was overtaken by a delivery comes with it. */
function tallyMoments({ at, reason, committedAt }: Told, { sku = '', delivered = 0, lost = 0, released = 0, hub = {} }: Detail): Moment[] {
  const holdId = hub.holdId ?? '';
  return [
    ...(delivered > 0 ? [{ what: 'delivered', at, holdId, units: delivered } as const] : []),
    ...(lost > 0
      ? [{ what: 'lost', at, ...(committedAt !== undefined && { committedAt }), holdId, sku, units: lost, reason } as const]
      : []),
    ...(released > 0 ? [{ what: 'released', at, holdId, units: released } as const] : []),
  ];
}

/** The time in a UUIDv7, milliseconds: events carry in their id when they were committed (runtime/handle.ts). */
export function timeOf(eventId: string | null): number | undefined {
  const [, high, low] = /^([0-9a-f]{8})-([0-9a-f]{4})-7/.exec(eventId ?? '') ?? [];
  return high === undefined || low === undefined ? undefined : Number.parseInt(high + low, 16);
}

/** The line's holds by their newest tally, and what a unit of each is charged at. */
export function holdsOf(entries: readonly TimelineEntry[]): SeenHold[] {
  const holds = new Map<string, SeenHold & { readonly referenceMinor: number }>();
  const asked = new Map<number, { depth: number; replaces: string | undefined }>();
  for (const { what, detail } of entries) {
    const { attempt = 0, depth = 1, held = [], hub = {} } = detail;
    if (what === 'selecting') asked.set(attempt, { depth, replaces: hub.replaces });
    for (const { sku, priceMinor, hub: { tally } = {} } of held) {
      if (tally === undefined) continue;
      const { depth: at = 1, replaces } = asked.get(attempt) ?? {};
      // protocol 22: its own price at depth 1, that of what it replaces below
      const referenceMinor = (at > 1 ? holds.get(replaces ?? '')?.referenceMinor : undefined) ?? priceMinor;
      holds.set(tally.holdId, { ...tally, sku, referenceMinor, chargeMinor: Math.min(priceMinor, referenceMinor) });
    }
    const { tally } = hub;
    const known = holds.get(tally?.holdId ?? '');
    if (tally !== undefined && known !== undefined && tally.version > known.version) holds.set(tally.holdId, { ...known, ...tally });
  }
  return [...holds.values()].map(({ referenceMinor: _, ...hold }) => hold);
}
