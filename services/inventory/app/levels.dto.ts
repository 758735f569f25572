import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, Matches, Max, Min, ValidateIf, ValidateNested } from 'class-validator';

const RULES_MAX = 1_000;
const UNITS_MAX = 1_000_000;

export class StockAlertDto {
  @ApiPropertyOptional({ example: 'star-card-100', description: 'Of one good; goes with no category' })
  @ValidateIf(({ sku, category }: StockAlertDto) => sku !== undefined || category === undefined)
  @Matches(/^[A-Za-z0-9._-]{1,80}$/, { message: 'sku is needed unless the rule is of a category' })
  sku?: string;
  @ApiPropertyOptional({ example: 'game-card', description: 'Of all goods of a category without a rule of their own; `*`: of any' })
  @ValidateIf(({ category }: StockAlertDto) => category !== undefined)
  @Matches(/^(\*|[a-z0-9-]{1,40})$/)
  category?: string;
  @ApiProperty({ example: 20, description: 'So many units, or fewer, are low' })
  @IsInt()
  @Min(0)
  @Max(UNITS_MAX)
  lowAt!: number;
  @ApiProperty({ example: 5, description: 'What was sold out is back from so many units on' })
  @IsInt()
  @Min(1)
  @Max(UNITS_MAX)
  backAt!: number;
  @ApiProperty({ example: 30, description: 'Low no more from so many units on: above `lowAt`, and not below `backAt`' })
  @IsInt()
  @Min(1)
  @Max(UNITS_MAX)
  okAt!: number;
}

export class StockAlertsDto {
  @ApiProperty({ type: [StockAlertDto], maxItems: RULES_MAX })
  @IsArray()
  @ArrayMaxSize(RULES_MAX)
  @ValidateNested({ each: true })
  @Type(() => StockAlertDto)
  rules!: StockAlertDto[];
}

export class StockAlertsView extends StockAlertsDto {
  @ApiProperty({ description: '0: no rules were put yet, and every good has 20, 5 and 30' }) version!: number;
}
