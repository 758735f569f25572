import type { Fact, Substitution } from '@midstream/contracts';
import { type Decision, reject, type Rejection } from '@midstream/kernel';
import { type Draft, draftOf, holdMoney } from './draft';
import { ADDITIONS_MAX, LINES_MAX } from './limits';
import type { AnswerAddition, ExpireAddition, NoteAddition, OrderCode, OrderEvent } from './messages';
import { ask } from './select';
import { type Addition, additionsOf, linesOf, type Order, type Rows, rowOf, sum } from './state';

/**
 * Selection proposes more units: the merchant is asked where the order is open, and its buyer lets that much be proposed at that price.
 * All else is left: a proposal is no promise, and the order may have changed since.
 */
export function noteAddition({ orderId, merchantId, addition, at }: NoteAddition, rows: Rows): Decision<OrderEvent> {
  const order = rows.orders[orderId];
  const line = order?.lines[addition.lineId];
  if (order?.additions === undefined || line === undefined || !isOpen(order)) return [];
  const known = additionsOf(order);
  const expiresAt = Math.min(Date.parse(addition.expiresAt), line.deliverByAt);
  if (order.offered?.[addition.additionId] !== undefined || known.length >= ADDITIONS_MAX || expiresAt <= at) return [];
  const { maxQuantity, maxUnitPriceMinor } = order.additions;
  const units = sum(known, offeredUnits) + addition.quantity;
  if (units > maxQuantity || addition.priceMinor > maxUnitPriceMinor || addition.currency !== order.currency) return [];
  return [{ type: 'AdditionOffered', orderId, merchantId, ...addition, expiresAt: new Date(expiresAt).toISOString() }];
}

/** What of the buyer's limit an addition takes: nothing, once it is known that it is not wanted. */
const offeredUnits = ({ answer, accepted, quantity }: Addition): number =>
  answer === undefined ? quantity : answer === 'accepted' ? (accepted ?? 0) : 0;

/** Something of it runs, and nobody has asked for all of it back. */
const isOpen = (order: Order): boolean =>
  order.end === undefined && linesOf(order).some((it) => it.end === undefined && it.closing === undefined);

/** The merchant says yes or no to an addition. A yes makes a line of it, in the same transaction as its money is held. */
export function answerAddition(command: AnswerAddition, rows: Rows): Decision<OrderEvent, OrderCode> {
  const { orderId, merchantId, additionId, answer, at } = command;
  const order = rows.orders[orderId];
  if (order === undefined || order.merchantId !== merchantId) return reject('order-not-found');
  const addition = additionsOf(order).find((it) => it.additionId === additionId);
  if (addition === undefined) return reject('addition-not-found');
  const { sku, quantity, expiresAt } = addition;
  if (addition.answer !== undefined) return answeredBefore(addition, command);
  if (at >= expiresAt) return tooLate(addition);
  if (!isOpen(order)) return reject('order-closed', { status: order.end ?? 'closing' });
  if (answer === 'declined') return [{ type: 'AdditionAnswered', orderId, merchantId, additionId, sku, answer }];
  const units = command.quantity ?? quantity;
  if (!Number.isSafeInteger(units) || units < 1 || units > quantity) return reject('addition-over-limit', { least: 1, most: quantity });
  return accept({ order, addition, units }, rows);
}

function answeredBefore(addition: Addition, command: AnswerAddition): Decision<OrderEvent, OrderCode> {
  const { answer: said, accepted } = addition;
  if (said === command.answer && (command.quantity === undefined || command.quantity === accepted)) return [];
  if (said === 'expired') return tooLate(addition);
  return said === 'withdrawn' ? reject('order-closed') : reject('addition-answered', { answer: said ?? '', quantity: accepted ?? 0 });
}

const tooLate = ({ expiresAt }: Addition): Rejection<OrderCode> =>
  reject('addition-too-late', { expiresAt: new Date(expiresAt).toISOString() });

interface Accepted {
  readonly order: Order;
  readonly addition: Addition;
  readonly units: number;
}

function accept({ order, addition, units }: Accepted, rows: Rows): Decision<OrderEvent, OrderCode> {
  const { orderId, merchantId } = order;
  const { additionId, sku, priceMinor } = addition;
  const account = rowOf(rows.accounts, merchantId);
  if (rows.merchants[merchantId]?.status === 'suspended') return reject('merchant-suspended', { merchantId });
  if (order.lineIds.length >= LINES_MAX) return reject('too-many-lines', { limit: LINES_MAX });
  const needed = units * priceMinor;
  if (needed > account.availableMinor) return reject('account-too-low', { available: account.availableMinor, needed });

  const draft = draftOf(rows);
  draft.emit({ type: 'AdditionAnswered', orderId, merchantId, additionId, sku, answer: 'accepted', quantity: units });
  addLine(draft, { order, addition, units });
  return draft.events;
}

/** A line like any other from here on: its own good at the price that was offered, on the terms of the line beside it. */
function addLine(draft: Draft, { order, addition, units }: Accepted): void {
  const { orderId, merchantId } = order;
  const { additionId, sku, priceMinor } = addition;
  const beside = rowOf(order.lines, addition.lineId);
  const lineId = freeLineId(order);
  const of = { orderId, merchantId, lineId };
  const line: Fact<'LineAdded'>['line'] = {
    lineId,
    need: { sku },
    quantity: units,
    maxUnitPriceMinor: priceMinor,
    substitution: itself(beside.substitution),
    deliverBy: new Date(beside.deliverByAt).toISOString(),
    ...(beside.marginFloorWaived && { marginFloorWaived: true }),
  };
  draft.emit({ type: 'LineAdded', ...of, additionId, line, heldMinor: units * priceMinor });
  holdMoney(draft, { orderId, merchantId }, 'line-added', units * priceMinor);
  if (beside.recipient !== undefined) draft.emit({ type: 'RecipientNoted', ...of, recipient: beside.recipient });
  ask(draft, of, { attempt: 1, depth: 1, ranking: 1, quantity: units, tried: [] });
}

/** The merchant agreed to this good; nobody asked whether another would do. */
const itself = ({ upTo, ...policy }: Substitution): Substitution => ({ ...policy, upTo: upTo === 'none' ? 'none' : 'other-supplier' });

/** By a number of its own; a merchant may have called a line of its own so. */
function freeLineId({ lineIds }: Order): string {
  let number = 1;
  while (lineIds.includes(`added-${number}`)) number += 1;
  return `added-${number}`;
}

/** Nobody answered in time. */
export function expireAddition({ orderId, merchantId, additionId, at }: ExpireAddition, rows: Rows): Decision<OrderEvent> {
  const addition = rows.orders[orderId]?.offered?.[additionId];
  if (addition === undefined || addition.answer !== undefined || at < addition.expiresAt) return [];
  return [{ type: 'AdditionAnswered', orderId, merchantId, additionId, sku: addition.sku, answer: 'expired' }];
}
