import type { HeldOffer } from '@midstream/contracts';
import { type Decision, reject } from '@midstream/kernel';
import { askBack, type Draft, draftOf, ofLine, settle } from './draft';
import type { AnswerConsent, ExpireConsent, OfLine, OrderCode, OrderEvent } from './messages';
import { fits, type Products } from './products';
import { chargeOf, type Consent, type Hold, type Line, lineOf, openConsents, openOf, type Rows, rowOf } from './state';

export interface Asking {
  readonly at: number;
  readonly products: Products;
}

/** The id of a question: one hold, one product, one price (protocol 19). */
export const consentIdOf = (orderId: string, lineId: string, attempt: number, place: number): string =>
  `${orderId}:${lineId}:${attempt}:${place}`;

/** Sends the holds of an answer on to be bought; asks the buyer first about each whose product is not the one that was ordered. */
export function assignOrAsk(draft: Draft, of: OfLine, holds: readonly Hold[], { at, products }: Asking): void {
  const line = lineOf(draft.rows, of);
  const asks = holds.map((it) => openOf(it) > 0 && needsConsent(line, it, products));
  const assigned = holds.filter((it, place) => openOf(it) > 0 && asks[place] !== true);
  const deadlineAt = Math.min(at + line.substitution.consentMs, Math.max(line.deliverByAt, at));
  assign(draft, of, assigned);
  holds.forEach((hold, place) => {
    if (asks[place] !== true) return;
    // The place names the hold without naming its offer, which is the hub's affair.
    const consentId = consentIdOf(of.orderId, of.lineId, hold.attempt, place);
    const { holdId, sku } = hold;
    const question = { consentId, holdId, sku, priceMinor: chargeOf(hold), quantity: openOf(hold) };
    put(draft, of, hold, { ...question, deadlineAt, default: line.substitution.consentDefault });
  });
}

function needsConsent(line: Line, hold: Hold, products: Products): boolean {
  if (line.substitution.consent === 'pre-approved') return false;
  if (line.piecesOf === undefined && !mayBeAnother(line, hold.sku, products)) return false;
  const approved = line.approved[hold.sku];
  return approved === undefined || chargeOf(hold) > approved;
}

/** Pieces are another good than was ordered, whoever sells them; of any other line it depends. */
function mayBeAnother(line: Line, sku: string, products: Products): boolean {
  const { upTo } = line.substitution;
  return upTo !== 'none' && upTo !== 'other-supplier' && !isOrdered(line, sku, products);
}

function isOrdered({ need }: Line, sku: string, products: Products): boolean {
  if (need.sku !== undefined) return need.sku === sku;
  const product = products.get(sku);
  return product !== undefined && fits(product, need);
}

function put(draft: Draft, of: OfLine, hold: Hold, consent: Consent): void {
  const { currency } = rowOf(draft.rows.orders, of.orderId);
  const { piecesOf, need } = lineOf(draft.rows, of);
  const insteadOf = piecesOf?.sku ?? hold.replaces?.sku ?? need.sku;
  const { consentId, holdId, sku, priceMinor, quantity, deadlineAt } = consent;
  draft.emit({
    type: 'ConsentRequested',
    ...ofLine(of),
    consentId,
    holdId,
    quantity,
    sku,
    priceMinor,
    currency,
    ...(insteadOf !== undefined && { insteadOf }),
    deadlineAt: new Date(deadlineAt).toISOString(),
    default: consent.default,
    ...(piecesOf && { pieces: piecesOf.pieces }),
  });
}

/** The only trigger of a purchase; with `replaces` it is a substitution (protocol 7). The holds are of one attempt. */
function assign(draft: Draft, of: OfLine, holds: readonly Hold[]): void {
  const [first] = holds;
  if (first === undefined) return;
  const { currency } = rowOf(draft.rows.orders, of.orderId);
  const { recipient } = lineOf(draft.rows, of);
  const { attempt, decisionId, replaces } = first;
  const because = replaces && { holdId: replaces.holdId, offerId: replaces.offerId, sku: replaces.sku, reason: replaces.reason };
  draft.emit({
    type: 'LineAssigned',
    ...ofLine(of),
    attempt,
    decisionId,
    holds: holds.map((it) => heldOf(it, currency)),
    ...(recipient !== undefined && { recipient }),
    ...(because && { replaces: because }),
  });
}

