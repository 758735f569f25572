import type { Segment } from '@midstream/contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsNumber, IsObject, IsOptional, Matches, Max, Min, ValidateNested } from 'class-validator';
import { IsRegion, IsSku, IsText } from '../checks';

export class CasesQuery {
  @ApiPropertyOptional({ example: 'online-education' })
  @IsOptional()
  @IsText(40)
  scenario?: string;

  @ApiPropertyOptional({ example: 'course-card' })
  @IsOptional()
  @IsText(40)
  category?: string;

  @ApiPropertyOptional({ enum: ['retail', 'enterprise'] })
  @IsOptional()
  @IsIn(['retail', 'enterprise'])
  segment?: string;

  @ApiPropertyOptional({ example: 'gold', description: 'Of the buyers' })
  @IsOptional()
  @IsText(40)
  tier?: string;

  @ApiPropertyOptional({ example: 'CN-31' })
  @IsOptional()
  @IsRegion()
  region?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 999999 })
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}$/, { message: 'quantity must be a number from 1 to 999999' })
  quantity?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 20 })
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a number from 1 to 100' })
  limit?: string;
}

export class CaseTextDto {
  @ApiProperty()
  @IsText(600)
  zh!: string;

  @ApiProperty()
  @IsText(600)
  en!: string;
}

export class WriteCaseDto {
  @ApiProperty({ example: 'exam-season-2026' })
  @IsSku()
  caseId!: string;

  @ApiProperty({ example: 'education' })
  @IsText(40)
  industry!: string;

  @ApiProperty({ example: 'online-education' })
  @IsText(40)
  scenario!: string;

  @ApiProperty({ enum: ['retail', 'enterprise'] })
  @IsIn(['retail', 'enterprise'])
  segment!: Segment;

  @ApiProperty({ example: 'CN' })
  @IsRegion()
  region!: string;

  @ApiProperty({ example: 'course-card' })
  @IsText(40)
  category!: string;

  @ApiPropertyOptional({ type: [String], maxItems: 10 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @Matches(/^[A-Za-z0-9._-]{1,80}$/, { each: true })
  skus?: string[];

  @ApiProperty({ minimum: 1, maximum: 1000000 })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  quantity!: number;

  @ApiProperty({ description: 'Of a unit, in minor units' })
  @IsInt()
  @Min(0)
  @Max(100_000_000_000)
  priceMinor!: number;

  @ApiProperty({ minimum: 0, maximum: 1, description: 'Share of the ordered units that were delivered' })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1)
  delivered!: number;

  @ApiProperty({ type: CaseTextDto })
  @IsObject()
  @ValidateNested()
  @Type(() => CaseTextDto)
  title!: CaseTextDto;

  @ApiProperty({ type: CaseTextDto })
  @IsObject()
  @ValidateNested()
  @Type(() => CaseTextDto)
  story!: CaseTextDto;
}
