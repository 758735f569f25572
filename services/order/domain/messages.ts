import type { Additions, AnyFact, Buyer, Fact, HeldOffer, HoldTally, LossReason, Need, Repack, Substitution } from '@midstream/contracts';
import type { Timed } from '@midstream/kernel';
import type { Asked, ClosingReason, Complaint, Merchant, Scope } from './state';

interface Command<Type extends string> extends Timed {
  readonly type: Type;
}
export interface OfOrder {
  readonly orderId: string;
  readonly merchantId: string;
}
export interface OfLine extends OfOrder {
  readonly lineId: string;
}

/** A line as a merchant writes it; what is left out is filled in by design (README, "Public API"). */
export interface NewLine {
  readonly lineId: string;
  readonly need: Need;
  readonly quantity: number;
  readonly maxUnitPriceMinor: number;
  readonly currency: string;
  /** The account that is topped up. */
  readonly recipient?: string;
  readonly substitution?: Partial<Omit<Substitution, 'waitUntil'>> & { readonly waitUntilAt?: number };
  readonly deliverByAt?: number;
  /** The hub's margin floor does not count for it; for merchants that may say so. */
  readonly waiveMarginFloor?: boolean;
}

export interface PlaceOrder extends Command<'PlaceOrder'>, OfOrder {
  readonly clientReference: string;
  readonly buyer: Pick<Buyer, 'reference' | 'region'> & Partial<Buyer>;
  /** The buyer's pseudonym; absent: he is not told from others. */
  readonly buyerKey?: string;
  readonly lines: readonly NewLine[];
  /** What may be proposed while it runs. */
  readonly additions?: Additions;
}
/** Inventory's one answer to an attempt; without holds where nothing could be held (protocol 15). */
export interface NoteAnswer extends Command<'NoteAnswer'>, OfLine {
  readonly attempt: number;
  readonly decisionId: string;
  readonly holds: readonly HeldOffer[];
  readonly tried: Fact<'OfferHeld'>['tried'];
  readonly candidates: Fact<'OfferHeld'>['candidates'];
  readonly gates: Fact<'OfferHeld'>['gates'];
  readonly repack?: Repack;
}
export type HoldFact = Fact<'HoldLost' | 'HoldReleased' | 'UnitsDelivered' | 'PurchaseSubmitted' | 'PurchaseUnknown'>;
/** Inventory says how a hold stands (protocol 1). */
export interface NoteHold extends Command<'NoteHold'>, OfLine {
  readonly told: HoldFact['type'];
  readonly tally: HoldTally;
  readonly reason?: LossReason;
  readonly misfit?: Fact<'HoldLost'>['misfit'];
}
/** A timer: units that could not be held are asked for again. */
export interface AskAgain extends Command<'AskAgain'>, OfLine {
  readonly attempt: number;
}
export interface AnswerConsent extends Command<'AnswerConsent'>, OfLine {
  readonly consentId: string;
  readonly answer: 'yes' | 'no';
}
/** A timer: what silence means, happens. */
export interface ExpireConsent extends Command<'ExpireConsent'>, OfLine {
  readonly consentId: string;
}
export interface CancelOrder extends Command<'CancelOrder'>, OfOrder {}
/** A timer: ends the lines whose `deliverBy` has come. */
export interface MeetDeadline extends Command<'MeetDeadline'>, OfOrder {}
/** Selection proposes more units to a running order. */
export interface NoteAddition extends Command<'NoteAddition'>, OfOrder {
  readonly addition: Omit<Fact<'AdditionProposed'>, 'type' | 'orderId' | 'merchantId'>;
}
/** `quantity` of a yes: fewer than were offered; all of them where it is left out. */
export interface AnswerAddition extends Command<'AnswerAddition'>, OfOrder {
  readonly additionId: string;
  readonly answer: 'accepted' | 'declined';
  readonly quantity?: number;
}
/** A timer: an offer that nobody answers lapses. */
export interface ExpireAddition extends Command<'ExpireAddition'>, OfOrder {
  readonly additionId: string;
}
/** `sku`: which of the line's goods, where several came; `note`: the buyer's own words, which are personal data. */
export interface FileComplaint extends Command<'FileComplaint'>, OfLine {
  readonly complaintId: string;
  readonly units: number;
  readonly reason: Complaint['reason'];
  readonly sku?: string;
  readonly note?: string;
}
/** `refundMinor`: less than the units have cost; all of it where it is left out. */
export interface ResolveComplaint extends Command<'ResolveComplaint'>, OfLine {
  readonly complaintId: string;
  readonly outcome: NonNullable<Complaint['outcome']>;
  readonly refundMinor?: number;
}
export interface PutMerchant extends Command<'PutMerchant'> {
  readonly merchant: Omit<Merchant, 'told'>;
}
/** Others are to know the tier of a merchant that was made before they were told of any. */
export interface TellMerchant extends Command<'TellMerchant'> {
  readonly merchantId: string;
}
/** What others have learnt of a buyer is to be forgotten. */
export interface EraseBuyer extends Command<'EraseBuyer'> {
  readonly merchantId: string;
  readonly buyerKey: string;
}
export interface DepositMoney extends Command<'DepositMoney'> {
  readonly merchantId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Of the payment, for the books. */
  readonly reference?: string;
}
/** The key itself never comes here: only its SHA-256. */
export interface CreateKey extends Command<'CreateKey'> {
  readonly keyId: string;
  readonly hash: string;
  readonly scope: Scope;
  readonly merchantId?: string;
  readonly supplierId?: string;
}
export interface RevokeKey extends Command<'RevokeKey'> {
  readonly keyId: string;
}

