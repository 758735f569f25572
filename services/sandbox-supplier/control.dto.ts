import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { type CostTier, DELAY_MS_MAX, type Kind, KINDS, type Outcome, OUTCOMES, QUANTITY_MAX, STOCK_MAX } from './words';

export class CostTierDto implements CostTier {
  @ApiProperty({ minimum: 1 })
  @IsInt()
  @Min(1)
  readonly from: number;

  @ApiProperty({ minimum: 0 })
  @IsInt()
  @Min(0)
  readonly costMinor: number;
}

/** What is left out stays as it was. */
export class GoodDto {
  @ApiPropertyOptional({ enum: OUTCOMES })
  @IsOptional()
  @IsIn(OUTCOMES)
  readonly outcome?: Outcome;

  @ApiPropertyOptional({ description: 'Purchases that the outcome lasts for; then `ok`. Absent: for ever' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(STOCK_MAX)
  readonly times?: number;

  @ApiPropertyOptional({ description: 'How long the answer waits (with `accepted`: how long the units do)' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(DELAY_MS_MAX)
  readonly delayMs?: number;

  @ApiPropertyOptional({ minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(STOCK_MAX)
  readonly stock?: number;

  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  readonly kind?: Kind;

  @ApiPropertyOptional()
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  readonly currency?: string;

  @ApiPropertyOptional({ type: [CostTierDto], description: 'Ascending; the first from 1' })
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => CostTierDto)
  readonly costTiers?: CostTierDto[];

  @ApiPropertyOptional({
    example: { refuse: 0.05, slow: 0.1 },
    description: "Shares of outcomes, drawn by the purchase's key while `outcome` is `ok`",
  })
  @IsOptional()
  @ValidateBy({ name: 'isMix', validator: { validate: isMix, defaultMessage: () => 'mix: shares of outcomes, together at most 1' } })
  readonly mix?: Partial<Record<Outcome, number>>;
}

export class NamedGoodDto extends GoodDto {
  @ApiProperty()
  @Matches(/^[A-Za-z0-9._-]{1,80}$/)
  readonly sku: string;
}

export class CatalogueDto {
  @ApiProperty({ type: [NamedGoodDto] })
  @IsArray()
  @ArrayMaxSize(QUANTITY_MAX)
  @ValidateNested({ each: true })
  @Type(() => NamedGoodDto)
  readonly goods: NamedGoodDto[];
}

export class SupplierDto {
  @ApiPropertyOptional({ minimum: 0 })
  @IsOptional()
  @IsInt()
  @Min(0)
  readonly balanceMinor?: number;

  @ApiPropertyOptional({ description: 'Of the balance, and of goods that name none' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  readonly currency?: string;

  @ApiPropertyOptional({ description: 'The bearer token; at first `sandbox-<supplierId>`' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly token?: string;
}

export class SalesQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  readonly supplierId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsString()
  readonly sku?: string;
}

function isMix(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const shares: unknown[] = Object.values(value);
  const known = Object.keys(value).every((it) => (OUTCOMES as readonly string[]).includes(it));
  return known && shares.every((it) => typeof it === 'number' && it >= 0) && (shares as number[]).reduce((sum, it) => sum + it, 0) <= 1;
}
