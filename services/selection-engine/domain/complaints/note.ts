import type { Fact } from '@midstream/contracts';
import type { Decision, RowsOf, Untimed } from '@midstream/kernel';

/** A delivery that was complained of: of which offer it was, and for which good it stood in. */
export interface ComplainedHold {
  readonly holdId: string;
  readonly offerId: string;
  readonly supplierId: string;
  readonly sku: string;
  readonly insteadOf?: string;
}

/** A complaint was filed (`stands`), or rejected. */
export interface NoteComplaint {
  readonly type: 'NoteComplaint';
  readonly at: number;
  readonly complaintId: string;
  readonly filedAt: number;
  readonly stands: boolean;
  readonly holds: readonly ComplainedHold[];
}

/** Internal: of one delivery. No merchant, buyer or reason. */
export interface ComplaintNoted extends Omit<NoteComplaint, 'type' | 'at' | 'holds'> {
  readonly type: 'ComplaintNoted';
  readonly notedAt: number;
  readonly hold: ComplainedHold;
}

/** One delivery is one trial: in how many complaints its units are told of makes no difference. */
export interface Complained extends ComplainedHold {
  /** When the first of its complaints was filed. */
  readonly firstAt: number;
  /** By complaint, whether it stands: open or refunded, and not rejected. */
  readonly complaints: Readonly<Record<string, boolean>>;
  readonly changedAt: number;
}

/** A complaint counts from the day on which it is filed; one that the hub finds unfounded is taken back. A refund is no news. */
export function noteOf(fact: Fact<'ComplaintFiled' | 'ComplaintResolved'>): Untimed<NoteComplaint> | undefined {
  if (fact.type === 'ComplaintResolved' && fact.outcome === 'refunded') return undefined;
  const { complaintId, filedAt, from } = fact;
  const holds = from.map(({ holdId, offerId, supplierId, sku, insteadOf }) => ({
    holdId,
    offerId,
    supplierId,
    sku,
    ...(insteadOf !== undefined && { insteadOf }),
  }));
  return { type: 'NoteComplaint', complaintId, filedAt: Date.parse(filedAt), stands: fact.type === 'ComplaintFiled', holds };
}

/** Each complaint once, whatever is told again; what was rejected stays so. */
export function noteComplaint(command: NoteComplaint, known: RowsOf<Complained>): Decision<ComplaintNoted> {
  const { complaintId, filedAt, stands, holds, at: notedAt } = command;
  return holds.flatMap((hold): ComplaintNoted[] => {
    const stood = known[hold.holdId]?.complaints[complaintId];
    const isNews = stood === undefined || (stood && !stands);
    return isNews ? [{ type: 'ComplaintNoted', complaintId, filedAt, stands, notedAt, hold }] : [];
  });
}

export function evolveComplaints(
  rows: RowsOf<Complained>,
  { complaintId, filedAt, stands, notedAt, hold }: ComplaintNoted,
): RowsOf<Complained> {
  const known = rows[hold.holdId];
  const complaints = { ...known?.complaints, [complaintId]: stands };
  const firstAt = Math.min(known?.firstAt ?? filedAt, filedAt);
  return { ...rows, [hold.holdId]: { ...hold, firstAt, complaints, changedAt: notedAt } };
}

export const isStanding = ({ complaints }: Complained): boolean => Object.values(complaints).includes(true);