export type OrderCommand =
  | PlaceOrder
  | NoteAnswer
  | NoteHold
  | AskAgain
  | AnswerConsent
  | ExpireConsent
  | CancelOrder
  | MeetDeadline
  | NoteAddition
  | AnswerAddition
  | ExpireAddition
  | FileComplaint
  | ResolveComplaint
  | PutMerchant
  | TellMerchant
  | EraseBuyer
  | DepositMoney
  | CreateKey
  | RevokeKey;

export type OrderCode =
  | 'unknown-merchant'
  | 'merchant-suspended'
  | 'merchant-currency-is-fixed'
  | 'lines-missing'
  | 'too-many-lines'
  | 'duplicate-line'
  | 'need-incomplete'
  | 'too-many-attributes'
  | 'quantity-out-of-range'
  | 'price-out-of-range'
  | 'unknown-sku'
  | 'wrong-currency'
  | 'recipient-missing'
  | 'recipient-not-wanted'
  | 'margin-floor-stands'
  | 'deliver-by-out-of-range'
  | 'consent-time-out-of-range'
  | 'account-too-low'
  | 'account-full'
  | 'amount-out-of-range'
  | 'order-not-found'
  | 'line-not-found'
  | 'consent-not-found'
  | 'consent-superseded'
  | 'consent-too-late'
  | 'consent-answered'
  | 'additions-out-of-range'
  | 'addition-not-found'
  | 'addition-answered'
  | 'addition-too-late'
  | 'addition-over-limit'
  | 'order-closed'
  | 'complaint-over-limit'
  | 'complaint-too-late'
  | 'complaint-not-found'
  | 'complaint-resolved'
  | 'too-many-complaints'
  | 'refund-out-of-range'
  | 'key-owner-missing'
  | 'key-not-found';

/** An entry of the ledger: positive adds to the account. The entries of one movement sum to zero. */
export interface Entry {
  readonly account: 'deposits' | 'merchant-available' | 'order-held' | 'hub-revenue';
  readonly amountMinor: number;
}
/** Money of one merchant goes from account to account: double entry (protocol 22). */
export interface MoneyMoved {
  readonly type: 'MoneyMoved';
  readonly merchantId: string;
  readonly orderId?: string;
  readonly lineId?: string;
  readonly why:
    'deposited' | 'order-placed' | 'line-added' | 'units-delivered' | 'units-given-up' | 'units-repacked' | 'complaint-refunded';
  readonly reference?: string;
  readonly currency: string;
  readonly entries: readonly Entry[];
}
/** Inventory's answer was taken in: the attempt is closed, its holds are the line's. Carries what the timeline tells of the lap. */
export interface AnswerNoted extends OfLine {
  readonly type: 'AnswerNoted';
  readonly attempt: number;
  readonly decisionId: string;
  readonly holds: readonly HeldOffer[];
  readonly unheld: number;
  readonly tried: NoteAnswer['tried'];
  readonly candidates: NoteAnswer['candidates'];
  readonly gates: NoteAnswer['gates'];
  readonly repack?: Repack;
}
export interface HoldNoted extends OfLine {
  readonly type: 'HoldNoted';
  readonly told: HoldFact['type'];
  readonly tally: HoldTally;
  readonly sku: string;
  readonly supplierId: string;
  readonly offerId: string;
  /** The differences to the tally that was known. */
  readonly delivered: number;
  readonly lost: number;
  readonly released: number;
  readonly reason?: LossReason;
  /** What of the hold its offer serves no more. */
  readonly misfit?: Fact<'HoldLost'>['misfit'];
  /** When units of it came, if any did. */
  readonly deliveredAt?: number;
  /** How far the line is with it: delivered units of ordered ones. */
  readonly progress: { readonly ordered: number; readonly delivered: number };
}

/** Facts of order's own log: each changes rows, none leaves the service. */
export type InternalEvent =
  | ({ readonly type: 'OrderOpened'; readonly placedAt: number; readonly merchantTier?: string } & OfOrder)
  /** Personal data, and so in no fact that others hear but the one that must act on it. */
  | ({ readonly type: 'RecipientNoted'; readonly recipient: string } & OfLine)
  | AnswerNoted
  | HoldNoted
  | ({ readonly type: 'AskPlanned'; readonly asked: Asked; readonly askAt: number; readonly waits: boolean } & OfLine)
  | ({ readonly type: 'AttemptClosed'; readonly attempt: number } & OfLine)
  | ({ readonly type: 'LineClosing'; readonly reason: ClosingReason } & OfLine)
  /** What a buyer says of a complaint: kept in a table of its own, from which it can be taken away, and nowhere else. */
  | ({ readonly type: 'NoteTaken'; readonly complaintId: string; readonly buyerKey?: string; readonly note: string } & OfLine)
  | MoneyMoved
  | { readonly type: 'MerchantPut'; readonly merchant: Omit<Merchant, 'told'> };

export type PublicEvent = Fact<
  | 'OrderPlaced'
  | 'LineSelectionRequested'
  | 'ConsentRequested'
  | 'ConsentAnswered'
  | 'LineAssigned'
  | 'ReleaseRequested'
  | 'UnitsGivenUp'
  | 'LineClosed'
  | 'OrderClosed'
  | 'AdditionOffered'
  | 'AdditionAnswered'
  | 'LineAdded'
  | 'LineRepacked'
  | 'ComplaintFiled'
  | 'ComplaintResolved'
  | 'BuyerErased'
  | 'MerchantState'
  | 'ApiKeyState'
>;
export type OrderEvent = InternalEvent | PublicEvent;
export type OrderFact = AnyFact;
