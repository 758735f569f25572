import { CHANNEL_STATES } from '@midstream/contracts';
import { type ChannelPolicy, UNITS_MAX } from '@midstream/inventory-domain';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsCurrency, IsRegion } from './currency';
import { LEAD_TIME_MS_MAX } from './supply.dto';

export class RateDto {
  @ApiProperty({ example: 'USD' }) @IsCurrency() base!: string;
  @ApiProperty({ example: 'CNY' }) @IsCurrency() quote!: string;
  @ApiProperty({ example: '7.1234', description: 'Units of `quote` for one of `base`, as a decimal' })
  @Matches(/^(?!0*\.?0*$)\d{1,9}(\.\d{1,9})?$/)
  rate!: string;
  @ApiProperty({ format: 'date-time', description: 'When it was seen; an older one than known is refused' })
  @IsISO8601({ strict: true })
  @Matches(/Z$|[+-]\d\d:\d\d$/, { message: 'seenAt has an offset, or Z' })
  seenAt!: string;
}

export class RateView {
  @ApiProperty() base!: string;
  @ApiProperty() quote!: string;
  @ApiProperty() rate!: number;
  @ApiProperty({ format: 'date-time' }) seenAt!: string;
  @ApiProperty({ description: 'Offers that are quoted in `base`' }) offers!: number;
}

export class RatePage {
  @ApiProperty({ type: [RateView] }) items!: RateView[];
}

/** What a way of delivery lets through. */
export class ChannelPolicyDto {
  @ApiPropertyOptional({ type: [String], example: ['CN'], description: 'It serves these only' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(300)
  @IsRegion({ each: true })
  regions?: string[];
  @ApiPropertyOptional({ description: 'Units of a line at most' }) @IsOptional() @IsInt() @Min(1) @Max(UNITS_MAX) maxQuantity?: number;
  @ApiPropertyOptional({ description: 'From order to delivery at least, milliseconds: it is not instant any more' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LEAD_TIME_MS_MAX)
  leadTimeMs?: number;
}

export class ChannelDto {
  @ApiProperty() @Matches(/^[A-Za-z0-9._-]{1,80}$/) sku!: string;
  @ApiProperty({ example: 'steam-redeem' }) @IsString() @Length(1, 120) channel!: string;
  @ApiProperty({ enum: CHANNEL_STATES }) @IsIn(CHANNEL_STATES) state!: (typeof CHANNEL_STATES)[number];
  @ApiPropertyOptional({
    type: () => ChannelPolicyDto,
    description: 'What it lets through, the whole of it; `{}`: as much as there is. Absent: as it was',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ChannelPolicyDto)
  policy?: ChannelPolicyDto;
}

export const policyOf = ({ regions, maxQuantity, leadTimeMs }: ChannelPolicyDto): ChannelPolicy => ({
  ...(regions && { regions }),
  ...(maxQuantity !== undefined && { maxQuantity }),
  ...(leadTimeMs !== undefined && { leadTimeMs }),
});
