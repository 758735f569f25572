import type { Fact, VerdictStatus } from '@midstream/contracts';

/** What a rule is about: one product, or a category, or (neither) every product; attributes narrow it. */
export interface Match {
  readonly sku?: string;
  readonly category?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What compliance needs to know of a product to judge it. */
export interface Screened {
  readonly sku: string;
  readonly category: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A rule as an operator writes it. In force from `from` until before `until`, milliseconds. */
export interface RuleDraft {
  readonly ruleId: string;
  readonly effect: VerdictStatus;
  readonly match: Match;
  readonly regions: readonly string[];
  readonly reason: string;
  readonly from: number;
  readonly until?: number;
}

/** A rule in the book. Its version is the book's at which it was put: no two rules, and no two wordings of one, share it. */
export interface Rule extends RuleDraft {
  readonly version: number;
}

/** Puts a rule, in place of the one of that id. A ban is a rule with a SKU. */
export interface PutRule {
  readonly type: 'PutRule';
  readonly at: number;
  /** Without `from`: from now on, or as before. */
  readonly rule: Omit<RuleDraft, 'from'> & { readonly from?: number };
}

export interface WithdrawRule {
  readonly type: 'WithdrawRule';
  readonly at: number;
  readonly ruleId: string;
}

/** A rule's time has come, or is over. */
export interface TurnRule {
  readonly type: 'TurnRule';
  readonly at: number;
  readonly ruleId: string;
  readonly version: number;
}

/** A product is new, or another than it was: screened before it is sold. */
export interface ScreenProduct {
  readonly type: 'ScreenProduct';
  readonly at: number;
  readonly product: Screened;
  readonly version: number;
}

/** The rules may say something else of a product that is known. */
export interface RescreenProduct {
  readonly type: 'RescreenProduct';
  readonly at: number;
  readonly sku: string;
}

/** Find the products that a changed rule may concern, a part at a time. */
export interface SweepShelf {
  readonly type: 'SweepShelf';
  readonly at: number;
  readonly shelf: string;
  readonly after: number;
}

export interface ClearOffers {
  readonly type: 'ClearOffers';
  readonly at: number;
  readonly ranked: Omit<Fact<'OffersRanked'>, 'type'>;
}

/** `replaced`: the wording before, whose products must be looked at, too. */
export interface RulePut {
  readonly type: 'RulePut';
  readonly putAt: number;
  readonly rule: Rule;
  readonly replaced?: Rule;
}

export interface RuleBegun {
  readonly type: 'RuleBegun';
  readonly rule: Rule;
}

export interface RuleEnded {
  readonly type: 'RuleEnded';
  readonly rule: Rule;
  readonly why: 'expired' | 'withdrawn';
}

export interface ProductShelved {
  readonly type: 'ProductShelved';
  readonly product: Screened;
  readonly version: number;
  readonly screenedAt: number;
}

/** What a sweep found: SKUs of a category's shelf, or the shelves themselves. */
export interface ShelfSwept {
  readonly type: 'ShelfSwept';
  readonly shelf: string;
  readonly names: readonly string[];
  /** Where to go on; absent at the end. */
  readonly next?: number;
}

export type ComplianceCommand = PutRule | WithdrawRule | TurnRule | ScreenProduct | RescreenProduct | SweepShelf | ClearOffers;
export type ComplianceEvent = RulePut | RuleBegun | RuleEnded | ProductShelved | ShelfSwept | Fact<'VerdictState'> | Fact<'OffersCleared'>;
export type ComplianceCode = 'rule-ends-before-it-begins' | 'too-many-rules' | 'rule-not-found';
