import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, Matches, Max, MaxLength, Min, ValidateIf, ValidateNested } from 'class-validator';

const CAPS_MAX = 200;
/** One of the three, and no two: what is wrong is told at `sku`. */
const needsSku = ({ supplierId, sku, category }: CapDto): boolean =>
  sku !== undefined || supplierId !== undefined || category === undefined;

export class CapDto {
  @ApiProperty({
    enum: ['merchant', 'buyer'],
    description: 'For whom it counts: each merchant, or each of its buyers by `buyer.reference`, under its pseudonym',
  })
  @IsIn(['merchant', 'buyer'])
  per!: 'merchant' | 'buyer';
  @ApiPropertyOptional({ example: 'star-card-100', description: 'Counts what is held of one SKU at all its suppliers' })
  @ValidateIf(needsSku)
  @Matches(/^[A-Za-z0-9._-]{1,80}$/, { message: 'sku is needed unless the cap is of a category; it goes with no category' })
  sku?: string;
  @ApiPropertyOptional({ description: 'With `sku`: counts what is held of this supplier’s offer alone' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,80}$/)
  supplierId?: string;
  @ApiPropertyOptional({ example: 'game-card', description: 'Counts what is held of all goods of a category; without `sku`' })
  @ValidateIf(({ category }: CapDto) => category !== undefined)
  @MaxLength(40)
  @Matches(/^[a-z0-9-]{1,40}$/)
  category?: string;
  @ApiProperty({ description: 'Units that may be held at once: granted, and neither delivered, lost nor released yet. 0 holds nothing' })
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  maxUnits!: number;
}

export class CapsDto {
  @ApiProperty({ type: [CapDto], maxItems: CAPS_MAX })
  @IsArray()
  @ArrayMaxSize(CAPS_MAX)
  @ValidateNested({ each: true })
  @Type(() => CapDto)
  caps!: CapDto[];
}

export class CapsView extends CapsDto {
  @ApiProperty({ description: '0: no caps were put yet' }) version!: number;
}

export class CapUsageDto {
  @ApiPropertyOptional({ description: 'One merchant’s alone' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._-]{1,80}$/)
  merchantId?: string;
}

export class CapUsageView {
  @ApiProperty({ example: 'merchant/sku/star-card-100', description: 'Who is counted, and of what' }) cap!: string;
  @ApiProperty() merchantId!: string;
  @ApiPropertyOptional({ description: 'The buyer’s pseudonym, as the order shows it' }) buyerKey?: string;
  @ApiProperty({ description: 'Units that count now' }) usedUnits!: number;
  @ApiPropertyOptional({ description: 'Absent: the cap was taken away, and what it counted is still held' }) maxUnits?: number;
}

export class CapUsagesView {
  @ApiProperty({ type: [CapUsageView], description: 'The most first, 200 at most' }) usages!: CapUsageView[];
}
