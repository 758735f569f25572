import type { RegionVerdict, Rule } from '@midstream/compliance-domain';
import { VERDICTS, type Verdict, type VerdictStatus } from '@midstream/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MatchDto } from './dto';

export class VerdictView {
  @ApiProperty({ enum: VERDICTS }) status!: VerdictStatus;
  @ApiPropertyOptional({ description: 'The rule that says so; none where no rule speaks' }) ruleId?: string;
  @ApiProperty({ minimum: 0 }) ruleVersion!: number;
  @ApiPropertyOptional() reason?: string;
}

export class RegionVerdictView extends VerdictView {
  @ApiProperty({ example: 'CN' }) region!: string;
  @ApiProperty({ format: 'date-time' }) from!: string;
  @ApiPropertyOptional({ format: 'date-time' }) until?: string;
}

export class ScreeningView {
  @ApiProperty() sku!: string;
  @ApiProperty({ type: [RegionVerdictView], description: 'For everywhere (*), and for every region that a rule names' })
  verdicts!: readonly RegionVerdict[];
}

export class ProductVerdictView extends ScreeningView {
  @ApiProperty({ minimum: 1, description: 'Grows with every change' }) version!: number;
  @ApiPropertyOptional({ type: VerdictView, description: 'In the region that was asked for' }) inRegion?: Verdict;
}

export class RuleView {
  @ApiProperty() ruleId!: string;
  @ApiProperty({ minimum: 1 }) version!: number;
  @ApiProperty({ enum: VERDICTS }) effect!: VerdictStatus;
  @ApiProperty({ type: MatchDto }) match!: Rule['match'];
  @ApiProperty({ type: [String] }) regions!: readonly string[];
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) from!: string;
  @ApiPropertyOptional({ format: 'date-time' }) until?: string;
}

export class RulesView {
  @ApiProperty({ type: [RuleView], description: 'In force now or later, by id' }) rules!: RuleView[];
}

export class AuditEntryView {
  @ApiProperty() id!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ example: 'operator::bootstrap' }) actor!: string;
  @ApiProperty({ enum: ['RulePut', 'RuleBegun', 'RuleEnded', 'VerdictState'] }) what!: string;
  @ApiPropertyOptional() ruleId?: string;
  @ApiPropertyOptional() sku?: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) detail!: object;
}

export class AuditPageView {
  @ApiProperty({ type: [AuditEntryView], description: 'Oldest first' }) entries!: AuditEntryView[];
  @ApiPropertyOptional({ description: 'Send it as `after` for the next page; absent at the end' }) next?: string;
}

export function ruleView({ from, until, ...rule }: Rule): RuleView {
  return { ...rule, from: new Date(from).toISOString(), ...(until !== undefined && { until: new Date(until).toISOString() }) };
}
