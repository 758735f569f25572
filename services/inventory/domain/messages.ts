import type { AnyFact, Fact } from '@midstream/contracts';
import type { Timed } from '@midstream/kernel';
import type { BalanceCommand, BalanceEvent } from './balance.messages';
import type { CapCommand, CapEvent } from './caps.messages';
import type { WrittenOff } from './ledger';
import type { LevelCommand, LevelEvent } from './levels.messages';
import type { FigureSource, SupplyCommand, SupplyEvent } from './supply.messages';
import type { OfPurchase, PurchaseAsked, PurchaseOpened, PurchaseSettled } from './purchase.messages';
import type { Closure, CostTiers, OfferedTerms, OfferTerms, ReleaseReason, Stage, Supplier, VerdictSpan } from './state';

type ProductFact = Fact<'ProductState'>;
type Cleared = Fact<'OffersCleared'>;

export type * from './purchase.messages';

interface Command<Type extends string> extends Timed {
  readonly type: Type;
}

export interface PutProduct extends Command<'PutProduct'> {
  readonly product: Omit<ProductFact, 'type' | 'version' | 'tierPrices'>;
  /** A mark-up rule makes the price; the product's own counts until a cost is known. */
  readonly priceBy?: 'rule';
}
export interface PutSupplier extends Command<'PutSupplier'> {
  readonly supplier: Supplier;
}
export interface PutOffer extends Command<'PutOffer'> {
  readonly supplierId: string;
  readonly sku: string;
  readonly terms: OfferedTerms;
}
/** The hub's price has changed: it may close the offer, or open it. */
export interface RepriceOffer extends Command<'RepriceOffer'> {
  readonly offerId: string;
  readonly ceilingMinor: number;
  /** Of the product: an older price is overtaken. Absent in work of before. */
  readonly priceVersion?: number;
  /** Absent: no margin is insisted on. */
  readonly floorBp?: number;
  readonly ruled?: true;
}
export interface ReportStock extends Command<'ReportStock'> {
  /** Whose feed it is. */
  readonly supplierId: string;
  readonly offerId: string;
  readonly quantity: number;
  readonly sequence: number;
  /** Of a poll: the offer's `accepted` when the poll began. A push settles what was accepted before the report before it. */
  readonly settled?: number;
  readonly costTiers?: CostTiers;
  /** Absent: a poll names what is settled, a push does not. */
  readonly source?: FigureSource;
}
/** All codes that ever came into a vault offer: a total, so that a repeat counts nothing twice. */
export interface CountVault extends Command<'CountVault'> {
  readonly offerId: string;
  /** All that ever came in. */
  readonly stocked: number;
  /** What of it is written off unsold (none unless said). Both only grow. */
  readonly expired?: number;
  /** Of these, what could still be redeemed, and came so near to its expiry that it is no longer sold. */
  readonly withdrawn?: number;
  /** Of these, what is there under another good as well. */
  readonly twins?: number;
  /** For the hub's own stock, whose offer may not exist yet. */
  readonly terms?: OfferTerms;
}
export interface CloseOffer extends Command<'CloseOffer'> {
  readonly offerId: string;
  readonly cause: Exclude<Closure['cause'], 'banned'>;
  /** Of `too-slow` and `capacity`: it opens again by itself after this. */
  readonly forMs?: number;
}
export interface OpenOffer extends Command<'OpenOffer'> {
  readonly offerId: string;
  readonly cause: Exclude<Closure['cause'], 'banned'>;
}
export interface NoteVerdict extends Command<'NoteVerdict'> {
  readonly sku: string;
  readonly version: number;
  readonly verdicts: readonly VerdictSpan[];
}
/** Takes over into the offer what the verdict of its SKU says now. */
export interface ApplyVerdict extends Command<'ApplyVerdict'> {
  readonly offerId: string;
  readonly sku: string;
}
/** After an unban: the codes of a purchase that the ban kept back. */
export interface FreeQuarantined extends Command<'FreeQuarantined'>, OfPurchase {
  readonly units: readonly string[];
}
export interface HoldFirst extends Command<'HoldFirst'>, Pick<Cleared, 'decisionId' | 'request' | 'candidates' | 'gates' | 'repack'> {
  /** The counts of caps that were found to be needed, and are locked. */
  readonly usageIds?: readonly string[];
}
export interface ExtendHold extends Command<'ExtendHold'> {
  readonly holdId: string;
  readonly deadlineAt: number;
}
export interface ExpireHold extends Command<'ExpireHold'> {
  readonly holdId: string;
}
export interface AssignHold extends Command<'AssignHold'> {
  readonly holdId: string;
  readonly recipient?: string;
}
export interface ReleaseHold extends Command<'ReleaseHold'> {
  readonly holdId: string;
  readonly reason: ReleaseReason;
}
export interface SubmitPurchase extends Command<'SubmitPurchase'>, OfPurchase {
  readonly quantity: number;
}
/** What a supplier has answered so far. `units`: the outcome of each that is known; `rest`: what becomes of the others. */
export interface RecordOutcome extends Command<'RecordOutcome'>, OfPurchase {
  readonly units: readonly { readonly unit: number; readonly kind: 'code' | 'top-up' | 'invalid' }[];
  readonly rest: 'pending' | 'refused' | 'out-of-stock' | 'price-risen' | 'no-balance' | 'capacity';
  /** What one unit costs; of a refusal as `price-risen`, what it would cost. */
  readonly unitCostMinor: number;
  /** How long the supplier took to answer the purchase itself: our own queue is not its fault. Absent: it was asked later. */
  readonly answerMs?: number;
}
export interface MarkUnknown extends Command<'MarkUnknown'>, OfPurchase {
  /** Our own process died in the call: no sign of a slow supplier. */
  readonly ours?: true;
}
export interface AskPurchase extends Command<'AskPurchase'>, OfPurchase {
  /** The question's number; a later one has overtaken it. Absent: an operator asks. */
  readonly ask?: number;
}
/** The supplier did not answer the question: it is put again, later. */
export interface NoteSilence extends Command<'NoteSilence'>, OfPurchase {}
export interface WriteOff extends Command<'WriteOff'>, OfPurchase {}
/** Its supplier fulfils by hand, and the deadline is near, or over. */
export interface RemindWork extends Command<'RemindWork'>, OfPurchase {
  readonly about: 'due-soon' | 'late';
}
/** Names the holds that a drain may take from; which and why is read again under the offer's lock. */
export interface DrainOffer extends Command<'DrainOffer'> {
  readonly offerId: string;
  /** DRAIN_BATCH at most. */
  readonly holdIds: readonly string[];
  /** More of the same step follows in this transaction: how the drain goes on is said by its last command. */
  readonly more?: true;
}
export interface ResumeDrain extends Command<'ResumeDrain'> {
  readonly offerId: string;
}
export interface StopDrain extends Command<'StopDrain'> {
  readonly offerId: string;
}
/** An operator lets a stopped drain run again. */
export interface AllowDrain extends Command<'AllowDrain'> {
  readonly offerId: string;
}
/** Of what was measured then, and was not found again since. */
export interface ForgetSlowness extends Command<'ForgetSlowness'> {
  readonly offerId: string;
  readonly measuredAt: number;
}
/** Lost units have found their end elsewhere: the storm has room for as many. */
export interface NoteBack extends Command<'NoteBack'> {
  readonly offerId: string;
  readonly units: number;
}

