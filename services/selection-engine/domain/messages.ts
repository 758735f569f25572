import type { Candidate, Fact, Gate, GateCounts, SelectionRequest } from '@midstream/contracts';
import type { AdditionCommand, AdditionEvent } from './additions/watch';
import type { SplitMade } from './assign/bulk';
import type { StormPlanned } from './assign/storm';
import type { Chosen, Known } from './chain/record';
import type { MoneySettings } from './chain/settings';
import type { ComplaintNoted, NoteComplaint } from './complaints/note';
import type { CountDemand } from './market/demand';
import type { RepackMade } from './repack/best';
import type { ReportSignal, SignalCode, SignalEvent } from './market/signals';
import type { OnTrial } from './trials/models';
import type { TrialChanged, TrialCode, TrialCommand } from './trials/trials';

/** Answer a line's request with a ranked list, once an attempt. */
export interface RankOffers {
  readonly type: 'RankOffers';
  readonly at: number;
  readonly request: SelectionRequest;
  /** The order takes pieces of the same brand. */
  readonly mayRepack?: boolean;
}

/** One offer as the decision saw it: stopped at a gate, or with the numbers that it was chosen by. */
export interface Considered {
  readonly offerId: string;
  readonly sku: string;
  readonly version: number;
  /** Known to be there, and what of it the last seconds' decisions have left. */
  readonly available: number;
  readonly room: number;
  readonly gate?: Gate;
  /** Others were just sent there: it stands behind those with room. */
  readonly crowded?: true;
  /** The numbers that it was chosen by. */
  readonly known?: Known;
}

/** The record of a decision: all that it was made of. Stays inside; its table is read at `GET /v1/decisions/{decisionId}`. */
export interface SelectionDecided {
  readonly type: 'SelectionDecided';
  readonly decisionId: string;
  readonly decidedAt: number;
  readonly model: string;
  readonly request: SelectionRequest;
  readonly candidates: readonly Candidate[];
  readonly gates: GateCounts;
  readonly considered: readonly Considered[];
  /** The plan that the line was led by, and its class there; its row has the certificate. */
  readonly storm?: { readonly planId: string; readonly key: string };
  readonly chosen: Chosen;
  /** Of a bulk line over offers with tiers: by what its planned units were chosen. */
  readonly split?: SplitMade;
  /** What stands in for the good where it cannot be had: the packs that were weighed, and the one that was proposed. */
  readonly repack?: RepackMade;
  /** What the model reckons with, where it has another name than `chain-money-6`; and the trial that the line is part of. */
  readonly settings?: MoneySettings;
  readonly trial?: OnTrial;
}

/** What is remembered of a buyer is to be forgotten. */
export interface ForgetBuyer {
  readonly type: 'ForgetBuyer';
  readonly at: number;
  readonly buyerKey: string;
}

/** Internal: a note that outlasts a crash; the buyer's rows go with it. */
export type BuyerForgotten = Omit<ForgetBuyer, 'type' | 'at'> & { readonly type: 'BuyerForgotten' };

export type SelectionCommand = RankOffers | ReportSignal | CountDemand | ForgetBuyer | NoteComplaint | AdditionCommand | TrialCommand;
export type SelectionEvent =
  Fact<'OffersRanked'> | SelectionDecided | StormPlanned | SignalEvent | BuyerForgotten | ComplaintNoted | AdditionEvent | TrialChanged;
export type SelectionCode = SignalCode | TrialCode;
