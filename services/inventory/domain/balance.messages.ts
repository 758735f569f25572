import type { Timed } from '@midstream/kernel';
import type { Account } from './account';

interface OfSupplier<Type extends string> extends Timed {
  readonly type: Type;
  readonly supplierId: string;
}

/** Its balance is watched from now on. */
export type WatchBalance = OfSupplier<'WatchBalance'>;
/** It has refused a purchase that would have cost so much, for want of balance. */
export interface NoteShort extends OfSupplier<'NoteShort'> {
  /** In the currency that the supplier quotes in. */
  readonly neededMinor: number;
  readonly currency: string;
}
export interface CheckBalance extends OfSupplier<'CheckBalance'> {
  /** The question's number; a later one has overtaken it. */
  readonly check: number;
}
/** What the supplier says that we have there. Without a figure: it did not answer, or it is of a kind that cannot tell. */
export interface NoteBalance extends OfSupplier<'NoteBalance'> {
  readonly check: number;
  readonly balance?: { readonly balanceMinor: number; readonly currency: string };
  readonly cannotTell?: true;
}
/** What waits there is bought now: the balance is back, or an operator says so. */
export interface ResumeAccount extends OfSupplier<'ResumeAccount'> {
  /** More of what waits follows: only where it has not run out again meanwhile. */
  readonly more?: true;
}
/** The offer may be bought from again. */
export interface ResumeOffer extends Timed {
  readonly type: 'ResumeOffer';
  readonly offerId: string;
}
/** Units that wait for balance are planned again. */
export interface ResumeHold extends Timed {
  readonly type: 'ResumeHold';
  readonly holdId: string;
}
/** They have waited as long as their line can bear. */
export interface GiveUpWaiting extends Timed {
  readonly type: 'GiveUpWaiting';
  readonly holdId: string;
}

export type BalanceCommand =
  WatchBalance | NoteShort | CheckBalance | NoteBalance | ResumeAccount | ResumeOffer | ResumeHold | GiveUpWaiting;

export type BalanceEvent =
  | { readonly type: 'AccountNoted'; readonly account: Account; readonly nextCheckAt?: number }
  | { readonly type: 'BalanceAsked'; readonly supplierId: string; readonly check: number }
  | { readonly type: 'BalanceRanOut'; readonly supplierId: string; readonly neededMinor: number; readonly currency: string }
  | { readonly type: 'ReconciliationDue'; readonly supplierId: string; readonly fromAt: number; readonly untilAt: number }
  | { readonly type: 'BalanceBack'; readonly supplierId: string }
  | { readonly type: 'OfferUnpaid'; readonly offerId: string; readonly unpaid: boolean }
  | { readonly type: 'UnitsWaited'; readonly holdId: string; readonly offerId: string; readonly units: number; readonly untilAt: number }
  | { readonly type: 'WaitEnded'; readonly holdId: string };
