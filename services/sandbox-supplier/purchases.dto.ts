import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { PAGE_MAX, QUANTITY_MAX } from './words';

const SKU = /^[A-Za-z0-9._-]{1,80}$/;

export class PurchaseDto {
  @ApiProperty({ example: 'video-vip-month', description: "The supplier's own name of the good" })
  @Matches(SKU)
  readonly sku: string;

  @ApiProperty({ minimum: 1, maximum: QUANTITY_MAX, example: 2 })
  @IsInt()
  @Min(1)
  @Max(QUANTITY_MAX)
  readonly quantity: number;

  @ApiProperty({ minimum: 0, example: 2210, description: 'The dearest that one unit may cost, in minor units' })
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly maxCostMinor: number;

  @ApiProperty({ example: 'CNY', description: 'ISO 4217' })
  @Matches(/^[A-Z]{3}$/)
  readonly currency: string;

  @ApiProperty({ example: 'o-1001/1', description: "The buyer's own words for its records; no key" })
  @IsString()
  @Length(0, 200)
  readonly reference: string;

  @ApiPropertyOptional({ example: '13800000000', description: 'Top-ups only: the account or telephone number' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  readonly recipient?: string;

  @ApiPropertyOptional({
    minimum: 1,
    example: 5000,
    description: 'Goods that are sold at any value of a range: what one unit is to be worth, in minor units of `faceValueCurrency`',
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  readonly faceValueMinor?: number;

  @ApiPropertyOptional({ example: 'USD', description: "With `faceValueMinor`: the good's own currency, ISO 4217" })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  readonly faceValueCurrency?: string;
}

export class StockQuery {
  @ApiPropertyOptional({ description: 'Only this good' })
  @IsOptional()
  @Matches(SKU)
  readonly sku?: string;

  @ApiPropertyOptional({ description: 'Go on behind this SKU' })
  @IsOptional()
  @Matches(SKU)
  readonly after?: string;

  @ApiPropertyOptional({ description: `1 to ${PAGE_MAX}` })
  @IsOptional()
  @Matches(/^([1-9]\d{0,2}|1000)$/)
  readonly limit?: string;
}

export class UnitView {
  @ApiProperty({ enum: ['code', 'top-up'] })
  readonly kind: string;

  @ApiPropertyOptional({ description: 'One line of 1 to 500 characters without white space at either end' })
  readonly code?: string;

  @ApiPropertyOptional()
  readonly serial?: string;

  @ApiPropertyOptional({ description: "Top-ups: the supplier's own proof" })
  readonly confirmation?: string;
}

export class PurchaseView {
  @ApiProperty()
  readonly idempotencyKey: string;

  @ApiProperty({ enum: ['fulfilled', 'partial', 'accepted'], description: '`accepted` is not final: ask again' })
  readonly status: string;

  @ApiProperty()
  readonly supplierOrderNo: string;

  @ApiProperty()
  readonly sku: string;

  @ApiProperty()
  readonly quantity: number;

  @ApiProperty({ description: 'What one unit costs, in minor units' })
  readonly costMinor: number;

  @ApiProperty()
  readonly currency: string;

  @ApiProperty({ type: [UnitView] })
  readonly units: UnitView[];
}

export class ProblemView {
  @ApiProperty({ example: 'urn:midstream:supplier:out-of-stock' })
  readonly type: string;

  @ApiProperty()
  readonly title: string;

  @ApiProperty({ example: 409 })
  readonly status: number;

  @ApiProperty({ example: 'out-of-stock', description: 'What a program reads; the list is in PROTOCOL.md' })
  readonly code: string;

  @ApiPropertyOptional({ description: 'With `price-risen`: what one unit costs now' })
  readonly costMinor?: number;

  @ApiPropertyOptional({ description: 'With `out-of-stock`: what a purchase could get now' })
  readonly available?: number;
}

export class CostTierView {
  @ApiProperty({ description: 'From so many units on, each unit costs so much' })
  readonly from: number;

  @ApiProperty()
  readonly costMinor: number;
}

export class StockItemView {
  @ApiProperty()
  readonly sku: string;

  @ApiProperty()
  readonly available: number;

  @ApiProperty()
  readonly currency: string;

  @ApiProperty({ type: [CostTierView] })
  readonly costTiers: CostTierView[];
}

export class StockView {
  @ApiProperty({ description: 'Grows with every change; an answer with a lower one is stale' })
  readonly sequence: number;

  @ApiProperty({ format: 'date-time' })
  readonly asOf: string;

  @ApiProperty({ type: [StockItemView] })
  readonly items: StockItemView[];

  @ApiPropertyOptional({ description: 'Ask for what comes `after` this; absent on the last page' })
  readonly next?: string;
}

export class BalanceView {
  @ApiProperty()
  readonly currency: string;

  @ApiProperty()
  readonly balanceMinor: number;

  @ApiProperty({ format: 'date-time' })
  readonly asOf: string;
}
