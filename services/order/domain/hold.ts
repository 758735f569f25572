import type { Decision } from '@midstream/kernel';
import { reviseConsent } from './consent';
import { capture, draftOf, giveUp, ofLine, settle } from './draft';
import type { NoteHold, OrderEvent } from './messages';
import { tryAgain } from './select';
import { deliveredOf, lineOf, type Rows, rowOf } from './state';

/** Inventory says how a hold stands. Only the difference to the tally that is known counts: late or repeated, it is nothing (protocol 1). */
export function noteHold(command: NoteHold, rows: Rows): Decision<OrderEvent> {
  const { tally, told } = command;
  const line = rows.orders[command.orderId]?.lines[command.lineId];
  const known = line?.holds[tally.holdId];
  if (line === undefined || known === undefined || tally.version <= known.version) return [];

  const delivered = tally.delivered - known.delivered;
  const lost = tally.lost - known.lost;
  const released = tally.released - known.released;
  // A loss whose reason was overtaken: the offer is left out all the same.
  const reason = lost > 0 ? (command.reason ?? 'refused') : undefined;
  const { sku, supplierId, offerId } = known;

  const draft = draftOf(rows);
  const progress = { ordered: line.ordered, delivered: deliveredOf(line) + delivered };
  const why = reason && { reason, ...(command.misfit && { misfit: command.misfit }) };
  const changed = { delivered, lost, released, ...why, progress };
  const came = delivered > 0 && { deliveredAt: command.at };
  draft.emit({ type: 'HoldNoted', ...ofLine(command), told, tally, sku, supplierId, offerId, ...changed, ...came });
  reviseConsent(draft, command, tally.holdId);
  const hold = rowOf(lineOf(draft.rows, command).holds, tally.holdId);
  capture(draft, command, hold, delivered);
  // Also where order had not asked for them: an operator's write-off (protocol 8).
  giveUp(draft, command, { quantity: released, reason: hold.releasing ?? 'written-off' });
  if (reason !== undefined) tryAgain(draft, command, hold, lost, reason);
  settle(draft, command);
  return draft.events;
}
