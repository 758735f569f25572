import type { ComplianceEvent } from '@midstream/compliance-domain';
import type { EventMeta, TableRows } from '@midstream/runtime';
import { AuditRow } from './tables';

/** Rules as they are put, begin and end, and every verdict that changes with them. What is cleared for an order is in the order's timeline. */
export function recordsOf(event: ComplianceEvent, { at, actor }: EventMeta): readonly TableRows[] {
  const audit = (it: { ruleId: string | null; sku: string | null }): TableRows[] => {
    const { type, ...detail } = event;
    return [{ entity: AuditRow, rows: [{ at: new Date(at), actor, what: type, rule_id: it.ruleId, sku: it.sku, detail }] }];
  };
  switch (event.type) {
    case 'RulePut':
    case 'RuleBegun':
    case 'RuleEnded':
      return audit({ ruleId: event.rule.ruleId, sku: null });
    case 'VerdictState':
      return audit({ ruleId: null, sku: event.sku });
    default:
      return [];
  }
}
