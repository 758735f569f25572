import type { Verdict, VerdictStatus } from '@midstream/contracts';
import { coversRegion } from '@midstream/kernel';
import type { Match, Rule, RuleDraft, Screened } from './messages';
import type { RegionVerdict } from './state';

const STRICTNESS: Readonly<Record<VerdictStatus, number>> = { compliant: 0, 'high-risk': 1, banned: 2 };

/** Of a product that compliance has not heard of yet. It is asked again at the line's next ranking. */
export const NOT_SCREENED: Verdict = { status: 'high-risk', ruleVersion: 0, reason: 'The product has not been screened yet' };

/**
 * What the rules in force at `at` say of a product: one verdict for everywhere and one for every region that a rule names. The strictest
 * rule that covers a region wins there, of equals the newest; so a narrower region is never milder than a wider one, and a rule that calls
 * something compliant lifts no ban: that is done by changing or withdrawing the ban.
 */
export function judge(product: Screened, rules: readonly Rule[], at: number, screenedAt: number): RegionVerdict[] {
  const speaking = rules.filter((it) => isInForce(it, at) && matches(it.match, product));
  const regions = new Set(['*', ...speaking.flatMap((it) => it.regions)]);
  return [...regions].sort().map((region) => {
    const rule = strictest(speaking.filter((it) => coversRegion(it.regions, region)));
    return rule === undefined
      ? { region, status: 'compliant', ruleVersion: 0, from: instant(screenedAt) }
      : {
          region,
          status: rule.effect,
          ruleId: rule.ruleId,
          ruleVersion: rule.version,
          reason: rule.reason,
          from: instant(rule.from),
          ...(rule.until !== undefined && { until: instant(rule.until) }),
        };
  });
}

/** The verdict for a buyer in `region`: the strictest of those that cover it. */
export function verdictIn(verdicts: readonly RegionVerdict[], region: string): Verdict {
  const covering = verdicts.filter((it) => coversRegion([it.region], region));
  const [first, ...others] = covering;
  if (first === undefined) return NOT_SCREENED;
  const worst = others.reduce((worse, it) => (isStricter(it, worse) ? it : worse), first);
  const { status, ruleId, ruleVersion, reason } = worst;
  return { status, ruleVersion, ...(ruleId !== undefined && { ruleId }), ...(reason !== undefined && { reason }) };
}

export const isInForce = ({ from, until }: RuleDraft, at: number): boolean => from <= at && (until === undefined || at < until);

export const matches = ({ sku, category, attributes }: Match, product: Screened): boolean =>
  (sku === undefined || sku === product.sku) &&
  (category === undefined || category === product.category) &&
  Object.entries(attributes ?? {}).every(([name, value]) => product.attributes[name] === value);

const strictest = (rules: readonly Rule[]): Rule | undefined =>
  rules.toSorted((a, b) => STRICTNESS[b.effect] - STRICTNESS[a.effect] || b.version - a.version)[0];

const isStricter = (a: RegionVerdict, b: RegionVerdict): boolean =>
  STRICTNESS[a.status] > STRICTNESS[b.status] || (a.status === b.status && a.ruleVersion > b.ruleVersion);

const instant = (ms: number): string => new Date(ms).toISOString();
