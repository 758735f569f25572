import { VERDICTS, type VerdictStatus } from '@midstream/contracts';
import { IsAttributes, IsInstant } from '@midstream/runtime';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

export const AUDIT_PAGE_MAX = 200;
export const RULE_REGIONS_MAX = 60;
export const ATTRIBUTES_MAX = 20;

const SKU = /^[A-Za-z0-9._-]{1,80}$/;
const REGION = /^(\*|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/;
const REGION_WORDS = { message: '$property: ISO 3166 codes (CN, CN-31) or * for everywhere' };

export class MatchDto {
  @ApiPropertyOptional() @IsOptional() @Matches(SKU) sku?: string;
  @ApiPropertyOptional({ maxLength: 40 }) @IsOptional() @IsString() @Length(1, 40) category?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  @IsOptional()
  @IsAttributes(ATTRIBUTES_MAX)
  attributes?: Record<string, string>;
}

/** A rule. Putting one of a known `ruleId` changes it; a ban is lifted by changing or withdrawing it. */
export class PutRuleDto {
  @ApiProperty({ example: 'r-2026-7' }) @Matches(/^[A-Za-z0-9._~:-]{1,80}$/) ruleId!: string;
  @ApiProperty({ enum: VERDICTS }) @IsIn(VERDICTS) effect!: VerdictStatus;
  @ApiProperty({ description: 'What it is about; {} is every product' })
  @IsDefined()
  @ValidateNested()
  @Type(() => MatchDto)
  match!: MatchDto;
  @ApiProperty({ type: [String], example: ['CN'], maxItems: RULE_REGIONS_MAX })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(RULE_REGIONS_MAX)
  @Matches(REGION, { ...REGION_WORDS, each: true })
  regions!: string[];
  @ApiProperty({ maxLength: 300 }) @IsString() @Length(1, 300) reason!: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Now, unless said' }) @IsOptional() @IsInstant() from?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'In force before it; without an end, unless said' })
  @IsOptional()
  @IsInstant()
  until?: string;
}

export class ScreeningDto {
  @ApiProperty() @Matches(SKU) sku!: string;
  @ApiProperty() @IsString() @Length(1, 40) category!: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' } })
  @IsOptional()
  @IsAttributes(ATTRIBUTES_MAX)
  attributes?: Record<string, string>;
}

export class VerdictQueryDto {
  @ApiProperty() @Matches(SKU) sku!: string;
  @ApiPropertyOptional({ example: 'CN-31' }) @IsOptional() @Matches(REGION, REGION_WORDS) region?: string;
}

export class AuditQueryDto {
  @ApiPropertyOptional({ description: 'The cursor of the page before' }) @IsOptional() @Matches(/^\d{1,18}$/) after?: string;
  @ApiPropertyOptional({ minimum: 1, maximum: AUDIT_PAGE_MAX })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(AUDIT_PAGE_MAX)
  limit?: number;
  @ApiPropertyOptional() @IsOptional() @IsString() @Length(1, 80) ruleId?: string;
  @ApiPropertyOptional() @IsOptional() @Matches(SKU) sku?: string;
}
