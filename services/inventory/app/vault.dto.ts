import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Matches, Max, Min } from 'class-validator';
import { IsInstant } from './instants';
import { MARGIN_DAYS_MAX } from './sell-margin';

const BATCH = /^[A-Za-z0-9._-]{1,40}~[A-Za-z0-9._-]{1,80}\/[A-Za-z0-9._:-]{1,100}$/;
const PAGE_MAX = 200;

export class ImportQuery {
  @ApiPropertyOptional({
    description: 'Your own name of this batch. Under the same one it is sent again after a break: nothing is stored or counted twice',
  })
  @IsOptional()
  @Matches(/^[A-Za-z0-9._:-]{1,100}$/)
  batchId?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'When its codes expire, where a line does not say' })
  @IsOptional()
  @IsInstant()
  expiresAt?: string;
  @ApiPropertyOptional({
    minimum: 0,
    maximum: MARGIN_DAYS_MAX,
    description:
      'So many days before their expiry its codes are no longer sold, and written off. Absent: as is usual for the product’s category (`MIDSTREAM_SELL_MARGIN_DAYS`)',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MARGIN_DAYS_MAX)
  marginDays?: number;
}

export class CodeBatchParam {
  @ApiProperty({ description: 'Percent-encoded: it has a slash' }) @Matches(BATCH) batchId!: string;
}

export class CodeBatchQuery {
  @ApiPropertyOptional() @IsOptional() @Matches(/^[A-Za-z0-9._-]{1,40}$/) supplierId?: string;
  @ApiPropertyOptional() @IsOptional() @Matches(/^[A-Za-z0-9._-]{1,80}$/) sku?: string;
  @ApiPropertyOptional({ enum: ['running', 'done', 'stopped'] }) @IsOptional() @IsIn(['running', 'done', 'stopped']) state?: string;
  @ApiPropertyOptional({ default: 50 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(PAGE_MAX) limit?: number;
  @ApiPropertyOptional({ description: 'The `next` of the page before' }) @IsOptional() @Matches(BATCH) after?: string;
}

export class TwinsQuery {
  @ApiPropertyOptional({ description: 'Who brought them' }) @IsOptional() @Matches(/^[A-Za-z0-9._-]{1,40}$/) supplierId?: string;
  @ApiPropertyOptional({ default: 50 }) @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(PAGE_MAX) limit?: number;
  @ApiPropertyOptional({ format: 'uuid', description: 'The `next` of the page before' }) @IsOptional() @IsUUID() after?: string;
}

export class ChainQuery {
  @ApiProperty() @Matches(/^[A-Za-z0-9._:-]{1,100}$/) merchantId!: string;
  @ApiPropertyOptional({ default: 0, description: 'The sequence behind which to begin' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;
}