function heldOf(hold: Hold, currency: string): HeldOffer {
  const { holdId, version, granted, delivered, lost, released, offerId, supplierId, sku, priceMinor, expiresAt } = hold;
  return { tally: { holdId, version, granted, delivered, lost, released }, offerId, supplierId, sku, priceMinor, currency, expiresAt };
}

/** The hold under a question has changed: it is asked about what is left, or no more (protocol 19). */
export function reviseConsent(draft: Draft, of: OfLine, holdId: string): void {
  const line = lineOf(draft.rows, of);
  const hold = rowOf(line.holds, holdId);
  const consent = openConsents(line).find((it) => it.holdId === holdId);
  if (consent === undefined || consent.quantity === openOf(hold)) return;
  if (openOf(hold) === 0) withdraw(draft, of, consent);
  else put(draft, of, hold, { ...consent, quantity: openOf(hold) });
}

export const withdraw = (draft: Draft, of: OfLine, consent: Consent): void => answer(draft, of, consent, 'withdrawn');

function answer(draft: Draft, of: OfLine, { consentId, holdId, sku }: Consent, said: NonNullable<Consent['answer']>): void {
  draft.emit({ type: 'ConsentAnswered', ...ofLine(of), consentId, holdId, sku, answer: said });
}

/** The buyer says yes or no to one question. A yes also answers the line's other questions for that product at no higher price. */
export function answerConsent(command: AnswerConsent, rows: Rows): Decision<OrderEvent, OrderCode> {
  const order = rows.orders[command.orderId];
  if (order === undefined || order.merchantId !== command.merchantId) return reject('order-not-found');
  const line = order.lines[command.lineId];
  if (line === undefined) return reject('line-not-found');
  const consent = line.consents[command.consentId];
  if (consent === undefined) return reject('consent-not-found');
  if (consent.answer !== undefined) return answeredBefore(consent, command);
  if (command.at >= consent.deadlineAt) return reject('consent-too-late', { deadlineAt: new Date(consent.deadlineAt).toISOString() });

  const draft = draftOf(rows);
  if (command.answer === 'no') refuse(draft, command, consent, 'no');
  else {
    const same = openConsents(line).filter((it) => it.sku === consent.sku && it.priceMinor <= consent.priceMinor);
    for (const it of same) accept(draft, command, it, 'yes');
  }
  settle(draft, command);
  return draft.events;
}

function answeredBefore({ answer: said, deadlineAt }: Consent, command: AnswerConsent): Decision<OrderEvent, OrderCode> {
  if (said === command.answer) return [];
  if (said === 'withdrawn') return reject('consent-superseded');
  return said === 'expired'
    ? reject('consent-too-late', { deadlineAt: new Date(deadlineAt).toISOString() })
    : reject('consent-answered', { answer: said ?? '' });
}

/** Silence until the deadline means what the line's policy says. */
export function expireConsent(command: ExpireConsent, rows: Rows): Decision<OrderEvent> {
  const consent = rows.orders[command.orderId]?.lines[command.lineId]?.consents[command.consentId];
  if (consent === undefined || consent.answer !== undefined || command.at < consent.deadlineAt) return [];
  const draft = draftOf(rows);
  if (consent.default === 'accept') accept(draft, command, consent, 'expired');
  else refuse(draft, command, consent, 'expired');
  settle(draft, command);
  return draft.events;
}

function accept(draft: Draft, of: OfLine, consent: Consent, said: 'yes' | 'expired'): void {
  answer(draft, of, consent, said);
  assign(draft, of, [rowOf(lineOf(draft.rows, of).holds, consent.holdId)]);
}

function refuse(draft: Draft, of: OfLine, consent: Consent, said: 'no' | 'expired'): void {
  answer(draft, of, consent, said);
  askBack(draft, of, [rowOf(lineOf(draft.rows, of).holds, consent.holdId)], 'declined');
}
