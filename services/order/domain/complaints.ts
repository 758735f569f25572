import type { Fact } from '@midstream/contracts';
import { type Decision, reject } from '@midstream/kernel';
import { ofLine } from './draft';
import { COMPLAINT_MS, COMPLAINTS_MAX } from './limits';
import type { FileComplaint, OrderCode, OrderEvent, ResolveComplaint } from './messages';
import {
  chargeOf,
  type Complaint,
  complainedOf,
  complaintsOf,
  type Hold,
  holdsOf,
  type Line,
  linesOf,
  type Order,
  type Rows,
  rowOf,
  sum,
} from './state';

type Decided = Decision<OrderEvent, OrderCode>;
type Told = Omit<Fact<'ComplaintFiled'>, 'type'>;

/** Units of a hold that may be complained of still. */
interface Open {
  readonly hold: Hold;
  readonly units: number;
}

/** A merchant complains of units that were delivered within COMPLAINT_MS, and not complained of yet: each unit at most once. */
export function fileComplaint(command: FileComplaint, rows: Rows): Decided {
  const { orderId, merchantId, lineId, complaintId, units, reason, sku, note, at } = command;
  const order = rows.orders[orderId];
  if (order === undefined || order.merchantId !== merchantId) return reject('order-not-found');
  const line = linesOf(order).find((it) => it.lineId === lineId);
  if (line === undefined) return reject('line-not-found');
  if (line.complaints?.[complaintId] !== undefined) return [];
  const filed = sum(linesOf(order), (it) => complaintsOf(it).length);
  if (filed >= COMPLAINTS_MAX) return reject('too-many-complaints', { limit: COMPLAINTS_MAX });
  const open = openTo(line, sku);
  const inTime = open.filter(({ hold }) => at - deliveredAtOf(hold, order) <= COMPLAINT_MS);
  const most = sum(inTime, (it) => it.units);
  if (most === 0 && open.length > 0) return reject('complaint-too-late', { field: 'units', withinMs: COMPLAINT_MS });
  if (!Number.isSafeInteger(units) || units < 1 || units > most) return reject('complaint-over-limit', { field: 'units', least: 1, most });

  const complaint = { complaintId, units, reason, filedAt: at, from: partsOf(inTime, units, order) };
  const events: OrderEvent[] = [{ type: 'ComplaintFiled', ...told(complaint, line, order) }];
  if (note !== undefined) events.push({ type: 'NoteTaken', ...ofLine(command), complaintId, buyerKey: order.buyerKey, note });
  return events;
}

/** What came last first: where the merchant does not say which good it is, that is the likeliest. */
const openTo = (line: Line, sku: string | undefined): readonly Open[] =>
  holdsOf(line)
    .filter((it) => sku === undefined || it.sku === sku)
    .map((hold) => ({ hold, units: hold.delivered - complainedOf(line, hold.holdId) }))
    .filter((it) => it.units > 0)
    .sort((a, b) => (b.hold.deliveredAt ?? 0) - (a.hold.deliveredAt ?? 0) || b.hold.attempt - a.hold.attempt);

/** Of units that came before their time was kept it is not known: not before their order was placed. */
const deliveredAtOf = ({ deliveredAt }: Hold, { placedAt }: Order): number => deliveredAt ?? placedAt;

function partsOf(open: readonly Open[], units: number, order: Order): Complaint['from'] {
  let left = units;
  return open.flatMap(({ hold, units: there }) => {
    const taken = Math.min(left, there);
    left -= taken;
    return taken > 0 ? [{ holdId: hold.holdId, units: taken, deliveredAt: deliveredAtOf(hold, order) }] : [];
  });
}

/** The hub's answer: no, or money back. Repeated it changes nothing; another answer comes too late. */
export function resolveComplaint(command: ResolveComplaint, rows: Rows): Decided {
  const { orderId, merchantId, lineId, complaintId, outcome } = command;
  const order = rows.orders[orderId];
  if (order === undefined || order.merchantId !== merchantId) return reject('order-not-found');
  const line = linesOf(order).find((it) => it.lineId === lineId);
  const complaint = line && complaintsOf(line).find((it) => it.complaintId === complaintId);
  if (line === undefined || complaint === undefined) return reject('complaint-not-found');
  if (complaint.outcome !== undefined) return resolvedBefore(complaint, command);
  const most = outcome === 'refunded' ? chargedFor(line, complaint) : 0;
  const refundMinor = command.refundMinor ?? most;
  const least = Math.min(most, 1);
  if (!Number.isSafeInteger(refundMinor) || refundMinor < least || refundMinor > most)
    return reject('refund-out-of-range', { field: 'refundMinor', least, most });

  const { currency } = order;
  const resolved: OrderEvent = { type: 'ComplaintResolved', ...told(complaint, line, order), outcome, refundMinor, currency };
  if (refundMinor === 0) return [resolved];
  const entries = [
    { account: 'hub-revenue', amountMinor: -refundMinor },
    { account: 'merchant-available', amountMinor: refundMinor },
  ] as const;
  return [resolved, { type: 'MoneyMoved', ...ofLine(command), why: 'complaint-refunded', reference: complaintId, currency, entries }];
}

function resolvedBefore({ outcome, refundedMinor }: Complaint, command: ResolveComplaint): Decided {
  const isSame = outcome === command.outcome && (command.refundMinor === undefined || command.refundMinor === refundedMinor);
  return isSame ? [] : reject('complaint-resolved', { outcome: outcome ?? '', refundMinor: refundedMinor ?? 0 });
}

/** What the merchant has paid for the units: no more ever comes back. */
const chargedFor = (line: Line, { from }: Complaint): number =>
  sum(from, ({ holdId, units }) => units * chargeOf(rowOf(line.holds, holdId)));

/** Self-contained: whoever hears it needs to have heard nothing before. */
function told({ complaintId, units, reason, filedAt, from }: Complaint, line: Line, { orderId, merchantId, buyerKey }: Order): Told {
  return {
    orderId,
    merchantId,
    lineId: line.lineId,
    complaintId,
    units,
    reason,
    filedAt: new Date(filedAt).toISOString(),
    ...(buyerKey !== undefined && { buyerKey }),
    from: from.map((it) => {
      const { offerId, supplierId, sku } = rowOf(line.holds, it.holdId);
      const asked = line.piecesOf?.sku ?? line.need.sku;
      return {
        holdId: it.holdId,
        offerId,
        supplierId,
        sku,
        units: it.units,
        ...(asked !== undefined && asked !== sku && { insteadOf: asked }),
        deliveredAt: new Date(it.deliveredAt).toISOString(),
      };
    }),
  };
}
