import type { Verdict } from '@midstream/contracts';
import { assertNever, type Decision, reject } from '@midstream/kernel';
import { judge, NOT_SCREENED, verdictIn } from './judge';
import type {
  ClearOffers,
  ComplianceCode,
  ComplianceCommand,
  ComplianceEvent,
  PutRule,
  RescreenProduct,
  Rule,
  RuleDraft,
  ScreenProduct,
  SweepShelf,
  TurnRule,
  WithdrawRule,
} from './messages';
import { bookOf, type Rows, RULES_MAX, type Screening } from './state';

/** Products that one command of a sweep names: each is screened again by a command of its own. */
export const SWEEP_MAX = 200;

type Decided = Decision<ComplianceEvent, ComplianceCode>;

export function decide(command: ComplianceCommand, rows: Rows): Decided {
  switch (command.type) {
    case 'PutRule':
      return putRule(command, rows);
    case 'WithdrawRule':
      return withdrawRule(command, rows);
    case 'TurnRule':
      return turnRule(command, rows);
    case 'ScreenProduct':
      return screenProduct(command, rows);
    case 'RescreenProduct':
      return rescreenProduct(command, rows);
    case 'SweepShelf':
      return sweepShelf(command, rows);
    case 'ClearOffers':
      return clearOffers(command, rows);
    default:
      return assertNever(command);
  }
}

export function putRule({ rule: words, at }: PutRule, rows: Rows): Decided {
  const { version, rules } = bookOf(rows);
  const replaced = rules[words.ruleId];
  const rule: RuleDraft = { ...words, from: words.from ?? replaced?.from ?? at };
  if (replaced !== undefined && sameWording(replaced, rule)) return [];
  if (rule.until !== undefined && rule.until <= Math.max(rule.from, at)) return reject('rule-ends-before-it-begins');
  if (replaced === undefined && Object.keys(rules).length >= RULES_MAX) return reject('too-many-rules', { limit: RULES_MAX });
  return [{ type: 'RulePut', putAt: at, rule: { ...rule, version: version + 1 }, ...(replaced && { replaced }) }];
}

export function withdrawRule({ ruleId }: WithdrawRule, rows: Rows): Decided {
  const rule = bookOf(rows).rules[ruleId];
  return rule === undefined ? reject('rule-not-found') : [{ type: 'RuleEnded', rule, why: 'withdrawn' }];
}

/** A timer: late, twice, or of a wording that was replaced meanwhile, it does nothing. */
export function turnRule({ ruleId, version, at }: TurnRule, rows: Rows): Decided {
  const rule = bookOf(rows).rules[ruleId];
  if (rule?.version !== version || at < rule.from) return [];
  if (rule.until !== undefined && at >= rule.until) return [{ type: 'RuleEnded', rule, why: 'expired' }];
  return [{ type: 'RuleBegun', rule }];
}

export function screenProduct({ product, version, at }: ScreenProduct, rows: Rows): Decided {
  const known = rows.verdicts[product.sku];
  if (known !== undefined && (version <= known.productVersion || same(product, known.product))) return [];
  const shelved = { type: 'ProductShelved', product, version, screenedAt: at } as const;
  return [shelved, ...judgeAnew({ version: 0, verdicts: [], screenedAt: at, ...known, product, productVersion: version }, rows, at)];
}

export function rescreenProduct({ sku, at }: RescreenProduct, rows: Rows): Decided {
  const known = rows.verdicts[sku];
  return known === undefined ? [] : judgeAnew(known, rows, at);
}

function judgeAnew({ product, version, verdicts, screenedAt }: Screening, rows: Rows, at: number): ComplianceEvent[] {
  const now = judge(product, Object.values(bookOf(rows).rules), at, screenedAt);
  return same(now, verdicts) ? [] : [{ type: 'VerdictState', sku: product.sku, version: version + 1, verdicts: now }];
}

export function sweepShelf({ shelf, after }: SweepShelf, rows: Rows): Decided {
  const all = rows.shelves[shelf]?.names ?? [];
  const names = all.slice(after, after + SWEEP_MAX);
  const next = after + names.length;
  return names.length === 0 ? [] : [{ type: 'ShelfSwept', shelf, names, ...(next < all.length && { next }) }];
}

/**
 * Strikes out and reorders nothing: what is not compliant stays on the list with its reason, and nobody holds it. No row is kept per attempt:
 * the inbox hears a fact once, and inventory answers an attempt once.
 */
export function clearOffers({ ranked }: ClearOffers, rows: Rows): Decided {
  const { orderId, merchantId, lineId, decisionId, request, candidates, gates, repack } = ranked;
  const verdictOf = (sku: string): Verdict => {
    const screening = rows.verdicts[sku];
    return screening === undefined ? NOT_SCREENED : verdictIn(screening.verdicts, request.region);
  };
  const judged = candidates.map((it) => ({ ...it, verdict: verdictOf(it.sku) }));
  const cleared = { type: 'OffersCleared', orderId, merchantId, lineId, decisionId, request, candidates: judged, gates } as const;
  return [repack === undefined ? cleared : { ...cleared, repack: { ...repack, verdict: verdictOf(repack.sku) } }];
}

function sameWording({ version: _version, ...rule }: Rule, draft: RuleDraft): boolean {
  return same(rule, draft);
}

/** Whether two plain values say the same, in whatever order their properties stand (PostgreSQL's jsonb keeps none). */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [a, b] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((it) => same(left[it], right[it]));
}