export type InventoryCommand =
  | PutProduct
  | PutSupplier
  | PutOffer
  | RepriceOffer
  | ReportStock
  | CountVault
  | CloseOffer
  | OpenOffer
  | NoteVerdict
  | ApplyVerdict
  | FreeQuarantined
  | HoldFirst
  | ExtendHold
  | ExpireHold
  | AssignHold
  | ReleaseHold
  | SubmitPurchase
  | RecordOutcome
  | MarkUnknown
  | AskPurchase
  | NoteSilence
  | WriteOff
  | RemindWork
  | DrainOffer
  | ResumeDrain
  | StopDrain
  | AllowDrain
  | NoteBack
  | ForgetSlowness
  | BalanceCommand
  | CapCommand
  | LevelCommand
  | SupplyCommand;

export type InventoryCode =
  | 'unknown-product'
  | 'unknown-supplier'
  | 'unknown-offer'
  | 'unknown-purchase'
  | 'foreign-offer'
  | 'stale-report'
  | 'vault-refuses-feeds'
  | 'not-a-vault'
  | 'supplier-kind-is-fixed'
  | 'product-kind-is-fixed'
  | 'face-value-is-fixed'
  | 'base-url-missing'
  | 'supplier-reserved'
  | 'wrong-currency'
  | 'unknown-rate'
  | 'wrong-rate'
  | 'stale-rate'
  | 'rate-from-the-future'
  | 'wrong-validity'
  | 'wrong-denomination'
  | 'wrong-tiers'
  | 'double-rule'
  | 'double-cap'
  | 'wrong-cap'
  | 'wrong-alert'
  | 'alert-levels-cross'
  | 'double-alert'
  | 'too-many-ruled'
  | 'too-many-tiers'
  | 'wrong-quantities'
  | 'purchase-is-settled'
  | 'purchase-not-unknown';

