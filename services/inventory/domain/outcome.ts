import type { LossReason } from '@midstream/contracts';
import type { Decision } from '@midstream/kernel';
import { draftOf, type Draft, lose, move, ofHold, tellState } from './draft';
import { keepCodes } from './keep';
import type { InventoryEvent, PurchaseSettled, RecordOutcome } from './messages';
import { askLater, rest } from './purchase';
import { convertBack, factorTo } from './rates';
import { measure } from './slowness';
import { costAt, type Hold, isBanned, openOf, type Purchase, type Rows, rowOf } from './state';
import { armIfClosed, armIfShort, learnCost, runDry } from './supply';
import { waitForBalance, waitsUntil } from './wait';

type Unit = RecordOutcome['units'][number];
type Destiny = 'delivered' | 'kept' | 'quarantined' | 'written-off';

/** What the units of one answer become. */
interface Answer {
  readonly fresh: readonly Unit[];
  readonly codes: readonly Unit[];
  readonly topUps: readonly Unit[];
  readonly invalid: number;
  /** Where its codes go, and its top-ups. */
  readonly codesTo: Destiny;
  readonly topUpsTo: Destiny;
  /** Units that this answer leaves open, and those that it refuses. */
  readonly pending: number;
  readonly refused: number;
}

const REASONS: Readonly<Record<Exclude<RecordOutcome['rest'], 'pending'>, LossReason>> = {
  refused: 'refused',
  'out-of-stock': 'out-of-stock',
  'price-risen': 'price-risen',
  'no-balance': 'capacity',
  capacity: 'capacity',
};

/** What a supplier has answered, now or when asked: each unit ends once, whichever answer says so first, and however often. */
export function recordOutcome(command: RecordOutcome, rows: Rows): Decision<InventoryEvent> {
  const purchase = rows.purchases[command.purchaseId];
  const hold = rows.holds[command.holdId];
  if (purchase === undefined || hold === undefined || openOf(purchase) === 0) return [];
  const answer = read(command, purchase, hold, isBanned(rows.verdicts[purchase.sku], hold.region, command.at));
  const draft = draftOf(rows);
  draft.emit(settledBy(answer, command, purchase));
  if (purchase.status !== 'written-off') moveUnits(draft, hold, purchase, answer, command);
  stow(draft, purchase, answer);
  if (answer.refused > 0) noteRefusal(draft, purchase, command);
  if (answer.pending > 0) for (const it of askLater(rowOf(draft.rows.purchases, purchase.purchaseId), command.at)) draft.emit(it);
  armIfShort(draft, purchase.offerId);
  if (answer.fresh.length > 0 && answer.pending === 0) measure(draft, purchase.offerId, command.at);
  tellState(draft, purchase.offerId);
  return draft.events;
}

function read(command: RecordOutcome, purchase: Purchase, hold: Hold, banned: boolean): Answer {
  const known = new Set(purchase.done);
  const fresh = command.units.filter(({ unit }) => unit >= 1 && unit <= purchase.quantity && !known.has(unit) && known.add(unit));
  const codes = fresh.filter((it) => it.kind === 'code');
  const topUps = fresh.filter((it) => it.kind === 'top-up');
  const left = openOf(purchase) - fresh.length;
  const writtenOff = purchase.status === 'written-off';
  return {
    fresh,
    codes,
    topUps,
    invalid: fresh.length - codes.length - topUps.length,
    codesTo: writtenOff ? 'kept' : banned ? 'quarantined' : hold.releaseAsked ? 'kept' : 'delivered',
    // It is in the buyer's account: delivered, whatever was asked since (protocol 8, 14).
    topUpsTo: writtenOff ? 'written-off' : 'delivered',
    pending: command.rest === 'pending' ? left : 0,
    refused: command.rest === 'pending' ? 0 : left,
  };
}

