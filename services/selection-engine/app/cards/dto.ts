import type { Segment } from '@midstream/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { ATTRIBUTES_MAX, IsAttributes, IsBuyerKey, IsCurrency, IsInstant, IsRegion, IsSku, IsText } from '../checks';

export const EVALUATED_MAX = 200;
const QUANTITY_MAX = 100_000;
const PRICE_MAX_MINOR = 100_000_000_000;

export class WantedDto {
  @ApiPropertyOptional({ example: 'video-vip-month' })
  @IsOptional()
  @IsSku()
  sku?: string;

  @ApiPropertyOptional({ example: 'game-card' })
  @IsOptional()
  @IsText(40)
  category?: string;

  @ApiPropertyOptional({ example: 10000 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(PRICE_MAX_MINOR)
  faceValueMinor?: number;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, example: { game: 'star-voyage' } })
  @IsOptional()
  @IsAttributes(ATTRIBUTES_MAX)
  attributes?: Record<string, string>;
}

/** What is looked for. Without a good and a category, a scenario with a set of its own is needed. */
export class RecommendDto {
  @ApiPropertyOptional({ type: WantedDto })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WantedDto)
  need?: WantedDto;

  @ApiProperty({ example: 'CN-31', description: 'ISO 3166, of the buyer' })
  @IsRegion()
  region!: string;

  @ApiPropertyOptional({ enum: ['retail', 'enterprise'], default: 'retail' })
  @IsOptional()
  @IsIn(['retail', 'enterprise'])
  segment?: Segment;

  @ApiPropertyOptional({
    default: 'general',
    description: 'online-education, cross-border, metaverse-social and enterprise-digital have sets of their own',
  })
  @IsOptional()
  @IsText(40)
  scenario?: string;

  @ApiProperty({ minimum: 1, maximum: QUANTITY_MAX })
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  quantity!: number;

  @ApiPropertyOptional({ description: 'The dearest that a unit may be, in minor units' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(PRICE_MAX_MINOR)
  maxUnitPriceMinor?: number;

  @ApiPropertyOptional({ default: 'CNY' })
  @IsOptional()
  @IsCurrency()
  currency?: string;

  @ApiPropertyOptional({
    description: 'Who buys: `buyerKey` as an order of his shows it. What is remembered of him speaks for goods, and is named',
    pattern: '^[0-9a-f]{32}$',
  })
  @IsOptional()
  @IsBuyerKey()
  buyerKey?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '24 h from now where it is left out' })
  @IsOptional()
  @IsInstant()
  deliverBy?: string;
}

export class BuyerQuery {
  @ApiPropertyOptional({
    description: 'Who buys, as the order shows it: what is remembered of him is taken into account',
    pattern: '^[0-9a-f]{32}$',
  })
  @IsOptional()
  @IsBuyerKey()
  buyerKey?: string;
}

export class EvaluatedDto {
  @ApiProperty({ example: 'video-vip-month' })
  @IsSku()
  sku!: string;

  @ApiPropertyOptional({ minimum: 1, default: 1 })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  quantity?: number;
}

export class EvaluateDto {
  @ApiProperty({ type: [EvaluatedDto], maxItems: EVALUATED_MAX })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(EVALUATED_MAX)
  @ValidateNested({ each: true })
  @Type(() => EvaluatedDto)
  goods!: EvaluatedDto[];

  @ApiProperty({ example: 'CN-31' })
  @IsRegion()
  region!: string;

  @ApiPropertyOptional({ enum: ['retail', 'enterprise'], default: 'retail' })
  @IsOptional()
  @IsIn(['retail', 'enterprise'])
  segment?: Segment;

  @ApiPropertyOptional({ default: 'CNY' })
  @IsOptional()
  @IsCurrency()
  currency?: string;
}
