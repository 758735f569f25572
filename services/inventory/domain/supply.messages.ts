import type { Timed } from '@midstream/kernel';
import type { Counters } from './counters';
import type { ChannelPolicy, CostTiers, Holding, MarkupRule } from './state';

interface Told<Type extends string> extends Timed {
  readonly type: Type;
}
interface OfOffer<Type extends string> extends Told<Type> {
  readonly offerId: string;
}

/** Where a figure comes from: the supplier's own push, our poll, a stream of codes, a person, or a refusal that told it. */
export const FIGURE_SOURCES = ['push', 'poll', 'import', 'manual', 'refusal'] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

/** What a supplier that was asked has of a good. */
export interface NotePolled extends OfOffer<'NotePolled'> {
  readonly supplierId: string;
  /** Units that can be bought. */
  readonly quantity: number;
  /** Of one unit, in minor units of `currency`; absent: it was not told. */
  readonly costMinor?: number;
  /** What larger quantities cost, too; absent: it is not told. */
  readonly costTiers?: CostTiers;
  readonly currency?: string;
  /** How often its supplier is asked, milliseconds. */
  readonly everyMs?: number;
  /** The offer, when the question was put. */
  readonly seen: { readonly sequence: number; readonly stockAsOf: number; readonly accepted: number };
}

/** The ledger says otherwise than the offer's counters. */
export interface RebuildCounters extends OfOffer<'RebuildCounters'> {
  /** What the reconciler saw: where it has changed since, nothing happens. */
  readonly seen: Counters;
  readonly rebuilt: Counters;
}

/** How a vault's stock turns over, as it was counted. */
export interface NoteHolding extends OfOffer<'NoteHolding'> {
  readonly holding: Holding;
}

interface RateSeen {
  readonly base: string;
  readonly quote: string;
  /** Major units of `quote` for one of `base`. */
  readonly rate: number;
  readonly seenAt: number;
}
export type PutRate = Told<'PutRate'> & RateSeen;
/** The rate of the currency that the offer is quoted in has moved. */
export type RequoteOffer = OfOffer<'RequoteOffer'> & RateSeen;

/** The offer's stock was to be told again by now. */
export type CloseStale = OfOffer<'CloseStale'>;
/** Its figure is overdue, and its supplier has promised nothing: so long after it counts as stale, and so long after the offer closes. */
export interface AgeFigure extends OfOffer<'AgeFigure'> {
  readonly staleAfterMs: number;
  readonly closedAfterMs: number;
}
/** The offer's first or last moment has come. */
export type ApplyValidity = OfOffer<'ApplyValidity'>;

interface ChannelSeen {
  readonly channel: string;
  readonly state: 'up' | 'slow' | 'down';
  /** The whole of it; absent: as it was. */
  readonly policy?: ChannelPolicy;
}
/** A way of delivery of a good has changed. */
export interface NoteChannel extends Told<'NoteChannel'>, ChannelSeen {
  readonly sku: string;
  /** When it was seen to be so; absent: now. */
  readonly observedAt?: number;
}
/** The offer follows what is known of its way of delivery now; what the command says counts where nothing is, as in work of before. */
export type ApplyChannel = OfOffer<'ApplyChannel'> & ChannelSeen;

/** What a supplier can sell in a minute, and how long it takes; what is missing stays as it is. */
export interface ReportPace extends OfOffer<'ReportPace'> {
  readonly supplierId: string;
  readonly capacityPerMinute?: number;
  readonly leadTimeMs?: number;
}

/** All mark-up rules, whole. */
export interface PutMarkupRules extends Told<'PutMarkupRules'> {
  readonly rules: readonly MarkupRule[];
}

interface CostSeen {
  readonly offerId: string;
  /** Of the offer: an older one is overtaken. */
  readonly version: number;
  /** Absent: it is closed. */
  readonly costMinor?: number;
}
/** An offer costs something else, or the rules have changed. */
export interface PriceProduct extends Told<'PriceProduct'> {
  readonly sku: string;
  readonly seen?: CostSeen;
}

export type SupplyCommand =
  | NotePolled
  | PutMarkupRules
  | PriceProduct
  | RebuildCounters
  | NoteHolding
  | PutRate
  | RequoteOffer
  | CloseStale
  | AgeFigure
  | ApplyValidity
  | NoteChannel
  | ApplyChannel
  | ReportPace;

export type SupplyEvent =
  | { readonly type: 'PolicyNoted'; readonly offerId: string; readonly policy: ChannelPolicy }
  | { readonly type: 'FigureAged'; readonly offerId: string; readonly staleAt: number }
  | { readonly type: 'HoldingNoted'; readonly offerId: string; readonly holding: Holding }
  | { readonly type: 'MarkupRulesPut'; readonly version: number; readonly rules: readonly MarkupRule[]; readonly skus: readonly string[] }
  | { readonly type: 'RuleFollowed'; readonly sku: string; readonly follows: boolean }
  | ({ readonly type: 'CostTold'; readonly sku: string } & CostSeen)
  | ({ readonly type: 'CostNoted'; readonly sku: string } & CostSeen)
  | { readonly type: 'CountersRebuilt'; readonly offerId: string; readonly seen: Counters; readonly counters: Counters }
  | ({ readonly type: 'RateNoted'; readonly offerIds: readonly string[] } & RateSeen)
  | ({ readonly type: 'ChannelNoted'; readonly sku: string; readonly offerIds: readonly string[]; readonly seenAt: number } & ChannelSeen)
  | {
      readonly type: 'PaceNoted';
      readonly offerId: string;
      readonly capacityPerMinute: number;
      readonly leadTimeMs: number;
      /** Who told it, and when; absent in logs of before. */
      readonly source?: FigureSource;
      readonly at?: number;
      /** Why it has less room for what is held; absent: it has as much, or more. */
      readonly slowed?: 'capacity' | 'too-slow';
    };
