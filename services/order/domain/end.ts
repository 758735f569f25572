import { type Decision, reject } from '@midstream/kernel';
import { withdraw } from './consent';
import { askBack, type Draft, draftOf, giveUp, ofLine, settle, withdrawAdditions } from './draft';
import type { CancelOrder, MeetDeadline, OfLine, OrderCode, OrderEvent } from './messages';
import { askedOf, type ClosingReason, holdsOf, type Line, lineOf, linesOf, openConsents, type Rows } from './state';

/** Asks for all that is not delivered to be released. Repeated, or too late, it changes nothing. */
export function cancelOrder(command: CancelOrder, rows: Rows): Decision<OrderEvent, OrderCode> {
  const order = rows.orders[command.orderId];
  if (order === undefined || order.merchantId !== command.merchantId) return reject('order-not-found');
  const draft = draftOf(rows);
  withdrawAdditions(draft, command);
  for (const it of linesOf(order).filter(isRunning)) endLine(draft, { ...command, lineId: it.lineId }, 'cancelled');
  return draft.events;
}

/** The only thing beside cancel that ends a line that is still looked for (protocol 16). */
export function meetDeadline(command: MeetDeadline, rows: Rows): Decision<OrderEvent> {
  const order = rows.orders[command.orderId];
  if (order === undefined) return [];
  const draft = draftOf(rows);
  const due = linesOf(order).filter((it) => isRunning(it) && it.deliverByAt <= command.at);
  for (const it of due) endLine(draft, { ...command, lineId: it.lineId }, 'deadline');
  return draft.events;
}

const isRunning = (line: Line): boolean => line.end === undefined && line.closing === undefined;

/** Units on no hold are given up at once; those on a hold are asked back, and inventory alone answers (protocol 8). */
function endLine(draft: Draft, of: OfLine, reason: ClosingReason): void {
  draft.emit({ type: 'LineClosing', ...ofLine(of), reason });
  for (const { attempt, quantity, replaces } of askedOf(lineOf(draft.rows, of))) {
    draft.emit({ type: 'AttemptClosed', ...ofLine(of), attempt });
    giveUp(draft, of, { quantity, reason, holdId: replaces?.holdId });
  }
  for (const it of openConsents(lineOf(draft.rows, of))) withdraw(draft, of, it);
  askBack(draft, of, holdsOf(lineOf(draft.rows, of)), reason);
  settle(draft, of);
}