/** Facts of inventory's own log; each changes rows, none leaves the service. */
export type InternalEvent =
  | BalanceEvent
  | CapEvent
  | LevelEvent
  | SupplyEvent
  | { readonly type: 'SupplierPut'; readonly supplier: Supplier }
  | {
      readonly type: 'ProductRepriced';
      readonly sku: string;
      /** The dearest that any merchant pays. */
      readonly priceMinor: number;
      /** Of the product; absent in logs of before. */
      readonly version?: number;
      readonly floorBp?: number;
      readonly ruled?: true;
      readonly offerIds: readonly string[];
    }
  | {
      readonly type: 'OfferPut';
      readonly terms: OfferTerms;
      readonly at: number;
      readonly costSource?: FigureSource;
      /** Who has changed the pace; absent: it is as it was. */
      readonly paceSource?: FigureSource;
      readonly priceVersion?: number;
    }
  | {
      readonly type: 'StockReported';
      readonly offerId: string;
      readonly reported: number;
      readonly sequence: number;
      readonly settled: number;
      readonly at: number;
      /** Absent in logs of before. */
      readonly source?: FigureSource;
      /** Of a poll: how often one is told. */
      readonly everyMs?: number;
      /** Of a vault: units that were written off since it was counted last. */
      readonly writtenOff?: WrittenOff;
    }
  | {
      readonly type: 'VerdictNoted';
      readonly sku: string;
      readonly version: number;
      readonly verdicts: readonly VerdictSpan[];
      readonly offerIds: readonly string[];
    }
  | {
      readonly type: 'ClosuresSet';
      readonly offerId: string;
      readonly closures: readonly Closure[];
      readonly reopens?: { readonly cause: 'capacity' | 'too-slow'; readonly at: number };
    }
  | { readonly type: 'HoldExtended'; readonly holdId: string; readonly expiresAt: number }
  | { readonly type: 'RecipientNoted'; readonly holdId: string; readonly recipient: string }
  | { readonly type: 'ReleaseNoted'; readonly holdId: string; readonly reason: ReleaseReason }
  | {
      readonly type: 'UnitsMoved';
      readonly holdId: string;
      readonly offerId: string;
      readonly from: Stage;
      readonly to: Stage;
      readonly units: number;
      /** Units of a capped hold have come to an end: these counts are to know. */
      readonly usageIds?: readonly string[];
    }
  | ({
      readonly type: 'PurchasePlanned';
      readonly offerId: string;
      readonly quantity: number;
      readonly startAt: number;
      readonly again: boolean;
    } & OfPurchase)
  | PurchaseOpened
  | PurchaseSettled
  | ({ readonly type: 'AskPlanned'; readonly ask: number; readonly askAt: number; readonly ours?: true } & OfPurchase)
  | PurchaseAsked
  | ({ readonly type: 'CodesKept'; readonly units: readonly string[]; readonly terms: OfferTerms } & OfPurchase)
  | ({ readonly type: 'CodesQuarantined'; readonly units: readonly string[] } & OfPurchase)
  | { readonly type: 'QuarantineEnded'; readonly purchaseId: string; readonly units: number }
  /** Without `p90Ms` it is as fast as it promises. */
  | { readonly type: 'SlownessMeasured'; readonly offerId: string; readonly at: number; readonly p90Ms?: number; readonly until?: number }
  | { readonly type: 'DrainDue'; readonly offerId: string }
  | { readonly type: 'DrainAskedAgain'; readonly offerId: string }
  | { readonly type: 'DrainPaused'; readonly offerId: string; readonly resumeAt: number }
  | { readonly type: 'DrainEnded'; readonly offerId: string }
  | { readonly type: 'DrainStopped'; readonly offerId: string; readonly stopped: boolean }
  | { readonly type: 'UnitsWentAway'; readonly offerId: string; readonly units: number; readonly at: number }
  | { readonly type: 'UnitsCameBack'; readonly offerId: string; readonly units: number; readonly at: number };

export type PublicEvent = Fact<
  | 'OfferHeld'
  | 'NothingHeld'
  | 'PurchaseSubmitted'
  | 'PurchaseUnknown'
  | 'UnitsDelivered'
  | 'HoldLost'
  | 'HoldReleased'
  | 'WorkItemReminded'
  | 'OfferState'
  | 'ProductState'
  | 'StockLow'
  | 'StockBack'
>;
export type InventoryEvent = InternalEvent | PublicEvent;
export type InventoryFact = AnyFact;
