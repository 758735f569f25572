import type { Fact } from '@midstream/contracts';
import { check, type ConsentBook, type HoldBook, LIMITS, type LineBook, nameOf, openOf } from './book';
import type { Market } from './market';

/** Consent is asked only where the good changes (protocol 19). */
export function mustConsent({ wish, piecesOf }: LineBook, { sku }: HoldBook, market: Market): boolean {
  const { consent, upTo } = wish.substitution;
  if (piecesOf !== undefined) return consent !== 'pre-approved';
  if (consent === 'pre-approved' || upTo === 'none' || upTo === 'other-supplier') return false;
  return !market.isWanted(wish.need, sku);
}

export function consentRequested(line: LineBook, hold: HoldBook, event: Fact<'ConsentRequested'>, at: number): void {
  const { consentId, quantity, priceMinor, sku } = event;
  const deadlineAt = Date.parse(event.deadlineAt);
  check(
    line.holds.get(hold.holdId) === hold && hold.known !== undefined,
    '19',
    () => `${consentId} is about ${hold.holdId}, another line's`,
  );
  check(hold.assignedAt === undefined, '19', () => `${consentId} is about units that are bought already`);
  check(hold.releaseAskedAt === undefined && line.closing === undefined, '19', () => `${consentId} is about units that were asked back`);
  check(
    quantity === openOf(hold.known) && quantity > 0,
    '19',
    () => `${consentId} is about ${quantity} units of ${openOf(hold.known ?? hold.tally)}`,
  );
  const price = Math.min(hold.priceMinor, hold.referencePriceMinor);
  check(sku === hold.sku && priceMinor === price, '19', () => `${consentId} names ${sku} at ${priceMinor}, and ${hold.sku} costs ${price}`);
  const { piecesOf } = line;
  const isPlain = event.pieces === piecesOf?.pieces && (piecesOf === undefined || event.insteadOf === piecesOf.sku);
  check(isPlain, '19', () => `${consentId} does not say that ${event.pieces} pieces are one ${event.insteadOf}`);
  const known = line.consents.get(consentId);
  if (known === undefined) {
    const due = Math.min(at + line.wish.substitution.consentMs, Math.max(line.wish.deliverByAt, at));
    check(deadlineAt === due, '19', () => `${consentId} may be answered until ${deadlineAt} and not ${due}`);
    line.consents.set(consentId, { consentId, hold, priceMinor, deadlineAt });
    hold.question = { askedAt: at, deadlineAt };
  } else
    check(known.hold === hold && known.answer === undefined && known.deadlineAt === deadlineAt, '19', () => `${consentId} is put anew`);
}

export function consentAnswered(line: LineBook, { consentId, answer }: Fact<'ConsentAnswered'>, at: number): void {
  const consent = line.consents.get(consentId);
  check(consent !== undefined && consent.answer === undefined, '19', () => `${consentId} is answered, and is not open`);
  consent.answer = answer;
  if (answer === 'expired') check(at >= consent.deadlineAt, '19', () => `${consentId} expires ${consent.deadlineAt - at} ms early`);
  if (answer === 'yes' || answer === 'no') check(at < consent.deadlineAt, '19', () => `${consentId} is answered after its deadline`);
  if (answer === 'no') check(hasSaid(line, consent, 'no'), '19', () => `${consentId} was answered no, and nobody said so`);
  if (answer === 'yes') check(hasSaid(line, consent, 'yes'), '19', () => `${consentId} was answered yes, and nobody said so`);
  if (answer === 'withdrawn') {
    const { known } = consent.hold;
    const isVoid = line.closing !== undefined || (known !== undefined && openOf(known) === 0);
    check(isVoid, '19', () => `${consentId} of ${nameOf(line)} is withdrawn, and its units are there`);
  }
  if (answer === 'yes') line.approved.set(consent.hold.sku, Math.max(consent.priceMinor, line.approved.get(consent.hold.sku) ?? 0));
}

/** A yes also answers the line's other questions about that good, at the same or a lower price; a no answers its own. */
function hasSaid(line: LineBook, consent: ConsentBook, answer: 'yes' | 'no'): boolean {
  return line.said.some((it) => {
    if (it.answer !== answer) return false;
    if (it.consentId === consent.consentId) return true;
    const other = line.consents.get(it.consentId);
    return answer === 'yes' && other !== undefined && other.hold.sku === consent.hold.sku && consent.priceMinor <= other.priceMinor;
  });
}

/** How long inventory must keep a hold at least, by what order has said of it in time. */
export const keptUntil = ({ question, expiresAt }: HoldBook): number =>
  question === undefined || question.askedAt >= expiresAt ? expiresAt : Math.max(expiresAt, question.deadlineAt + LIMITS.graceMs);
