import type { Timed } from '@midstream/kernel';
import type { Counters } from './counters';
import type { Holding } from './state';

interface OfOffer<Type extends string> extends Timed {
  readonly type: Type;
  readonly offerId: string;
}

/** Where a figure comes from: the supplier's own push, our poll, a stream of codes, a person, or a refusal that told it. */
export const FIGURE_SOURCES = ['push', 'poll', 'import', 'manual', 'refusal'] as const;
export type FigureSource = (typeof FIGURE_SOURCES)[number];

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

export type SupplyCommand = RebuildCounters | NoteHolding;

export type SupplyEvent =
  | { readonly type: 'HoldingNoted'; readonly offerId: string; readonly holding: Holding }
  | {
      readonly type: 'CountersRebuilt';
      readonly offerId: string;
      readonly seen: Counters;
      readonly counters: Counters;
    };