function settledBy(answer: Answer, { rest, unitCostMinor, answerMs, at }: RecordOutcome, purchase: Purchase): PurchaseSettled {
  const count = (destiny: Destiny): number =>
    (answer.codesTo === destiny ? answer.codes.length : 0) + (answer.topUpsTo === destiny ? answer.topUps.length : 0);
  const bought = answer.codes.length + answer.topUps.length;
  const nothing = answer.refused > 0 && rest !== 'capacity' ? 'rejected' : 'failed';
  const ended = purchase.bought + bought > 0 ? 'fulfilled' : nothing;
  return {
    type: 'PurchaseSettled',
    purchaseId: purchase.purchaseId,
    offerId: purchase.offerId,
    status: purchase.status === 'written-off' ? 'written-off' : answer.pending > 0 ? 'accepted' : ended,
    done: answer.fresh.map((it) => it.unit),
    bought,
    delivered: count('delivered'),
    kept: count('kept'),
    quarantined: count('quarantined'),
    writtenOff: count('written-off'),
    failed: answer.invalid + answer.refused,
    // Once a supplier has accepted units, or is taken to have, they are out of its supply already.
    accepted: purchase.status === 'submitting' || purchase.status === 'unknown' ? answer.fresh.length + answer.pending : 0,
    costMinor: unitCostMinor * bought,
    ...(rest !== 'pending' && answer.refused > 0 && { refusal: rest }),
    responseMs: answer.pending > 0 || purchase.status === 'written-off' ? 0 : Math.max(0, at - purchase.submittedAt),
    ...(answerMs !== undefined && { answerMs }),
  };
}

function moveUnits(draft: Draft, hold: Hold, { purchaseId, status }: Purchase, answer: Answer, command: RecordOutcome): void {
  const stage = status === 'submitting' || status === 'unknown' ? status : 'accepted';
  const arrived = [...(answer.codesTo === 'delivered' ? answer.codes : []), ...answer.topUps];
  if (arrived.length > 0) {
    move(draft, hold, stage, 'delivered', arrived.length);
    const deliveries = arrived.map(({ unit, kind }) => ({
      deliveryId: unitId(purchaseId, unit),
      kind: kind === 'code' ? ('code' as const) : ('top-up' as const),
    }));
    draft.emit({ type: 'UnitsDelivered', ...ofHold(draft, hold.holdId), purchaseId, deliveries });
  }
  if (answer.codesTo !== 'delivered') lose(draft, hold, [[stage, answer.codes.length]], 'banned');
  lose(draft, hold, [[stage, answer.invalid]], 'invalid-code');
  if (stage !== 'accepted' && canWait(hold, command)) {
    move(draft, hold, stage, 'queued', answer.refused);
    if (answer.refused > 0) waitForBalance(draft, hold, answer.refused, command.at);
    if (answer.refused > 0) armIfClosed(draft, hold.offerId);
  } else if (command.rest !== 'pending') lose(draft, hold, [[stage, answer.refused]], REASONS[command.rest]);
  if (stage !== 'accepted') move(draft, hold, stage, 'accepted', answer.pending);
}

/** Short of balance is no loss yet: nothing was bought, the supplier has it, and the money may come before the line must look elsewhere. */
const canWait = (hold: Hold, { rest, at }: RecordOutcome): boolean =>
  rest === 'no-balance' && hold.releaseAsked === undefined && waitsUntil(hold.deliverByAt, at) > at;

function stow(draft: Draft, purchase: Purchase, { codes, codesTo }: Answer): void {
  const { purchaseId, holdId, sku } = purchase;
  const units = codes.map((it) => unitId(purchaseId, it.unit));
  if (codesTo === 'kept') keepCodes(draft, purchase, units);
  if (codesTo === 'quarantined' && units.length > 0) draft.emit({ type: 'CodesQuarantined', purchaseId, holdId, sku, units });
}

/** What a refusal tells of the whole offer. */
function noteRefusal(
  draft: Draft,
  { offerId, supplierId, quantity, maxCostMinor }: Purchase,
  { rest: cause, unitCostMinor, at }: RecordOutcome,
): void {
  if (cause === 'out-of-stock') runDry(draft, offerId, at);
  if (cause === 'price-risen') learnCost(draft, offerId, unitCostMinor, at);
  if (cause === 'capacity') rest(draft, offerId, 'capacity', at);
  if (cause !== 'no-balance') return;
  const offer = rowOf(draft.rows.offers, offerId);
  if (offer.unpaid !== true) draft.emit({ type: 'OfferUnpaid', offerId, unpaid: true });
  const { currency, costTiers } = offer.quoted ?? offer;
  const unitCost = Math.min(convertBack(maxCostMinor, factorTo(offer)), costAt(costTiers, quantity));
  draft.emit({ type: 'BalanceRanOut', supplierId, neededMinor: unitCost * quantity, currency });
}

/** The one unit of a purchase: what a code is given to, and what is delivered. */
export const unitId = (purchaseId: string, unit: number): string => `${purchaseId}/${unit}`;
