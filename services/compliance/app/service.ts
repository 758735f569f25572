import { compliance } from '@midstream/compliance-domain';
import { defineService } from '@midstream/runtime';
import { RulesController, VerdictsController } from './http';
import { CreateCompliance1 } from './migrations/create-compliance-1';
import { ComplianceQueries } from './queries';
import { recordsOf } from './records';
import { AuditRow, RuleBookRow, ScreeningRow, ShelfRow } from './tables';

export const complianceService = defineService({
  name: 'compliance',
  domain: compliance,
  // The lock order: a rule before the shelves before the products (domain/index.ts says why).
  tables: {
    rules: { entity: RuleBookRow },
    shelves: { entity: ShelfRow },
    verdicts: { entity: ScreeningRow, columns: ({ version }) => ({ version }) },
  },
  entities: [AuditRow],
  migrations: [CreateCompliance1],
  recordsOf,
  hears: ['inventory.by-sku'],
  problems: {
    'rule-ends-before-it-begins': { status: 422, title: 'A rule must end after it begins, and not in the past' },
    'too-many-rules': { status: 409, title: 'The book is full: withdraw rules, or put several into one' },
    'rule-not-found': { status: 404, title: 'No such rule is in force, now or later' },
  },
  controllers: [VerdictsController, RulesController],
  providers: [ComplianceQueries],
});
