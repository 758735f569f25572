import type { Calibration } from '../demand/calibration';
import { noTastes, type Tastes } from './choices';
import { type Figures, noFigures } from './figures';
import { type Foreseen, nothingForeseen } from './foreseen';
import { emptyHistory, type Histories, type History, noHistories } from './history';
import { type Counts, noCounts } from './rates';
import { Rows, viewOf } from './rows';
import { type BeliefSettings, DEFAULT_SETTINGS, type LevelWeights } from './settings';
import type { UpState } from './state';
import type { Words } from './substitutes';

/** Units that an offer had at `at`, and how fast other buyers take them (Gamma: `drained` units in `watchedMs`). */
export interface StockBelief {
  units: number;
  at: number;
  drained: number;
  watchedMs: number;
}

const StockView = viewOf('units', 'at', 'drained', 'watchedMs');
const STOCK_WIDTH = 4;

/** The rates that are shrunk level by level. */
export const RATES = ['fill', 'complaint', 'repurchase', 'invalid', 'ambiguous'] as const;
export type Rate = (typeof RATES)[number];

/**
 * All that has been learnt of a market; changed by `observe` only. Plain numbers, some 250 bytes an offer with a history and nothing for
 * one without. An estimate, never a truth about stock.
 */
export interface Beliefs {
  readonly settings: BeliefSettings;
  readonly offers: Histories;
  readonly suppliers: Histories;
  readonly categories: Histories;
  readonly all: History;
  /** Of each offer with a history, its supplier. */
  readonly supplierOf: Map<string, string>;
  /** What the level above weighs: as usual, until `weigh` has looked at how much suppliers and offers differ here. */
  readonly weights: { [R in Rate]: LevelWeights };
  /** When that was last. */
  weighedAt?: number;
  /** What was foreseen of attempts and what came, and what chances are corrected by since; none until `weigh` has looked at it. */
  readonly foreseen: Foreseen;
  calibration?: Calibration;
  /** Of ambiguous attempts whose end became known: delivered when others had been asked already (`good`), or anything else. */
  readonly doubled: Counts;
  /** By offer: when an attempt at it was told as ambiguous, until its end is told. */
  readonly silentSince: Map<string, number>;
  readonly supplierStates: Map<string, UpState>;
  readonly groupStates: Map<string, UpState>;
  /** The suppliers that have been seen in an upstream group: of one alone its group says nothing more. */
  readonly groups: Map<string, Set<string>>;
  readonly stocks: Rows<StockBelief>;
  /** By supplier, and under an empty name of all: how far figures of stock hold. */
  readonly figures: Rows<Figures>;
  readonly heat: Map<string, number>;
  /** Words on substitutes: by `insteadOf>sku`, and by `>sku`. */
  readonly substitutes: Map<string, Words>;
  /** What buyers choose, and what they keep of what was chosen for them. */
  readonly tastes: Tastes;
  /** Loyalty in [0,1] by `buyer>sku`; a buyer is a pseudonym. */
  readonly loyalty: Map<string, Map<string, number>>;
}

/** Knows nothing yet but the priors. */
export function createBeliefs(settings: Partial<BeliefSettings> = {}): Beliefs {
  const all = { ...DEFAULT_SETTINGS, ...settings };
  const { fill, complaint, repurchase, invalid, ambiguous } = all;
  return {
    settings: all,
    offers: noHistories(),
    suppliers: noHistories(),
    categories: noHistories(),
    all: emptyHistory(0),
    supplierOf: new Map(),
    weights: {
      fill: fill.weight,
      complaint: complaint.weight,
      repurchase: repurchase.weight,
      invalid: invalid.weight,
      ambiguous: ambiguous.weight,
    },
    foreseen: nothingForeseen(),
    doubled: noCounts(0),
    silentSince: new Map(),
    supplierStates: new Map(),
    groupStates: new Map(),
    groups: new Map(),
    stocks: new Rows(STOCK_WIDTH, (numbers, from) => new StockView(numbers, from)),
    figures: noFigures(),
    heat: new Map(),
    substitutes: new Map(),
    tastes: noTastes(),
    loyalty: new Map(),
  };
}
