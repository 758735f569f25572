import type { AnyFact } from '@midstream/contracts';
import type { Domain, RowKey, Untimed } from '@midstream/kernel';
import { decide } from './decide';
import type { ComplianceCode, ComplianceCommand, ComplianceEvent } from './messages';
import { react } from './react';
import { ALL_SHELVES, evolve, type Rows, RULE_BOOK, shelfOf, uphold } from './state';

type Key = RowKey<keyof Rows>;

const changedBook: Key = { kind: 'rules', id: RULE_BOOK };
const readBook: Key = { ...changedBook, mode: 'share' };

/**
 * The rule book before the shelf before the verdict: whoever shelves a product has read the book, so a rule that is changed later finds the
 * product on its shelf, and one that was changed before has been applied.
 */
function keysOf(command: ComplianceCommand | Untimed<ComplianceCommand>): readonly Key[] {
  switch (command.type) {
    case 'PutRule':
    case 'WithdrawRule':
    case 'TurnRule':
      return [changedBook];
    case 'ScreenProduct': {
      const { sku, category } = command.product;
      return [readBook, ...[ALL_SHELVES, shelfOf(category)].map((id): Key => ({ kind: 'shelves', id })), { kind: 'verdicts', id: sku }];
    }
    case 'RescreenProduct':
      return [{ kind: 'verdicts', id: command.sku }, readBook]; // the product first: timers of one first row wait for each other
    case 'SweepShelf':
      return [{ kind: 'shelves', id: command.shelf, mode: 'share' }];
    case 'ClearOffers': {
      const { candidates, repack } = command.ranked;
      const skus = [...candidates.map((it) => it.sku), ...(repack === undefined ? [] : [repack.sku])];
      return [...new Set(skus)].map((id) => ({ kind: 'verdicts', id, mode: 'share' }));
    }
  }
}

/** Says what may be sold, and where. It reads its own rows under their locks, and needs no view. */
export const compliance: Domain<Rows, null, ComplianceCommand, ComplianceEvent, AnyFact, ComplianceCode> = {
  keysOf,
  decide,
  evolve,
  uphold,
  react,
  view: { create: () => null, apply: () => undefined },
};

export * from './messages';
export { SWEEP_MAX } from './decide';
export { isInForce, judge, matches, NOT_SCREENED, verdictIn } from './judge';
export { type RegionVerdict, type RuleBook, RULE_BOOK, type Rows, RULES_MAX, type Screening, type Shelf } from './state';
