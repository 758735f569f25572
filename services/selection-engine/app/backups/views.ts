import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { IsId } from '../checks';

export class UnbackedQuery {
  @ApiProperty({ enum: ['no-backup'], description: 'no-backup: without an independent fallback (无独立后备)' })
  @IsIn(['no-backup'])
  flag!: string;

  @ApiPropertyOptional({ example: 'azure', description: 'Only what this supplier holds' })
  @IsOptional()
  @IsId(80)
  supplierId?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @IsOptional()
  @Matches(/^([1-9]\d?|1\d\d|200)$/, { message: 'limit must be a number from 1 to 200' })
  limit?: string;

  @ApiPropertyOptional({ description: '`next` of the page before' })
  @IsOptional()
  @Matches(/^[A-Za-z0-9_-]{1,500}$/)
  cursor?: string;
}

export class UnbackedLineView {
  @ApiProperty() orderId!: string;
  @ApiProperty() lineId!: string;
  @ApiProperty({ description: 'What holds it now' }) offerId!: string;
  @ApiProperty() supplierId!: string;
  @ApiProperty() sku!: string;
  @ApiProperty({ minimum: 1, description: 'Units that are held there and not delivered yet' }) units!: number;
  @ApiProperty({ enum: ['无独立后备'] }) flag!: '无独立后备';
  @ApiProperty({ format: 'date-time', description: 'When it was first seen so' }) since!: string;
}

export class UnbackedView {
  @ApiProperty({ type: [UnbackedLineView], description: 'One entry a hold, the newest first' }) items!: readonly UnbackedLineView[];
  @ApiPropertyOptional({ description: 'The cursor of the next page' }) next?: string;
}
