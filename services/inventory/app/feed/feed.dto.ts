import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { ReportStockDto } from '../supply.dto';
import { OVERLAP_MS } from './secrets';

export const FEED_TYPE = 'stock.changed';

/** The body of a signed message, as Standard Webhooks suggests it: a type, and its data. */
export class FeedMessageDto {
  @ApiProperty({ enum: [FEED_TYPE] }) @IsIn([FEED_TYPE]) type!: string;
  @ApiPropertyOptional({ format: 'date-time' }) @IsOptional() timestamp?: string;
  @ApiProperty({ type: ReportStockDto }) @ValidateNested() @Type(() => ReportStockDto) @IsObject() data!: ReportStockDto;
}

export class RotateSecretDto {
  @ApiPropertyOptional({ default: OVERLAP_MS, description: 'So long the secrets before it are good; 0: no longer' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(7 * 86_400_000)
  overlapMs?: number;
}

export class FeedSecretView {
  @ApiProperty() secretId!: string;
  @ApiProperty({ description: 'Shown here, and nowhere else', example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }) secret!: string;
}
