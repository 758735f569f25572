import type { Fact } from '@midstream/contracts';
import { assert, assertNever, type RowsOf } from '@midstream/kernel';
import type { ComplianceEvent, Rule, Screened } from './messages';

/** All rules that are or will be in force; what has ended is in the audit trail. */
export const RULES_MAX = 500;

/**
 * The rule book: one row, so that whoever screens a product reads all rules under one lock (shared among screenings, exclusive to a change),
 * and none is missed.
 */
export interface RuleBook {
  readonly version: number;
  readonly rules: Readonly<Record<string, Rule>>;
}

/** Names in the order in which they came: SKUs of a category, or the shelves of all categories. Nothing leaves it, so that a sweep can go on where it stopped. */
export interface Shelf {
  readonly names: readonly string[];
}

export type RegionVerdict = Fact<'VerdictState'>['verdicts'][number];

/** A product as it was screened last, and what may be done with it where. */
export interface Screening {
  readonly product: Screened;
  readonly productVersion: number;
  readonly screenedAt: number;
  /** 0 before the first verdict. */
  readonly version: number;
  readonly verdicts: readonly RegionVerdict[];
}

export interface Rows {
  readonly rules: RowsOf<RuleBook>;
  readonly shelves: RowsOf<Shelf>;
  readonly verdicts: RowsOf<Screening>;
}

export const RULE_BOOK = 'book';
/** The shelf that holds the names of all shelves. */
export const ALL_SHELVES = 'all';
export const shelfOf = (category: string): string => `category/${category}`;

const NO_RULES: RuleBook = { version: 0, rules: {} };

export const bookOf = (rows: Rows): RuleBook => rows.rules[RULE_BOOK] ?? NO_RULES;

export function evolve(rows: Rows, event: ComplianceEvent): Rows {
  switch (event.type) {
    case 'RulePut': {
      const { rule } = event;
      return withBook(rows, { version: rule.version, rules: { ...bookOf(rows).rules, [rule.ruleId]: rule } });
    }
    case 'RuleEnded': {
      const { [event.rule.ruleId]: _ended, ...rules } = bookOf(rows).rules;
      return withBook(rows, { ...bookOf(rows), rules });
    }
    case 'ProductShelved': {
      const { product, version, screenedAt } = event;
      const known = rows.verdicts[product.sku] ?? { version: 0, verdicts: [], screenedAt };
      const shelf = shelfOf(product.category);
      const shelves = shelve(shelve(rows.shelves, ALL_SHELVES, shelf), shelf, product.sku);
      return { ...rows, shelves, verdicts: { ...rows.verdicts, [product.sku]: { ...known, product, productVersion: version } } };
    }
    case 'VerdictState': {
      const known = rows.verdicts[event.sku];
      assert(known !== undefined, `${event.sku} is known before it is judged`);
      const { version, verdicts } = event;
      return { ...rows, verdicts: { ...rows.verdicts, [event.sku]: { ...known, version, verdicts } } };
    }
    case 'RuleBegun':
    case 'ShelfSwept':
    case 'OffersCleared':
      return rows;
    default:
      return assertNever(event);
  }
}

export function uphold(rows: Rows): void {
  const { version, rules } = bookOf(rows);
  assert(Object.keys(rules).length <= RULES_MAX, `at most ${RULES_MAX} rules are in the book`);
  for (const it of Object.values(rules)) {
    assert(it.version <= version, 'no rule is newer than the book');
    assert(it.until === undefined || it.until > it.from, 'a rule ends after it begins');
  }
  for (const it of Object.values(rows.shelves)) assert(new Set(it.names).size === it.names.length, 'a name is on a shelf once');
  for (const [sku, it] of Object.entries(rows.verdicts)) {
    assert(it.product.sku === sku, 'a product is judged under its own name');
    assert(it.version === 0 || it.verdicts.some(({ region }) => region === '*'), 'every region has a verdict');
  }
}

const withBook = (rows: Rows, book: RuleBook): Rows => ({ ...rows, rules: { ...rows.rules, [RULE_BOOK]: book } });

function shelve(shelves: RowsOf<Shelf>, shelf: string, name: string): RowsOf<Shelf> {
  const names = shelves[shelf]?.names ?? [];
  return names.includes(name) ? shelves : { ...shelves, [shelf]: { names: [...names, name] } };
}
