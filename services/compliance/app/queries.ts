import { judge, RULE_BOOK, type RuleBook, type Screening, verdictIn } from '@midstream/compliance-domain';
import { Database, NotFound } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import { AUDIT_PAGE_MAX, type AuditQueryDto, type ScreeningDto, type VerdictQueryDto } from './dto';
import { type AuditEntryView, type AuditPageView, type ProductVerdictView, type RulesView, ruleView, type ScreeningView } from './views';

const AUDIT_PAGE = 50;

interface AuditFound {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly what: string;
  readonly rule_id: string | null;
  readonly sku: string | null;
  readonly detail: object;
}

@Injectable()
export class ComplianceQueries {
  constructor(private readonly database: Database) {}

  /** @throws NotFound for a product that has not been screened. */
  async verdict({ sku, region }: VerdictQueryDto): Promise<ProductVerdictView> {
    const { rows } = await this.database.pool.query<{ state: Screening }>('SELECT state FROM screening WHERE id = $1', [sku]);
    const state = rows[0]?.state;
    if (state === undefined) throw new NotFound('product-not-screened');
    const { version, verdicts } = state;
    return { sku, version, verdicts, ...(region !== undefined && { inRegion: verdictIn(verdicts, region) }) };
  }

  /** What the rules would say of a product now. Nothing is kept. */
  async screening({ sku, category, attributes = {} }: ScreeningDto): Promise<ScreeningView> {
    const { rows } = await this.database.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    const at = rows[0]?.now.getTime() ?? 0;
    return { sku, verdicts: judge({ sku, category, attributes }, Object.values((await this.book()).rules), at, at) };
  }

  async rules(): Promise<RulesView> {
    const rules = Object.values((await this.book()).rules).map(ruleView);
    return { rules: rules.sort((a, b) => Number(a.ruleId > b.ruleId) - Number(a.ruleId < b.ruleId)) };
  }

  async audit({ after = '0', limit = AUDIT_PAGE, ruleId, sku }: AuditQueryDto): Promise<AuditPageView> {
    const wanted = Math.min(limit, AUDIT_PAGE_MAX);
    const { rows } = await this.database.pool.query<AuditFound>(
      `SELECT id, at, actor, what, rule_id, sku, detail FROM audit
        WHERE id > $1 AND ($2::text IS NULL OR rule_id = $2) AND ($3::text IS NULL OR sku = $3) ORDER BY id LIMIT $4`,
      [after, ruleId ?? null, sku ?? null, wanted + 1],
    );
    const entries = rows.slice(0, wanted).map(entryView);
    const last = entries.at(-1);
    return { entries, ...(rows.length > wanted && last && { next: last.id }) };
  }

  private async book(): Promise<RuleBook> {
    const { rows } = await this.database.pool.query<{ state: RuleBook }>('SELECT state FROM rule_book WHERE id = $1', [RULE_BOOK]);
    return rows[0]?.state ?? { version: 0, rules: {} };
  }
}

const entryView = ({ id, at, actor, what, rule_id, sku, detail }: AuditFound): AuditEntryView => ({
  id,
  at: at.toISOString(),
  actor,
  what,
  detail,
  ...(rule_id !== null && { ruleId: rule_id }),
  ...(sku !== null && { sku }),
});
