import { CHANNEL_STATES } from '@midstream/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsISO8601, IsString, Length, Matches } from 'class-validator';
import { IsCurrency } from './currency';

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

export class ChannelDto {
  @ApiProperty() @Matches(/^[A-Za-z0-9._-]{1,80}$/) sku!: string;
  @ApiProperty({ example: 'steam-redeem' }) @IsString() @Length(1, 120) channel!: string;
  @ApiProperty({ enum: CHANNEL_STATES }) @IsIn(CHANNEL_STATES) state!: (typeof CHANNEL_STATES)[number];
}
