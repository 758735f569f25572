import { TIERS_MAX } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf, ValidateNested } from 'class-validator';
import { IsCurrency } from './currency';

const RULES_MAX = 200;

export class MarkupRuleDto {
  @ApiProperty({ example: 'game-card', description: 'A product’s category; `*`: any without a rule of its own' })
  @Matches(/^(\*|[a-z0-9-]{1,40})$/)
  category!: string;
  @ApiPropertyOptional({ example: 'CNY', description: 'Products in this currency; absent: in any. A fixed mark-up names it' })
  @ValidateIf(({ kind, currency }: MarkupRuleDto) => kind === 'fixed' || currency !== undefined)
  @IsCurrency()
  currency?: string;
  @ApiPropertyOptional({
    example: 'gold',
    description: `Merchants of this tier (\`PUT /v1/merchants/{id}\` says whose it is); absent: any without a rule of its own. The rules name ${TIERS_MAX} tiers at most`,
  })
  @ValidateIf(({ tier }: MarkupRuleDto) => tier !== undefined)
  @Matches(/^[a-z0-9-]{1,40}$/)
  tier?: string;
  @ApiProperty({ enum: ['fixed', 'percent'] }) @IsIn(['fixed', 'percent']) kind!: 'fixed' | 'percent';
  @ApiPropertyOptional({ description: 'Of fixed: what is added to the cost, in minor units' })
  @ValidateIf(({ kind }: MarkupRuleDto) => kind === 'fixed')
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  amountMinor?: number;
  @ApiPropertyOptional({ description: 'Of percent: what is added, in ten-thousandths of the cost (800: 8 %)' })
  @ValidateIf(({ kind }: MarkupRuleDto) => kind === 'percent')
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  percentBp?: number;
  @ApiPropertyOptional({ default: 1, description: 'Prices are multiples of it, in minor units' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  stepMinor?: number;
  @ApiPropertyOptional({ enum: ['up', 'nearest'], default: 'up', description: 'To which multiple; never to one below the cost' })
  @IsOptional()
  @IsIn(['up', 'nearest'])
  rounding?: 'up' | 'nearest';
}

export class MarkupRulesDto {
  @ApiProperty({ type: [MarkupRuleDto], maxItems: RULES_MAX })
  @IsArray()
  @ArrayMaxSize(RULES_MAX)
  @ValidateNested({ each: true })
  @Type(() => MarkupRuleDto)
  rules!: MarkupRuleDto[];
}

export class MarkupRulesView extends MarkupRulesDto {
  @ApiProperty({ description: '0: no rules were put yet' }) version!: number;
}
